"""A librarian sets the server up by its commands, and is told clearly what does not work."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from openacq import __version__
from openacq.calls.model import Call
from openacq.calls.service import OrderLog
from openacq.cli import main
from openacq.store import Store

Run = Callable[..., Result]

REGISTERS = """
[[institution]]
code = "LIB"
name = "Our library"
currency = "USD"
zone = "Europe/Berlin"

[[library]]
code = "MAIN"
name = "Main library"

[[location]]
library = "MAIN"
code = "STACKS"
name = "Stacks"
"""


@pytest.fixture
def run(fresh_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run("key", "list")` calls the program on an empty database."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENACQ_DB", fresh_database_url)

    def run_program(*words: str, code: int = 0) -> Result:
        result = CliRunner().invoke(main, words, catch_exceptions=False)
        assert result.exit_code == code, result.output
        return result

    return run_program


@pytest.fixture
def library(run: Run) -> Run:
    """The same, on a database with one institution."""
    Path("registers.toml").write_text(REGISTERS)
    run("init")
    run("load", "registers.toml")
    return run


def told(result: Result) -> Any:
    return json.loads(result.stdout)


def test_the_program_tells_its_version_and_commands(run: Run) -> None:
    assert run("--version").stdout == f"openacq, version {__version__}\n"
    listed = run("--help").stdout
    for command in (
        "serve",
        "init",
        "migrate",
        "load",
        "bib",
        "kb",
        "key",
        "review",
        "worker",
        "verify",
        "log",
        "settings",
    ):
        assert f"\n  {command} " in listed
    assert "No such command" in run("frobnicate", code=2).stderr


def test_settings_are_listed_with_their_source_and_without_secrets(run: Run) -> None:
    Path("openacq.toml").write_text("port = 9000\n")
    listed = {row["name"]: row for row in told(run("settings", "--json"))}
    assert (listed["port"]["value"], listed["port"]["source"]) == ("9000", "openacq.toml")
    assert listed["db"]["source"] == "OPENACQ_DB"
    assert "9000" in run("settings").stdout
    assert "port = 9000" in run("settings", "--toml").stdout
    Path("other.toml").write_text('db = "postgresql://u:geheim@h/x"\nprot = 1\n')
    result = run("--config", "other.toml", "settings", code=2)
    assert result.stderr == "openacq: Unknown setting prot in other.toml: did you mean port?\n"
    run("--config", "missing.toml", "settings", code=2)


def test_a_database_is_made_once(run: Run) -> None:
    assert "Made the tables" in run("init").stdout
    assert "already" in run("init").stdout
    made = run("init", "--institution", "LIB", "--zone", "Europe/Berlin").stdout
    assert "Made the institution LIB" in made
    assert "there already" in run("init", "--institution", "LIB").stdout
    assert "nowhere" in run("init", "--institution", "X", "--zone", "Europe/nowhere", code=1).stderr.lower()
    assert "up to date" in run("migrate").stdout


def test_commands_want_a_database_that_is_ready(run: Run, dialect: str) -> None:
    for command in (("key", "list"), ("verify",), ("review", "list"), ("log", "tail"), ("load", __file__)):
        result = run(*command, code=3)
        assert "`openacq init`" in result.stderr
        assert result.stderr.count("\n") == 1
    if dialect == "sqlite":
        assert "`openacq init`" in run("migrate", code=3).stderr


def test_old_and_newer_tables_are_not_touched(library: Run, fresh_database_url: str) -> None:
    store = Store(fresh_database_url)
    with store.writer.connect() as conn, conn.begin():
        conn.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    store.close()
    for command in (("key", "list"), ("migrate",)):
        assert "newer openacq" in library(*command, code=3).stderr
    library("init", code=3)


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("db", "code", "words"),
    [
        ("sqlite:///no/such/folder/acq.db", 3, "There is no database"),
        ("sqlite://", 3, "cannot be used"),
        ("mysql://u:geheim@h/x", 2, "names no known database"),
        ("postgresql://u:geheim@127.0.0.1:1/x", 3, "No database server answers there"),
        ("postgresql://u:geheim@no.such.host.invalid/x", 3, "name is not known"),
    ],
)
def test_databases_that_cannot_be_used(run: Run, db: str, code: int, words: str) -> None:
    result = run("verify", "--db", db, code=code)
    assert words in result.stderr
    assert result.stderr.count("\n") == 1
    assert "geheim" not in result.stderr


@pytest.mark.parametrize("dialect", ["sqlite"], indirect=True)
def test_files_that_are_no_database(run: Run, tmp_path: Path) -> None:
    Path("notes.db").write_text("This is no database. " * 100)
    assert "is not an SQLite database" in run("verify", "--db", "sqlite:///notes.db", code=3).stderr
    Path("folder.db").mkdir()
    assert run("verify", "--db", "sqlite:///folder.db", code=3).stderr
    assert "no/such" in run("init", "--db", "sqlite:///no/such/acq.db", code=4).stderr


def test_registers_are_loaded_again_and_again(run: Run) -> None:
    Path("registers.toml").write_text(REGISTERS)
    run("init")
    dry = run("load", "registers.toml", "--dry-run").stdout
    assert "dry run" in dry
    assert told(run("load", "registers.toml", "--json", "--dry-run"))["kept"] is False
    first = told(run("load", "registers.toml", "--json"))
    assert {row["outcome"] for row in first["rows"]} == {"created"}
    assert (first["institution"], first["kept"]) == ("LIB", True)
    again = told(run("load", "registers.toml", "--json"))
    assert {row["outcome"] for row in again["rows"]} == {"unchanged"}
    assert "unchanged" in run("load", "registers.toml").stdout


def test_refused_rows_are_named_and_the_exit_code_tells(library: Run) -> None:
    Path("libraries.csv").write_text("code,name\nSCI,Science\n,Nameless\n")
    result = library("load", "libraries.csv", code=1)
    assert "libraries.csv:3 library" in result.stdout
    assert "Nothing was kept" not in result.stdout
    Path("libraries.csv").write_text("code,name\nART,Art\n,Nameless\n")
    assert "Nothing was kept" in library("load", "libraries.csv", "--all-or-nothing", code=1).stdout
    assert "There is no file or folder missing.toml." in library("load", "missing.toml", code=4).stderr
    assert "is a folder" in library("load", ".", code=4).stderr
    unknown = library("load", "libraries.csv", "--institution", "LIBB", code=1).stderr
    assert "There is no institution LIBB." in unknown
    assert "LIB?" in unknown


def test_keys_are_shown_once_listed_masked_and_revoked(library: Run) -> None:
    made = library("key", "create", "Shop", "--areas", "acq:write,conf")
    secret = made.stdout.splitlines()[1]
    assert len(secret) > 40
    listed = library("key", "list").stdout
    assert "Shop" in listed
    assert "acq:write, conf:read" in listed
    assert secret not in listed
    (row,) = told(library("key", "list", "--json"))
    assert (row["name"], row["areas"], row["revoked"]) == ("Shop", {"acq": "write", "conf": "read"}, None)
    assert "Revoked" in library("key", "revoke", "Shop").stdout
    assert told(library("key", "list", "--json"))[0]["revoked"]
    assert library("key", "revoke", "Nobody", code=1).stderr.startswith("openacq: ")
    assert told(library("key", "create", "Script", "--json"))["secret"]


def test_keys_are_tied_to_things_that_exist(library: Run) -> None:
    library("key", "create", "Main", "--library", "MAIN")
    result = library("key", "create", "X", "--vendor", "GOBY", "--library", "MAIM", "--fund", "HIST", code=1)
    assert result.stderr.count("illegal") == 3
    assert "MAIN?" in result.stderr
    assert "areas" in library("key", "create", "X", "--areas", "orders:write", code=1).stderr


def test_without_an_institution_and_with_two(run: Run) -> None:
    run("init", "--institution", "ONE")
    run("key", "create", "Shop")
    run("init", "--institution", "TWO")
    result = run("key", "list", code=1)
    assert "ONE, TWO" in result.stderr
    assert "--institution" in result.stderr
    assert told(run("key", "list", "--json", "--institution", "TWO")) == []
    assert "TWO ledger: equal" in run("verify").stdout


def test_an_empty_server_has_no_institution(run: Run) -> None:
    run("init")
    assert "There is no institution yet" in run("key", "list", code=1).stderr
    assert "no institution yet" in run("verify").stdout


MARCXML = """<?xml version="1.0" encoding="UTF-8"?>
<collection xmlns="http://www.loc.gov/MARC21/slim">
  <record><leader>00000nam a2200000 a 4500</leader><controlfield tag="001">b1</controlfield>
    <datafield tag="020" ind1=" " ind2=" "><subfield code="a">9780393317558</subfield></datafield>
    <datafield tag="245" ind1="0" ind2="0"><subfield code="a">Guns, germs, and steel</subfield></datafield>
    <datafield tag="852" ind1=" " ind2=" "><subfield code="b">MAIN</subfield>
      <subfield code="c">STACKS</subfield></datafield></record>
  <record><leader>00000nam a2200000 a 4500</leader><controlfield tag="001">b2</controlfield></record>
</collection>
"""


def test_the_catalogue_is_loaded_and_bad_records_are_named(library: Run) -> None:
    Path("catalogue.xml").write_text(MARCXML)
    assert "dry run" in library("bib", "load", "catalogue.xml", "--dry-run", code=1).stdout
    result = library("bib", "load", "catalogue.xml", code=1)
    assert result.stdout.splitlines()[-1] == "1 created, 0 updated, 0 unchanged, 1 refused."
    assert result.stdout.startswith("catalogue.xml:2 bib ")
    again = library("bib", "load", "catalogue.xml", "--json", code=1).stdout.splitlines()
    assert [json.loads(line)["outcome"] for line in again] == ["refused", "unchanged"]
    assert "missing.mrc" in library("bib", "load", "missing.mrc", code=4).stderr
    Path("mapping.toml").write_text("copies = 5\n")
    assert (
        "mapping.toml" in library("bib", "load", "catalogue.xml", "--mapping", "mapping.toml", code=4).stderr
    )


KBART = """publication_title\tprint_identifier\tonline_identifier\ttitle_url\ttitle_id\tpublication_type
Ink and its makers\t9780393317558\t9781501746024\thttps://books.example/1\t1\tmonograph
\t\t\t\t\tmonograph
"""


def test_title_lists_fill_collections_that_are_switched_on_and_off(library: Run) -> None:
    Path("Press_Global_Books_2026-01-31.txt").write_text(KBART)
    assert "no collections" in library("kb", "list").stdout
    loaded = library("kb", "load", "Press_Global_Books_2026-01-31.txt", code=1).stdout
    assert "1 created" in loaded
    assert "1 refused" in loaded
    (row,) = told(library("kb", "list", "--json"))
    assert (row["collection_id"], row["titles"], row["active"]) == ("Press_Global_Books", 1, False)
    assert "on for LIB" in library("kb", "load", "Press_Global_Books_2026-01-31.txt", "--on", code=1).stdout
    assert told(library("kb", "list", "--json"))[0]["active"] is True
    library("kb", "switch", "Press_Global_Books", "off")
    assert " off" in library("kb", "list").stdout
    assert library("kb", "switch", "Press_Global_Bocks", "on", code=1).stderr.count("Press_Global_Books") == 1
    Path("empty.txt").write_text("")
    assert library("kb", "load", "empty.txt", code=1).stderr.startswith("openacq: ")


def test_the_review_list_of_a_new_library_is_empty(library: Run) -> None:
    assert library("review", "list").stdout == "Nothing waits for review.\n"
    assert told(library("review", "list", "--json")) == {"total": 0, "lines": []}


def test_verify_says_equal(library: Run) -> None:
    assert library("verify").stdout == "LIB ledger: equal\nLIB ordering: equal\nLIB requests: equal\n"
    assert told(library("verify", "--json")) == {"LIB": {"ledger": [], "ordering": [], "requests": []}}


# -- the order log --------------------------------------------------------------------------------


@pytest.fixture
def called(library: Run, fresh_database_url: str) -> Run:
    """Three calls lie in the log: a read, an order, a refusal."""
    store = Store(fresh_database_url)
    log = OrderLog()
    now = datetime.now(UTC)
    common: dict[str, Any] = {
        "institution": 1,
        "door": "alma",
        "ms": 5,
        "request_id": "r",
        "key_name": "Shop",
        "query": "apikey=geheim",
    }
    orders = "/almaws/v1/acq/po-lines"
    different: tuple[dict[str, Any], ...] = (
        {"method": "GET", "path": "/almaws/v1/acq/funds", "outcome": "read", "status": 200},
        {
            "method": "POST",
            "path": orders,
            "outcome": "placed",
            "status": 200,
            "subject": "POL-7",
            "vendor": "GOBI",
            "request": b'{"interested_user":[{"primary_id":"jdoe"}]}',
        },
        {
            "method": "POST",
            "path": orders,
            "outcome": "refused",
            "status": 400,
            "problems": ("fund_short",),
        },
    )
    for number, more in enumerate(different):
        log.queue(Call(at=now - timedelta(minutes=3 - number), **common, **more))
    log.flush(store)
    store.close()
    return library


def test_the_log_tells_the_newest_calls_in_order(called: Run) -> None:
    lines = called("log", "tail").stdout.splitlines()
    assert [line.split()[5] for line in lines] == ["read", "placed", "refused"]
    assert "POL-7" in lines[1]
    assert "fund_short" in lines[2]
    assert "apikey=***" in lines[0]
    assert "geheim" not in "".join(lines)
    assert len(called("log", "tail", "-n", "1").stdout.splitlines()) == 1
    assert called("log", "tail", "-n", "0").stdout == ""


def test_the_log_can_be_narrowed(called: Run) -> None:
    def found(*flags: str) -> list[str]:
        return [
            json.loads(line)["outcome"]
            for line in called("log", "tail", "--json", *flags).stdout.splitlines()
        ]

    assert found("--status", "4xx") == ["refused"]
    assert found("--status", "200,4xx") == ["read", "placed", "refused"]
    assert found("--vendor", "GOBI") == ["placed"]
    assert found("--line", "POL-7") == ["placed"]
    assert found("--outcome", "read", "--outcome", "refused") == ["read", "refused"]
    assert found("--vendor", "OASIS") == []
    assert "no HTTP status" in called("log", "tail", "--status", "bad", code=2).stderr


def test_bodies_are_shown_folded(called: Run) -> None:
    shown = called("log", "tail", "--bodies").stdout
    assert '→ {"interested_user":[{"primary_id":"[folded:1]"}]}' in shown
    assert "jdoe" not in shown
    (order,) = (
        json.loads(line) for line in called("log", "tail", "--json", "--line", "POL-7").stdout.splitlines()
    )
    assert order["line"] == "POL-7"
    assert "folded" in order["request"]


def test_following_prints_each_call_once(
    called: Run, fresh_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rounds: list[float] = []
    log = OrderLog()

    def meanwhile(seconds: float) -> None:
        rounds.append(seconds)
        if len(rounds) == 4:
            raise KeyboardInterrupt
        if len(rounds) == 2:
            store = Store(fresh_database_url)
            late = datetime.now(UTC) - timedelta(seconds=2)
            values: dict[str, Any] = {"door": "alma", "ms": 1, "request_id": "r", "status": 200}
            log.queue(Call(institution=1, at=late, method="GET", path="/late", outcome="read", **values))
            log.flush(store)
            store.close()

    monkeypatch.setattr("openacq.cli.order_log.time.sleep", meanwhile)
    lines = called("log", "tail", "--follow", "-n", "2").stdout.splitlines()
    assert [line.split()[5] for line in lines] == ["placed", "refused", "read"]
    assert "/late" in lines[-1]
