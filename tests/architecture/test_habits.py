"""Habits of the house; each reader of habits is itself shown a bad sample."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterable, Iterator

import pytest

from tests.architecture import habits
from tests.architecture.source import ROOT, Module, program

Reader = Callable[[Iterable[Module]], list[str]]

READERS: tuple[Reader, ...] = (
    habits.swallowed,
    habits.floats,
    habits.transactions,
    habits.own_clocks,
    habits.long_modules,
)


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.__name__)
def test_the_habit_is_kept(reader: Reader) -> None:
    assert reader(program()) == []


@pytest.mark.parametrize(
    ("reader", "text"),
    [
        (habits.swallowed, "try:\n    a()\nexcept Exception:\n    pass"),
        (habits.swallowed, "try:\n    a()\nexcept:\n    pass"),
        (habits.swallowed, "try:\n    a()\nexcept BaseException:\n    ..."),
        (habits.swallowed, "try:\n    a()\nexcept (ValueError, Exception):\n    'never mind'"),
        (habits.swallowed, "with suppress(Exception):\n    a()"),
        (habits.floats, "sum = float(text)"),
        (habits.floats, "def pay(sum: float): ..."),
        (habits.floats, "half = 0.5"),
        (habits.floats, "half = units / 2"),
        (habits.floats, "units /= 2"),
        (habits.transactions, "tx.conn.commit()"),
        (habits.transactions, "with tx.conn.begin_nested():\n    a()"),
        (habits.own_clocks, "from datetime import datetime\nnow = datetime.now(UTC)"),
        (habits.own_clocks, "import datetime\nnow = datetime.datetime.now()"),
        (habits.own_clocks, "today = date.today()"),
        (habits.own_clocks, "import time\nnow = time.time()"),
        (habits.long_modules, "\n" * 600),
    ],
)
def test_a_broken_habit_is_found(reader: Reader, text: str) -> None:
    assert len(reader([Module.parse("openacq.ledger.service", text)])) == 1


@pytest.mark.parametrize(
    ("reader", "name", "text"),
    [
        (habits.swallowed, "openacq.ledger.service", "try:\n    a()\nexcept ValueError:\n    pass"),
        (habits.swallowed, "openacq.ledger.service", "try:\n    a()\nexcept Exception:\n    log()"),
        (habits.floats, "openacq.ledger.service", "half = units // 2"),
        (habits.floats, "openacq.kernel.money", "exact = Decimal(units) / 10000"),
        (habits.floats, "openacq.serving.server", "seconds = 0.5"),
        (habits.transactions, "openacq.store.store", "conn.commit()"),
        (habits.own_clocks, "openacq.kernel.clock", "datetime.now(UTC)"),
        (habits.own_clocks, "openacq.doors.hall", "time.perf_counter()"),
        (habits.long_modules, "openacq.ledger.service", "\n" * 599),
    ],
)
def test_a_kept_habit_is_left_alone(reader: Reader, name: str, text: str) -> None:
    assert reader([Module.parse(name, text)]) == []


# -- what is committed --------------------------------------------------------------------------

SAMPLES_OF_THE_RULE = ("tests/architecture/habits.py", "tests/architecture/test_habits.py")


def committed_texts() -> Iterator[tuple[str, str]]:
    """Every text file that is, or is about to be, committed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("not a git checkout")
    for name in filter(None, listed.stdout.split("\0")):
        if name not in SAMPLES_OF_THE_RULE and (ROOT / name).is_file():
            content = (ROOT / name).read_bytes()
            if b"\0" not in content:
                yield name, content.decode(errors="replace")


SLASH = "/"
"""Samples of private places are put together here, so that none stands in the project."""


def test_no_committed_file_names_a_private_place_or_a_registry() -> None:
    found = [words for name, text in committed_texts() for words in habits.private_places(name, text)]
    assert found == []


@pytest.mark.parametrize(
    "line",
    [
        f"cd {SLASH}work{SLASH}copy && make",
        f"See {SLASH}root{SLASH}notes.txt.",
        f'open("{SLASH}home{SLASH}someone/data.csv")',
        f"read ..{SLASH}shared{SLASH}design.md",
        "--index-url https://example.org",
        "pip install --find-links wheels",
        f"from https://files.{'python' + 'hosted'}.org/packages/",
        f"https://{'py' + 'pi'}.org/simple",
    ],
)
def test_a_private_place_is_found(line: str) -> None:
    assert list(habits.private_places("file", line))


@pytest.mark.parametrize(
    "line",
    [
        "docs/home/index.md",
        "/almaws/v1/acq/funds",
        "$HOME/data",
        "tests/shared/store.py",
        "/var/lib/openacq",
        "the work/life balance",
    ],
)
def test_a_public_place_is_left_alone(line: str) -> None:
    assert not list(habits.private_places("file", line))
