"""The review list: lines that wait, why, what the fund has after them; the fix in the row, and bulk."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from openacq.codes import service as codes
from openacq.directory import service as directory
from openacq.doors.desk import tasks, wishes
from openacq.doors.desk.choices import fund_choices, people_choices, vendor_choices
from openacq.doors.desk.words import LINE_STATES, SOURCES, alert_advice, alert_name, alert_text
from openacq.doors.hall import Rendered
from openacq.doors.pages import lists
from openacq.doors.pages.lists import Choice, Facet, Listing
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import Visit
from openacq.kernel.refusal import Problem, Refusal
from openacq.ledger import service as ledger
from openacq.ordering import service as ordering
from openacq.ordering.model import Alert, Line, LineState, PlaceLine, Sum
from openacq.store import Tx
from openacq.vendors import service as vendors

RIGHT = "review|order"
MOST_AT_ONCE = 200
NOBODY, ME = "-", "me"
STATES = (LineState.IN_REVIEW.value, LineState.DEFERRED.value)
WITH_FUND = frozenset({"fund_inactive", "fund_library", "fund_short", "fund_summary", "fund_foreign"})


@dataclass(frozen=True, slots=True)
class Fix:
    """How an alert is mended in the row: what is typed (`kind`), in place of what, ready answers."""

    kind: str
    old: str = ""
    ready: tuple[str, ...] = ()


# -- the list -----------------------------------------------------------------------------------


def show_review(visit: Visit) -> Rendered:
    """`/tasks?state=&why=&vendor=&library=&source=&who=&q=`."""
    limit, offset = lists.page_of(visit, lists.ROWS_OF_FORMS)
    wanted = _query(visit)
    if visit.wants_csv:
        return _csv(visit, wanted)

    def work(tx: Tx) -> Rendered:
        board = ordering.board(tx, wanted, limit, offset)
        listing = Listing(
            "review",
            visit.say("Tasks"),
            board.lines,
            board.total,
            offset,
            limit,
            facets=_facets(tx, visit, board.groups),
            search=visit.say("Words, number, reference"),
            views=lists.views(tx, visit, "review"),
            empty=visit.say("Nothing waits for review. Orders that need a look appear here by themselves."),
        )
        return visit.show(
            "review.html",
            listing=listing,
            tabs=tasks.tabs(tx, visit),
            fixes={line.number: _fixes(tx, line) for line in board.lines},
            states=LINE_STATES,
            sources=SOURCES,
            funds=fund_choices(tx),
            vendors=vendor_choices(tx),
            people=people_choices(tx, visit),
            said=lambda alert: alert_text(visit, alert),
            advised=lambda alert: alert_advice(visit, alert),
            today=tx.today,
            alert_name=alert_name,
        )

    return visit.read(work)


def _query(visit: Visit) -> ordering.BoardQuery:
    granted = visit.libraries(RIGHT)
    owners = lists.asked(visit, "library")
    if granted is not None:
        owners = tuple(code for code in owners if code in granted) or tuple(sorted(granted)) or ("-",)
    who = {ME: visit.user.primary_id, NOBODY: ""}
    return ordering.BoardQuery(
        states=lists.asked(visit, "state", STATES) or (LineState.IN_REVIEW.value,),
        slugs=lists.asked(visit, "why"),
        vendors=lists.asked(visit, "vendor"),
        owners=owners,
        sources=lists.asked(visit, "source", tuple(SOURCES)),
        assigned=tuple(who.get(one, one) for one in lists.asked(visit, "who")),
        words=tuple(visit.param("q").split()[:8]),
    )


def _facets(tx: Tx, visit: Visit, groups: Mapping[str, Mapping[str, int]]) -> tuple[Facet, ...]:
    me = visit.user.primary_id
    assigned = groups["assigned_to"]
    who = [
        Choice(ME, visit.say("Mine"), assigned.get(me, 0)),
        Choice(NOBODY, visit.say("Unassigned"), assigned.get("", 0)),
        *(Choice(name, name, count) for name, count in sorted(assigned.items()) if name not in ("", me)),
    ]
    states = tuple(
        Choice(state, visit.say(LINE_STATES[state]), groups["state"].get(state)) for state in STATES
    )

    def source(code: str) -> str:
        return visit.say(SOURCES.get(code, code))

    reasons = sorted(groups["slug"].items(), key=lambda pair: -pair[1])
    return (
        Facet("who", visit.say("Assigned to"), tuple(who)),
        Facet(
            "why",
            visit.say("Why it waits"),
            tuple(Choice(slug, visit.say(alert_name(slug)), count) for slug, count in reasons),
        ),
        Facet("vendor", visit.say("Vendor"), _counted(groups["vendor"], str)),
        Facet("library", visit.say("Library"), _counted(groups["owner"], lambda code: _library(tx, code))),
        Facet("source", visit.say("Came by"), _counted(groups["source"], source)),
        Facet("state", visit.say("State"), states),
    )


def _library(tx: Tx, code: str) -> str:
    found = directory.library(tx, code)
    return found.name if found else code


def _counted(counts: Mapping[str, int], words: Callable[[str], str]) -> tuple[Choice, ...]:
    return tuple(Choice(code, words(code), count) for code, count in sorted(counts.items()) if code)


def _fixes(tx: Tx, line: ordering.BoardLine) -> tuple[tuple[Alert, Fix | None], ...]:
    return tuple((alert, _fix(tx, alert, line)) for alert, _ in line.alerts)


def _fix(tx: Tx, alert: Alert, line: ordering.BoardLine) -> Fix | None:
    facts = alert.facts
    match alert.slug:
        case "fund_unknown":
            return Fix("fund", facts.get("fund", ""), ledger.similar_codes(tx, facts.get("fund", ""))[:3])
        case slug if slug in WITH_FUND:
            return Fix("fund", facts.get("fund", ""))
        case "fund_missing":
            return Fix("fund")
        case "vendor_missing":
            return Fix("vendor")
        case "account_missing":
            vendor = vendors.vendor(tx, line.vendor)
            accounts = vendor.accounts if vendor else ()
            return Fix("account", "", tuple(one.code for one in accounts if one.active))
        case "price_missing":
            return Fix("price")
        case "renewal_missing":
            return Fix("renewal")
        case "reference_long":
            return Fix("reference", line.reference)
    return None


def _csv(visit: Visit, wanted: ordering.BoardQuery) -> Rendered:
    def work(tx: Tx) -> list[tuple[object, ...]]:
        rows: list[tuple[object, ...]] = []
        while True:
            page = ordering.board(tx, wanted, MOST_AT_ONCE, len(rows))
            rows += [
                (
                    *(line.number, line.title, line.vendor, line.owner, line.reference),
                    *((line.net.text(), line.net.currency) if line.net else ("", "")),
                    ", ".join(share.code for share in line.shares),
                    " ".join(words.text for _, words in line.alerts),
                    line.assigned_to,
                    line.created.isoformat(),
                )
                for line in page.lines
            ]
            if not page.lines or len(rows) >= page.total:
                return rows

    head = (
        *("number", "title", "vendor", "library", "reference", "net", "currency", "funds", "why"),
        *("assigned", "made"),
    )
    return visit.csv("review", head, visit.read(work))


# -- the fix in the row -------------------------------------------------------------------------


def mend(visit: Visit) -> Rendered:
    """Change the one field an alert speaks of; with `order` the line is ordered too if nothing else waits."""
    number, kind, value = visit.path["number"], visit.value("kind"), visit.value("value")
    if not value:
        raise Refusal(Problem("field_missing", kind or "value"))
    actor = visit.actor(RIGHT)

    def work(tx: Tx) -> Line:
        line = ordering.line(tx, number, actor)
        visit.require(RIGHT, line.owner)
        wish = _mended(line, kind, visit.value("old"), value)
        return ordering.change(tx, number, wish, actor, wishes.AS_IT_IS)

    line = visit.write(work)
    left = sum(alert.severity.value == "blocking" for alert in line.alerts)
    if left:
        told = visit.language.ngettext(
            "%(number)s is changed; %(left)s reason to wait is left.",
            "%(number)s is changed; %(left)s reasons to wait are left.",
            left,
        ) % {"number": line.number, "left": left}
    else:
        told = visit.say("%(number)s is changed; nothing keeps it from being ordered.", number=line.number)
    return visit.go(visit.back("/tasks"), told)


def _mended(line: Line, kind: str, old: str, value: str) -> PlaceLine:
    wish = wishes.wish_of(line)
    match kind:
        case "fund":
            return wishes.with_fund(wish, old, value)
        case "vendor":
            return replace(wish, vendor=value, account="")
        case "account":
            return replace(wish, account=value)
        case "price":
            return replace(wish, price=Sum(value, wish.price.currency))
        case "reference":
            return replace(wish, reference=value)
        case "renewal":
            try:
                return replace(wish, renewal_date=dt.date.fromisoformat(value))
            except ValueError:
                raise Refusal(Problem("value_wrong_type", kind, value, expected="a date")) from None
    raise Refusal(Problem("parameter_invalid", "kind", kind, valid="fund, vendor, account, price"))


# -- decisions, one line or many ----------------------------------------------------------------


def chosen(tx: Tx, visit: Visit) -> dict[str, int]:
    """Row ids by number of the lines ticked. Raises Refusal: field_missing, list_too_long, line_not_found,
    role_missing for a line of a library the visitor has no right for."""
    numbers = list(dict.fromkeys(visit.values("number")))
    if not numbers:
        raise Refusal(Problem("field_missing", "number"))
    if len(numbers) > MOST_AT_ONCE:
        raise Refusal(Problem("list_too_long", "number", limit=MOST_AT_ONCE))
    actor = visit.actor(RIGHT)
    known = ordering.line_ids(tx, numbers, actor)
    missing = [number for number in numbers if number not in known]
    if missing:
        raise Refusal([Problem("line_not_found", "number", number) for number in missing])
    if actor.libraries is not None:
        for label in ordering.owners(tx, list(known.values())):
            visit.require(RIGHT, label)
    return known


def decide(visit: Visit) -> Rendered:
    """What is to be done with the ticked lines, by the button pressed (`do`)."""
    action = visit.value("do")
    if action == "order" and visit.value("sure") != "yes" and len(visit.values("number")) > 1:
        return preview(visit)
    if action == "cancelling":
        return ask_to_cancel(visit)
    if action not in _ACTIONS:
        raise Refusal(Problem("parameter_invalid", "do", action, valid=", ".join(_ACTIONS)))
    told, undo, fields = _ACTIONS[action](visit)
    return visit.go(visit.back("/tasks"), told, undo=undo, fields=fields)


Done = tuple[str, str, dict[str, str]]


def _order(visit: Visit) -> Done:
    def work(tx: Tx) -> int:
        ids = chosen(tx, visit)
        visit.require("review", *ordering.owners(tx, list(ids.values())))
        ordering.order_now(tx, list(ids.values()), visit.actor(RIGHT))
        return len(ids)

    count = visit.write(work)
    words = visit.language.ngettext("%(num)s line is ordered.", "%(num)s lines are ordered.", count)
    return words % {"num": count}, "", {}


def _assign(visit: Visit) -> Done:
    to = visit.value("to")
    to = visit.user.primary_id if to == ME else to

    def work(tx: Tx) -> int:
        ids = chosen(tx, visit)
        if to and directory.user(tx, to) is None:
            raise Refusal(Problem("user_unknown", "to", to))
        ordering.assign(tx, list(ids.values()), visit.actor(RIGHT), to)
        return len(ids)

    count = visit.write(work)
    one, many = "%(num)s line is assigned to %(to)s.", "%(num)s lines are assigned to %(to)s."
    words = visit.language.ngettext(one, many, count)
    return words % {"num": count, "to": to or visit.say("nobody")}, "", {}


def _defer(visit: Visit) -> Done:
    given = visit.value("until")
    try:
        until = dt.date.fromisoformat(given) if given else None
    except ValueError:
        raise Refusal(Problem("value_wrong_type", "until", given, expected="a date")) from None

    def work(tx: Tx) -> list[str]:
        ids = chosen(tx, visit)
        ordering.defer(tx, list(ids.values()), visit.actor(RIGHT), until, visit.value("reason"))
        return list(ids)

    numbers = visit.write(work)
    one, many = "%(num)s line is put aside.", "%(num)s lines are put aside."
    words = visit.language.ngettext(one, many, len(numbers))
    undo = {"do": "resume", "number": numbers[0]} if len(numbers) == 1 else {}
    return words % {"num": len(numbers)}, "/tasks/review" if undo else "", undo


def _resume(visit: Visit) -> Done:
    def work(tx: Tx) -> int:
        ids = chosen(tx, visit)
        ordering.resume(tx, list(ids.values()), visit.actor(RIGHT))
        return len(ids)

    count = visit.write(work)
    return _in_review(visit, count), "", {}


def _in_review(visit: Visit, count: int) -> str:
    one, many = "%(num)s line is back in review.", "%(num)s lines are back in review."
    return visit.language.ngettext(one, many, count) % {"num": count}


def _cancel(visit: Visit) -> Done:
    how = ordering.Cancellation(
        visit.value("reason"),
        visit.value("comment"),
        inform_vendor=visit.value("inform_vendor") == "yes",
        override=visit.value("override") == "yes",
    )
    if not how.reason:
        raise Refusal(Problem("field_missing", "reason"))

    def work(tx: Tx) -> int:
        ids = chosen(tx, visit)
        ordering.cancel(tx, list(ids.values()), visit.actor(RIGHT), how)
        return len(ids)

    count = visit.write(work)
    words = visit.language.ngettext("%(num)s line is cancelled.", "%(num)s lines are cancelled.", count)
    return words % {"num": count}, "", {}


def _send_back(visit: Visit) -> Done:
    def work(tx: Tx) -> int:
        ids = chosen(tx, visit)
        ordering.send_back(tx, list(ids.values()), visit.actor(RIGHT))
        return len(ids)

    count = visit.write(work)
    return _in_review(visit, count), "", {}


_ACTIONS = {
    "order": _order,
    "assign": _assign,
    "defer": _defer,
    "resume": _resume,
    "cancel": _cancel,
    "review": _send_back,
}


def ask_to_cancel(visit: Visit) -> Rendered:
    """Why the ticked lines are cancelled, and what comes of it."""

    def work(tx: Tx) -> Rendered:
        numbers = list(chosen(tx, visit))
        reasons = [(row.code, row.description) for row in codes.rows(tx, "POLineCancellationReasons")]
        return visit.show(
            "cancel_lines.html", numbers=numbers, reasons=reasons, back=visit.back(visit.link("/tasks"))
        )

    return visit.read(work)


def preview(visit: Visit) -> Rendered:
    """What ordering the ticked lines would do; nothing is changed."""

    def work(tx: Tx) -> Sequence[ordering.Effect]:
        ids = chosen(tx, visit)
        visit.require("review", *ordering.owners(tx, list(ids.values())))
        return ordering.preview_order_now(tx, list(ids.values()))

    effects = visit.read(work)
    good = [effect.number for effect in effects if effect.state is not None]
    back = visit.back(visit.link("/tasks"))
    return visit.show("review_preview.html", effects=effects, good=good, states=LINE_STATES, back=back)


PAGES = (
    Page("GET", "/tasks", show_review),
    Page("POST", "/tasks/review", decide, right=RIGHT),
    Page("POST", "/tasks/review/{number}/mend", mend, right=RIGHT),
)
