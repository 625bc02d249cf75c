"""WSKeys by commands: made, listed, revoked; principals; the keys their secrets are encrypted with."""

from __future__ import annotations

import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from openacq.cli import main
from openacq.directory.service import WsKeyRing
from openacq.store import Store
from openacq.store.seals import Seals, keys_in, new_key
from openacq.vendors import service as vendors

Run = Callable[..., Result]

KEY_FILE = Path("openacq.key")


@pytest.fixture
def run(fresh_database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """`run("wskey", "list")` calls the program on a database with one institution."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("OPENACQ_DB", fresh_database_url)

    def run_program(*words: str, code: int = 0, typed: str | None = None) -> Result:
        result = CliRunner().invoke(main, words, catch_exceptions=False, input=typed)
        assert result.exit_code == code, result.output
        return result

    run_program("init", "--institution", "LIB")
    return run_program


def told(result: Result) -> Any:
    return json.loads(result.stdout)


def known(url: str, client: str, words: str = "") -> str | None:
    """The secret of a key as a server with these keys reads it."""
    store = Store(url, seals=Seals(words, None if words else KEY_FILE))
    try:
        found = WsKeyRing(store).key(client)
        return None if found is None else found.secret
    finally:
        store.close()


def test_a_wskey_is_made_and_its_secret_shown_once(run: Run, fresh_database_url: str) -> None:
    result = run("wskey", "create", "Acquisitions script", "--json-dialect", "plain")
    assert "Made " in result.stderr
    assert stat.S_IMODE(KEY_FILE.stat().st_mode) == 0o600
    first, _, secret, *_ = result.stdout.splitlines()
    client = first.rpartition(" ")[2]
    assert known(fresh_database_url, client) == secret
    assert "OCLC registry id" in result.stdout
    listed = run("wskey", "list").stdout
    assert client in listed
    assert secret not in listed
    assert "Made " not in run("wskey", "create", "Another").stderr
    (one, _) = told(run("wskey", "list", "--json"))
    assert (one["key"], one["json"], one["scopes"]) == (client, "plain", ["WMS_ACQ", "WMS_VIC"])
    assert "secret" not in one


def test_a_key_a_client_holds_is_taken_over(run: Run, fresh_database_url: str) -> None:
    Path("secret").write_text("their-secret\n")
    made = told(run("wskey", "create", "Old", "--key", "theirs", "--secret-file", "secret", "--json"))
    assert (made["key"], made["secret"]) == ("theirs", None)
    typed = run("wskey", "create", "Older", "--key", "older", typed="typed-secret\n")
    assert "typed-secret" not in typed.output
    assert known(fresh_database_url, "theirs") == "their-secret"
    assert known(fresh_database_url, "older") == "typed-secret"
    assert (
        "exists already" in run("wskey", "create", "x", "--key", "older", typed="abcdefgh\n", code=1).stderr
    )
    run("wskey", "create", "x", "--secret-file", "secret", code=1)


def test_a_wskey_is_revoked(run: Run, fresh_database_url: str) -> None:
    client = told(run("wskey", "create", "Script", "--json"))["key"]
    assert client in run("wskey", "revoke", "Script").stdout
    assert known(fresh_database_url, client) is None
    assert "revoked" in run("wskey", "list").stdout
    assert "There is no WSKey" in run("wskey", "revoke", "Nobody", code=1).stderr


def test_principals_are_added_and_listed(run: Run) -> None:
    assert "There are none" in run("wskey", "principals").stdout
    assert "created" in run("wskey", "principal", "p-1", "--idns", "urn:x", "--read-only").stdout
    assert "updated" in run("wskey", "principal", "p-1", "--idns", "urn:x", "--off").stdout
    assert told(run("wskey", "principals", "--json")) == [
        {
            "principal_id": "p-1",
            "principal_idns": "urn:x",
            "user": "",
            "access": "write",
            "status": "INACTIVE",
        }
    ]
    assert "nobody" in run("wskey", "principal", "p-2", "--idns", "x", "--user", "nobody", code=1).stderr


def test_secrets_are_encrypted_anew_with_a_new_key(run: Run, fresh_database_url: str) -> None:
    made = told(run("wskey", "create", "Script", "--json"))
    old = keys_in(KEY_FILE)
    assert "anew: 1" in run("wskey", "rotate-secrets").stdout
    new, *kept = keys_in(KEY_FILE)
    assert kept == old
    assert known(fresh_database_url, made["key"], new) == made["secret"]
    assert "anew: 1" in run("wskey", "rotate-secrets", "--forget-old").stdout
    assert len(keys_in(KEY_FILE)) == 1
    assert known(fresh_database_url, made["key"]) == made["secret"]


def test_passwords_of_vendors_are_encrypted_with_the_same_keys(run: Run, fresh_database_url: str) -> None:
    Path("vendors.toml").write_text(
        '[[vendor]]\ncode = "ALBA"\nname = "Alba"\nedi_info = { password = "their-password" }\n'
    )
    assert "key to encrypt secrets" in run("load", "vendors.toml", code=1).output
    assert "anew: 0" in run("wskey", "rotate-secrets").stdout
    assert "their-password" not in run("load", "vendors.toml").output
    assert "anew: 1" in run("wskey", "rotate-secrets", "--forget-old").stdout
    store = Store(fresh_database_url, seals=Seals("", KEY_FILE))
    try:
        card = store.read(lambda tx: vendors.vendor(tx, "ALBA"), institution=1)
        assert card is not None
        opened = store.read(lambda tx: vendors.with_secrets(tx, card), institution=1)
    finally:
        store.close()
    assert opened.vendor.details["edi_info"] == {"password": "their-password"}


def test_keys_of_the_environment_go_before_the_file(
    run: Run, fresh_database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    old = run("wskey", "new-key").stdout.strip()
    monkeypatch.setenv("OPENACQ_SECRETS_KEY", old)
    made = told(run("wskey", "create", "Script", "--json"))
    assert not KEY_FILE.exists()
    new = run("wskey", "new-key").stdout.strip()
    monkeypatch.setenv("OPENACQ_SECRETS_KEY", f"{new},{old}")
    assert "anew: 1" in run("wskey", "rotate-secrets").stdout
    assert known(fresh_database_url, made["key"], new) == made["secret"]
    monkeypatch.setenv("OPENACQ_SECRETS_KEY", new_key())
    refused = run("wskey", "rotate-secrets", code=1)
    assert "cannot be read" in refused.stderr
    monkeypatch.setenv("OPENACQ_SECRETS_KEY", "nonsense")
    refused = run("wskey", "list", code=2)
    assert "secrets_key" in refused.stderr
    assert "nonsense" not in refused.output


def test_wskeys_and_principals_are_loaded_from_files(run: Run, fresh_database_url: str) -> None:
    run("wskey", "create", "First")
    Path("wms.toml").write_text(
        '[[principal]]\nprincipal_id = "p-1"\nprincipal_idns = "urn:x"\n'
        '[[wskey]]\nkey = "theirs"\nsecret = "their-secret"\nname = "Theirs"\n'
    )
    loaded = run("load", "wms.toml")
    assert "their-secret" not in loaded.output
    assert known(fresh_database_url, "theirs") == "their-secret"
    again = told(run("load", "wms.toml", "--json"))
    assert {row["outcome"] for row in again["rows"]} == {"unchanged"}


def test_where_people_are_sent_back_to_is_said_and_shown(run: Run) -> None:
    back, other = "https://lists.example/back", "http://127.0.0.1/back"
    made = told(run("wskey", "create", "Lists", "--redirect-uri", back, "--json"))
    assert made["redirect_uris"] == [back]
    assert back in run("wskey", "list").stdout
    assert f"{back} {other}" in run("wskey", "redirects", "Lists", back, other, back).stdout
    assert told(run("wskey", "list", "--json"))[0]["redirect_uris"] == [back, other]
    assert "nowhere" in run("wskey", "redirects", made["key"]).stdout
    wrong = run("wskey", "redirects", "Lists", "http://lists.example/", "javascript:x", code=1).stderr
    assert wrong.count("redirect_uris") == 2
    assert "fragment" in run("wskey", "create", "x", "--redirect-uri", f"{back}#x", code=1).stderr
    assert "no WSKey" in run("wskey", "redirects", "Other", back, code=1).stderr
