"""Letters as files in a folder that another system reads: whole or not at all, never one over another.

A file is written beside its place under a hidden name, brought to the disk, and linked to its name.
A letter whose files are there already, byte by byte, has been delivered: the process died before
it could note so. Only if the reader has taken the file away in that moment it is written once more.
"""

from __future__ import annotations

import contextlib
import errno
import os
import re
from dataclasses import dataclass
from pathlib import Path

from openacq.letters.addresses import header
from openacq.letters.message import content_of
from openacq.letters.model import Letter, Outcome
from openacq.letters.states import State

MOST_NAME = 120
PATTERN_FIELDS = ("date", "id", "kind", "number")
DEFAULT_PATTERN = "{kind}-{number}-{id}"
NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})
"""What file systems without hard links answer."""

_PART = re.compile(r"[\w][\w .-]{0,100}")
_FIELD = re.compile(r"\{([^{}]*)\}")
_UNSAFE = re.compile(r"[^\w.-]+")


def folder_name(given: str) -> str | None:
    """A folder below the server's folder for files, or None when it is none ("" is that folder itself)."""
    parts = [part for part in given.strip().strip("/").split("/") if part]
    if given.strip().startswith("/") or not all(_PART.fullmatch(part) and ".." not in part for part in parts):
        return None
    return "/".join(parts)


def file_stem(pattern: str, fields: dict[str, str]) -> str | None:
    """The file's name without its ending, or None when the pattern names an unknown field."""
    pattern = pattern.strip() or DEFAULT_PATTERN
    if any(name not in PATTERN_FIELDS for name in _FIELD.findall(pattern)):
        return None
    filled = _FIELD.sub(lambda found: fields.get(found[1], ""), pattern)
    return _UNSAFE.sub("_", filled).strip("._-")[:MOST_NAME] or None


class FileTaken(Exception):
    """Another file has the name."""


@dataclass(frozen=True, slots=True)
class FolderPost:
    """Delivers letters into folders below `root`, which must exist (it may be a mounted share)."""

    root: Path

    def deliver(self, letter: Letter) -> Outcome:
        """Write the letter's files. What a full or missing disk refuses can be tried again."""
        try:
            for name, content in files_of(letter):
                deliver_to_folder(self.root, letter.recipient, name, content, mark=str(letter.id))
        except FileTaken as taken:
            return Outcome(State.DEAD, f"folder: another file is called {taken}")
        except OSError as error:
            words = header(f"folder: {os.strerror(error.errno) if error.errno else error}", 300)
            return Outcome(State.FAILED, words, away=error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EROFS))
        return Outcome(State.SENT)

    def close(self) -> None:
        """Nothing is kept open."""


def files_of(letter: Letter) -> list[tuple[str, bytes]]:
    """The letter's attachments, or its text, each with its name."""
    if not letter.attachments:
        return [(_named(letter.file_name, ".txt", 1), letter.text.encode())]
    found: list[tuple[str, bytes]] = []
    endings: dict[str, int] = {}
    for attachment in letter.attachments:
        ending = _UNSAFE.sub("", Path(attachment.name).suffix)[:10]
        endings[ending] = endings.get(ending, 0) + 1
        found.append((_named(letter.file_name, ending, endings[ending]), content_of(attachment)))
    return found


def _named(stem: str, ending: str, number: int) -> str:
    stem = stem.removesuffix(ending) if ending else stem
    return f"{stem}{f'-{number}' if number > 1 else ''}{ending}"


def deliver_to_folder(root: Path, folder: str, name: str, content: bytes, *, mark: str) -> None:
    """Write one file. Raises FileTaken, or OSError when the disk cannot take it; then nothing is left.

    `mark` tells the unfinished file from that of another writer of the same name.
    """
    top = root.resolve(strict=True)
    place = top / folder
    place.mkdir(parents=True, exist_ok=True)
    if not place.resolve().is_relative_to(top) or "/" in name or name in ("", ".", ".."):
        raise PermissionError(errno.EACCES, "outside the folder for files")
    target, temporary = place / name, place / f".{name}.{mark}.part"
    if _holds(target, content):
        return
    try:
        _write(temporary, content)
        _give_name(temporary, target)
    finally:
        with contextlib.suppress(FileNotFoundError):
            temporary.unlink()
    _bring_to_disk(place)


def _holds(target: Path, content: bytes) -> bool:
    """Whether the file is there already. Raises FileTaken when it is another one."""
    try:
        held = target.read_bytes()
    except FileNotFoundError:
        return False
    if held != content:
        raise FileTaken(target.name)
    return True


def _write(temporary: Path, content: bytes) -> None:
    temporary.unlink(missing_ok=True)  # left by a process that died
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o640)
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _give_name(temporary: Path, target: Path) -> None:
    try:
        target.hardlink_to(temporary)
    except FileExistsError:
        raise FileTaken(target.name) from None
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        if target.exists():
            raise FileTaken(target.name) from None
        temporary.rename(target)


def _bring_to_disk(place: Path) -> None:
    handle = os.open(place, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
