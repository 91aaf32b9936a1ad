"""The whole suite as development runs it, one process a service and its stream workers, for authorities made alike.

Each suite has PostgreSQL and Kafka of its own, since its services hear the topics of every authority there.
"""

from __future__ import annotations

import contextlib
import shutil
import signal
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from tests.bench.harness import ROOT
from tests.integration.installed import environment_of, installed
from tests.integration.sign_in import SignInProvider, sign_in_provider

from pep_kernel.may import Role
from pep_local.process import Process
from pep_local.stack import PACKAGES, Stack
from pep_local.supervisor import Supervisor
from pep_local.term.story import with_story
from pep_runtime.onboarding import create_topics, topics_of
from pep_runtime.settings import Settings

POLICIES = ROOT / "shared" / "authorities"
COORDINATOR, ADMINISTRATOR = "p-coordinator", "p-administrator"
PEOPLE = {COORDINATOR: Role.PEP_COORDINATOR.value, ADMINISTRATOR: Role.ADMINISTRATOR.value}


@dataclass
class Suite:
    """An installed suite whose servers run; its services run between `start` and `stop`."""

    stack: Stack
    settings: Mapping[str, Settings]
    providers: Mapping[str, SignInProvider]
    servers: Mapping[str, psutil.Process]
    services: dict[str, psutil.Process] = field(default_factory=dict)
    _supervisor: Supervisor | None = None

    @property
    def authorities(self) -> tuple[str, ...]:
        return tuple(self.providers)

    def start(self) -> None:
        """All services, until each answers."""
        self._supervisor = Supervisor(self.stack.folder / "services", Console(quiet=True))
        environments = {name: environment_of(each) for name, each in self.settings.items()}
        self.services = started(self._supervisor, self.stack.services(environments))

    def stop(self) -> None:
        """All services; the servers stay."""
        if self._supervisor is not None:
            self._supervisor.stop()
        self.services = {}

    def superuser_dsn(self, service: str) -> str:
        """Of the service's database."""
        database = self.settings[service].postgres_app_dsn.rpartition("/")[2]
        return f"{self.stack.postgres_dsn.rpartition('/')[0]}/{database}"


@contextlib.asynccontextmanager
async def installed_suite(folder: Path, authorities: Sequence[str]) -> AsyncIterator[Suite]:
    """With its servers, for these authorities, in a new folder."""
    stack = Stack.on_free_ports(folder, secured=False)  # its peers have no logins, and both sides are asked alike
    with signals_as_before(), Supervisor(folder, Console(quiet=True)) as servers, sign_in_provider() as provider:
        stores = started(servers, stack.stores(fsync=True))
        providers = {name: replace(provider, address=f"{provider.address}/{name}") for name in authorities}
        await create_topics(stack.kafka_bootstrap, [each for name in authorities for each in topics_of(name, PACKAGES)])
        async with contextlib.AsyncExitStack() as stays:
            common: dict[str, Any] = {
                "kafka_bootstrap": stack.kafka_bootstrap,
                "authorities_dir": copy_policies(folder / "authorities", authorities),
                "services_urls": {service: stack.url(service) for service in PACKAGES},
                "colleagues": PEOPLE,
            }
            settings = {
                service: await stays.enter_async_context(
                    installed(service, stack.postgres_dsn, folder, providers, port=stack.ports[service], **common)
                )
                for service in PACKAGES
            }
            suite = Suite(stack, settings, providers, stores)
            stays.callback(suite.stop)
            yield suite


def started(supervisor: Supervisor, processes: Sequence[Process]) -> dict[str, psutil.Process]:
    """By name, when each answers."""
    supervisor.start(processes)
    return {each.name: psutil.Process(supervisor.running(each.name).pid) for each in processes}


def copy_policies(folder: Path, authorities: Sequence[str]) -> Path:
    """Policy files for each authority, by turns like those of the ones of which the demo tells."""
    models = [POLICIES / name for name in with_story(sorted(each.name for each in POLICIES.iterdir()))]
    for number, name in enumerate(authorities):
        like = models[number % len(models)]
        shutil.copytree(like, folder / name)
        for file in (folder / name).glob("*.toml"):
            file.write_text(file.read_text().replace(f'"{like.name}"', f'"{name}"'))
    return folder


@contextlib.contextmanager
def signals_as_before() -> Iterator[None]:
    """A supervisor takes signals over for the rest of its command; here others follow."""
    wanted = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(each) for each in wanted]
    try:
        yield
    finally:
        for each, handler in zip(wanted, before, strict=True):
            signal.signal(each, handler)
