"""The queue: written with the news, taken under a lease, settled with an outcome."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

from openacq.kernel.refusal import Problem, Refusal
from openacq.letters import drop, store, wording
from openacq.letters.addresses import header, mailbox
from openacq.letters.model import Letter, Outcome, Source, Taken, Way, Wish
from openacq.letters.states import LETTER_STATES, State
from openacq.store import Tx

LEASE = timedelta(minutes=20)
"""How long a sender has a letter to itself; longer than a mail server may keep one waiting."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(minutes=1), timedelta(hours=2)
MOST_TRIES = 45
"""With the pauses growing from the first to the longest this is a little over three days."""
MOST_ATTACHED = 10_000_000

Row = dict[str, Any]


# ---------------------------------------------------------------- writing


def enqueue(tx: Tx, wishes: Sequence[Wish]) -> list[int]:
    """Word and queue letters; returns their ids in order, those of the letters that were there already
    for their occasion."""
    occasions = [_digest(wish.occasion) for wish in wishes]
    known = store.ids_of_occasions(tx, occasions) if wishes else {}
    new = {digest: wish for digest, wish in zip(occasions, wishes, strict=True) if digest not in known}
    if new:
        ids = tx.numbers("ROW", len(new))
        rows = [_row(tx, id_, digest, wish) for id_, (digest, wish) in zip(ids, new.items(), strict=True)]
        if store.add(tx, rows) == len(rows):
            known |= {row["occasion"]: row["id"] for row in rows}
        else:  # a twin was quicker with some
            known = store.ids_of_occasions(tx, occasions)
        for row in rows:
            if known[row["occasion"]] == row["id"] and row["state"] == State.DEAD:
                _tell(
                    tx,
                    "letter.dead",
                    row["id"],
                    row["kind"],
                    row["source_kind"],
                    row["source_id"],
                    row["error"],
                )
    return [known[digest] for digest in occasions]


def _digest(occasion: str) -> str:
    """An occasion as it is kept: it may name people, and must outlive their data."""
    if not occasion:
        raise ValueError("a letter needs an occasion")
    return hashlib.sha256(occasion.encode()).hexdigest()[:40]


def _row(tx: Tx, id_: int, digest: str, wish: Wish) -> Row:
    kind = wording.kind_of(wish.kind)
    worded = wording.word(tx, kind, wording.language_of(wish.language), wish.facts)
    attachments = worded.attachments + wish.attachments
    if sum(len(one.content or b"") for one in attachments) > MOST_ATTACHED:
        raise ValueError(f"more than {MOST_ATTACHED} bytes are attached")
    recipient, file_name, error = _destination(tx, id_, wish)
    off = wish.kind in switched_off(tx)
    state = LETTER_STATES.find(None, "write", {_OFF: off, _NOWHERE: bool(error)}.__getitem__)
    if state is None:
        raise RuntimeError("a letter cannot be written")
    return {
        "institution": tx.institution,
        "id": id_,
        "kind": kind.code,
        "language": worded.language,
        "state": state.target.value,
        "way": wish.way.value,
        "occasion": digest,
        "source_kind": wish.source.kind,
        "source_id": wish.source.id,
        "recipient": recipient,
        "recipient_folded": recipient.casefold(),
        "created": tx.now,
        "sent": None,
        "due": tx.now if state.target is State.WAITING else None,
        "leased_by": None,
        "attempts": 0,
        "error": _OFF if off else error,
        "remark": worded.remark,
        "message_id": "",
        "subject": worded.subject,
        "sender_name": header(wish.sender_name),
        "reply_to": mailbox(wish.reply_to.strip()) or "",
        "file_name": file_name,
        "text": worded.text,
        "html": worded.html,
        "attachments": attachments,
    }


_OFF = "letters of this kind are switched off"
_NOWHERE = "there is nowhere to send it"


def switched_off(tx: Tx) -> frozenset[str]:
    return tx.cached("letter_switches", "", lambda: store.switched_off(tx))


def _destination(tx: Tx, id_: int, wish: Wish) -> tuple[str, str, str]:
    """(recipient, file name, what is wrong with them)"""
    if wish.way is Way.FOLDER:
        return _folder(tx, id_, wish)
    given = wish.recipient.strip()
    if not given:
        return "", "", "no e-mail address is known"
    address = mailbox(given)
    return (address, "", "") if address else (header(given), "", "the e-mail address cannot be used")


def _folder(tx: Tx, id_: int, wish: Wish) -> tuple[str, str, str]:
    folder = drop.folder_name(wish.recipient)
    fields = {"id": str(id_), "kind": wish.kind, "number": wish.file_number, "date": f"{tx.today:%Y%m%d}"}
    stem = drop.file_stem(wish.file_name, fields)
    if folder is None:
        return header(wish.recipient), stem or "", "the folder's name cannot be used"
    if stem is None:
        return folder, "", f"the pattern of file names cannot be used: {header(wish.file_name, 100)}"
    return folder, stem, ""


# ---------------------------------------------------------------- sending


def take(tx: Tx, ways: Iterable[Way], domain: str) -> Taken | None:
    """The next letter due, under a new lease; None when nothing is due. `domain` ends Message-IDs."""
    ways = tuple(ways)
    while (found := store.next_due(tx, ways)) is not None:
        letter, lease = found
        if letter.state is State.SENDING and letter.attempts >= MOST_TRIES:
            _note(tx, letter, lease, Outcome(State.DEAD, "its sender ended every time before it was sent"))
            continue
        mine = uuid.uuid4().hex
        message_id = letter.message_id or f"<{mine}@{domain or 'localhost'}>"
        until = tx.now + LEASE
        if store.take(tx, letter, mine, until, message_id):
            tried = letter.attempts + 1
            taken = replace(
                letter, state=State.SENDING, due=until, attempts=tried, error="", message_id=message_id
            )
            return Taken(taken, mine)
    return None


def settle(tx: Tx, taken: Taken, outcome: Outcome) -> bool:
    """Note what became of a letter; False when the lease ended and another sender has it by now."""
    return _note(tx, taken.letter, taken.lease, outcome)


def _note(tx: Tx, letter: Letter, lease: str | None, outcome: Outcome) -> bool:
    state, due = outcome.state, None
    if state is State.FAILED:
        if letter.attempts >= MOST_TRIES:
            state = State.DEAD
        else:
            due = tx.now + pause(letter.attempts)
    if not store.settle(tx, letter.id, lease, state, due=due, words=outcome.words):
        return False
    source = letter.source
    _tell(tx, f"letter.{state.value}", letter.id, letter.kind, source.kind, source.id, outcome.words)
    return True


def pause(attempts: int) -> timedelta:
    """How long to wait after so many tries: twice as long each time."""
    return min(FIRST_PAUSE * (1 << min(attempts - 1, 20)), LONGEST_PAUSE)


def _tell(tx: Tx, topic: str, id_: int, kind: str, source_kind: str, source_id: str, error: str) -> None:
    """Leave news of an outcome for the desk the letter came from."""
    payload = {
        "letter": id_,
        "kind": kind,
        "source_kind": source_kind,
        "source_id": source_id,
        "error": error,
    }
    tx.emit(topic, str(id_), payload)


# ---------------------------------------------------------------- by hand


def known(tx: Tx, letter_id: int) -> Letter:
    """The letter of this id. Raises Refusal `letter_not_found`."""
    found = store.one(tx, letter_id)
    if found is None:
        raise Refusal(Problem("letter_not_found", "letter", letter_id))
    return found


def cancel(tx: Tx, letter_id: int, words: str) -> None:
    """Keep a letter from going out. Raises Refusal when it went already or is about to."""
    letter = known(tx, letter_id)
    if not store.cancel(tx, letter_id, header(words, 500)):
        raise Refusal(_wrong_state(letter, "cancel"))
    source = letter.source
    _tell(tx, "letter.cancelled", letter_id, letter.kind, source.kind, source.id, header(words, 500))


def withdraw(tx: Tx, letter_ids: Sequence[int], words: str) -> int:
    """Take letters back that have not gone out and free their occasions; returns how many."""
    freed = [(letter_id, _digest(f"withdrawn {letter_id}")) for letter_id in letter_ids]
    return store.withdraw(tx, freed, header(words, 500)) if freed else 0


def still_here(
    tx: Tx, source: Source, kinds: Sequence[str], occasions: Sequence[str] | None
) -> tuple[int, ...]:
    """The letters about a source that can still be withdrawn; of some occasions, if any are named."""
    digests = None if occasions is None else [_digest(occasion) for occasion in occasions]
    return store.still_here(tx, source, kinds, digests)


def resend(tx: Tx, letter_id: int, recipient: str | None) -> int:
    """Send a letter again, to another recipient if given; returns its id, a new one if it was sent."""
    letter = known(tx, letter_id)
    if not letter.text:
        raise Refusal(Problem("letter_erased", "letter", letter_id))
    to, file_name = _where_to(tx, letter, letter.recipient if recipient is None else recipient)
    if letter.state is State.SENT:
        return _again(tx, letter_id, to, file_name)
    if not store.resend(tx, letter_id, to, file_name):
        raise Refusal(_wrong_state(letter, "resend"))
    return letter_id


def _where_to(tx: Tx, letter: Letter, given: str) -> tuple[str, str]:
    wish = Wish(letter.kind, "", given, {}, way=letter.way, file_name=letter.file_name)
    to, file_name, error = _destination(tx, letter.id, wish)
    if error:
        raise Refusal(Problem("recipient_invalid", "recipient", given, reason=error))
    return to, file_name if not letter.file_name else letter.file_name


def _again(tx: Tx, letter_id: int, to: str, file_name: str) -> int:
    row = store.row_of(tx, letter_id) or {}
    new = tx.new_id()
    stem = f"{file_name}-{new}" if file_name else ""
    fresh = {
        "institution": tx.institution,
        "id": new,
        "state": State.WAITING.value,
        "occasion": _digest(f"again {new}"),
        "recipient": to,
        "recipient_folded": to.casefold(),
        "created": tx.now,
        "sent": None,
        "due": tx.now,
        "leased_by": None,
        "attempts": 0,
        "error": "",
        "remark": f"sent again; first as letter {letter_id}",
        "message_id": "",
        "file_name": stem,
    }
    store.add(tx, [{**row, **fresh}])
    return new


def _wrong_state(letter: Letter, event: str) -> Problem:
    possible = ", ".join(state.value for state in State if event in LETTER_STATES.events(state))
    return Problem("letter_state", "letter", letter.id, state=letter.state.value, possible=possible)
