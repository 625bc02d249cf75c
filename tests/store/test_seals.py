"""Secrets at rest: sealed for one place, opened with any key that is given, sealed anew when keys change."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from openacq.kernel.refusal import Refusal
from openacq.store.seals import CannotOpen, KeysUnusable, Seals, keys_in, left_open, new_key, put_keys

SECRET = "a secret"


def test_what_is_sealed_is_opened_for_the_same_place_alone() -> None:
    seals = Seals(new_key())
    sealed = seals.seal(SECRET, "wskey 1 a")
    assert SECRET not in sealed
    assert seals.open(sealed, "wskey 1 a") == SECRET
    assert seals.seal(SECRET, "wskey 1 a") != sealed
    for wrong in ("wskey 1 b", "wskey 2 a", ""):
        with pytest.raises(CannotOpen):
            seals.open(sealed, wrong)


@pytest.mark.parametrize("broken", ["", "openacq:seal:1:", "plain", "openacq:seal:1:00000000:AAAA"])
def test_what_was_never_sealed_is_not_opened(broken: str) -> None:
    with pytest.raises(CannotOpen):
        Seals(new_key()).open(broken, "x")


def test_a_changed_text_is_not_opened() -> None:
    seals = Seals(new_key())
    sealed = seals.seal(SECRET, "x")
    for at in (-3, -20, len("openacq:seal:1:") + 1):
        changed = sealed[:at] + ("A" if sealed[at] != "A" else "B") + sealed[at:][1:]
        with pytest.raises(CannotOpen):
            seals.open(changed, "x")


def test_without_a_key_nothing_is_sealed_but_what_everyone_knows_is_read() -> None:
    seals = Seals()
    assert not seals.ready()
    with pytest.raises(Refusal) as refusal:
        seals.seal(SECRET, "x")
    assert refusal.value.problems[0].slug == "seal_key_missing"
    assert seals.open(left_open("known"), "x") == "known"
    assert seals.is_newest(left_open("known"))


def test_a_new_key_comes_first_and_the_old_one_still_opens() -> None:
    old, new = new_key(), new_key()
    sealed = Seals(old).seal(SECRET, "x")
    both = Seals(f"{new}, {old}")
    assert both.open(sealed, "x") == SECRET
    assert not both.is_newest(sealed)
    anew = both.seal(SECRET, "x")
    assert both.is_newest(anew)
    assert Seals(new).open(anew, "x") == SECRET
    with pytest.raises(CannotOpen):
        Seals(old).open(anew, "x")


def test_the_file_is_followed_while_servers_run(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    server = Seals("", file)
    assert not server.ready()
    put_keys(file, [new_key()])
    assert server.ready()
    first = server.seal(SECRET, "x")
    put_keys(file, [new_key(), *keys_in(file)])
    anew = Seals("", file).seal(SECRET, "x")
    assert (server.open(first, "x"), server.open(anew, "x")) == (SECRET, SECRET)


def test_the_file_is_this_users_alone(tmp_path: Path) -> None:
    file = tmp_path / "keys"
    put_keys(file, [new_key()])
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["keys"]


@pytest.mark.parametrize(
    "words", ["x", "AAAA", new_key()[:-4], "ключ"], ids=["one letter", "short", "cut", "foreign"]
)
def test_what_is_no_key_is_told_without_showing_it(words: str, tmp_path: Path) -> None:
    with pytest.raises(KeysUnusable) as told:
        Seals(words)
    assert words not in str(told.value) or len(words) < 2
    file = tmp_path / "keys"
    file.write_text(words)
    with pytest.raises(KeysUnusable):
        Seals("", file)
