"""The address of Kafka, with the login where one is needed: `host:port,…` or `kafka://user:password@host:port,…`.

The latter signs in by SCRAM-SHA-256. `?tls=FILE` is for brokers behind TLS, with the file of their certificate
authority, or `?tls=system` for those that the system trusts. The password is never shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlencode, urlsplit

from aiokafka.helpers import create_ssl_context

SCHEME = "kafka://"
MECHANISM = "SCRAM-SHA-256"


@dataclass(frozen=True, slots=True)
class KafkaAddress:
    """Brokers, and who signs in there; without `user` nobody does."""

    brokers: str
    user: str | None = None
    password: str = field(default="", repr=False)
    tls: str | None = None

    @classmethod
    def parse(cls, address: str) -> KafkaAddress:
        """Raises `ValueError` for what is no such address; its text holds no password."""
        if not address.startswith(SCHEME):
            return cls(address)
        parts = urlsplit(address)
        login, at, brokers = parts.netloc.rpartition("@")
        user, _, password = login.partition(":")
        options = dict(parse_qsl(parts.query))
        if not brokers or (at and not (user and password)) or parts.path.strip("/") or options.keys() - {"tls"}:
            raise ValueError("Kafka's address must look like kafka://user:password@host:port?tls=FILE")
        return cls(brokers, unquote(user) or None, unquote(password), options.get("tls"))

    def __str__(self) -> str:
        """As it is written, with the password: for files and environments that are secret."""
        if self.user is None and self.tls is None:
            return self.brokers
        login = f"{quote(self.user, safe='')}:{quote(self.password, safe='')}@" if self.user else ""
        return f"{SCHEME}{login}{self.brokers}{'?' + urlencode({'tls': self.tls}) if self.tls else ''}"

    def signed_in_as(self, user: str, password: str) -> KafkaAddress:
        """The same brokers for somebody else."""
        return replace(self, user=user, password=password)

    def ssl_context(self) -> Any:
        """What TLS trusts; None without TLS."""
        return self.tls and create_ssl_context(cafile=None if self.tls == "system" else self.tls)

    def for_clients(self) -> dict[str, Any]:
        """What every client of aiokafka is told."""
        signs_in = {"sasl_mechanism": MECHANISM, "sasl_plain_username": self.user, "sasl_plain_password": self.password}
        protocol = ("SASL_" if self.user else "") + ("SSL" if self.tls else "PLAINTEXT")
        return {
            "bootstrap_servers": self.brokers,
            "security_protocol": protocol,
            "ssl_context": self.ssl_context(),
            **(signs_in if self.user else {}),
        }


def at(bootstrap: str) -> dict[str, Any]:
    """What a client of aiokafka is told to reach this address."""
    return KafkaAddress.parse(bootstrap).for_clients()
