"""The work beside the calls, wired from the settings: inside `openacq serve`, or by `openacq worker`."""

from __future__ import annotations

import signal
from collections.abc import Callable
from pathlib import Path

from openacq.jobs.letters import Ways
from openacq.jobs.work import Work
from openacq.letters.service import FolderPost, MailServer
from openacq.settings import Settings
from openacq.store import Store


def open_work(settings: Settings, store: Store) -> Work:
    """The work of all institutions in this database, not started yet."""
    return Work(store, letter_ways(settings), event_days=settings.event_days)


def works_in_server(settings: Settings, store: Store) -> bool:
    """Whether `openacq serve` does the work itself: on SQLite, unless told otherwise."""
    if settings.work_in_server == "auto":
        return store.dialect == "sqlite"
    return settings.work_in_server == "yes"


def letter_ways(settings: Settings) -> Ways:
    """How letters can leave, as the settings have it."""
    server = MailServer(
        host=settings.smtp_host,
        port=settings.smtp_port,
        sender=settings.smtp_sender,
        tls=settings.smtp_tls,
        user=settings.smtp_user,
        password=settings.smtp_password,
        seconds=settings.smtp_seconds,
        ca_file=settings.smtp_ca_file,
    )
    return Ways(
        mail=server if settings.smtp_host else None,
        folder=FolderPost(Path(settings.letters_folder)) if settings.letters_folder else None,
    )


def run_until_told(work: Work, ready: Callable[[], None]) -> None:
    """Work until SIGTERM or Ctrl-C, then finish what is under way. Call it from the main thread."""
    told = {signal.SIGTERM, signal.SIGINT}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, told)  # threads started now leave them to us
    try:
        work.start()
        ready()
        signal.sigwait(told)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        work.stop()
