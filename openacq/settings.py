"""Settings: one frozen object, each setting declared once.

A value comes from, in rising order: the default below, the TOML file (`openacq.toml` in the working
folder, or the one named by `--config` or `OPENACQ_CONFIG`), the environment (`OPENACQ_` and the name
in capitals), the command line. `openacq settings` prints them all and says where each came from.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, TypeVar, cast, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit

PREFIX = "OPENACQ_"
DEFAULT_FILE = "openacq.toml"

# Variables that share the prefix and are no settings: the test suite's, and those a Kubernetes
# service called "openacq" puts into every container.
_FOREIGN = ("OPENACQ_TEST_", "OPENACQ_BENCH_", "OPENACQ_SERVICE_", "OPENACQ_PORT_")

_ADDRESS = re.compile(r"[^@\s<>\",;:]+@[A-Za-z0-9.-]+")

T = TypeVar("T")


def _setting(
    default: T,
    about: str,
    *,
    unit: str = "",
    secret: bool = False,
    low: float | None = None,
    high: float | None = None,
) -> T:
    """Declares a setting; `unit` is how the number is read, `low` and `high` are allowed values."""
    return field(
        default=default, metadata={"about": about, "unit": unit, "secret": secret, "low": low, "high": high}
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    # where the data are
    db: str = _setting(
        "sqlite:///openacq.db",
        "Database: sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME.",
        unit="URL",
        secret=True,
    )
    sqlite_synchronous: Literal["FULL", "EXTRA", "NORMAL"] = _setting(
        "FULL", "SQLite durability. With NORMAL a power cut may take the last orders with it."
    )
    checkpoint_seconds: int = _setting(
        5, "How often the SQLite write-ahead log is folded into the file.", unit="seconds", low=1, high=3600
    )
    writers: int = _setting(
        8,
        "Write transactions open at once against PostgreSQL, per process.",
        unit="transactions",
        low=1,
        high=64,
    )
    prepare_threshold: int = _setting(
        5,
        "Runs after which psycopg prepares a statement; 0 = never, as pgbouncer in transaction mode needs.",
        unit="runs",
        low=0,
    )

    # where it listens and what it believes
    host: str = _setting("127.0.0.1", "Address to listen on; 0.0.0.0 = every network interface.")
    port: int = _setting(8080, "Port to listen on; 0 = any free one.", low=0, high=65535)
    workers: int = _setting(1, "Server processes sharing the port.", unit="processes", low=1, high=64)
    threads: int = _setting(
        24, "Calls of a door worked on at once, per process.", unit="threads", low=1, high=500
    )
    public_url: str = _setting(
        "",
        "Address by which people and vendors reach this server; used in letters, pages and links.",
        unit="URL",
    )
    allowed_hosts: tuple[str, ...] = _setting(
        (),
        "Host names that may appear in links of answers, besides localhost, the address listened on and the "
        "public URL's host; *.example.org covers every name below, * every name.",
    )
    trusted_proxies: tuple[str, ...] = _setting(
        (),
        "Addresses or networks (10.0.0.0/8) whose X-Forwarded-For, -Proto and -Host headers are believed.",
    )

    # what a call may cost
    body_bytes: int = _setting(
        2_097_152, "Largest request body; more is answered 413.", unit="bytes", low=1024, high=1 << 30
    )
    header_bytes: int = _setting(
        65_536,
        "Largest request line with headers; more is answered 431.",
        unit="bytes",
        low=4096,
        high=1 << 20,
    )
    header_seconds: float = _setting(
        15.0, "Time a client has to send request line and headers.", unit="seconds", low=0.1
    )
    body_seconds: float = _setting(30.0, "Time a client has to send a request body.", unit="seconds", low=0.1)
    keep_alive_seconds: int = _setting(
        65, "Time an idle connection is kept open for the next call.", unit="seconds", low=1
    )
    stop_seconds: int = _setting(
        25, "Time calls under way have to finish when the server is told to stop.", unit="seconds", low=1
    )
    rate_per_second: int = _setting(
        50, "Calls a key may make each second, per process; 0 = no limit.", unit="calls", low=0
    )
    calls_per_day: int = _setting(
        1_000_000, "Calls a key may make each day (UTC); 0 = no limit.", unit="calls", low=0
    )

    # how long things are remembered
    claim_hours: int = _setting(
        24, "How long a create is recognised again by the vendor's own reference.", unit="hours", low=1
    )
    claim_key_days: int = _setting(
        7, "How long a create is recognised again by its Idempotency-Key.", unit="days", low=1
    )
    order_log_days: int = _setting(
        400, "How long a call stays in the order log; 0 = for ever.", unit="days", low=0
    )
    patron_data_days: int = _setting(
        30,
        "How long patron data folded away in the order log can be unfolded; 0 = never.",
        unit="days",
        low=0,
    )
    order_log_body_bytes: int = _setting(
        16_384,
        "How much of each request and answer body the order log keeps; 0 = none.",
        unit="bytes",
        low=0,
        high=1 << 20,
    )

    event_days: int = _setting(
        90, "How long news of changes are kept for those who ask for them; 0 = for ever.", unit="days", low=0
    )

    # WorldShare clients
    wms_json: Literal["atom", "plain"] = _setting(
        "atom",
        "What Accept: application/json gets at the WMS door from keys that do not say: atom = entries as in "
        "the documents of 2012, plain = bare objects as newer clients read them.",
    )
    wms_signature_minutes: int = _setting(
        15, "How far the timestamp of a signed request may be off; 0 = any time.", unit="minutes", low=0
    )
    wms_nonce: Literal["resend", "once"] = _setting(
        "resend",
        "A signed request that comes again: resend = a change gets its first answer, once = refused "
        "(some clients send the same nonce always).",
    )
    wms_principal: Literal["required", "optional", "ignored"] = _setting(
        "required",
        "Whether signed requests must name the user they act for: required, optional = one that is named "
        "must be known, ignored = anyone passes with the rights of the key.",
    )
    wms_token_minutes: int = _setting(
        20, "How long an access token is good.", unit="minutes", low=1, high=1440
    )
    wms_refresh_days: int = _setting(7, "How long a refresh token is good.", unit="days", low=1, high=366)
    secrets_key: str = _setting(
        "",
        "Key that secrets in the database are encrypted with; several divided by commas, the newest first. "
        "`openacq wskey new-key` makes one.",
        secret=True,
    )
    secrets_key_file: str = _setting(
        "openacq.key",
        "File of such keys, one in a line, the newest first; made when the first WSKey is. Not used beside "
        "secrets_key.",
    )

    # the work no call waits for
    work_in_server: Literal["auto", "yes", "no"] = _setting(
        "auto",
        "Whether the server itself packs and sends orders and letters; auto = with SQLite, for beside "
        "PostgreSQL `openacq worker` does it.",
    )

    # letters
    smtp_host: str = _setting("", "Mail server that takes letters; without one they are kept and wait.")
    smtp_port: int = _setting(587, "Port of the mail server.", low=1, high=65535)
    smtp_tls: Literal["starttls", "ssl", "none"] = _setting(
        "starttls",
        "How the way to the mail server is encrypted: starttls (port 587), ssl (port 465), none (a server on "
        "this machine only).",
    )
    smtp_user: str = _setting("", "Name to log in to the mail server with; without one nobody logs in.")
    smtp_password: str = _setting("", "Password for the mail server.", secret=True)
    smtp_sender: str = _setting("", "E-mail address letters come from.")
    smtp_seconds: float = _setting(
        30.0, "Time the mail server has for each answer.", unit="seconds", low=1, high=60
    )
    smtp_ca_file: str = _setting(
        "", "File of certificates to trust besides the system's when talking to the mail server."
    )
    letters_folder: str = _setting(
        "", "Folder into which orders are dropped as files for vendors that fetch them; it must exist."
    )
    letter_days: int = _setting(
        180,
        "How long letters to people keep their words and addresses; 0 = for ever.",
        unit="days",
        low=0,
    )

    # what it tells the operator
    log_format: Literal["text", "json"] = _setting(
        "text", "Form of the lines the server writes about itself."
    )
    log_level: Literal["debug", "info", "warning", "error"] = _setting(
        "info", "Least weight of a line written."
    )
    access_log: bool = _setting(True, "Whether a line is written for each call; keys are masked.")
    metrics: bool = _setting(True, "Whether /metrics answers.")

    demo: bool = _setting(
        False, "Fill an empty database with a small library and accept the demo key on loopback."
    )


@dataclass(frozen=True, slots=True)
class Setting:
    """One declared setting as the program tells of it."""

    name: str
    type: Any
    default: object
    about: str
    unit: str
    secret: bool
    low: float | None
    high: float | None

    @property
    def variable(self) -> str:
        return PREFIX + self.name.upper()

    @property
    def type_words(self) -> str:
        if get_origin(self.type) is Literal:
            return " | ".join(get_args(self.type))
        words = {str: "text", int: "whole number", float: "number", bool: "true | false"}
        return words.get(self.type, "list of texts")

    def shown(self, value: object) -> str:
        """The value as it may be printed."""
        if self.secret:
            return mask_url(str(value)) if self.unit == "URL" or not value else "***"
        return spell(value)


@dataclass(frozen=True, slots=True)
class Reading:
    """The settings in force, and for each name the source its value came from."""

    settings: Settings
    sources: Mapping[str, str]


class SettingsError(Exception):
    """A setting cannot be used; the message names source, key, value and what to do."""


def _declared() -> tuple[Setting, ...]:
    hints = get_type_hints(Settings)
    return tuple(
        Setting(name=one.name, type=hints[one.name], default=one.default, **one.metadata)
        for one in fields(Settings)
    )


DECLARED: tuple[Setting, ...] = _declared()
_BY_NAME: Mapping[str, Setting] = {one.name: one for one in DECLARED}


def read_settings(
    flags: Mapping[str, object] | None = None,
    *,
    file: Path | None = None,
    environ: Mapping[str, str] | None = None,
) -> Reading:
    """Settings from defaults, file, environment and `flags` (None = flag not given).

    Raises SettingsError for an unreadable file, an unknown name or a value that does not fit.
    """
    environ = os.environ if environ is None else environ
    values: dict[str, object] = {}
    sources = {one.name: "default" for one in DECLARED}
    layers = (
        _from_file(file, environ),
        _from_environment(environ),
        {name: (value, "command line") for name, value in (flags or {}).items() if value is not None},
    )
    for layer in layers:
        for name, (value, source) in layer.items():
            values[name] = _fit(_known(name, source), value, source)
            sources[name] = source
    settings = Settings(**cast("dict[str, Any]", values))
    _check_whole(settings, sources)
    return Reading(settings, sources)


def _from_file(file: Path | None, environ: Mapping[str, str]) -> dict[str, tuple[object, str]]:
    named = file or (Path(environ[PREFIX + "CONFIG"]) if environ.get(PREFIX + "CONFIG") else None)
    path = named or Path(DEFAULT_FILE)
    try:
        text = path.read_text("utf-8")
    except FileNotFoundError:
        if named is None:
            return {}
        raise SettingsError(f"There is no settings file {path}.") from None
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"The settings file {path} cannot be read: {error}.") from None
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"The settings file {path} is not valid TOML: {error}.") from None
    return {name: (value, str(path)) for name, value in table.items()}


def _from_environment(environ: Mapping[str, str]) -> dict[str, tuple[object, str]]:
    found: dict[str, tuple[object, str]] = {}
    for variable, value in environ.items():
        if not variable.startswith(PREFIX) or variable.startswith(_FOREIGN) or variable == PREFIX + "CONFIG":
            continue
        found[variable.removeprefix(PREFIX).lower()] = (value, variable)
    return found


def _known(name: str, source: str) -> Setting:
    setting = _BY_NAME.get(name)
    if setting is not None:
        return setting
    near = get_close_matches(name, _BY_NAME, n=1, cutoff=0.5)
    variable = source.startswith(PREFIX)
    meant = (PREFIX + near[0].upper() if variable else near[0]) if near else ""
    hint = f"did you mean {meant}?" if meant else "`openacq settings` lists the known ones."
    if variable:
        raise SettingsError(f"Unknown setting {source} in the environment: {hint}")
    raise SettingsError(f"Unknown setting {name} in {source}: {hint}")


def _fit(setting: Setting, value: object, source: str) -> object:
    """The value as the declared type; environment values and flags arrive as text."""

    def refuse(wanted: str) -> SettingsError:
        given = setting.shown(value) if setting.secret else repr(value)
        name = source if source.startswith(PREFIX) else f"{setting.name} ({source})"
        extra = ""
        if isinstance(value, str) and value.startswith("tcp://"):
            extra = (
                " Kubernetes sets this variable for a service of that name: switch enableServiceLinks off."
            )
        return SettingsError(f"Setting {name}: {given} is not {wanted}.{extra}")

    if get_origin(setting.type) is Literal:
        for choice in get_args(setting.type):
            if isinstance(value, str) and value.casefold() == choice.casefold():
                return choice
        raise refuse("one of " + ", ".join(get_args(setting.type)))
    if setting.type is bool:
        return _fit_bool(value, refuse("true or false"))
    if setting.type in (int, float):
        return _fit_number(setting, value, refuse)
    if setting.type is str:
        if isinstance(value, str) and not re.search(r"[\x00-\x1f\x7f]", value):
            return value.strip()
        raise refuse("a text on one line")
    if isinstance(value, str):
        return tuple(part.strip() for part in value.split(",") if part.strip())
    if isinstance(value, (list, tuple)) and all(isinstance(part, str) for part in value):
        return tuple(cast("list[str]", value))
    raise refuse("a list of texts")


def _fit_bool(value: object, refusal: SettingsError) -> bool:
    if isinstance(value, bool):
        return value
    words = {
        "true": True,
        "yes": True,
        "on": True,
        "1": True,
        "false": False,
        "no": False,
        "off": False,
        "0": False,
    }
    if isinstance(value, str) and value.strip().casefold() in words:
        return words[value.strip().casefold()]
    raise refusal


def _fit_number(setting: Setting, value: object, refuse: Any) -> int | float:
    kind = "a whole number" if setting.type is int else "a number"
    number: int | float
    if isinstance(value, str):
        try:
            number = setting.type(value.strip().replace("_", ""))
        except ValueError:
            raise refuse(kind) from None
    elif isinstance(value, bool) or not isinstance(value, int if setting.type is int else (int, float)):
        raise refuse(kind)
    else:
        number = setting.type(value)
    low, high = setting.low, setting.high
    if (low is not None and not number >= low) or (high is not None and not number <= high):
        bounds = f"from {low:g} to {high:g}" if low is not None and high is not None else f"{low:g} or more"
        raise refuse(f"{kind} {bounds}")
    return number


def _check_whole(settings: Settings, sources: Mapping[str, str]) -> None:
    """Rules that need more than a type: addresses, URLs, networks."""
    scheme = settings.db.partition(":")[0].partition("+")[0]
    if scheme not in {"sqlite", "postgresql", "postgres"}:
        raise SettingsError(
            f"Setting db ({sources['db']}): {mask_url(settings.db)} names no known database. "
            "Write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME."
        )
    if settings.public_url:
        url = urlsplit(settings.public_url)
        if url.scheme not in {"http", "https"} or not url.hostname or url.query or url.fragment:
            raise SettingsError(
                f"Setting public_url ({sources['public_url']}): {settings.public_url!r} is not an address "
                "such as https://acq.example.org."
            )
    if (settings.smtp_host or settings.smtp_sender) and not _ADDRESS.fullmatch(settings.smtp_sender):
        raise SettingsError(
            f"Setting smtp_sender ({sources['smtp_sender']}): {settings.smtp_sender!r} is no address that "
            "letters can come from, such as acquisitions@example.org."
        )
    for network in settings.trusted_proxies:
        _check_network(network, sources["trusted_proxies"])


def _check_network(network: str, source: str) -> None:
    from ipaddress import ip_network

    try:
        ip_network(network)
    except ValueError:
        raise SettingsError(
            f"Setting trusted_proxies ({source}): {network!r} is not an address or network "
            "such as 10.0.0.0/8."
        ) from None


def mask_url(url: str) -> str:
    """A URL with its password and every secret-looking parameter replaced by ***."""
    masked = re.sub(r"(://[^/@:]*):.*@", r"\1:***@", url)
    return re.sub(
        r"((?:password|passfile|sslpassword|secret|token)=)[^&#]*", r"\1***", masked, flags=re.IGNORECASE
    )


def spell(value: object) -> str:
    """A value as it would be written in the environment."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return ", ".join(value)
    return str(value)


def as_toml(reading: Reading) -> str:
    """A settings file with every setting, explained; those at their default are commented out."""
    lines = ["# Settings of openacq. Lines beginning with # show the defaults.", ""]
    for one in DECLARED:
        value = getattr(reading.settings, one.name)
        unit = f" [{one.unit}]" if one.unit else ""
        lines.append(f"# {one.about}{unit}")
        if one.secret and one.shown(value) != value:
            lines.append(f"# {one.name} holds a secret: set {one.variable} in the environment.")
        else:
            mark = "" if reading.sources[one.name] != "default" else "# "
            lines.append(f"{mark}{one.name} = {_toml(value)}")
        lines.append("")
    return "\n".join(lines)


def _toml(value: object) -> str:
    if isinstance(value, tuple):
        return "[" + ", ".join(_toml(part) for part in value) + "]"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return spell(value)
