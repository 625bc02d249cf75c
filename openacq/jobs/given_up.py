"""What was given up: letters and jobs that wait for somebody to look at them, counted for operators."""

from __future__ import annotations

from openacq.directory import service as directory
from openacq.jobs.reactions import REACTIONS
from openacq.letters import service as letters
from openacq.letters.model import Search, State
from openacq.store import Store, Tx, outbox
from openacq.store.outbox import Standing

DEAD = Search(states=(State.DEAD,))


def given_up(store: Store) -> dict[tuple[str, str], int]:
    """How many letters and jobs are dead, by institution."""
    topics = tuple(REACTIONS)

    def count(tx: Tx) -> dict[str, int]:
        return {
            "letters": letters.letters(tx, DEAD, most=0).total,
            "jobs": outbox.listed(tx, Standing.DEAD, topics, 0).total,
        }

    return {
        (card.code, what): number
        for card in store.read(directory.every_institution, institution=0)
        for what, number in store.read(count, institution=card.id, zone=card.zone).items()
    }
