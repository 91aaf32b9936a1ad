"""Starts servers, waits until they answer, shows the progress, and stops all in reverse order, however it ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType, TracebackType
from typing import NoReturn, Self

import psutil
from rich.console import Console

from pep_local import pid_files
from pep_local.places import is_taken, make_folder
from pep_local.process import Process
from pep_local.trouble import Trouble


class Supervisor:
    """A context manager: leaving it, by whatever way, stops what it started, unless `leave_running` was called."""

    def __init__(self, folder: Path, console: Console | None = None) -> None:
        self._pids = make_folder(folder) / "pids"
        self._console = console or Console(stderr=True)
        self._started: list[tuple[Process, subprocess.Popen[bytes]]] = []
        self._leave_running = False

    def __enter__(self) -> Self:
        if names := pid_files.running(self._pids):
            raise Trouble(f"Already running from {self._pids.parent}: {', '.join(names)}. `make down` stops them.")
        pid_files.stop_all(self._pids)
        pid_files.write(self._pids, pid_files.KEEPER, "the command that keeps them", os.getpid(), signal.SIGTERM)
        for wanted in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(wanted, _end)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        (self._pids / f"{pid_files.KEEPER}.json").unlink(missing_ok=True)
        if kind is None and self._leave_running:
            return
        for wanted in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(wanted, signal.SIG_IGN)  # a second Ctrl-C must not leave half of them behind
        self.stop()

    def start(self, processes: Sequence[Process]) -> None:
        """Start them together and wait until each answers. Trouble: a taken port, one that ends or stays silent."""
        for process in processes:
            self._started.append((process, self._launch(process, len(self._started) + 1)))
        began = time.monotonic()
        for process, running in self._started[-len(processes) :] if processes else []:
            self._wait_until_it_answers(process, running, began)

    def again(self, name: str) -> None:
        """Start one that has ended once more, in its place. Does not wait until it answers."""
        number = next(number for number, (process, _) in enumerate(self._started) if process.name == name)
        process, _ended = self._started[number]
        self._started[number] = (process, self._launch(process, number + 1))

    def running(self, name: str) -> subprocess.Popen[bytes]:
        """What was started last under this name; it may have ended."""
        return next(running for process, running in self._started if process.name == name)

    def check(self) -> None:
        """Trouble when one of the processes has ended by itself."""
        for process, running in self._started:
            if running.poll() is not None:
                raise Trouble(f"{process.name} ended unexpectedly with code {running.returncode}: see {process.log}.")

    def wait(self) -> NoReturn:
        """Watch the processes until Ctrl-C, a signal, or the end of one of them."""
        while True:
            self.check()
            time.sleep(0.25)

    def leave_running(self) -> None:
        """Keep the processes when this command ends; `pid_files.stop_all` stops them from another one."""
        self._leave_running = True

    def _launch(self, process: Process, number: int) -> subprocess.Popen[bytes]:
        for port in process.ports:
            if is_taken(port):
                raise Trouble(
                    f"Port {port}, which {process.name} needs, is in use: stop what listens there,"
                    " or choose other ports with PEP_FIRST_PORT, for example PEP_FIRST_PORT=30000."
                )
        process.log.parent.mkdir(parents=True, exist_ok=True)
        with process.log.open("ab") as log:
            running = _popen(process, log.fileno())
        pid_files.write(self._pids, f"{number:03}", process.name, running.pid, process.stop_signal)
        return running

    def _wait_until_it_answers(self, process: Process, running: subprocess.Popen[bytes], began: float) -> None:
        with self._console.status(f"{process.name} is starting"):
            while not process.answers():
                self.check()
                if time.monotonic() - began > process.start_seconds:
                    raise Trouble(f"{process.name} gave no answer in {process.start_seconds:.0f} s: see {process.log}.")
                time.sleep(0.05)
        self._console.print(f"{process.name} answers after {time.monotonic() - began:.1f} s")

    def stop(self) -> None:
        """Stop all, last started first. Leaving the block does it too, if nobody has done it before."""
        for number, (process, running) in reversed(list(enumerate(self._started, start=1))):
            if running.poll() is None:
                pid_files.stop(psutil.Process(running.pid), process.stop_signal)
            running.wait()
            (self._pids / f"{number:03}.json").unlink(missing_ok=True)


def _popen(process: Process, log: int) -> subprocess.Popen[bytes]:
    """In a session of its own, so that Ctrl-C at the terminal reaches the supervisor alone, which stops it in order."""
    try:
        return subprocess.Popen(
            process.command,
            env={**os.environ, **process.environment},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    except FileNotFoundError as error:
        raise Trouble(f"{process.name} needs {process.command[0]}, which is not there: run `make setup`.") from error


def _end(number: int, frame: FrameType | None) -> NoReturn:
    sys.exit(128 + number)
