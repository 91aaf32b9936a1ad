"""The edge: who calls, what they may, read-your-writes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from secrets import token_urlsafe
from types import MappingProxyType
from typing import Annotated, Any, Generic, TypeVar
from uuid import uuid4

from fastapi import APIRouter, Depends, FastAPI, Header, Query, Request, Response
from fastapi.dependencies.utils import get_flat_params
from fastapi.params import Query as QueryParameter
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor

from pep_kernel.decider import Act
from pep_kernel.ids import command_event_id
from pep_kernel.may import Condition, Resource, Role, Signed, granted_on, may, stood_in_for
from pep_kernel.message import Person
from pep_kernel.read_model import ReadModel
from pep_kernel.refusal import NotFound
from pep_kernel.sealed import Redacted, Sealed
from pep_runtime.api_page import show_api_page
from pep_runtime.clock import LONDON
from pep_runtime.doorway import STALE, Doorway, address_of
from pep_runtime.handler import ByPerson, Done
from pep_runtime.look import Look
from pep_runtime.paged_rows import NoPlace, Wanted, place_of_row, query
from pep_runtime.problems import DOCUMENTED, Forbidden, NotTakenIn, Problem, answer_problems, not_understood
from pep_runtime.projector import position_of
from pep_runtime.rate_limits import RateLimits
from pep_runtime.refusals import Refusals, show_refusals
from pep_runtime.sealing import place_of
from pep_runtime.service import RunningService
from pep_runtime.signin import Identity
from pep_runtime.tokens import NotSignedIn
from pep_runtime.upstream import Progress
from pep_runtime.witness import LOOK, Witness

Row = TypeVar("Row")
STALE_SECONDS = 2.0
PROGRESS_SECONDS = 4.0
POSITION_HEADER = "Pep-Position"

_bearer = HTTPBearer(auto_error=False, description="An access token of the authority's sign-in provider.")


@dataclass(frozen=True, slots=True)
class Page(Generic[Row]):
    """Some rows, and where the next ones begin (`after` of the next question); None at the end."""

    items: tuple[Row, ...]
    next: str | None


class Desk:
    """One request of one person: what they are shown, what they ask, who they are."""

    def __init__(
        self, service: RunningService, signed: Signed, look: Look, key: str, asked: bytes, response: Response
    ) -> None:
        self.service = service
        self.signed = signed
        self.hats = signed.hats[:1]
        self._look = look
        self._key = key
        self._asked = asked
        self._response = response
        self._position = 0

    @property
    def authority(self) -> str:
        return self.signed.authority

    @property
    def now(self) -> datetime:
        return self.service.clock.now()

    @property
    def today(self) -> date:
        return self.service.clock.today()

    @property
    def rules(self) -> Any:
        return self.service.rules(self.authority)

    def permit(self, action: str, resource: Resource | None = None) -> None:
        """Go on, in the role in which `may` says yes. Raises `Forbidden` with its reason.

        `hats` are from then on all the roles in which they may it, each with whose it is.
        """
        decision = may(self.signed, action, resource or Resource())
        self._look.judged(action, decision)
        if not decision.allowed:
            raise Forbidden(decision.reason)
        self.signed = self.signed.acting_as(decision.role, decision.as_whom)
        self.hats = decision.hats

    def new_id(self, number: int = 0) -> str:
        """An id for what this command makes: the same key gives the same id, so that a repeat makes nothing new.

        `number` tells apart what one command makes several of.
        """
        return command_event_id(self.authority, self.signed.person_ref, self._key, number).hex

    def new_secret(self) -> str:
        """A secret that nobody can guess, another one when the request is repeated: only its hash is kept."""
        return token_urlsafe(32)

    async def do(self, act: Act, part: str = "") -> Done:
        """Handle a command. A request that makes several names each `part`, so that each can be repeated safely."""
        return self._answer(await self.service.handler.handle(self.authority, act, self._origin(part)))

    async def has_been_done(self) -> bool:
        """Whether this request is a repeat of one that was done: for work that must not be prepared twice."""
        done = await self.service.handler.answered(self.authority, self._origin())
        if done is not None:
            self._answer(done)
        return done is not None

    def _origin(self, part: str = "") -> ByPerson:
        return ByPerson(Person(self.signed.person_ref, self.signed.role), self._key + part, self._asked)

    def _answer(self, done: Done) -> Done:
        self._position = max(self._position, done.position)
        self._response.headers[POSITION_HEADER] = f"{self.service.parts.name}:{self._position}"
        return done

    async def row(self, model: ReadModel[Row], *key: Any) -> Row:
        """One row of this authority. Raises `NotFound`, also for another authority's."""
        found = await self.rows(model, dict(zip(model.key, key, strict=True)), limit=1)
        if not found.items:
            raise NotFound(f"There is no such {model.table.removesuffix('_overview').replace('_', ' ')} here.")
        return found.items[0]

    async def rows(
        self,
        model: ReadModel[Row],
        where: Mapping[str, Any] | None = None,
        *,
        only: Condition | None = None,
        by: str | None = None,
        after: str | None = None,
        limit: int = 50,
    ) -> Page[Row]:
        """Rows of this authority whose columns equal `where` (a tuple or list: one of; `Within`: between).

        `only` says more of them in SQL: for example whose children they must be. They are sorted by the column `by`,
        one of the model's `sorted_by`, and then by key; `limit` at a time.

        An `after` that is no `next` of a page before is answered with 422.
        """
        table = self.service.tables[model.table]
        wanted = Wanted(where or {}, only, by, after, limit)
        try:
            asked, arguments = query(table, self.authority, wanted)
        except NoPlace as error:
            raise not_understood("query", "after", "This is no `next` of a page before.") from error
        records = await self._fetch(asked, *arguments)
        shown = records[: wanted.most]
        self._note(shown)
        items = [table.row(record) for record in shown]
        more = len(records) > len(items)
        return Page(tuple(items), place_of_row(table, wanted, items[-1]) if more else None)

    async def fetch(self, query: str, *arguments: Any) -> list[Any]:
        """Rows of a query of the service's own, as this authority (row-level security).

        What it tells of a child is noted by its column `child_ref`.
        """
        records = await self._fetch(query, *arguments)
        self._note(records)
        return records

    async def _fetch(self, query: str, *arguments: Any) -> list[Any]:
        async with self.service.pool.acquire() as connection, connection.transaction(readonly=True):
            await connection.execute("select set_config('app.authority', $1, true)", self.authority)
            return await connection.fetch(query, *arguments)

    def _note(self, records: Sequence[Any]) -> None:
        if records and "child_ref" in records[0].keys():  # noqa: SIM118  a record iterates over its values
            for record in records:
                self._look.saw(record["child_ref"])

    async def about_to_open(self, values: Iterable[Sealed | None]) -> None:
        """Fetch the keys of all of these at once: for lists."""
        await self.service.keyring.fetch_for((each for each in values if each is not None), self.authority)

    async def open(self, value: Sealed | None) -> str | None:
        """A sealed value for showing; a destroyed one as the words that stand in its place."""
        if value is None:
            return None
        self._look.saw(place_of(value).subject, value.data_class)
        opened = await self.service.keyring.open(value, self.authority)
        if isinstance(opened, Redacted):
            return f"[removed: {opened.reason}, {opened.at.astimezone(LONDON):%d/%m/%Y}]"
        return opened


async def _identity(
    request: Request, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Identity:
    service: RunningService = request.app.state.service
    limits: RateLimits = request.app.state.limits
    now = asyncio.get_running_loop().time()
    try:
        if credentials is None:
            raise NotSignedIn("Sign in first: send an access token as a bearer token.")
        identity = await service.sign_in.check(credentials.credentials)
    except NotSignedIn:
        if "authorization" in request.headers:  # else the doorway has counted it
            limits.stranger(address_of(request.scope), now)
        raise
    limits.known(identity, now)
    return identity


async def _signed(service: RunningService, identity: Identity) -> Signed:
    if identity.is_service:
        return Signed(identity.authority, identity.subject, Role.SERVICE)
    own = await _colleague(service, identity.authority, identity.subject)
    if own is None:
        raise Forbidden("You are signed in, but nobody has said that you work here. Ask your administrator.")
    absent = [await _colleague(service, identity.authority, ref) for ref in stood_in_for(own.granted)]
    return replace(own, in_place_of=tuple(replace(each, granted=frozenset()) for each in absent if each))


async def _colleague(service: RunningService, authority: str, person_ref: str) -> Signed | None:
    row = await service.pool.fetchrow("select * from colleague_of($1, $2)", authority, person_ref)
    if row is None:
        return None
    granted = granted_on(row["granted"], service.clock.today())
    return Signed(authority, person_ref, Role(row["role"]), row["school_urn"], row["approval_limit_pence"], granted)


async def _desk(
    request: Request,
    response: Response,
    identity: Annotated[Identity, Depends(_identity)],
    idempotency_key: Annotated[
        str | None, Header(max_length=200, description="Makes the command safe to repeat; kept for seven days.")
    ] = None,
    pep_position: Annotated[
        str | None,
        Header(
            pattern=r"^[a-z-]+:[0-9]{1,18}$",
            description="From an earlier answer: wait until what it did can be seen. Another service's is ignored.",
            examples=["scheduling:17"],
        ),
    ] = None,
) -> Desk:
    service: RunningService = request.app.state.service
    giver, _, position = (pep_position or "").partition(":")
    if giver == service.parts.name and not await _seen(service, identity.authority, int(position)):
        setattr(request.state, STALE, True)
    look = _look(request, identity)
    _knows_all_that_is_asked(request)
    asked = await _asked(request)
    signed = await _signed(service, identity)
    look.person = Person(signed.person_ref, signed.role)
    return Desk(service, signed, look, idempotency_key or uuid4().hex, asked, response)


async def desk_by_secret(request: Request, response: Response, authority: str, query: str, *arguments: Any) -> Desk:
    """The desk of somebody whom a secret in the address names. `query` finds the `person_ref` in this authority.

    Raises `Forbidden` where it finds nobody, or somebody who does not work here.
    """
    service: RunningService = request.app.state.service
    async with service.pool.acquire() as connection, connection.transaction(readonly=True):
        await connection.execute("select set_config('app.authority', $1, true)", authority)
        person_ref = await connection.fetchval(query, authority, *arguments)
    if person_ref is None:
        raise Forbidden("Nobody has this secret.")
    identity = Identity(authority=authority, subject=person_ref)
    request.app.state.limits.known(identity, asyncio.get_running_loop().time())
    look = _look(request, identity)
    signed = await _signed(service, identity)
    look.person = Person(signed.person_ref, signed.role)
    return Desk(service, signed, look, uuid4().hex, b"", response)


def _look(request: Request, identity: Identity) -> Look:
    """What the witness will be told of this request, from before it is known whether the caller works here."""
    route = f"{request.method} {request.scope['route'].path}"
    look = Look(identity.authority, Person(identity.subject, "unknown"), route)
    look.named(request.path_params.get("child_ref") or request.query_params.get("child_ref"))
    setattr(request.state, LOOK, look)
    return look


def _knows_all_that_is_asked(request: Request) -> None:
    """A filter with its name misspelt would show everything: what is not known is refused, as in a body."""
    if not request.query_params:
        return
    all_that_is_known = get_flat_params(request.scope["route"].dependant)
    known = [each.alias for each in all_that_is_known if isinstance(each.field_info, QueryParameter)]
    for name in request.query_params:
        if name not in known:
            have = f"It has {', '.join(sorted(known))}." if known else "It has none."
            raise not_understood("query", name, f"This address has no such parameter. {have}")


async def _asked(request: Request) -> bytes:
    """What was sent. No table of PostgreSQL can hold the character 0: inside, it would stop whoever comes to it."""
    body = await request.body()
    if b"\\u0000" in body or b"\0" in body:
        raise not_understood("body", "body", "The character 0 cannot be stored.")
    return f"{request.method} {request.url.path}\n".encode() + body


async def _seen(service: RunningService, authority: str, position: int) -> bool:
    """Whether the read models show `position`, after waiting for at most two seconds."""
    try:
        async with asyncio.timeout(STALE_SECONDS):
            while True:
                heard = service.bell.rings
                if await position_of(service.worker, authority, len(service.tables)) >= position:
                    return True
                await service.bell.wait(0.02, heard)
    except TimeoutError:
        return False


Caller = Annotated[Desk, Depends(_desk)]


TakenIn = Annotated[str, Query(pattern=r"^([a-z-]+:[0-9]{1,18}(,|$))*$", max_length=500)]


class Api(FastAPI):
    """An application whose description also holds what a problem looks like, and which refusals each request knows."""

    refusals: Refusals = MappingProxyType({})

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is not None:
            return self.openapi_schema
        described = super().openapi()
        show_refusals(described, self.refusals)
        described.setdefault("components", {}).setdefault("schemas", {})["Problem"] = Problem.model_json_schema()
        return described


def make_app(service: RunningService) -> FastAPI:
    """The service's API, with the answers that all services give alike."""
    name = service.parts.name
    app = Api(
        title=f"OpenPEP {name}",
        description=service.parts.description,
        version="1",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,  # it would lead to whatever host the caller named
    )
    app.refusals = service.parts.refusals
    app.state.service = service
    app.state.limits = RateLimits(service.settings.at_the_door)
    answer_problems(app)
    show_api_page(app)
    app.add_middleware(Witness, write=service.access.write)
    app.add_middleware(Doorway, settings=service.settings, limits=app.state.limits)

    @app.get("/health", summary="Is it ready?", tags=["operations"], responses={503: DOCUMENTED[503]})
    async def health() -> dict[str, str]:
        await service.pool.fetchval("select 1")
        return {"service": name, "status": "ready"}

    @app.get("/progress", summary="How far this service is", tags=["operations"], responses=DOCUMENTED)
    async def progress(caller: Caller, taken_in: TakenIn = "") -> Progress:
        """`taken_in` names what it must have heard before it answers: `scheduling:17`, several with commas between."""
        caller.permit("read progress of services")
        pairs = (pair.partition(":") for pair in taken_in.split(",") if pair)
        numbers = {other: int(number) for other, _, number in pairs if other in service.parts.upstreams}
        if late := await service.late(caller.authority, numbers, PROGRESS_SECONDS):
            raise NotTakenIn(f"What {' and '.join(late)} said last has not been taken in yet.")
        parked = await service.parked_children(caller.authority)
        return Progress(announced=await service.announced(caller.authority), parked=parked)

    for router in service.parts.routers:
        app.include_router(router, responses=DOCUMENTED)
    for router in service.parts.public_routers:
        app.include_router(router)
    untraced = ",".join(["health", *map(_prefix_of_secrets, service.parts.public_routers)])
    FastAPIInstrumentor.instrument_app(app, excluded_urls=untraced, exclude_spans=["receive", "send"])
    return app


def _prefix_of_secrets(router: APIRouter) -> str:
    """What stands before the secret in the addresses of a router's routes."""
    (prefix,) = {route.path.partition("{")[0] for route in router.routes if isinstance(route, APIRoute)}
    return str(prefix)
