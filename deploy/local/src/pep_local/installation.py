"""Making a development installation: databases and logins, keys, trusted issuers, topics, the first administrators.

Everything stands in the state folder. Can be repeated; what is there is kept, logins get new passwords.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

from pep_kernel.may import Role
from pep_local.places import ROOT, make_folder
from pep_local.postgres import BINARIES
from pep_local.signin import User
from pep_local.stack import PACKAGES, Stack
from pep_runtime.database import provision
from pep_runtime.file_keys import FileKeys
from pep_runtime.kafka_address import KafkaAddress
from pep_runtime.kafka_rights import Reads, service_user
from pep_runtime.onboarding import Infrastructure, open_authority
from pep_runtime.receipt import make_operator_key
from pep_runtime.service import running
from pep_runtime.service_tokens import make_service_key
from pep_runtime.settings import Settings
from scheduling.domain.child.care_record import StaffRecord
from scheduling.entrypoints.administrators import add_administrator
from scheduling.main import PARTS

Environment = Mapping[str, str]
READERS: Mapping[str, Reads] = {"finance": {"events": ("funding",)}}
"""Who outside reads an authority's announcements, by a user of Kafka of its own."""


FIRST_ADMINISTRATOR = StaffRecord(
    staff_id="first-administrator",
    name="First Administrator",
    email="administrator@example.org",
    role=Role.ADMINISTRATOR,
)


@dataclass(frozen=True)
class Installed:
    """What the services of a stack are started with; authority → its first administrator, who may sign in."""

    environments: Mapping[str, Environment]
    administrators: Mapping[str, User]


async def install(stack: Stack) -> Installed:
    """Prepare everything for the services of `stack`, whose servers run."""
    make_folder(stack.folder / "secrets").chmod(0o700)
    keys = FileKeys(stack.keys_folder)
    keys_logins = await provision(stack.postgres_dsn, stack.keys_database, "keys")
    places = [(stack.database(service), ROOT / "services" / service / "migrations") for service in PACKAGES]
    made = await asyncio.gather(*(provision(stack.postgres_dsn, name, own=own) for name, own in places))
    environments = {}
    for service, logins in zip(PACKAGES, made, strict=True):
        environments[service] = {
            **_common(stack, keys_logins.app),
            "PEP_KAFKA_BOOTSTRAP": _kafka_of(stack, service),
            "PEP_PORT": str(stack.ports[service]),
            "PEP_SERVICES_KEY_FILE": str(_service_key(stack, service)),
            "PEP_POSTGRES_APP_DSN": logins.app,
            "PEP_POSTGRES_RELAY_DSN": logins.relay,
            "PEP_POSTGRES_WORKER_DSN": logins.worker,
        }
    reads = {found.name: found.load().reads for found in entry_points(group="pep.services")}
    infrastructure = Infrastructure(
        databases={service: stack.superuser_dsn(service) for service in PACKAGES},
        bootstrap=stack.kafka_bootstrap,
        keys=keys,
        reads={service: reads[service] for service in PACKAGES},
        readers=READERS,
        passwords=stack.kafka_passwords,
    )
    for authority in stack.sign_ins:
        await open_authority(infrastructure, authority)
    _write_installation(stack, environments, infrastructure)
    return Installed(environments, await _add_administrators(stack, environments["scheduling"]))


def _kafka_of(stack: Stack, service: str) -> str:
    """Kafka's address with the service's own login, where Kafka asks for one."""
    address, user = KafkaAddress.parse(stack.kafka_bootstrap), service_user(service)
    return str(address.signed_in_as(user, stack.kafka_passwords.of(user)) if address.user else address)


def _common(stack: Stack, keys_dsn: str) -> dict[str, str]:
    return {
        "PEP_ENVIRONMENT": "development",
        "PEP_KEYS_DSN": keys_dsn,
        "PEP_KEYS_DIR": str(stack.keys_folder),
        "PEP_AUTHORITIES_DIR": str(ROOT / "shared" / "authorities"),
        "PEP_ISSUERS_FILE": str(_write_issuers(stack)),
        "PEP_SERVICES_PUBLIC_KEYS": str(stack.folder / "service-keys"),
        "PEP_SERVICES_URLS": json.dumps({service: stack.url(service) for service in PACKAGES}),
        "PEP_CLOCK_FILE": str(stack.clock_file),
        "PEP_SMTP_PORT": str(stack.door("smtp")),
        "PEP_BASE_ADDRESS": stack.url("pep-record"),
        "PEP_REPLY_ADDRESS": stack.url("scheduling"),
    }


def _write_issuers(stack: Stack) -> Path:
    path = stack.folder / "issuers.json"
    trusted = {
        provider.issuer: {"authority": name, "keys_url": f"{provider.issuer}/.well-known/jwks.json"}
        for name, provider in stack.sign_ins.items()
    }
    path.write_text(json.dumps(trusted, indent=2))
    return path


def _secret(path: Path) -> str:
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(32))
    return path.read_text()


def _service_key(stack: Stack, service: str) -> Path:
    path = stack.folder / "secrets" / f"{service}.service-key.json"
    if not path.exists():
        make_service_key(service, path, make_folder(stack.folder / "service-keys"))
    return path


def _write_installation(stack: Stack, environments: Mapping[str, Environment], infrastructure: Infrastructure) -> None:
    """For operators' commands, and their eyes only: passwords are in it."""
    path = stack.folder / "installation.json"
    path.touch(mode=0o600)
    content = {
        "environment": "development",
        "kafka_bootstrap": stack.kafka_bootstrap,
        "clock_file": str(stack.clock_file),
        "services": {
            service: {
                "url": stack.url(service),
                "worker_dsn": environment["PEP_POSTGRES_WORKER_DSN"],
                "operator_dsn": stack.superuser_dsn(service),
                "environment": str(_environment_file(stack, service, environment)),
                "reads": infrastructure.reads[service],
            }
            for service, environment in environments.items()
        },
        "readers": infrastructure.readers,
        "kafka_passwords": str(stack.kafka_passwords.folder),
        "authorities_dir": environments["scheduling"]["PEP_AUTHORITIES_DIR"],
        "operator_key": str(_operator_key(stack)),
        "keys": {"operator_dsn": stack.keys_operator_dsn, "folder": str(stack.keys_folder)},
        "postgres_bin": str(BINARIES),
        "sign_in": {name: provider.for_commands() for name, provider in stack.sign_ins.items()},
    }
    path.write_text(json.dumps(content, indent=2))


def _environment_file(stack: Stack, service: str, environment: Environment) -> Path:
    """With what the service is started, for commands that open its database themselves."""
    path = stack.folder / "secrets" / f"{service}.environment.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(environment, indent=2))
    return path


def _operator_key(stack: Stack) -> Path:
    """With which whoever runs this installation signs receipts."""
    path = stack.folder / "secrets" / "operator.pem"
    if not path.exists():
        make_operator_key(path)
    return path


async def _add_administrators(stack: Stack, environment: Environment) -> dict[str, User]:
    """As an operator would by `pep administrator add`, and as somebody who may sign in."""
    settings = Settings(**_settings(environment))  # type: ignore[arg-type]  # validated, as from the environment
    password = _secret(stack.folder / "secrets" / "first-administrator")
    found = {}
    async with running(PARTS, settings) as service:
        for authority, provider in stack.sign_ins.items():
            found[authority] = User(await add_administrator(service, authority, FIRST_ADMINISTRATOR), password)
            provider.add_users([found[authority]])
    return found


def _settings(environment: Environment) -> dict[str, object]:
    fields = {name.removeprefix("PEP_").lower(): value for name, value in environment.items()}
    known = {name: value for name, value in fields.items() if name in Settings.model_fields}
    return {**known, "services_urls": json.loads(environment["PEP_SERVICES_URLS"])}
