"""Templates: one environment for each language, escaping everything, with what all pages need."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, PrefixLoader, StrictUndefined
from jinja2.loaders import ChoiceLoader

from openacq.doors.pages import files, wording
from openacq.doors.pages.language import NAMES, language
from openacq.doors.pages.visit import Visit

SHARED = "openacq.doors.pages"


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

    def _make(self, code: str) -> Environment:
        tongue = language(code)
        env = Environment(
            loader=self._loader,
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
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
