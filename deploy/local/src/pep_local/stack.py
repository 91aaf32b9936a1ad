"""All that runs on a development machine, from one state folder: the servers first, then the services on them."""

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from pathlib import Path

from pep_local import kafka, mail, postgres
from pep_local.places import LOOPBACK, ROOT, first_port, free_ports, make_folder
from pep_local.process import Process, http_answers
from pep_local.signin import SignIn
from pep_runtime.kafka_address import KafkaAddress
from pep_runtime.kafka_users import UserPasswords

PACKAGES = {
    "scheduling": "scheduling",
    "pep-record": "pep_record",
    "funding": "funding",
    "notifications": "notifications",
    "journey": "journey",
}  # service → package, in the order of their start; each runs as `python -m PACKAGE.main`
ROLES = ("api", "relay", "consumer")  # of a service; here one process plays all, or each has one to itself
STREAMS = ("scheduling", "funding")  # services that also have a stream worker, `python -m PACKAGE.main stream`
SWEEPS = {"PEP_STREAM_SWEEP_SECONDS": "3"}  # a frozen clock jumps whole days: what it sets off should soon be seen
SERVERS = ("postgres", "kafka", "kafka_controller", "smtp", "mailbox")


def authorities() -> tuple[str, ...]:
    """The authorities that have a folder of policy."""
    folder = Path(os.environ.get("PEP_AUTHORITIES_DIR", ROOT / "shared" / "authorities"))
    return tuple(sorted(path.name for path in folder.glob("*/") if any(path.glob("*.toml"))))


def port_names() -> tuple[str, ...]:
    """Everything that wants a port, in the order in which ports are given."""
    streams = (f"{service}_stream" for service in STREAMS)
    return (*SERVERS, *PACKAGES, *streams, *(f"sign_in_{authority}" for authority in authorities()))


@dataclass(frozen=True)
class Stack:
    """The processes of one state folder and the addresses at which they answer.

    `secured`: Kafka asks who signs in. `prefix` goes before the names of its databases, where several installations
    share one PostgreSQL. `doors` are the ports at which clients come to a server, where something stands before it.
    """

    folder: Path
    ports: Mapping[str, int]
    prefix: str = ""
    doors: Mapping[str, int] = field(default_factory=dict)
    secured: bool = True

    @classmethod
    def on_fixed_ports(cls, folder: Path) -> "Stack":
        return cls(folder, dict(zip(port_names(), count(first_port()), strict=False)))

    @classmethod
    def on_free_ports(cls, folder: Path, prefix: str = "", secured: bool = True) -> "Stack":
        names = port_names()
        return cls(folder, dict(zip(names, free_ports(len(names)), strict=True)), prefix, secured=secured)

    @cached_property
    def sign_ins(self) -> Mapping[str, SignIn]:
        """The sign-in provider of each authority."""
        folder = self.folder / "sign-in"
        return {name: SignIn(folder, name, self.ports[f"sign_in_{name}"]) for name in authorities()}

    @property
    def postgres_dsn(self) -> str:
        """For the superuser: PEP_POSTGRES_DSN names a server that is there already."""
        own = self.folder / "postgres"
        return os.environ.get("PEP_POSTGRES_DSN") or postgres.superuser_dsn(own, self.door("postgres"))

    @property
    def kafka_bootstrap(self) -> str:
        """For the operator: PEP_KAFKA_BOOTSTRAP names a cluster that is there already."""
        own = KafkaAddress(f"{LOOPBACK}:{self.door('kafka')}")
        if self.secured:
            own = own.signed_in_as(kafka.OPERATOR, self.kafka_passwords.of(kafka.OPERATOR))
        return os.environ.get("PEP_KAFKA_BOOTSTRAP") or str(own)

    @property
    def kafka_passwords(self) -> UserPasswords:
        """Of Kafka's users."""
        return UserPasswords(self.folder / "secrets" / "kafka")

    def door(self, server: str) -> int:
        """Where clients come to a server."""
        return self.doors.get(server, self.ports[server])

    def database(self, service: str) -> str:
        return self.prefix + PACKAGES[service]

    def superuser_dsn(self, service: str) -> str:
        return self._dsn(self.database(service))

    def _dsn(self, database: str) -> str:
        return f"{self.postgres_dsn.rpartition('/')[0]}/{database}"

    @property
    def keys_database(self) -> str:
        return f"{self.prefix}keys"

    @property
    def keys_operator_dsn(self) -> str:
        return self._dsn(self.keys_database)

    @property
    def keys_folder(self) -> Path:
        """The authorities' own keys, one file each."""
        return self.folder / "secrets" / "keys"

    @property
    def clock_file(self) -> Path:
        """Holds a frozen instant in a demo or test; without it the services go by the real time."""
        return self.folder / "clock"

    @property
    def mail_folder(self) -> Path:
        return self.folder / "mail"

    @property
    def mailbox_url(self) -> str:
        return f"http://{LOOPBACK}:{self.ports['mailbox']}/"

    def url(self, service: str) -> str:
        return f"http://{LOOPBACK}:{self.ports[service]}"

    def stores(self, fsync: bool = True) -> list[Process]:
        """PostgreSQL and Kafka, unless the environment names ones that are there already."""
        found = []
        if "PEP_POSTGRES_DSN" not in os.environ:
            found.append(postgres.prepare(self.folder / "postgres", self.ports["postgres"], fsync))
        if "PEP_KAFKA_BOOTSTRAP" not in os.environ:
            ports = (self.ports["kafka"], self.ports["kafka_controller"], self.door("kafka"))
            password = self.kafka_passwords.of(kafka.OPERATOR) if self.secured else None
            found.append(kafka.prepare(self.folder / "kafka", *ports, operator_password=password))
        return found

    def servers(self, fsync: bool = True) -> list[Process]:
        """All that the services need: the stores, the mail server, a sign-in provider for each authority."""
        post = mail.prepare(self.mail_folder, self.ports["smtp"], self.ports["mailbox"])
        return [*self.stores(fsync), post, *(sign_in.prepare() for sign_in in self.sign_ins.values())]

    def services(self, environments: Mapping[str, Mapping[str, str]]) -> list[Process]:
        """The services and their stream workers, with the environment that `pep_local.installation` made for each."""
        apis = [self._service(name, environments[name]) for name in PACKAGES]
        return [*apis, *(self._stream(name, environments[name]) for name in STREAMS)]

    def role(self, service: str, role: str, environment: Mapping[str, str], number: int = 1) -> Process:
        """One role of a service in a process by itself, as in production; `number` tells several of them apart."""
        name = f"{service}.{role}" if number == 1 else f"{service}.{role}.{number}"
        serves = role == "api"
        return Process(
            name=name,
            command=(sys.executable, "-m", f"{PACKAGES[service]}.main"),
            log=self.folder / "logs" / f"{name}.log",
            answers=http_answers(f"{self.url(service)}/health") if serves else lambda: True,
            ports=(self.ports[service],) if serves else (),
            environment={**environment, "PEP_ROLES": json.dumps([role])},
        )

    def addresses(self) -> dict[str, str]:
        """Where to find what runs, for other commands; `write_addresses` keeps it in the state folder."""
        sign_in = {f"sign_in_{name}": provider.issuer for name, provider in self.sign_ins.items()}
        services = {service: self.url(service) for service in PACKAGES}
        return {
            "postgres_dsn": self.postgres_dsn,
            "kafka_bootstrap": self.kafka_bootstrap,
            "mailbox": self.mailbox_url,
            **sign_in,
            **services,
        }

    def write_addresses(self) -> Path:
        """For the owner of the folder only: the database's password is in it."""
        path = self.folder / "addresses.json"
        path.touch(mode=0o600)
        path.write_text(json.dumps(self.addresses(), indent=2))
        return path

    def _service(self, service: str, environment: Mapping[str, str]) -> Process:
        return Process(
            name=service,
            command=(sys.executable, "-m", f"{PACKAGES[service]}.main"),
            log=self.folder / "logs" / f"{service}.log",
            answers=http_answers(f"{self.url(service)}/health"),
            ports=(self.ports[service],),
            environment=environment,
        )

    def _stream(self, service: str, environment: Mapping[str, str]) -> Process:
        name = f"{service}_stream"
        folder = make_folder(self.folder / "streams" / service)
        own = {"PEP_STREAM_PORT": str(self.ports[name]), "PEP_STREAM_DATA_DIR": str(folder), **SWEEPS}
        return Process(
            name=f"{service} stream",
            command=(sys.executable, "-m", f"{PACKAGES[service]}.main", "stream"),
            log=self.folder / "logs" / f"{service}-stream.log",
            answers=http_answers(f"{self.url(name)}/live/"),
            ports=(self.ports[name],),
            environment={**environment, **own},
        )
