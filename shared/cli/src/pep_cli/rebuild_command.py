"""`pep rebuild`: read models made anew from the log, compared with the live ones, and put in their place."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from importlib.metadata import entry_points
from typing import TYPE_CHECKING, Annotated, Any, Literal, NoReturn

import typer
from rich.progress import Progress

from pep_cli.progress import progress_bar
from pep_cli.settings import Installation, ServicePlace, read_installation
from pep_cli.terminal import AsJson, Away, OnlyAuthority, authorities_of, err, out, table_of

if TYPE_CHECKING:
    from pep_kernel.read_model import ReadModel
    from pep_runtime.rebuild import Rebuilt
    from pep_runtime.service import ServiceParts


def rebuild(
    service: Annotated[str, typer.Argument(help="The service whose read model it is.")],
    model: Annotated[str, typer.Argument(help="The read model's table, or `all`.")],
    authority: OnlyAuthority = None,
    as_of: Annotated[
        int | None, typer.Option(min=0, help="Fold up to this position only, to look at it: nothing is replaced.")
    ] = None,
    check: Annotated[bool, typer.Option("--check", help="Compare only: nothing is replaced.")] = False,
    source: Annotated[
        Literal["journal", "kafka"], typer.Option("--from", help="Where the history is read.")
    ] = "journal",
    yes: Annotated[bool, typer.Option("--yes", help="Replace rows that differ without asking.")] = False,
    rows_in_memory: Annotated[
        int | None, typer.Option(min=1, help="So many rows at most; the others are set aside in the database.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Make read models anew from the log and compare them with the live ones; replace what is not the same.

    Only folds: nothing is sent and no policy runs. Until the moment of replacing, Ctrl-C leaves all as it was. Ends
    with 0 if all is the same or was replaced, 1 if something differs still or failed, 2 if there is no such thing.
    """
    installation = read_installation()
    place, parts = _place(installation, service), _parts(service)
    models, authorities = _models(parts, model), _authorities(place, service, authority)
    how = {"source": source, "service": service, "bootstrap": installation.kafka_bootstrap, "as_of": as_of}
    how |= {"rows_in_memory": rows_in_memory} if rows_in_memory else {}
    with progress_bar() as progress:
        agree = (lambda _found: yes and not check) if yes or check or as_json else _asking(progress)
        work = _Work(place.worker_dsn, parts, how, agree, progress)
        try:
            work.all(models, authorities)
        except KeyboardInterrupt:
            work.failed.append("Interrupted: what is not named as swapped is as it was.")
    _say(work, as_json)
    if work.failed or any(_is_open(found, as_of) for found in work.rebuilt):
        raise typer.Exit(1)


def _is_open(found: Rebuilt, as_of: int | None) -> bool:
    """It differs still, or nothing has shown that it does not. At an earlier position there may be nothing to show."""
    return found.verdict == "different" or (found.verdict == "not compared" and as_of is None)


def _place(installation: Installation, service: str) -> ServicePlace:
    place = installation.services.get(service)
    return place or _end(f"There is no service {service} in this installation.", 2)


def _parts(service: str) -> ServiceParts:
    found = entry_points(group="pep.services", name=service)
    if not found:
        _end(f"The service {service} is not installed beside this command: its read models are not known here.", 2)
    parts: ServiceParts = next(iter(found)).load()
    return parts


def _models(parts: ServiceParts, wanted: str) -> Sequence[ReadModel[Any]]:
    models = [each for each in parts.read_models if wanted in ("all", each.table)]
    there = ", ".join(sorted(each.table for each in parts.read_models)) or "none"
    return models or _end(f"{parts.name} has no read model {wanted}. Its read models: {there}.", 2)


def _authorities(place: ServicePlace, service: str, only: str | None) -> Sequence[str]:
    found = [each for each in asyncio.run(authorities_of(place.worker_dsn)) if only in (None, each)]
    return found or _end(f"{service} has no authority {only or 'yet'}.", 2)


def _asking(progress: Progress) -> Callable[[Rebuilt], bool]:
    def agree(found: Rebuilt) -> bool:
        if found.verdict != "different":
            return True  # there is nothing there that could be looked at first
        progress.stop()
        err.print(
            f"{found.authority} {found.model}, position {found.position}: live {found.live_rows} rows"
            f" {(found.live_checksum or '')[:12]}, from the log {found.rows} rows {found.checksum[:12]}.",
            highlight=False,
        )
        agreed = typer.confirm("Replace the live rows?", err=True)
        progress.start()
        return agreed

    return agree


@dataclass
class _Work:
    """One after the other: each has memory and database for itself. `failed` has a sentence for each that cannot be."""

    dsn: str
    parts: ServiceParts
    how: dict[str, Any]
    agree: Callable[[Rebuilt], bool]
    progress: Progress
    rebuilt: list[Rebuilt] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)

    def all(self, models: Sequence[ReadModel[Any]], authorities: Iterable[str]) -> None:
        """Of each authority."""
        from aiokafka.errors import KafkaError  # Kafka's client takes a while to load; only this command needs it

        from pep_runtime.history import CannotRebuild

        for authority in authorities:
            for model in models:
                try:
                    self.rebuilt.append(self._one(authority, model))
                except CannotRebuild as reason:
                    self.failed.append(f"{authority} {model.table} is as it was: {reason}")
                except KafkaError as error:
                    raise Away(type(error).__name__) from error

    def _one(self, authority: str, model: ReadModel[Any]) -> Rebuilt:
        """Somebody is asked between two runs of the loop: while it runs, Ctrl-C would wait for the answer."""
        from pep_runtime.rebuild import rebuilding

        task = self.progress.add_task(f"{authority} {model.table}", total=None)

        def show(position: int, upto: int) -> None:
            self.progress.update(task, completed=position, total=upto)

        at_work = rebuilding(self.dsn, model, self.parts.event_types(), authority, progress=show, **self.how)
        with asyncio.Runner() as runner:
            work = runner.run(at_work.__aenter__())
            try:
                found = runner.run(work.compare())
                return runner.run(work.swap(found)) if found.can_be_swapped and self.agree(found) else found
            finally:
                runner.run(at_work.__aexit__(None, None, None))
                self.progress.remove_task(task)


def _say(work: _Work, as_json: bool) -> None:
    if as_json:
        rebuilt = [{**asdict(found), "verdict": found.verdict} for found in work.rebuilt]
        print(json.dumps({"rebuilt": rebuilt, "failed": work.failed}))
        return
    table = table_of("authority", "model", "events", "rows", "seconds", "checksum", "verdict")
    for found in work.rebuilt:
        events = f"{found.events}" + (f" ({found.from_kafka} from Kafka)" if found.from_kafka else "")
        figures = (events, f"{found.rows}", f"{found.seconds:.1f}", found.checksum[:12], found.verdict)
        table.add_row(found.authority, found.model, *figures)
    out.print(table)
    for sentence in work.failed:
        err.print(sentence, style="red", highlight=False, soft_wrap=True)


def _end(sentence: str, code: int) -> NoReturn:
    err.print(sentence, style="red", highlight=False, soft_wrap=True)
    raise typer.Exit(code)
