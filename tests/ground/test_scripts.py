"""The pinned environment fits what the project asks for."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
RUNTIME, DEVELOPMENT = ROOT / "requirements.lock", ROOT / "requirements-dev.lock"


def pins(path: Path) -> dict[str, Version]:
    lines = [line for line in path.read_text().splitlines() if line and line[0] not in "#-"]
    return {
        canonicalize_name(name): Version(version)
        for name, _, version in (line.partition("==") for line in lines)
    }


@pytest.mark.parametrize("wish", [*PROJECT["dependencies"], *PROJECT["optional-dependencies"]["postgres"]])
def test_what_a_server_needs_is_in_its_lock(wish: str) -> None:
    wanted = Requirement(wish)
    assert pins(RUNTIME)[canonicalize_name(wanted.name)] in wanted.specifier


@pytest.mark.parametrize("wish", PROJECT["optional-dependencies"]["dev"])
def test_what_developers_need_is_in_theirs(wish: str) -> None:
    wanted = Requirement(wish)
    both = pins(RUNTIME) | pins(DEVELOPMENT)
    assert both[canonicalize_name(wanted.name)] in wanted.specifier


def test_nothing_is_pinned_twice_and_nothing_is_left_loose() -> None:
    assert not pins(RUNTIME).keys() & pins(DEVELOPMENT).keys()
    for path in (RUNTIME, DEVELOPMENT):
        loose = [
            line for line in path.read_text().splitlines() if line and line[0] != "#" and "==" not in line
        ]
        assert loose in ([], ["-r requirements.lock"])


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """script/environment.py, about a venv that counts what is done to it instead of doing it."""
    spec = importlib.util.spec_from_file_location("environment", ROOT / "script" / "environment.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    venv = tmp_path / "venv"
    (venv / "bin").mkdir(parents=True)
    (venv / "bin" / "python").symlink_to(sys.executable)
    lock = tmp_path / "requirements.lock"
    lock.write_text("click==8\n")
    for name, value in {
        "VENV": venv,
        "PYTHON": venv / "bin" / "python",
        "STAMP": venv / "stamp.json",
        "RUNTIME": lock,
        "installed": [],
        "_pip": lambda *arguments: module.__dict__["installed"].append(arguments),
    }.items():
        monkeypatch.setattr(module, name, value, raising=False)
    return module


def test_an_environment_is_filled_once(environment: ModuleType) -> None:
    environment.prepare(development=True)
    assert len(environment.installed) == 2
    environment.prepare(development=True)
    environment.prepare(development=False)
    assert len(environment.installed) == 2


def test_it_is_filled_again_when_the_lock_changes(environment: ModuleType) -> None:
    environment.prepare(development=False)
    environment.RUNTIME.write_text("click==9\n")
    environment.prepare(development=False)
    assert len(environment.installed) == 4


def test_developers_tools_come_on_top_of_what_runs(environment: ModuleType) -> None:
    environment.prepare(development=False)
    environment.prepare(development=True)
    assert [arguments[-1] for arguments in environment.installed[::2]] == [
        str(environment.RUNTIME),
        str(DEVELOPMENT),
    ]


def test_an_install_cut_short_is_done_again(environment: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: str) -> None:
        raise SystemExit("no network")

    with monkeypatch.context() as broken:
        broken.setattr(environment, "_pip", fail)
        with pytest.raises(SystemExit):
            environment.prepare(development=False)
    environment.prepare(development=False)
    assert len(environment.installed) == 2
    assert "runtime" in json.loads(environment.STAMP.read_text())


@pytest.mark.parametrize("script", ["script/setup", "script/test", "script/demo", "script/lock", ".ci/run"])
def test_scripts_are_sound_bash(script: str) -> None:
    subprocess.run(["bash", "-n", str(ROOT / script)], check=True)
    assert (ROOT / script).stat().st_mode & 0o111
