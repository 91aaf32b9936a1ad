"""The disk under PostgreSQL or Kafka is full for a while, and then has room again.

The server's data is moved to a small disk in memory, which a ballast file fills. That needs the right to mount.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from itertools import cycle
from pathlib import Path

from tests.faults.nemeses.superuser import superuser
from tests.faults.town import CannotAct, Town

ROOM_BYTES = 160_000_000  # three times what PostgreSQL's log may hold before it is made shorter
SHORT_LOG = ("alter system set max_wal_size = '48MB'", "alter system set min_wal_size = '32MB'")
FULL_SECONDS = (1.0, 6.0)


class FullDisk:
    """PostgreSQL's and Kafka's by turns, each at least once if there is time."""

    name = "full_disk"

    async def act(self, town: Town, random: random.Random, until: float) -> None:
        for server in cycle(("postgres", "kafka")):
            if server == "postgres":
                await _keep_log_short(town)
            began = time.monotonic()
            async with _small_disk(town, server) as disk:
                await _full_for_a_while(town, server, disk, random)
                while time.monotonic() < (began + until) / 2:
                    await _full_for_a_while(town, server, disk, random)
            if time.monotonic() > until:
                return


async def _full_for_a_while(town: Town, server: str, disk: Path, random: random.Random) -> None:
    town.tell(f"the disk of {server} is full")
    ballast = disk / "ballast"
    with ballast.open("wb") as file, suppress(OSError):  # what the server wrote meanwhile has taken the last of it
        os.posix_fallocate(file.fileno(), 0, shutil.disk_usage(disk).free)
    await asyncio.sleep(random.uniform(*FULL_SECONDS))
    ballast.unlink()
    town.tell(f"the disk of {server} has room again")
    await town.answers(server)
    await asyncio.sleep(random.uniform(0.5, 2.0))


async def _keep_log_short(town: Town) -> None:
    async with superuser(town, "journey") as connection:
        for statement in SHORT_LOG:
            await connection.execute(statement)
        await connection.execute("select pg_reload_conf()")
        await connection.execute("checkpoint")


@asynccontextmanager
async def _small_disk(town: Town, server: str) -> AsyncIterator[Path]:
    """Until the end of the block the server's data is on a disk with little room."""
    data = town.stack.folder / server / "data"
    disk = await asyncio.to_thread(_mounted, data.with_name("disk"), _bytes_in(data) + ROOM_BYTES)
    try:
        await town.kill(server)
        await asyncio.to_thread(_move, data, disk / "data")
        data.symlink_to(disk / "data")
        await town.restart(server)
        yield disk
    finally:
        await town.kill(server)
        if data.is_symlink():
            data.unlink()
            await asyncio.to_thread(_move, disk / "data", data)
        await asyncio.to_thread(_run, "umount", str(disk))
        await town.restart(server)


def _move(here: Path, there: Path) -> None:
    """With its owners and its holes."""
    _run("cp", "-a", str(here), str(there))
    shutil.rmtree(here)


def _bytes_in(folder: Path) -> int:
    return int(
        subprocess.run(("du", "-s", "-B1", str(folder)), check=True, capture_output=True, text=True).stdout.split()[0]
    )


def _mounted(disk: Path, size: int) -> Path:
    """A disk in memory. `CannotAct` where this machine does not let us."""
    disk.mkdir(exist_ok=True)
    command = ("mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", str(disk))
    try:
        outcome = subprocess.run(command, check=False, capture_output=True, text=True)
    except FileNotFoundError as error:
        raise CannotAct("A small disk cannot be mounted here: there is no `mount`.") from error
    if outcome.returncode != 0:
        raise CannotAct(f"A small disk cannot be mounted here: {outcome.stderr.strip()}")
    return disk


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
