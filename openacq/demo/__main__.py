"""`python -m openacq.demo`: start a demo server, play the cart, show what became of it, stay until Ctrl-C."""

from __future__ import annotations

import signal
import sys
from datetime import UTC
from types import FrameType

import click
import httpx
from rich.console import Console

from openacq.demo.filling import DEMO_KEY
from openacq.demo.playing import play
from openacq.demo.server import NotStarted, Server
from openacq.demo.shop import Shop, ShopError
from openacq.demo.showing import show, show_addresses
from openacq.demo.wishes import play_wishes, show_wishes
from openacq.demo.worldshare import play_worldshare, show_worldshare
from openacq.kernel.clock import SystemClock

STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""A closed terminal and a polite kill stop the demo as Ctrl-C does."""


@click.command(help="Start a demo server, play a vendor's cart into it, and leave it running until Ctrl-C.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port of the server; else 8080, or any free one.")
@click.option(
    "--db",
    metavar="URL",
    help="Database to fill (or filled by a demo before) and keep; else a throw-away one.",
)
@click.option("--end", is_flag=True, help="Stop the server after the tables instead of leaving it running.")
def main(port: int | None, db: str | None, end: bool) -> None:
    for number in STOPPING:
        signal.signal(number, _interrupt)
    console = Console()
    server = Server(port=port, db=db)
    console.print("Starting a server with a demo library …", highlight=False)
    try:
        server.start()
        _run(console, server, end=end)
    except KeyboardInterrupt:
        console.print("\nStopping the server …")
    except (NotStarted, ShopError, httpx.HTTPError) as error:
        Console(stderr=True).print(f"The demo could not go on: {error}", style="red", markup=False)
        sys.exit(1)
    finally:
        for number in STOPPING:  # a second Ctrl-C must not leave the server behind
            signal.signal(number, signal.SIG_IGN)
        server.stop()
    console.print("Stopped.")


def _run(console: Console, server: Server, *, end: bool) -> None:
    now = SystemClock().now().astimezone(UTC)
    console.print(f"Playing a shop's cart into {server.base} …", highlight=False)
    shop = Shop(server.base, DEMO_KEY)
    try:
        playing = play(shop, f"CART-{now:%m%d%H%M%S}", now.date())
        wished = play_wishes(shop)
        ordered = play_worldshare(server.base, shop, f"{now:%m%d%H%M%S}")
    finally:
        shop.close()
    show(console, playing)
    show_wishes(console, wished)
    show_worldshare(console, ordered)
    if end:
        return
    show_addresses(console, server, DEMO_KEY)
    for line in server.log_lines():
        console.print(line, soft_wrap=True, highlight=False, markup=False, style="dim")
    raise NotStarted(f"The server ended:\n{server.last_words()}")


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    main()
