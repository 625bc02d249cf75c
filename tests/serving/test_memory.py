"""Memory nobody uses goes back to the system."""

from __future__ import annotations

import ctypes
from pathlib import Path

import pytest

from openacq.serving import memory


def resident() -> int:
    """Bytes this process holds in memory."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def test_what_was_freed_between_what_is_kept_is_given_back() -> None:
    pieces = [b"x" * 20_000 for _ in range(5_000)]
    kept = pieces[::500]
    held = resident()
    del pieces
    memory.give_back()
    assert resident() < held - 50_000_000
    assert len(kept) == 10


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: object())
    memory.share_heaps()
    memory.give_back()
