"""P14: a page of the caseload over HTTP, of an authority with 5,000 children in care."""

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import AsyncIterator, Sequence
from datetime import date, timedelta
from itertools import cycle
from pathlib import Path
from random import Random
from statistics import quantiles
from tempfile import TemporaryDirectory
from typing import Any

import httpx
from rich.console import Console
from tests.bench.measure import Aim, Bench, Figures, Measure, Side
from tests.bench.suite import signals_as_before
from tests.integration.installed import Asked, api_of, environment_of, installed
from tests.integration.sign_in import sign_in_provider

from pep_kernel.may import Role
from pep_local.places import free_ports
from pep_local.process import Process, http_answers
from pep_local.supervisor import Supervisor
from pep_runtime.service import running
from pep_runtime.settings import AtTheDoor, Rate, Settings
from scheduling.main import PARTS

HERE = "oxfordshire"
TODAY = date(2026, 11, 23)
CHILDREN, SCHOOLS, WORKERS, A_REQUEST, REQUESTS = 5_000, 200, 250, 200, 400
COORDINATOR, ADMINISTRATOR = "p-coordinator", "p-administrator"
PEOPLE = {COORDINATOR: Role.PEP_COORDINATOR.value, ADMINISTRATOR: Role.ADMINISTRATOR.value}
P50, P95, SHOWN = "ms p50", "ms p95", "children a page"
OFFICE, WORKER = "the Virtual School's whole list, 50 a page", "a social worker's own children"
LIMITS = AtTheDoor(person=Rate(per_second=10_000, at_once=100_000), stranger=Rate(per_second=10_000, at_once=100_000))


@contextlib.asynccontextmanager
async def sides(bench: Bench) -> AsyncIterator[Sequence[Side]]:
    async with contextlib.AsyncExitStack() as stays:
        folder = Path(stays.enter_context(TemporaryDirectory(dir=bench.folder)))
        providers = {HERE: stays.enter_context(sign_in_provider())}
        (port,) = free_ports(1)
        more: dict[str, Any] = {"port": port, "roles": ("api",), "at_the_door": LIMITS, "colleagues": PEOPLE}
        today = f"{TODAY}T10:00:00+00:00"
        installing = installed("scheduling", bench.postgres_dsn, folder, providers, today=today, **more)
        settings = await stays.enter_async_context(installing)
        async with running(PARTS, settings) as service, api_of(service) as client:
            asked = Asked(service=service, client=client, providers=providers, here=HERE)
            await take_all_in(asked, Random(bench.seed))
            workers = [await service.reference(HERE, "person", f"worker-{number}") for number in range(WORKERS)]
        stays.enter_context(signals_as_before())
        supervisor = Supervisor(folder, Console(quiet=True))
        stays.callback(supervisor.stop)
        supervisor.start([_process(settings, folder)])
        client = await stays.enter_async_context(httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}"))
        token = providers[HERE].token
        yield [
            Side(OFFICE, lambda: pages(client, [token(COORDINATOR)], QUESTIONS)),
            Side(WORKER, lambda: pages(client, [token(worker) for worker in workers], ["/caseload"])),
        ]


def _process(settings: Settings, folder: Path) -> Process:
    """The API alone: nothing is said while it is measured."""
    return Process(
        name="scheduling",
        command=(sys.executable, "-m", "scheduling.main"),
        log=folder / "scheduling.log",
        answers=http_answers(f"http://127.0.0.1:{settings.port}/health"),
        environment=environment_of(settings),
    )


QUESTIONS = [
    "/caseload",
    "/caseload?state=overdue",
    "/caseload?state=due",
    *(f"/caseload?year_group={year}" for year in range(1, 12)),
    *(f"/caseload?school_urn={900_000 + number}" for number in range(0, SCHOOLS, 20)),
]


async def pages(client: httpx.AsyncClient, tokens: Sequence[str], questions: Sequence[str]) -> Figures:
    """One page after another, each list walked for some pages; by turns in the name of each."""
    people, asked = cycle(tokens), cycle(questions)
    times, shown = list[float](), 0
    while len(times) < REQUESTS:
        headers, path = {"Authorization": f"Bearer {next(people)}"}, next(asked)
        following: str | None = ""
        for _ in range(5):
            began = time.perf_counter()
            answer = await client.get(path, params={"after": following} if following else None, headers=headers)
            times.append((time.perf_counter() - began) * 1000)
            page = answer.raise_for_status().json()
            shown += len(page["items"])
            if not (following := page["next"]):
                break
    cuts = quantiles(times, n=100)
    return {P50: cuts[49], P95: cuts[94], SHOWN: shown / len(times)}


async def take_all_in(asked: Asked, chance: Random) -> None:
    """Schools, social workers and children, as an authority's own records bring them in."""
    await _take_in(asked, "/schools", [_school(number) for number in range(SCHOOLS)])
    await _take_in(asked, "/people", [_worker(number) for number in range(WORKERS)])
    await _take_in(asked, "/care-records", [_child(number, chance) for number in range(CHILDREN)])


async def _take_in(asked: Asked, path: str, records: list[dict[str, Any]]) -> None:
    for first in range(0, len(records), A_REQUEST):
        answer = await asked.ask(ADMINISTRATOR, "POST", path, {"records": records[first : first + A_REQUEST]})
        assert answer.json()["refused"] == [], answer.text


def _school(number: int) -> dict[str, Any]:
    urn = str(900_000 + number)
    return {"urn": urn, "name": f"Sample School {number}", "phase": "all_through", "authority": "Oxfordshire"}


def _worker(number: int) -> dict[str, Any]:
    kept = {"staff_id": f"worker-{number}", "name": f"Worker {number} Sample", "role": "social_worker"}
    return {"kind": "staff", "email": f"worker-{number}@example.org", **kept}


def _child(number: int, chance: Random) -> dict[str, Any]:
    entered = TODAY - timedelta(days=chance.randint(1, 80))
    episode = {"began": str(entered), "reason_new": "S", "legal_status": "C2", "placement": "U1"}
    school = {"school_urn": str(900_000 + chance.randrange(SCHOOLS)), "entered": "2025-09-02"}
    return {
        "child_id": f"child-{number}",
        "name": {"given": f"Robin {number}", "family": "Example"},
        "date_of_birth": str(date(2010, 9, 1) + timedelta(days=chance.randrange(10 * 365))),
        "sex": "U",
        "spells": [{"began": str(entered), "episodes": [episode]}],
        "schooling": [school],
        "social_workers": [{"staff_id": f"worker-{number % WORKERS}", "began": str(entered)}],
    }


MEASURE = Measure(
    "a page of the caseload over HTTP, 5,000 children in care",
    "ms",
    [Aim(OFFICE, at_most=50, figure=P95), Aim(WORKER, at_most=50, figure=P95)],
    sides,
)
