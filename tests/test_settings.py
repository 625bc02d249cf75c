"""Where a setting's value comes from, and what is said about one that cannot be used."""

from __future__ import annotations

import tomllib
from dataclasses import FrozenInstanceError
from pathlib import Path

import pytest

from openacq.settings import DECLARED, Settings, SettingsError, as_toml, mask_url, read_settings


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_without_anything_the_defaults_hold() -> None:
    reading = read_settings(environ={})
    assert reading.settings == Settings()
    assert reading.settings.db == "sqlite:///openacq.db"
    assert set(reading.sources.values()) == {"default"}
    with pytest.raises(FrozenInstanceError):
        reading.settings.port = 1  # type: ignore[misc]


def test_flag_beats_environment_beats_file_beats_default(tmp_path: Path) -> None:
    Path("openacq.toml").write_text('port = 1001\nhost = "10.0.0.1"\nworkers = 2\n')
    reading = read_settings(
        {"port": 1003, "workers": None}, environ={"OPENACQ_PORT": "1002", "OPENACQ_HOST": "::1"}
    )
    assert (reading.settings.port, reading.settings.host, reading.settings.workers) == (1003, "::1", 2)
    assert reading.sources["port"] == "command line"
    assert reading.sources["host"] == "OPENACQ_HOST"
    assert reading.sources["workers"] == "openacq.toml"
    assert reading.sources["db"] == "default"


def test_a_file_named_by_flag_or_variable_must_exist(tmp_path: Path) -> None:
    other = tmp_path / "other.toml"
    other.write_text("port = 7\n")
    assert read_settings(file=other, environ={}).settings.port == 7
    assert read_settings(environ={"OPENACQ_CONFIG": str(other)}).settings.port == 7
    with pytest.raises(SettingsError, match=r"no settings file missing\.toml"):
        read_settings(file=Path("missing.toml"), environ={})


@pytest.mark.parametrize(
    ("environ", "file", "words"),
    [
        (
            {"OPENACQ_PROT": "1"},
            "",
            r"Unknown setting OPENACQ_PROT in the environment: did you mean OPENACQ_PORT\?",
        ),
        (
            {},
            "rate_per_secnd = 4",
            r"Unknown setting rate_per_secnd in openacq.toml: did you mean rate_per_second\?",
        ),
        ({}, "zzz = 4", "`openacq settings` lists"),
        ({}, "port = ", "not valid TOML"),
        ({"OPENACQ_PORT": "http"}, "", "OPENACQ_PORT: 'http' is not a whole number"),
        ({"OPENACQ_PORT": "65536"}, "", "from 0 to 65535"),
        ({"OPENACQ_PORT": "tcp://10.0.0.1:80"}, "", "enableServiceLinks"),
        ({}, "port = true", "True is not a whole number"),
        ({}, "port = 80.5", "80.5 is not a whole number"),
        ({}, "body_seconds = 0", "0.1 or more"),
        ({}, "body_seconds = nan", "0.1 or more"),
        ({}, 'demo = "perhaps"', "true or false"),
        ({}, 'sqlite_synchronous = "OFF"', "one of FULL, EXTRA, NORMAL"),
        ({}, "allowed_hosts = [1]", "a list of texts"),
        ({"OPENACQ_DB": "mysql://u:geheim@h/x"}, "", r"mysql://u:\*\*\*@h/x names no known database"),
        ({"OPENACQ_PUBLIC_URL": "acq.example.org"}, "", "is not an address such as"),
        ({"OPENACQ_TRUSTED_PROXIES": "10.0.0.0/8, proxy"}, "", "'proxy' is not an address or network"),
        ({"OPENACQ_HOST": "a\nb"}, "", "a text on one line"),
    ],
)
def test_what_cannot_be_used_is_named_with_its_source(environ: dict[str, str], file: str, words: str) -> None:
    Path("openacq.toml").write_text(file)
    with pytest.raises(SettingsError, match=words) as caught:
        read_settings(environ=environ)
    assert "geheim" not in str(caught.value)


def test_values_as_the_environment_writes_them() -> None:
    settings = read_settings(
        environ={
            "OPENACQ_ALLOWED_HOSTS": "a.example, *.b.example ,",
            "OPENACQ_DEMO": "Yes",
            "OPENACQ_BODY_BYTES": "4_000_000",
            "OPENACQ_SQLITE_SYNCHRONOUS": "normal",
            "OPENACQ_TEST_POSTGRES": "belongs to the tests",
            "OPENACQ_SERVICE_HOST": "belongs to Kubernetes",
            "HOME": "/",
        }
    ).settings
    assert settings.allowed_hosts == ("a.example", "*.b.example")
    assert settings.demo is True
    assert settings.body_bytes == 4_000_000
    assert settings.sqlite_synchronous == "NORMAL"


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("postgresql://acq:pa:ss@db.example/acq", "postgresql://acq:***@db.example/acq"),
        ("postgresql://acq:p@ss/w@db.example/acq", "postgresql://acq:***@db.example/acq"),
        ("postgresql://db/acq?user=a&password=geheim&x=1", "postgresql://db/acq?user=a&password=***&x=1"),
        ("sqlite:////srv/acq.db", "sqlite:////srv/acq.db"),
    ],
)
def test_passwords_are_masked(url: str, shown: str) -> None:
    assert mask_url(url) == shown


def test_every_setting_is_explained_and_its_default_fits() -> None:
    for one in DECLARED:
        assert one.about.endswith("."), one.name
        assert read_settings({one.name: one.default}, environ={}).settings == Settings(), one.name


def test_the_printed_file_reads_back_as_the_same_settings(tmp_path: Path) -> None:
    reading = read_settings(
        {"port": 99, "allowed_hosts": ("a", "b"), "demo": True, "public_url": "http://x.example"}, environ={}
    )
    text = as_toml(reading)
    Path("openacq.toml").write_text(text)
    assert read_settings(environ={}).settings == reading.settings
    assert set(tomllib.loads(text)) == {"port", "allowed_hosts", "demo", "public_url"}
    secret = as_toml(read_settings({"db": "postgresql://u:geheim@h/x"}, environ={}))
    assert "geheim" not in secret
    assert "OPENACQ_DB" in secret


def test_letters_need_a_sender_and_their_password_is_never_shown() -> None:
    with pytest.raises(SettingsError, match="smtp_sender"):
        read_settings({"smtp_host": "mail.example.org"}, environ={})
    for sender in ("nobody", "Library <a@b.example>", "a@b.example, c@d.example"):
        with pytest.raises(SettingsError, match="smtp_sender"):
            read_settings({"smtp_sender": sender}, environ={})
    given = {"smtp_host": "mail.example.org", "smtp_sender": "a@b.example", "smtp_password": "geheim@://x"}
    reading = read_settings(given, environ={})
    shown = {one.name: one.shown(getattr(reading.settings, one.name)) for one in DECLARED}
    assert (shown["smtp_password"], shown["smtp_sender"]) == ("***", "a@b.example")
    assert "geheim" not in as_toml(reading)
