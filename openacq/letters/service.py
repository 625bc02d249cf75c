"""What the rest of the house asks of the letters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta

from openacq.kernel.refusal import Refusal
from openacq.kernel.verdict import Verdict
from openacq.letters import queue, rendering, store, wording
from openacq.letters.addresses import without_addresses
from openacq.letters.drop import PATTERN_FIELDS, FolderPost, deliver_to_folder, file_stem, folder_name
from openacq.letters.facts import Facts, NotTheFacts, Value, describe
from openacq.letters.kinds import KINDS
from openacq.letters.loading import COLUMNS, load_templates
from openacq.letters.mail import MailPost, MailServer
from openacq.letters.message import content_of
from openacq.letters.model import (
    Attachment,
    Draft,
    KindCard,
    Letter,
    LetterPage,
    Outcome,
    Preview,
    Search,
    Source,
    State,
    Taken,
    Template,
    Way,
    Wish,
)
from openacq.store import Tx

KIND_CODES = tuple(KINDS)
MOST_LISTED = 100
ERASED_AT_ONCE = 200


# -- writing ------------------------------------------------------------------------------------


def enqueue(tx: Tx, wish: Wish) -> int:
    """Word a letter and queue it in this transaction; returns its id.

    For an occasion that has its letter already this is that letter, and nothing is written. A letter
    that cannot go out (no address, a kind switched off) is kept too, dead or cancelled, and says why.
    Raises NotTheFacts when the facts are not those of the kind, Refusal for an unknown kind.
    """
    return queue.enqueue(tx, (wish,))[0]


def enqueue_all(tx: Tx, wishes: Sequence[Wish]) -> list[int]:
    """Several letters in a handful of statements; ids in the order of the wishes."""
    return queue.enqueue(tx, wishes)


# -- looking ------------------------------------------------------------------------------------


def letter(tx: Tx, letter_id: int) -> Letter:
    """A letter with its texts and attachments. Raises Refusal `letter_not_found`."""
    return queue.known(tx, letter_id)


def letters(tx: Tx, search: Search | None = None, *, most: int = 25, offset: int = 0) -> LetterPage:
    """Letters without their texts, the newest first."""
    found, total = store.found(tx, search or Search(), most=min(most, MOST_LISTED), offset=max(offset, 0))
    return LetterPage(found, total)


def counts(tx: Tx) -> Mapping[State, int]:
    """How many letters there are in each state."""
    return store.counts(tx)


# -- by hand ------------------------------------------------------------------------------------


def cancel(tx: Tx, letter_id: int, reason: str = "") -> None:
    """Keep a letter that waits, failed or is dead from going out, until it is sent again by hand.

    The desk it came from is told (`letter.cancelled`). Raises Refusal `letter_state`.
    """
    queue.cancel(tx, letter_id, reason)


def withdraw(tx: Tx, letter_id: int, why: str) -> bool:
    """For the desk that wrote it: a letter is no longer so. It does not go out, now or ever, and its
    occasion is free for another; False when it is leaving or has left."""
    return queue.withdraw(tx, [letter_id], why) == 1


def withdraw_about(
    tx: Tx, source: Source, kinds: Sequence[str], why: str, *, occasions: Sequence[str] | None = None
) -> int:
    """Withdraw what letters of these kinds say about a source; returns how many had not left.

    `occasions` narrows them to letters written for these.
    """
    return queue.withdraw(tx, queue.still_here(tx, source, kinds, occasions), why)


def resend(tx: Tx, letter_id: int, recipient: str | None = None) -> int:
    """Send a letter again from the first try on, to another recipient if given; returns its id.

    A letter that was sent becomes a new one with the same words. Raises Refusal `letter_state` for one
    that waits or is being sent, `letter_erased`, `recipient_invalid`.
    """
    return queue.resend(tx, letter_id, recipient)


def resend_all(tx: Tx, letter_ids: Iterable[int]) -> tuple[int, ...]:
    """Send dead, failed and cancelled letters again; returns those that could be."""
    done: list[int] = []
    for letter_id in letter_ids:
        try:
            done.append(queue.resend(tx, letter_id, None))
        except Refusal:
            continue
    return tuple(done)


# -- sending (jobs) -----------------------------------------------------------------------------


def is_due(tx: Tx, ways: Iterable[Way]) -> bool:
    """Whether a letter that leaves by one of the ways is to be tried now."""
    return store.is_due(tx, ways)


def take(tx: Tx, ways: Iterable[Way], domain: str = "") -> Taken | None:
    """Put the next letter due under a lease (`queue.LEASE`); None when there is none."""
    return queue.take(tx, ways, domain)


def settle(tx: Tx, taken: Taken, outcome: Outcome) -> bool:
    """Note what became of a try; False when the lease ended meanwhile and the note is another's."""
    return queue.settle(tx, taken, outcome)


def is_to_hold_back(tx: Tx, way: Way, words: str) -> bool:
    """Whether `hold_back` would tell any letter something new."""
    return store.any_to_hold_back(tx, way, words)


def hold_back(tx: Tx, way: Way, words: str) -> int:
    """Have waiting letters say why none of their way can leave now; returns how many."""
    return store.hold_back(tx, way, words)


# -- templates ----------------------------------------------------------------------------------


def kinds(tx: Tx) -> tuple[KindCard, ...]:
    """Every kind of letter, what it may speak of, whether it is switched on, and the languages it is in."""
    own, off = store.own_languages(tx), queue.switched_off(tx)
    shipped = rendering.shipped_languages()
    return tuple(
        KindCard(
            kind.code,
            kind.about,
            tuple(describe(kind.facts)),
            kind.to_person,
            kind.sheet,
            kind.code not in off,
            tuple(sorted({*shipped, *own.get(kind.code, ())})),
        )
        for kind in KINDS.values()
    )


def switch(tx: Tx, kind: str, *, enabled: bool) -> None:
    """Have letters of a kind sent or not; those not sent are kept as cancelled."""
    store.switch(tx, wording.kind_of(kind).code, enabled=enabled)
    tx.registers_changed()


def template(tx: Tx, kind: str, language: str) -> Template:
    """The wording of a kind in a language: the institution's parts, and shipped ones for the rest."""
    return wording.template(tx, wording.kind_of(kind), wording.proper_language(language))


def put_template(tx: Tx, kind: str, language: str, draft: Draft, *, by: str = "") -> None:
    """Make a draft the institution's own wording; parts that are None are as shipped.

    Raises Refusal with everything that is wrong with it.
    """
    known, tag = wording.kind_of(kind), wording.proper_language(language)
    if problems := wording.check(known, tag, draft):
        raise Refusal(problems)
    store.put_template(tx, known.code, tag, draft, by)
    tx.registers_changed()


def drop_template(tx: Tx, kind: str, language: str) -> bool:
    """Go back to the shipped wording; False when there was none of the institution's own."""
    known, tag = wording.kind_of(kind), wording.proper_language(language)
    dropped = store.drop_template(tx, known.code, tag)
    if dropped:
        tx.registers_changed()
    return dropped


def preview(
    tx: Tx,
    kind: str,
    language: str,
    facts: Mapping[str, Value] | None = None,
    *,
    draft: Draft | None = None,
) -> Preview:
    """A letter as it would be written, with the kind's example unless facts are given; of a draft, with
    what is wrong with it."""
    known, tag = wording.kind_of(kind), wording.proper_language(language)
    return wording.preview(tx, known, tag, facts, draft)


def load(tx: Tx, kind: str, rows: Sequence[Mapping[str, object]]) -> list[Verdict]:
    """Make rows of a file (`COLUMNS`) the institution's own wording; ValueError for any other kind."""
    if kind not in COLUMNS:
        raise ValueError(kind)
    return load_templates(tx, rows)


# -- forgetting ---------------------------------------------------------------------------------


def erase_letters_to_people(tx: Tx, days: int) -> int:
    """Erase words and addresses of finished letters to people older than `days`, some at a time.

    That they were written stays known, so none goes out twice. Returns how many; 0 when none are left.
    """
    people = [kind.code for kind in KINDS.values() if kind.to_person]
    return store.erase(tx, people, tx.now - timedelta(days=days), ERASED_AT_ONCE)


def facts_of(kind: str) -> Facts:
    """The facts letters of a kind are made of. Raises Refusal `letter_kind_unknown`."""
    return wording.kind_of(kind).facts


__all__ = [
    "COLUMNS",
    "KIND_CODES",
    "PATTERN_FIELDS",
    "Attachment",
    "FolderPost",
    "MailPost",
    "MailServer",
    "NotTheFacts",
    "cancel",
    "content_of",
    "counts",
    "deliver_to_folder",
    "drop_template",
    "enqueue",
    "enqueue_all",
    "erase_letters_to_people",
    "facts_of",
    "file_stem",
    "folder_name",
    "hold_back",
    "is_due",
    "is_to_hold_back",
    "kinds",
    "letter",
    "letters",
    "load",
    "preview",
    "put_template",
    "resend",
    "resend_all",
    "settle",
    "switch",
    "take",
    "template",
    "withdraw",
    "withdraw_about",
    "without_addresses",
]
