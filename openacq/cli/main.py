"""The program `openacq` and its commands, each imported when it is called."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import click

from openacq import __version__
from openacq.cli.telling import as_told
from openacq.cli.work import CommandLine


class LazyGroup(click.Group):
    """A group whose commands are named by where they are ("openacq.cli.serving:serve")."""

    def __init__(self, *args: Any, lazy: dict[str, str] | None = None, **options: Any) -> None:
        super().__init__(*args, **options)
        self._lazy = lazy or {}

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *self._lazy])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        place = self._lazy.get(cmd_name)
        if place is None:
            return super().get_command(ctx, cmd_name)
        module, _, name = place.partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            told = as_told(error)
            if told is None:
                raise
            raise told from None


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    lazy={
        "bib": "openacq.cli.catalogue:bib",
        "init": "openacq.cli.database:init",
        "kb": "openacq.cli.catalogue:kb",
        "key": "openacq.cli.keys:key",
        "load": "openacq.cli.registers:load",
        "log": "openacq.cli.order_log:log",
        "migrate": "openacq.cli.database:migrate",
        "review": "openacq.cli.review:review",
        "serve": "openacq.cli.serve:serve",
        "settings": "openacq.cli.settings:settings",
        "verify": "openacq.cli.database:verify",
        "worker": "openacq.cli.worker:worker",
        "wskey": "openacq.cli.wskeys:wskey",
    },
)
@click.version_option(__version__, prog_name="openacq")
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="Settings file; without it openacq.toml in the working folder, if there is one.",
)
@click.pass_context
def main(ctx: click.Context, config: Path | None) -> None:
    """A library acquisitions server that vendors' Alma and WorldShare clients can talk to."""
    ctx.obj = CommandLine(config)


if __name__ == "__main__":
    main()
