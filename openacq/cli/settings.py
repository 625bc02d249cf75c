"""`openacq settings`: every setting with its value, where that came from, and what it means."""

from __future__ import annotations

import click

from openacq.cli.telling import print_json, print_table
from openacq.cli.work import CommandLine, command_line, json_option
from openacq.settings import DECLARED, as_toml


@click.command()
@json_option
@click.option("--toml", "toml", is_flag=True, help="Print a settings file to start from.")
@command_line
def settings(line: CommandLine, as_json: bool, toml: bool) -> None:
    """Print all settings in force and where each comes from; secrets are masked."""
    reading = line.reading()
    if toml:
        click.echo(as_toml(reading))
        return
    told = [
        {
            "name": one.name,
            "value": one.shown(getattr(reading.settings, one.name)),
            "source": reading.sources[one.name],
            "default": one.shown(one.default),
            "type": one.type_words,
            "unit": one.unit,
            "variable": one.variable,
            "about": one.about,
        }
        for one in DECLARED
    ]
    if as_json:
        print_json(told)
        return
    rows = [
        (one["name"], one["value"], one["source"], f"{one['about']}{_unit(str(one['unit']))}") for one in told
    ]
    print_table(("setting", "value", "from", "meaning"), rows, empty="")


def _unit(unit: str) -> str:
    return f" [{unit}]" if unit else ""
