"""Tasks that went wrong: letters that did not go out, work beside the calls that was given up."""

from __future__ import annotations

from openacq.doors.desk import tasks
from openacq.doors.hall import Rendered
from openacq.doors.pages import lists
from openacq.doors.pages.language import later
from openacq.doors.pages.lists import Listing
from openacq.doors.pages.model import Page
from openacq.doors.pages.visit import Visit
from openacq.kernel.refusal import Problem, Refusal
from openacq.letters import service as letters
from openacq.letters.model import Search, State
from openacq.store import Tx, outbox
from openacq.store.outbox import News, Standing

BY_LETTERS = "order|admin"
BY_JOBS = "admin"
BAD = (State.FAILED, State.DEAD)
LETTER_STATES = {State.FAILED.value: later("tried again"), State.DEAD.value: later("given up")}
STANDINGS = {Standing.FAILED.value: later("tried again"), Standing.DEAD.value: later("given up")}


def show_letters(visit: Visit) -> Rendered:
    """Letters that did not go out, with why; the newest first."""
    limit, offset = lists.page_of(visit)

    def work(tx: Tx) -> Rendered:
        page = letters.letters(tx, Search(states=BAD), most=limit, offset=offset)
        listing = Listing(
            "",
            visit.say("Failed letters"),
            page.letters,
            page.total,
            offset,
            limit,
            empty=visit.say("Every letter has gone out."),
        )
        return visit.show(
            "failed_letters.html", listing=listing, tabs=tasks.tabs(tx, visit), states=LETTER_STATES
        )

    return visit.read(work)


def settle_letter(visit: Visit) -> Rendered:
    """Send a letter again, to another address if one is typed; or keep it from going out."""
    letter_id = _number(visit, "letter")
    if visit.value("do") == "cancel":
        by = visit.user.primary_id
        visit.write(lambda tx: letters.cancel(tx, letter_id, visit.say("by %(name)s", name=by)))
        return visit.go(visit.back("/tasks/letters"), visit.say("The letter is not sent."))
    visit.write(lambda tx: letters.resend(tx, letter_id, visit.value("recipient") or None))
    return visit.go(visit.back("/tasks/letters"), visit.say("The letter is tried again."))


def show_jobs(visit: Visit) -> Rendered:
    """What failed and comes again, and what was given up."""
    limit, offset = lists.page_of(visit)

    def work(tx: Tx) -> Rendered:
        rows: list[News] = []
        total, skip = 0, offset
        for standing in (Standing.DEAD, Standing.FAILED):
            found = outbox.listed(tx, standing, visit.door.topics, max(limit - len(rows), 0), skip)
            total += found.total
            skip = max(skip - found.total, 0)
            rows += found.news
        listing = Listing(
            "",
            visit.say("Failed jobs"),
            rows,
            total,
            offset,
            limit,
            empty=visit.say("Nothing failed."),
        )
        return visit.show("failed_jobs.html", listing=listing, tabs=tasks.tabs(tx, visit), states=STANDINGS)

    return visit.read(work)


def retry_job(visit: Visit) -> Rendered:
    job_id = _number(visit, "job")

    def work(tx: Tx) -> None:
        news = outbox.one(tx, job_id)
        if news is None or news.topic not in visit.door.topics:
            raise Refusal(Problem("record_missing", "id", job_id, what="Job"))
        if not outbox.try_again(tx, [job_id]):
            raise Refusal(Problem("job_not_failed", "id", job_id, standing=news.standing.value))

    visit.write(work)
    return visit.go(visit.back("/tasks/jobs"), visit.say("It is tried again at once."))


def _number(visit: Visit, name: str) -> int:
    given = visit.path[name]
    if not given.isascii() or not given.isdigit() or len(given) > 18:
        raise Refusal(Problem("record_missing", name, given, what=name.capitalize()))
    return int(given)


PAGES = (
    Page("GET", "/tasks/letters", show_letters, right=BY_LETTERS),
    Page("POST", "/tasks/letters/{letter}", settle_letter, right=BY_LETTERS),
    Page("GET", "/tasks/jobs", show_jobs, right=BY_JOBS),
    Page("POST", "/tasks/jobs/{job}", retry_job, right=BY_JOBS),
)
