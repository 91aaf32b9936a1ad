"""A server as this machine runs it: its command, where its log goes, and how to tell that it answers."""

import signal
import socket
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from pep_local.places import LOOPBACK


@dataclass(frozen=True)
class Process:
    """`answers` is asked again and again after the start until it says yes; `ports` must be free before it."""

    name: str
    command: tuple[str, ...]
    log: Path
    answers: Callable[[], bool]
    ports: tuple[int, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_signal: signal.Signals = signal.SIGTERM
    start_seconds: float = 60


def http_answers(url: str) -> Callable[[], bool]:
    """Ready when a GET of the address gives 200."""

    def answers() -> bool:
        try:
            return httpx.get(url, timeout=2, trust_env=False).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    return answers


def tcp_answers(port: int) -> Callable[[], bool]:
    """Ready when the port takes a connection."""

    def answers() -> bool:
        with socket.socket() as probe:
            probe.settimeout(2)
            return probe.connect_ex((LOOPBACK, port)) == 0

    return answers


def command_answers(*command: str) -> Callable[[], bool]:
    """Ready when the command ends with 0."""

    def answers() -> bool:
        return subprocess.run(command, check=False, capture_output=True, timeout=10).returncode == 0

    return answers
