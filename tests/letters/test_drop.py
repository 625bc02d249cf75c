"""Orders dropped as files: whole or not at all, under a name of their own, again when the disk has room."""

from __future__ import annotations

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from openacq.jobs import letters as job
from openacq.jobs.letters import Ways, send_some
from openacq.kernel.clock import FixedClock
from openacq.letters import service as letters
from openacq.letters.drop import FileTaken, file_stem, folder_name
from openacq.letters.model import Attachment, Letter, Outcome, State, Way
from openacq.letters.queue import LEASE
from openacq.letters.service import FolderPost, deliver_to_folder
from openacq.store import Store
from tests.conftest import Do
from tests.letters.conftest import Look, Post


def drop(post: Post, occasion: str = "order PO-2026-1001", **changes: Any) -> int:
    values: dict[str, Any] = {
        "way": Way.FOLDER,
        "recipient": "example-books",
        "file_number": "PO-2026-1001",
        **changes,
    }
    return post(occasion=occasion, **values)


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_an_order_is_dropped_as_a_file(
    store: Store, institution: int, post: Post, look: Look, tmp_path: Path
) -> None:
    letter_id = drop(post, file_name="order_{number}_{date}")
    assert send_some(store, [institution], Ways(folder=FolderPost(tmp_path))) is False
    assert files(tmp_path) == ["example-books/order_PO-2026-1001_20260302.pdf"]
    assert (tmp_path / files(tmp_path)[0]).read_bytes().startswith(b"%PDF")
    assert look(letter_id).state is State.SENT
    send_some(store, [institution], Ways(folder=FolderPost(tmp_path)))
    assert len(files(tmp_path)) == 1


def test_files_given_are_dropped_and_a_letter_without_any_is_its_text(
    store: Store, institution: int, post: Post, tmp_path: Path
) -> None:
    edi = (Attachment("a.edi", "application/edifact", b"UNA"), Attachment("b.edi", "x/y", b"UNB"))
    claim = post("claim", "claim", way=Way.FOLDER, recipient="", file_name="{kind}-{id}", attachments=edi)
    plain = post("claim", "claim 2", way=Way.FOLDER, recipient="a/b c")
    send_some(store, [institution], Ways(folder=FolderPost(tmp_path)))
    assert files(tmp_path) == [
        f"a/b c/claim--{plain}.txt",
        f"claim-{claim}-2.edi",
        f"claim-{claim}.edi",
    ]
    assert "has not reached us" in (tmp_path / files(tmp_path)[0]).read_text()


@contextmanager
def full_disk(room: int) -> Iterator[None]:
    """No file may become longer than `room`; what is written beyond fails as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    old = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, old)


class TightPost(FolderPost):
    """A folder on a disk that is full."""

    def deliver(self, letter: Letter) -> Outcome:
        with full_disk(100):
            return super().deliver(letter)


def test_a_full_disk_leaves_the_order_unsent_and_nothing_half_written(
    store: Store, clock: FixedClock, institution: int, post: Post, look: Look, tmp_path: Path
) -> None:
    letter_id = drop(post)
    send_some(store, [institution], Ways(folder=TightPost(tmp_path)))
    letter = look(letter_id)
    assert (letter.state, letter.error) == (State.FAILED, "folder: File too large")
    assert files(tmp_path) == []
    clock.advance(60)
    send_some(store, [institution], Ways(folder=FolderPost(tmp_path)))
    assert look(letter_id).state is State.SENT
    assert len(files(tmp_path)) == 1


def test_a_missing_folder_is_waited_for(
    store: Store, clock: FixedClock, institution: int, post: Post, look: Look, tmp_path: Path
) -> None:
    letter_id = drop(post)
    share = tmp_path / "share"
    send_some(store, [institution], Ways(folder=FolderPost(share)))
    assert (look(letter_id).state, look(letter_id).error) == (
        State.FAILED,
        "folder: No such file or directory",
    )
    share.mkdir()
    clock.advance(60)
    send_some(store, [institution], Ways(folder=FolderPost(share)))
    assert look(letter_id).state is State.SENT


def test_a_sender_that_died_after_writing_finds_its_file_and_writes_no_second(
    store: Store, clock: FixedClock, institution: int, post: Post, look: Look, tmp_path: Path, write: Do
) -> None:
    letter_id = drop(post)
    taken = write(lambda tx: letters.take(tx, [Way.FOLDER]))
    assert taken is not None
    assert FolderPost(tmp_path).deliver(taken.letter).state is State.SENT
    (written,) = files(tmp_path)
    made = (tmp_path / written).stat().st_ino
    (tmp_path / "example-books" / f".{Path(written).name}.{letter_id}.part").write_bytes(b"half of an ord")

    clock.advance(LEASE.total_seconds())
    send_some(store, [institution], Ways(folder=FolderPost(tmp_path)))
    assert look(letter_id).state is State.SENT
    assert (tmp_path / written).stat().st_ino == made


def test_no_file_is_written_over_another(
    store: Store, institution: int, post: Post, look: Look, tmp_path: Path
) -> None:
    first = drop(post, "a", file_name="order")
    second = drop(post, "b", file_name="order", language="de")
    send_some(store, [institution], Ways(folder=FolderPost(tmp_path)))
    assert (look(first).state, look(second).state) == (State.SENT, State.DEAD)
    assert look(second).error == "folder: another file is called order.pdf"
    assert files(tmp_path) == ["example-books/order.pdf"]


def test_a_dropped_order_is_sent_again_under_another_name(
    store: Store, institution: int, post: Post, look: Look, tmp_path: Path, write: Do
) -> None:
    first = drop(post, file_name="{number}")
    send_some(store, [institution], Ways(folder=FolderPost(tmp_path)))
    second = write(lambda tx: letters.resend(tx, first))
    send_some(store, [institution], Ways(folder=FolderPost(tmp_path)))
    assert look(second).state is State.SENT
    assert files(tmp_path) == [f"example-books/PO-2026-1001-{second}.pdf", "example-books/PO-2026-1001.pdf"]


def test_without_a_folder_files_wait_and_mail_goes_on(
    store: Store, institution: int, post: Post, look: Look
) -> None:
    letter_id = drop(post)
    send_some(store, [institution], Ways())
    assert (look(letter_id).state, look(letter_id).error) == (State.WAITING, job.NO_WAY[Way.FOLDER])


@pytest.mark.parametrize(
    "folder", ["../out", "/etc", "a/../../b", "a/..", ".hidden", "a\nb", "a\\..\\b", "~"]
)
def test_folders_outside_are_refused(write: Do, look: Look, post: Post, folder: str) -> None:
    assert folder_name(folder) is None
    letter_id = drop(post, recipient=folder)
    assert (look(letter_id).state, look(letter_id).error) == (
        State.DEAD,
        "the folder's name cannot be used",
    )


@pytest.mark.parametrize("pattern", ["{secret}", "{number.__class__}", "{0}", "{number!r}", "..", "{}"])
def test_patterns_know_their_fields_only(post: Post, look: Look, pattern: str) -> None:
    letter = look(drop(post, file_name=pattern))
    assert letter.state is State.DEAD
    assert letter.error.startswith("the pattern of file names cannot be used")


FIELDS = {"number": "PO/2026\\1..", "id": "7", "kind": "order", "date": "20260302"}


@pytest.mark.parametrize(
    ("pattern", "stem"),
    [
        ("", "order-PO_2026_1..-7"),
        ("../../{id}", "7"),
        ("{kind} {id}", "order_7"),
        ("{number}", "PO_2026_1"),
        ("x" * 300, "x" * 120),
        ("{id}/{id}", "7_7"),
        ("Bücher-{id}", "Bücher-7"),
    ],
)
def test_names_of_files_are_tame(pattern: str, stem: str) -> None:
    assert file_stem(pattern, FIELDS) == stem


def test_a_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    (root / "vendor").symlink_to(outside)
    with pytest.raises(PermissionError):
        deliver_to_folder(root, "vendor", "order.pdf", b"x", mark="1")
    assert files(outside) == []


@pytest.mark.parametrize("name", ["../x", "a/b", "", ".", ".."])
def test_a_file_has_a_plain_name(tmp_path: Path, name: str) -> None:
    with pytest.raises(PermissionError):
        deliver_to_folder(tmp_path, "", name, b"x", mark="1")


def test_the_same_file_twice_is_one_and_another_is_refused(tmp_path: Path) -> None:
    deliver_to_folder(tmp_path, "v", "a.txt", b"x", mark="1")
    deliver_to_folder(tmp_path, "v", "a.txt", b"x", mark="2")
    with pytest.raises(FileTaken):
        deliver_to_folder(tmp_path, "v", "a.txt", b"y", mark="3")
    assert files(tmp_path) == ["v/a.txt"]
    assert (tmp_path / "v/a.txt").read_bytes() == b"x"
