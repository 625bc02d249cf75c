"""A reader who follows a page: a folder of its own, a shell, servers that run meanwhile."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx

from tests.docs.pages import ROOT, Block, commands, ids_of, says_the_same
from tests.ports import free_port

USUAL = "127.0.0.1:8080"
PAGE_DATABASE = "postgresql://openacq:SECRET@localhost/openacq"
"""What pages write for a PostgreSQL database."""
SECONDS = 60.0
KEPT = ".environment"

_NUMBERS = tuple(re.compile(rf"\b{form}") for form in (r"POL-\d+", r"PO-\d{4}-\d+", r"OIN-\d{4}-\d+"))
_NUMBER = re.compile("|".join(form.pattern for form in _NUMBERS))
_ID = re.compile(r"(?<=/)(receipts|claims|letters|holds)/(\d+)\b")
_DATE = re.compile(r"2026-(\d\d-\d\d)")


class Reader:
    """Follows the blocks of one page in `folder`. Raises AssertionError where the page is wrong."""

    def __init__(self, folder: Path, *, postgresql: str = "") -> None:
        self._folder = folder
        self._postgresql = postgresql
        self._port = free_port()
        self._servers: list[subprocess.Popen[bytes]] = []
        self._printed = ""
        self._lines: dict[str, str] = {}
        self._env = _environment(folder, self._port)
        _furnish(folder)

    def close(self) -> None:
        for server in self._servers:
            if server.poll() is None:
                server.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.wait(30)
            server.kill()
        self._servers.clear()

    def follow(self, block: Block) -> None:
        """Do what a block says."""
        match block.word, block.language:
            case _, "stop":
                self.close()
            case "not", _:
                assert len(block.about) > len("run: "), f"line {block.line}: say why it is not run"
            case "file", _:
                self._write(block)
            case "part", _:
                file = ROOT / block.about.removeprefix("of ")
                assert block.text in file.read_text(), (
                    f"line {block.line}: this does not stand in {file.name}"
                )
            case "answer", _:
                self._compare(block.text, block)
            case "server", _:
                self._serve(block)
            case "on" | "", "sh" | "console":
                self._run(block)
            case _:
                raise AssertionError(f"line {block.line}: nobody tries this {block.language} block")

    # -- inside -----------------------------------------------------------------------------

    def _write(self, block: Block) -> None:
        path = self._folder / block.about
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_this_year(block.text))

    def _run(self, block: Block) -> None:
        for command in commands(block):
            done = subprocess.run(
                ["bash", "-euo", "pipefail", "-c", f"{self._here(command.text)}\nenv -0 > {KEPT}"],
                cwd=self._folder,
                env=self._env,
                capture_output=True,
                text=True,
                timeout=SECONDS,
                check=False,
            )
            self._printed = self._there(done.stdout)
            where = f"line {block.line}: {command.text}\n{done.stdout}{done.stderr}"
            assert done.returncode == 0, f"{where}\nended with {done.returncode}"
            self._keep_exports()
            self._remember_key()
            if command.printed is not None:
                self._printed = self._there(done.stdout + done.stderr)
                self._compare(command.printed, block)

    def _compare(self, said: str, block: Block) -> None:
        assert says_the_same(said, self._printed), (
            f"line {block.line}: the page says\n{said}\nbut this was printed\n{self._printed}"
        )
        for form in _NUMBERS:
            told, real = form.search(said), form.search(self._printed)
            if told and real:
                self._lines[told[0]] = real[0]
        self._lines |= ids_of(said, self._printed)

    def _serve(self, block: Block) -> None:
        log = self._folder / "server.log"
        with log.open("ab") as file:
            command = ["bash", "-euo", "pipefail", "-c", "exec " + self._here(block.text).strip()]
            server = subprocess.Popen(
                command, cwd=self._folder, env=self._env, stdout=file, stderr=subprocess.STDOUT
            )
        self._servers.append(server)
        deadline = time.monotonic() + SECONDS
        while not self._answers():
            told = f"line {block.line}: the server did not start:\n{log.read_text(errors='replace')}"
            assert server.poll() is None, told
            assert time.monotonic() < deadline, told
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{self._port}/health", trust_env=False).is_success
        except httpx.TransportError:
            return False

    def _keep_exports(self) -> None:
        """What a command exported holds for those after it: the reader has one shell."""
        pairs = (self._folder / KEPT).read_text().rstrip("\0").split("\0")
        kept = dict(pair.split("=", 1) for pair in pairs)
        self._env |= {name: value for name, value in kept.items() if name.startswith("OPENACQ_")}

    def _remember_key(self) -> None:
        """A reader puts the key just made where the page says KEY."""
        made = re.search(r"^oacq_[0-9a-f]{8}_[\w-]+$", self._printed, re.MULTILINE)
        if made:
            self._env["KEY"] = made[0]

    def _here(self, text: str) -> str:
        """Words of the page as they must be here: port, database, numbers the page has shown."""
        text = _NUMBER.sub(lambda line: self._lines.get(line[0], line[0]), text)
        text = _ID.sub(lambda found: f"{found[1]}/{self._lines.get(found[2], found[2])}", text)
        text = text.replace(USUAL, f"127.0.0.1:{self._port}")
        return text.replace(PAGE_DATABASE, self._postgresql) if self._postgresql else text

    def _there(self, text: str) -> str:
        """What was printed as it would be printed for the reader of the page."""
        text = text.replace(f"127.0.0.1:{self._port}", USUAL)
        return text.replace(self._postgresql, PAGE_DATABASE) if self._postgresql else text


def _furnish(folder: Path) -> None:
    """The folder of a reader who has the project there: its examples, with periods that hold today."""
    source = ROOT / "docs" / "examples"
    for file in source.rglob("*"):
        if file.is_file():
            target = folder / "docs" / "examples" / file.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(_this_year(file.read_text()).encode() if _is_text(file) else file.read_bytes())


def _is_text(file: Path) -> bool:
    return file.suffix in (".toml", ".csv", ".md", ".xml", ".txt", ".tsv")


def _this_year(text: str) -> str:
    """Dates of the year the pages were written for, moved to this one."""
    return _DATE.sub(rf"{datetime.now(UTC).year}-\1", text)


def _environment(folder: Path, port: int) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("OPENACQ_", "PG"))}
    path = os.pathsep.join([str(Path(sys.executable).parent), own.get("PATH", ""), str(_tools(folder))])
    return own | {"PATH": path, "HOME": str(folder), "OPENACQ_PORT": str(port), "COLUMNS": "100", "KEY": ""}


def _tools(folder: Path) -> Path:
    """A folder at the end of PATH, for what the machine may lack."""
    tools = folder / ".tools"
    tools.mkdir(parents=True)
    curl = tools / "curl"
    curl.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT / "tests" / "docs" / "curl.py"}" "$@"\n')
    curl.chmod(0o755)
    return tools
