"""Purchase requests as the benchmark asks for them and lists them.

Every request is for a title nobody has, from one of 200 readers. Of those a store begins with a tenth is for
e-books, a tenth for journals, half name an owning library; a tenth is rejected, a twentieth put aside.

    python -m bench.requests URL KEY COUNT    makes COUNT requests in the database at URL
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable, Iterator
from typing import Any

from bench.cases import JSON, LIBRARY, XML, Case, gets, isbn
from bench.task import BIBS, LoadTask

REQUESTS = "/almaws/v1/acq/purchase-requests"
READERS = 200
FIRST = 700_000_000
"""Number of the first title asked for before the rounds, far from those of orders and of the rounds."""
BATCH = 100
REGISTERS = "".join(
    f'\n[[user]]\nprimary_id = "reader{number}"\nlast_name = "Reader {number}"\nuser_group = "FACULTY"\n'
    for number in range(READERS)
)
FILTERS = {
    "request-list": ("", ""),
    "request-list-status": (" by status", "&status=REJECTED"),
    "request-list-format": (" by format", "&format=E"),
    "request-list-library": (" by library", f"&owning_library={LIBRARY}"),
    "request-list-citation": (" by citation type", "&citation_type=JOURNAL"),
    "request-list-all": (
        " by all four",
        f"&status=INREVIEW&format=P&citation_type=BOOK&owning_library={LIBRARY}",
    ),
}
"""Lists by name: what they are filtered by in words, and as parameters."""
JSON_REQUEST = (
    '{"format":{"value":"P"},"hold_item":"true","notify_receiving_activation":"true",'
    '"estimated_cost":{"sum":"35.00","currency":{"value":"USD"}},"requester_note":"For my seminar",'
    '"resource_metadata":{"citation_type":{"value":"BOOK"},"title":"Harbours of the north %(number)d",'
    '"author":"Winter, Ada","isbn":"%(isbn)s","publisher":"Harbour Press","publication_year":"2026"},'
    '"note":[{"note_text":"Seen in a review"}]}'
)


def request_cases() -> tuple[Case, ...]:
    """Asking, reading one, and lists of 100 with each filter."""
    return (
        Case("request-create", "request created, JSON", True, _creates, new_percent=100),
        *(
            Case(name, f"list of 100 requests{words}, JSON", False, gets(JSON, _list(filters)))
            for name, (words, filters) in FILTERS.items()
        ),
        Case("request-list-xml", "list of 100 requests, XML", False, gets(XML, _list(""))),
    )


def _list(filtered: str) -> Callable[[LoadTask, random.Random], str]:
    def path(_task: LoadTask, chance: random.Random) -> str:
        return f"{REQUESTS}?limit=100&offset={chance.randrange(5) * 100}{filtered}"

    return path


def _creates(task: LoadTask) -> Iterator[bytes]:
    chance = random.Random(f"{task.run}/{task.start}")
    count = task.start
    while True:
        body = (JSON_REQUEST % {"number": count, "isbn": isbn(BIBS + count)}).encode()
        reader = chance.randrange(READERS)
        head = (
            f"POST /almaws/v1/users/reader{reader}/purchase-requests HTTP/1.1\r\n"
            f"Host: {task.host}:{task.port}\r\nAuthorization: apikey {task.key}\r\n"
            f"Accept: {JSON}\r\nContent-Type: {JSON}\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        yield head.encode() + body
        count += 1


# -- in a process of its own ------------------------------------------------------------------


def make_requests(url: str, key: str, count: int) -> None:
    """Make `count` requests by the requests desk, a hundred to a commit."""
    from openacq.directory import service as directory
    from openacq.requests import service as requests
    from openacq.requests.model import Actor, AskFor, Metadata, Reject, Sum, Wish
    from openacq.store.store import Store, StoreOptions

    store = Store(url, options=StoreOptions(sqlite_synchronous="NORMAL"))
    caller = directory.authenticate(store, key)
    assert caller is not None
    actor = Actor("bench")

    def wish(number: int) -> AskFor:
        title = Metadata(
            title=f"Harbours of the south {number}",
            author="Winter, Ada",
            isbn=isbn(number),
            citation_type="JOURNAL" if number % 10 == 3 else "BOOK",
            publisher="Harbour Press",
            publication_year="2026",
        )
        asked = Wish(
            metadata=title,
            format="E" if number % 10 == 4 else "P",
            owning_library=LIBRARY if number % 2 else "",
            estimated_cost=Sum("35.00", "USD"),
            requester_note="For my seminar",
            notes=("Seen in a review",),
        )
        return AskFor(asked, f"reader{number % READERS}")

    def batch(first: int, size: int) -> Callable[[Any], None]:
        def work(tx: Any) -> None:
            made = [requests.ask(tx, wish(first + each), actor).request.id for each in range(size)]
            if made[5::10]:
                requests.reject(tx, made[5::10], Reject("COST"), actor)
            if made[6::20]:
                requests.defer(tx, made[6::20], None, "", actor)

        return work

    for start in range(0, count, BATCH):
        size = min(BATCH, count - start)
        store.write(batch(FIRST + start, size), institution=caller.institution, zone=caller.zone)
        if start // BATCH % 50 == 49:
            store.checkpoint()
    store.close()


def main() -> None:
    url, key, count = sys.argv[1:]
    begun = time.perf_counter()
    make_requests(url, key, int(count))
    print(f"{count} requests in {time.perf_counter() - begun:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
