"""Templates: one environment for each language, escaping everything, with what all pages need."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from functools import cache
from types import CodeType
from typing import Any
from urllib.parse import urlsplit

from jinja2 import BytecodeCache, Environment, PackageLoader, PrefixLoader, StrictUndefined
from jinja2.bccache import Bucket
from jinja2.loaders import ChoiceLoader

from openacq.doors.pages import files, wording
from openacq.doors.pages.language import NAMES, language
from openacq.doors.pages.visit import Visit
from openacq.kernel.money import Money

SHARED = "openacq.doors.pages"
SHARED_PREFIX = "shared/"


class Compiled(BytecodeCache):
    """Templates compiled once in a process, whatever the language; what was compiled belongs to the very
    words it was compiled from."""

    def __init__(self) -> None:
        self._code: dict[tuple[str, str], CodeType] = {}

    def __len__(self) -> int:
        return len(self._code)

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._code[bucket.key, bucket.checksum] = bucket.code


COMPILED = Compiled()


class Rendering:
    """The templates of a door: its own packages first, then those all doors share."""

    def __init__(self, packages: tuple[str, ...]) -> None:
        loaders = [PackageLoader(package) for package in (*packages, SHARED)]
        self._loader = ChoiceLoader([*loaders, PrefixLoader({"shared": PackageLoader(SHARED)})])
        self._environment = cache(self._make)

    def page(self, visit: Visit, template: str, facts: Mapping[str, Any]) -> bytes:
        env = self._environment(visit.language.code)
        shown = env.get_template(template).render(visit=visit, **facts)
        return shown.encode()

    def warm(self) -> Iterator[str]:
        """Make ready what the first page of each language would otherwise wait for, a little at each step;
        gives the name of what was made ready."""
        for code in NAMES:
            tongue = language(code)
            now = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
            tongue.moment(now, "UTC"), tongue.time(now, "UTC"), tongue.day(now.date()), tongue.number(1)
            tongue.money(Money.zero("USD"))
            yield code
            env = self._environment(code)
            for name in env.list_templates(extensions=["html"]):
                if not name.startswith(SHARED_PREFIX):
                    env.get_template(name)
                    yield f"{code} {name}"

    def _make(self, code: str) -> Environment:
        tongue = language(code)
        env = Environment(
            loader=self._loader,
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            bytecode_cache=COMPILED,
            extensions=["jinja2.ext.i18n"],
        )
        env.install_gettext_callables(tongue.gettext, tongue.ngettext, newstyle=True)  # type: ignore[attr-defined]
        env.globals.update(language=tongue, file=files.address_of, languages=NAMES)
        env.filters.update(
            day=tongue.day,
            money=tongue.money,
            number=tongue.number,
            said=lambda problem: wording.message(tongue, problem),
            advised=lambda problem: wording.advice(tongue, problem),
            label=lambda name: wording.label(tongue, name),
            safe_url=safe_url,
        )
        return env


def safe_url(given: str) -> str:
    """An address that may stand in a link; "" for anything but http and https."""
    return given if urlsplit(given.strip()).scheme.lower() in ("http", "https") else ""
