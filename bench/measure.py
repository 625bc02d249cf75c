"""Numbers read off the system: latencies, CPU time, memory."""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
TICKS = os.sysconf("SC_CLK_TCK")


def percentile(ordered: Sequence[int], share: float) -> int:
    """The value below which `share` of the sorted values lie (nearest rank); 0 of none."""
    if not ordered:
        return 0
    # 0.95 * 100 is a little more than 95 in binary; the rank is 95 all the same.
    return ordered[max(0, math.ceil(share * len(ordered) - 1e-9) - 1)]


@dataclass(frozen=True, slots=True)
class Usage:
    """Of some processes together: CPU seconds used so far; bytes of the one that holds most memory."""

    cpu_seconds: float
    largest_rss: int


def family(root: int) -> list[int]:
    """The process and all that descend from it and still run."""
    parents: dict[int, int] = {}
    for entry in PROC.iterdir():
        if entry.name.isdigit() and (fields := _stat(int(entry.name))):
            parents[int(entry.name)] = int(fields[1])
    members = [root]
    for member in members:
        members += [pid for pid, parent in parents.items() if parent == member]
    return [pid for pid in members if pid in parents]


def usage(root: int) -> Usage:
    """CPU time of the process, its children and the children they have already buried."""
    cpu = 0.0
    largest = 0
    for pid in family(root):
        if fields := _stat(pid):
            # Fields of proc(5) counted from `state`: utime, stime, cutime, cstime are 12 to 15, rss is 22.
            cpu += sum(int(field) for field in fields[11:15]) / TICKS
            largest = max(largest, int(fields[21]) * os.sysconf("SC_PAGE_SIZE"))
    return Usage(cpu, largest)


def _stat(pid: int) -> list[str]:
    try:
        # The command's name stands in brackets and may hold anything; what we read comes after it.
        return (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []
