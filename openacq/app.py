"""The whole server as one ASGI application, wired from the settings.

    house = open_house(settings, bound="http://127.0.0.1:8080")
    house.app                      # the ASGI application; its lifespan starts and closes the rest

Nothing is decided here: doors answer, the front watches the traffic, jobs run beside.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import anyio.to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from openacq.calls.service import OrderLog
from openacq.directory import service as directory
from openacq.doors.again import Sender
from openacq.doors.alma.door import AlmaDoor
from openacq.doors.desk.door import desk_door
from openacq.doors.entrance import Entrance
from openacq.doors.hall import Door, HallOptions, HallServices
from openacq.doors.limits import Limits
from openacq.doors.own.door import OwnDoor
from openacq.doors.pages.entrance import PageEntrance
from openacq.doors.pages.files import PREFIX as FILES
from openacq.doors.pages.files import Files
from openacq.doors.pages.rights import is_staff
from openacq.doors.patron.door import is_patron, patron_door
from openacq.doors.wms.call import Options as WmsOptions
from openacq.doors.wms.door import WmsDoor, WmsEntrance
from openacq.doors.wms.paths import is_ours as is_for_wms
from openacq.jobs.given_up import given_up
from openacq.jobs.reactions import REACTIONS
from openacq.jobs.retention import RetentionRules, forget_some
from openacq.jobs.runner import Job, Runner
from openacq.jobs.work import ALL_INSTITUTIONS, Work
from openacq.serving.arrival import Reception, base_of, is_local
from openacq.serving.database import open_store
from openacq.serving.front import App, Front, Receive, Scope, Send
from openacq.serving.health import Health, front_page
from openacq.serving.memory import give_back
from openacq.serving.metrics import Metrics
from openacq.serving.work import open_work, works_in_server
from openacq.settings import Settings
from openacq.store import Store, migrate

LOG_SECONDS = 0.25
COUNT_SECONDS = 5.0
TICK_SECONDS = 1.0
MEMORY_SECONDS = 5.0
WARM_SECONDS = 0.3
"""How soon after the first page was asked for the others are made ready: first answers go before."""
RETENTION_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class House:
    """A server ready to run: the ASGI application and what stands behind it."""

    app: App
    store: Store
    order_log: OrderLog
    limits: Limits
    runner: Runner
    work: Work | None
    """None where another process does it."""

    def close(self) -> None:
        """Finish the jobs (order log, counts), fold the WAL into the file, close the database."""
        if self.work is not None:
            self.work.stop()
        self.runner.stop()
        self.store.close()


def open_house(settings: Settings, *, bound: str, first: bool = True) -> House:
    """Wire the server. `bound` is the address listened on; only the `first` of several processes
    does the work that need not be done twice."""
    store = open_store(settings)
    order_log = OrderLog(
        body_bytes=settings.order_log_body_bytes, keep_patron_data=settings.patron_data_days > 0
    )
    limits = Limits(store.clock, per_second=settings.rate_per_second, per_day=settings.calls_per_day)
    metrics = Metrics(
        lambda: {
            "writes": store.waiting,
            "order_log": order_log.waiting,
            "order_log_dropped": order_log.dropped,
        },
        lambda: given_up(store),
    )
    senders: dict[str, Sender] = {}
    desks = _desks(settings, store, metrics, senders)
    runner = Runner(_jobs(settings, store, order_log, limits, metrics, desks, first=first))
    work = open_work(settings, store) if first and works_in_server(settings, store) else None
    services = HallServices(
        store,
        directory.KeyRing(store),
        order_log,
        HallOptions(
            claim_hours=settings.claim_hours,
            claim_key_hours=settings.claim_key_days * 24,
            topics=tuple(REACTIONS),
        ),
    )
    reception = Reception(
        bound=bound,
        public_url=settings.public_url,
        allowed_hosts=settings.allowed_hosts,
        trusted_proxies=settings.trusted_proxies,
    )
    doors: tuple[Door, ...] = (AlmaDoor(), OwnDoor())
    entrances = {
        door.prefix: Entrance(
            door,
            services,
            limits,
            most_bytes=settings.body_bytes,
            observe=metrics.observe,
            address=base_of,
            is_local=is_local,
            threads=settings.threads,
        )
        for door in doors
    }
    senders |= {door.name: entrances[door.prefix].again for door in doors}
    wms = WmsEntrance(
        WmsDoor(),
        services,
        limits,
        ring=directory.WsKeyRing(store),
        options=_wms_options(settings),
        most_bytes=settings.body_bytes,
        observe=metrics.observe,
        address=base_of,
        is_local=is_local,
        threads=settings.threads,
    )
    senders["wms"] = wms.again
    return House(
        app=Front(
            _ByPrefix(
                {**entrances, **desks, FILES: Files()},
                _AtRoot(wms, _pages(settings, store, metrics, runner, work)),
            ),
            reception,
            body_bytes=settings.body_bytes,
            body_seconds=settings.body_seconds,
            gauge=metrics,
            access_log=settings.access_log,
        ),
        store=store,
        order_log=order_log,
        limits=limits,
        runner=runner,
        work=work,
    )


def _desks(
    settings: Settings, store: Store, metrics: Metrics, senders: Mapping[str, Sender]
) -> Mapping[str, PageEntrance]:
    """The pages of the staff and of patrons, by prefix."""
    return {
        door.prefix: PageEntrance(
            door,
            store,
            most_bytes=settings.body_bytes,
            observe=metrics.observe,
            address=base_of,
            is_local=is_local,
            admits=admits,
            public_url=settings.public_url,
            threads=settings.threads,
            senders=senders,
        )
        for door, admits in ((desk_door(tuple(REACTIONS)), is_staff), (patron_door(), is_patron))
    }


def _wms_options(settings: Settings) -> WmsOptions:
    return WmsOptions(
        signature_minutes=settings.wms_signature_minutes,
        nonce=settings.wms_nonce,
        principal=settings.wms_principal,
        dialect=settings.wms_json,
        token_seconds=settings.wms_token_minutes * 60,
        refresh_days=settings.wms_refresh_days,
    )


def _jobs(
    settings: Settings,
    store: Store,
    order_log: OrderLog,
    limits: Limits,
    metrics: Metrics,
    desks: Mapping[str, PageEntrance],
    *,
    first: bool,
) -> tuple[Job, ...]:
    rules = RetentionRules(settings.patron_data_days, settings.order_log_days, settings.letter_days)

    def flush_log() -> bool:
        order_log.flush(store)
        return False

    def flush_counts() -> bool:
        limits.flush(store)
        return False

    def tick() -> bool:
        metrics.tick()
        return False

    def memory() -> bool:
        give_back()
        return False

    def checkpoint() -> bool:
        store.checkpoint()
        return False

    def forget() -> bool:
        institutions = store.read(directory.every_institution, institution=ALL_INSTITUTIONS)
        return forget_some(store, [institution.id for institution in institutions], rules)

    def warm() -> bool:
        return any(desk.warm() for desk in desks.values())

    jobs = [
        Job("order log", LOG_SECONDS, flush_log, at_stop=True),
        Job("calls of the day", COUNT_SECONDS, flush_counts, at_stop=True),
        Job("figures", TICK_SECONDS, tick),
        Job("memory", MEMORY_SECONDS, memory),
        Job("pages made ready", WARM_SECONDS, warm, rest=lambda took: took),
    ]
    if first:
        jobs += [
            Job("checkpoint", settings.checkpoint_seconds, checkpoint),
            Job("retention", RETENTION_SECONDS, forget),
        ]
    return tuple(jobs)


def _pages(
    settings: Settings, store: Store, metrics: Metrics, runner: Runner, work: Work | None
) -> Starlette:
    """Everything that is no door: the front page, health, figures."""
    health = Health(store, metrics, migrate.NEWEST)

    @contextlib.asynccontextmanager
    async def run(_app: Starlette) -> AsyncIterator[None]:
        doing = (runner,) if work is None else (runner, work)
        for each in doing:
            each.start()
        yield
        for each in reversed(doing):
            await anyio.to_thread.run_sync(each.stop)

    routes = [Route("/", front_page), Route("/health", health.health)]
    if settings.metrics:
        routes.append(Route("/metrics", health.metrics))
    return Starlette(routes=routes, lifespan=run, exception_handlers={404: _not_found, 405: _not_allowed})


async def _not_found(request: Request, _error: Exception) -> Response:
    return JSONResponse({"error": f"There is nothing at {request.url.path}."}, 404)


async def _not_allowed(request: Request, _error: Exception) -> Response:
    return JSONResponse({"error": f"{request.method} is not possible here."}, 405, {"Allow": "GET, HEAD"})


class _ByPrefix:
    """Sends a call to the door whose prefix its path begins with, else to the pages."""

    def __init__(self, doors: Mapping[str, App], pages: App) -> None:
        self._doors = tuple((prefix.encode(), prefix.encode() + b"/", door) for prefix, door in doors.items())
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path: bytes = scope.get("raw_path") or scope["path"].encode()
            for prefix, folder, door in self._doors:
                if path == prefix or path.startswith(folder):
                    await door(scope, receive, send)
                    return
        await self._pages(scope, receive, send)


class _AtRoot:
    """Sends a call for a path of the WMS door, whose paths begin at the root, there, else to the pages."""

    def __init__(self, wms: WmsEntrance, pages: App) -> None:
        self._wms = wms
        self._pages = pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path: bytes = scope.get("raw_path") or scope["path"].encode()
            if is_for_wms(path.decode("ascii", "replace")):
                await self._wms(scope, receive, send)
                return
        await self._pages(scope, receive, send)
