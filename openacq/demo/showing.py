"""What the demo prints: tables that fit a terminal of 80 columns and use a wider one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from decimal import Decimal

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from openacq.demo.cart import Way
from openacq.demo.playing import Played, Playing
from openacq.demo.server import Server

IN_REVIEW = "INREVIEW"

CURL = """\
curl '{base}/almaws/v1/acq/po-lines' \\
  -H 'Authorization: apikey {key}' -H 'Accept: application/json' \\
  -H 'Content-Type: application/json' -d '{{
    "owner": {{"value": "MAIN"}}, "type": {{"value": "PRINTED_BOOK_OT"}},
    "vendor": {{"value": "GOBI"}}, "vendor_account": "GOBI-MAIN",
    "vendor_reference_number": "MY-FIRST-ORDER",
    "resource_metadata": {{"title": "Guns, germs, and steel", "isbn": "9780393317558"}},
    "price": {{"sum": "21.00", "currency": {{"value": "USD"}}}},
    "fund_distribution": [{{"fund_code": {{"value": "HIST-2026"}}, "percent": 100}}],
    "location": [{{"quantity": 1, "library": {{"value": "MAIN"}},
                  "shelving_location": "STACKS"}}]}}'"""


def show(console: Console, playing: Playing) -> None:
    """The whole playing."""
    _show_look_ups(console, playing)
    _show_cart(console, playing)
    _show_review(console, playing)
    _show_funds(console, playing)
    _show_life(console, playing)


def show_addresses(console: Console, server: Server, key: str) -> None:
    """Where the server is now, and what to try next."""
    console.rule("[bold]The server is running[/bold]", align="left")
    rows = (
        ("desks", f"{server.base}/desk (staff1, password demo)"),
        ("patrons", f"{server.base}/requests (patron1, password demo)"),
        ("orders", f"POST {server.base}/almaws/v1/acq/po-lines"),
        ("review list", f"{server.base}/openacq/v1/review?apikey={key}"),
        ("funds", f"{server.base}/almaws/v1/acq/funds?format=json&apikey={key}"),
        ("health", f"{server.base}/health"),
        ("figures", f"{server.base}/metrics"),
    )
    for name, address in rows:
        console.print(f"{name:<12} {address}", soft_wrap=True, highlight=False, markup=False)
    console.print("\nOrder something yourself:\n", highlight=False)
    console.print(
        CURL.format(base=server.base, key=key), soft_wrap=True, highlight=False, markup=False, style="cyan"
    )
    kept = "thrown away then" if server.throw_away else f"kept in {server.db}"
    console.print(
        f"\nCtrl-C stops the server; its database is {kept}. Its log follows.",
        soft_wrap=True,
        highlight=False,
        markup=False,
    )


def _show_look_ups(console: Console, playing: Playing) -> None:
    console.rule("[bold]Before checkout the shop reads[/bold]", align="left")
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column(no_wrap=True, style="dim")
    table.add_column()
    for path, told in playing.looked_up:
        table.add_row(escape(path), escape(told))
    console.print(table)
    console.print()


def _show_cart(console: Console, playing: Playing) -> None:
    console.rule("[bold]The cart, one order per title[/bold]", align="left")
    table = _table()
    table.add_column("Title", ratio=2)
    table.add_column("PO line", no_wrap=True)
    table.add_column("Status", width=9)
    table.add_column("Fund\n[dim]reserved[/dim]", min_width=10, no_wrap=True)
    table.add_column("Alerts, in words", ratio=3)
    blocking = {line.number: {reason.text for reason in line.reasons} for line in playing.review}
    for played in playing.played:
        why = blocking.get(played.answer.number, set())
        table.add_row(_title(played), _number(played), _status(played), _fund(played), _alerts(played, why))
        table.add_section()
    console.print(table)
    console.print()
    console.print(_summary(playing.played), highlight=False)
    console.print()


def _table() -> Table:
    return Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False)


def _title(played: Played) -> str:
    return f"[bold]{escape(played.entry.title)}[/bold]\n[dim]{escape(played.entry.shows)}[/dim]"


def _number(played: Played) -> str:
    return played.answer.number or "-"


def _status(played: Played) -> str:
    answer = played.answer
    if answer.refused:
        return "[red]refused[/red]"
    words = escape(answer.status_words)
    if played.entry.way is Way.DRY_RUN:
        return f"would be {words}"
    return f"[yellow]{words}[/yellow]" if answer.status == IN_REVIEW else f"[green]{words}[/green]"


def _fund(played: Played) -> str:
    """The funds asked, with what each had to set aside."""
    asked = played.entry.funds
    if not asked:
        return "[dim]none[/dim]"
    return "\n".join(
        f"{escape(code)}\n[dim]{_money(played.reserved[code])}[/dim]"
        if code in played.reserved
        else escape(code)
        for code in asked
    )


def _alerts(played: Played, blocking: Collection[str]) -> str:
    """Errors, or alerts: those that park the line first, mere information dimmed."""
    answer = played.answer
    if answer.refused:
        return "\n".join(f"[red]{escape(code)}[/red] {escape(text)}" for code, text in answer.errors)
    parking = [_words(alert) for alert in answer.alerts if alert in blocking]
    telling = [f"[dim]{_words(alert)}[/dim]" for alert in answer.alerts if alert not in blocking]
    if played.entry.way is Way.CUT:
        seen = "the line made at first was answered again" if answer.replayed else "one line was made"
        telling.append(f"[green]Connection cut before the answer; sent again: {seen}.[/green]")
    if played.entry.way is Way.DRY_RUN:
        telling.append("[green]Everything was checked, nothing is kept.[/green]")
    return "\n".join([*parking, *telling]) or "[dim]-[/dim]"


def _words(alert: str) -> str:
    return escape(" ".join(alert.split()))


def _summary(played: Iterable[Played]) -> str:
    counts = {"went on": 0, "wait in review": 0, "refused": 0, "tried out only": 0}
    for one in played:
        if one.answer.refused:
            counts["refused"] += 1
        elif one.entry.way is Way.DRY_RUN:
            counts["tried out only"] += 1
        else:
            counts["wait in review" if one.answer.status == IN_REVIEW else "went on"] += 1
    total = sum(counts.values())
    return f"{total} titles: " + ", ".join(f"{count} {what}" for what, count in counts.items() if count) + "."


def _show_review(console: Console, playing: Playing) -> None:
    console.rule("[bold]The review list: what staff see[/bold]", align="left")
    table = _table()
    table.add_column("PO line", no_wrap=True)
    table.add_column("Why it waits", ratio=1)
    table.add_column("Who can mend it, and how", ratio=1)
    for line in playing.review:
        title = f"[dim]{escape(line.title)}[/dim]"
        why = "\n".join(_words(reason.text) for reason in line.reasons)
        mend = "\n".join(escape(f"{reason.who}: {reason.fix}") for reason in line.reasons)
        table.add_row(line.number, f"{title}\n{why}", mend)
        table.add_section()
    console.print(table)
    console.print()


def _show_funds(console: Console, playing: Playing) -> None:
    console.rule("[bold]The funds, before and after[/bold]", align="left")
    table = _table()
    table.add_column("Fund", no_wrap=True)
    for title in ("Allocated", "Reserved\nbefore", "\nafter", "Available\nbefore", "\nafter"):
        table.add_column(title, justify="right", no_wrap=True)
    for code, after in sorted(playing.after.items()):
        before = playing.before.get(code, after)
        mark = "bold" if after.encumbered != before.encumbered else "dim"
        table.add_row(
            code,
            _money(after.allocated),
            _money(before.encumbered),
            f"[{mark}]{_money(after.encumbered)}[/{mark}]",
            _money(before.available),
            f"[{mark}]{_money(after.available)}[/{mark}]",
        )
    console.print(table)
    console.print()


def _show_life(console: Console, playing: Playing) -> None:
    life = playing.life
    console.rule("[bold]One line to its end[/bold]", align="left")
    console.print(f"{life.number}  [dim]{escape(life.title)}[/dim]", highlight=False)
    table = _table()
    table.add_column("What is done", ratio=2)
    table.add_column("by which call", ratio=3, style="dim", overflow="fold")
    table.add_column("The line is", no_wrap=True)
    table.add_column("Reserved", justify="right", no_wrap=True)
    for step in life.steps:
        status = f"[green]{escape(step.status)}[/green]"
        table.add_row(escape(step.what), escape(step.call), status, _money(step.reserved))
    console.print(table)
    console.print()


def _money(value: Decimal) -> str:
    return f"{value:,.2f}"
