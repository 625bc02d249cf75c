"""Operators see how many letters and jobs were given up."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from openacq.directory import service as directory
from openacq.jobs.given_up import given_up
from openacq.letters import service as letters
from openacq.ordering import service as ordering
from openacq.serving.metrics import Metrics
from openacq.store import Store, Tx, outbox
from openacq.store.outbox import Standing
from tests.ordering.buying import letters_of, pack, place, with_mail, work
from tests.ordering.world import World, make_world


@pytest.fixture
def world(store: Store, institution: int) -> World:
    return make_world(store, institution)


def figures(world: World) -> dict[str, int]:
    code = world.read(directory.institution).code
    page = Metrics(dict, lambda: given_up(world.store)).page().decode()
    found = re.findall(r'openacq_given_up{institution="([^"]+)",what="(\w+)"} (\S+)', page)
    return {what: int(float(number)) for of, what, number in found if of == code}


def test_dead_letters_and_jobs_are_counted_until_somebody_sees_to_them(world: World) -> None:
    assert figures(world) == {"letters": 0, "jobs": 0}
    with_mail(world, "no address")
    place(world)
    (number,) = pack(world)
    work(world)
    (letter,) = letters_of(world, number)
    assert figures(world) == {"letters": 1, "jobs": 0}
    world.write(lambda tx: letters.cancel(tx, letter.id))
    assert figures(world)["letters"] == 0
    world.write(_give_up)
    assert figures(world) == {"letters": 0, "jobs": 1}
    dead = world.read(lambda tx: outbox.listed(tx, Standing.DEAD, tuple(ordering.REACTIONS), 1)).news
    world.write(lambda tx: outbox.try_again(tx, [news.id for news in dead]))
    assert figures(world)["jobs"] == 0


def _give_up(tx: Tx) -> None:
    """What a worker does with the last try of something."""
    until = tx.now + timedelta(minutes=1)
    (news,) = outbox.lease(tx, "letter.cancelled", worker="w", until=until, most=1)
    assert outbox.give_up(tx, news, "disk on fire")


def test_a_database_out_of_reach_leaves_the_other_figures(world: World) -> None:
    class Away:
        def read(self, *_: object, **__: object) -> None:
            raise OSError("gone")

    store: Store = Away()  # type: ignore[assignment]
    page = Metrics(lambda: {"writes": 3}, lambda: given_up(store)).page().decode()
    assert 'openacq_waiting{queue="writes"} 3.0' in page
    assert "openacq_given_up{" not in page
