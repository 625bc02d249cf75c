"""The work that follows changes: what waits for its turn, what failed and comes again, what was given up."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from openacq.doors.hall import Ask, Reply, Route
from openacq.doors.own.paging import page, words
from openacq.kernel.refusal import Problem, Refusal
from openacq.store import Tx, outbox
from openacq.store.outbox import News, Standing
from openacq.wire.model import UNSET, Count, Maybe, Wire

STANDINGS = tuple(standing.value for standing in Standing)


class JobItem(Wire):
    """`topic` is what happened, `subject` what to. `due` is the next try, while it is under way the end of
    the lease of `worker`."""

    id: Maybe[int] = UNSET
    topic: Maybe[str] = UNSET
    subject: Maybe[str] = UNSET
    standing: Maybe[str] = UNSET
    at: Maybe[dt.datetime] = UNSET
    due: Maybe[dt.datetime] = UNSET
    attempts: Maybe[int] = UNSET
    error: Maybe[str] = UNSET
    worker: Maybe[str] = UNSET
    done: Maybe[dt.datetime] = UNSET
    given_up: Maybe[dt.datetime] = UNSET


class JobItems(Wire):
    total: Maybe[int] = UNSET
    limit: Maybe[int] = UNSET
    offset: Maybe[int] = UNSET
    jobs: Maybe[list[JobItem]] = UNSET


class ToRetry(Wire):
    """Without ids all that were given up are meant."""

    ids: Annotated[Maybe[list[int]], Count(200)] = UNSET


class Retried(Wire):
    retried: Maybe[int] = UNSET


def list_jobs(ask: Ask) -> Reply:
    """`GET /jobs?standing=dead&topic=&limit=&offset=`: waiting, failed (to be tried again), dead (given up)
    or done; without a standing what failed or is dead."""
    limit, offset = page(ask)
    asked = words(ask, "standing", STANDINGS) or (Standing.DEAD.value, Standing.FAILED.value)
    topics = words(ask, "topic", ask.hall.options.topics) or ask.hall.options.topics

    def work(tx: Tx) -> JobItems:
        shown: list[JobItem] = []
        total, skip = 0, offset
        for standing in asked:
            found = outbox.listed(tx, Standing(standing), topics, max(limit - len(shown), 0), skip)
            total += found.total
            skip = max(skip - found.total, 0)
            shown += [_job(news) for news in found.news]
        return JobItems(total=total, limit=limit, offset=offset, jobs=shown)

    return Reply(ask.read(work))


def get_job(ask: Ask) -> Reply:
    """`GET /jobs/{id}`."""
    return Reply(ask.read(lambda tx: _job(_known(tx, ask))))


def retry_job(ask: Ask) -> Reply:
    """`POST /jobs/{id}/retry`: have what failed or was given up tried again at once."""

    def work(tx: Tx) -> JobItem:
        news = _known(tx, ask)
        if not outbox.try_again(tx, [news.id]):
            raise Refusal(Problem("job_not_failed", "id", news.id, standing=news.standing.value))
        return _job(_known(tx, ask))

    return Reply(ask.write(work))


def retry_jobs(ask: Ask) -> Reply:
    """`POST /jobs/retry {"ids": […]}`: the same for several; without ids for all that were given up."""
    body = ask.model(ToRetry)
    topics = ask.hall.options.topics

    def work(tx: Tx) -> Retried:
        ids = body.ids or [news.id for news in outbox.listed(tx, Standing.DEAD, topics, 1_000).news]
        return Retried(retried=outbox.try_again(tx, ids) if ids else 0)

    return Reply(ask.write(work))


def _known(tx: Tx, ask: Ask) -> News:
    given = ask.path["id"]
    news = outbox.one(tx, int(given)) if given.isascii() and given.isdigit() and len(given) < 19 else None
    if news is None or news.topic not in ask.hall.options.topics:
        raise Refusal(Problem("record_missing", "id", given, what="Job"))
    return news


def _job(news: News) -> JobItem:
    return JobItem(
        id=news.id,
        topic=news.topic,
        subject=news.subject,
        standing=news.standing.value,
        at=news.at,
        due=news.due,
        attempts=news.attempts,
        error=news.error or UNSET,
        worker=news.leased_by or UNSET,
        done=news.done or UNSET,
        given_up=news.failed or UNSET,
    )


ROUTES = (
    Route("GET", "/jobs", "own", list_jobs, open_to_vendors=False),
    Route("GET", "/jobs/{id}", "own", get_job, open_to_vendors=False),
    Route("POST", "/jobs/retry", "own", retry_jobs, write=True, open_to_vendors=False),
    Route("POST", "/jobs/{id}/retry", "own", retry_job, write=True, open_to_vendors=False),
)
