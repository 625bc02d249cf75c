"""The project's own Python environment: making it (`prepare`) and pinning what goes into it (`lock`).

Only the standard library and pip are used, because this runs before anything is installed.
"""

import argparse
import contextlib
import fcntl
import hashlib
import importlib.util
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / os.environ.get("VENV", ".venv")
PYTHON = VENV / "bin" / "python"
PROJECT = ROOT / "pyproject.toml"
RUNTIME = ROOT / "requirements.lock"
DEVELOPMENT = ROOT / "requirements-dev.lock"
STAMP = VENV / "openacq-installed.json"

# Installing the project itself asks for these; pinned with the rest, so that no build step fetches anything.
BUILD = ("hatchling", "editables")


def prepare(*, development: bool) -> None:
    """Make the environment equal to the lock, unless it is already; safe when several do it at once.

    The stamp is written last and names what was installed, so an install cut short is simply done again.
    """
    wanted = _wanted(development)
    if _installed().items() >= wanted.items():
        return
    with _alone():
        done = _installed()
        if done.items() >= wanted.items():
            return
        print(f"openacq: setting up {VENV.name} …", file=sys.stderr, flush=True)
        if not _works():
            _make()
        _pip("install", "--quiet", "--requirement", str(DEVELOPMENT if development else RUNTIME))
        _pip("install", "--quiet", "--no-build-isolation", "--no-deps", "--editable", str(ROOT))
        _compile("openacq", *(("tests", "bench") if development else ()))
        STAMP.write_text(json.dumps(wanted))


def _wanted(development: bool) -> dict[str, str]:
    project = tomllib.loads(PROJECT.read_text())
    parts = {"place": str(ROOT), "runtime": RUNTIME.read_text()}
    # Of pyproject.toml only what an installation depends on: a new lint rule is no reason to install again.
    parts["project"] = json.dumps([project["project"], project["build-system"]], sort_keys=True)
    if development:
        parts["development"] = DEVELOPMENT.read_text()
    return {name: hashlib.sha256(text.encode()).hexdigest() for name, text in parts.items()}


def _installed() -> dict[str, str]:
    try:
        found = json.loads(STAMP.read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) and PYTHON.exists() else {}


def _works() -> bool:
    if not PYTHON.exists():
        return False
    asked = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([PYTHON, "-c", asked], capture_output=True, check=False).returncode == 0


def _make() -> None:
    if importlib.util.find_spec("ensurepip") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        sys.exit(
            f"Python {version} has no venv module: install it first (Debian: apt-get install python3-venv)."
        )
    subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)


def _pip(*arguments: str) -> None:
    quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_ROOT_USER_ACTION": "ignore"}
    done = subprocess.run([PYTHON, "-m", "pip", *arguments], env={**os.environ, **quiet}, check=False)
    if done.returncode:
        sys.exit(f"openacq: pip could not finish ({done.returncode}); nothing was marked as installed.")


def _compile(*packages: str) -> None:
    """Spare the first start reading every module's source: it is several times as long as the ones after it.
    Where the folders cannot be written, it stays so."""
    command = [str(PYTHON), "-m", "compileall", "-q", "-j", "0", *packages]
    subprocess.run(command, cwd=ROOT, stdout=subprocess.DEVNULL, check=False)


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    VENV.parent.mkdir(parents=True, exist_ok=True)
    with VENV.with_name(VENV.name + ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def write_locks() -> None:
    """Resolve the ranges of pyproject.toml and write the exact versions into the two lock files."""
    project = tomllib.loads(PROJECT.read_text())["project"]
    runtime = [*project["dependencies"], *project["optional-dependencies"]["postgres"], *BUILD]
    pinned = _resolve(runtime)
    everything = _resolve([*_pins(pinned), *project["optional-dependencies"]["dev"]])
    head = "# Written by script/lock; do not edit. Exact versions for Python 3.11 and later.\n"
    RUNTIME.write_text(head + "".join(f"{pin}\n" for pin in _pins(pinned)))
    only = {name: version for name, version in everything.items() if name not in pinned}
    DEVELOPMENT.write_text(head + f"-r {RUNTIME.name}\n" + "".join(f"{pin}\n" for pin in _pins(only)))


def _resolve(requirements: list[str]) -> dict[str, str]:
    options = ("--quiet", "--dry-run", "--ignore-installed", "--report", "-")
    command = [str(PYTHON), "-m", "pip", "install", *options, *requirements]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=True)
    found = (row["metadata"] for row in json.loads(done.stdout)["install"])
    return {re.sub(r"[-_.]+", "-", row["name"]).lower(): row["version"] for row in found}


def _pins(versions: dict[str, str]) -> list[str]:
    return [f"{name}=={version}" for name, version in sorted(versions.items())]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("prepare").add_argument("--runtime", action="store_true")
    commands.add_parser("lock")
    asked = parser.parse_args()
    if asked.command == "lock":
        write_locks()
    else:
        prepare(development=not asked.runtime)


if __name__ == "__main__":
    main()
