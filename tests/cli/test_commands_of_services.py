"""The `pep` command takes each service's own commands, and loads a service only when its command is asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

SERVICES = ("funding", "journey", "notifications", "pep_record", "scheduling")
LOADED = f"""
import sys
from pep_cli.main import main
try:
    main()
finally:
    print("loaded:", *sorted(set({SERVICES!r}) & set(sys.modules)))
"""


def said(*arguments: str) -> str:
    command = (sys.executable, "-c", LOADED, *arguments, "--help")
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_help_lists_the_commands_of_all_services() -> None:
    listed = said()
    assert all(f" {name} " in listed for name in ("verify", "calendar", "administrator", "due", "rehearse", "journey"))


@pytest.mark.parametrize(
    ("command", "loaded"),
    [("status", ""), ("clock", ""), ("journey", "journey"), ("import", "scheduling"), ("rehearse", "scheduling")],
)
def test_a_command_loads_its_own_service_alone(command: str, loaded: str) -> None:
    assert said(command).splitlines()[-1] == f"loaded: {loaded}".rstrip()
