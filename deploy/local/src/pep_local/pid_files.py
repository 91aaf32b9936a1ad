"""Who runs from a state folder: one small file a process, so that another shell can stop them all in reverse order."""

import json
import signal
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

KEEPER = "999-keeper"  # last in order, so first to be stopped: it then stops its own processes itself
PATIENCE_SECONDS = 30
SAME_START_SECONDS = 2  # a start time is computed from the boot time, which the system corrects now and then


@dataclass(frozen=True)
class Record:
    """The start time tells the process from a later one that was given the same number."""

    name: str
    pid: int
    started_at_seconds: float
    stop_signal: int


def write(folder: Path, key: str, name: str, pid: int, stop_signal: signal.Signals) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    record = Record(name, pid, psutil.Process(pid).create_time(), stop_signal)
    path = folder / f"{key}.json"
    path.write_text(json.dumps(asdict(record)))
    return path


def running(folder: Path) -> list[str]:
    """Names of the processes that were started from the folder and still run, in the order of their start."""
    records = [_read(path) for path in sorted(folder.glob("*.json"))]
    return [record.name for record in records if record and _find(record)]


def stop_all(folder: Path) -> list[str]:
    """Stop what still runs, last started first, and forget all of it. The names of those that were stopped."""
    stopped = []
    for path in sorted(folder.glob("*.json"), reverse=True):
        record = _read(path)
        if record and (process := _find(record)):
            stop(process, signal.Signals(record.stop_signal))
            stopped.append(record.name)
        path.unlink(missing_ok=True)
    return stopped


def stop(process: psutil.Process, stop_signal: signal.Signals) -> None:
    """Ask the process to end; after half a minute end it and its children without asking."""
    with suppress(psutil.NoSuchProcess):
        family = [process, *process.children(recursive=True)]
        process.send_signal(stop_signal)
        if not _ends_in_time(process):
            for member in family:
                with suppress(psutil.NoSuchProcess):
                    member.kill()


def _read(path: Path) -> Record | None:
    """None where the keeper has just stopped the process and removed the file."""
    try:
        return Record(**json.loads(path.read_text()))
    except FileNotFoundError:
        return None


def _find(record: Record) -> psutil.Process | None:
    try:
        process = psutil.Process(record.pid)
        same = abs(process.create_time() - record.started_at_seconds) < SAME_START_SECONDS
        return process if same and not _has_ended(process) else None
    except psutil.NoSuchProcess:
        return None


def _ends_in_time(process: psutil.Process) -> bool:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not _has_ended(process):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _has_ended(process: psutil.Process) -> bool:
    try:
        return process.status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True
