"""The environment is read in settings.py alone: who runs a service finds in one place what it is told."""

import ast
from pathlib import Path

import pytest
from tests.architecture.python_files import ROOT, Use, plant, python_files, uses

CODE = ("services/*/src", "shared/*/src")
ENVIRONMENT = ("os.environ", "os.environb", "os.getenv", "os.getenvb", "dotenv")
READERS = {"BaseSettings", "Settings"}


def read_elsewhere(root: Path) -> list[str]:
    """Where the environment is read, and where what reads it is derived, outside of settings.py."""
    files = [file for file in python_files(root, *CODE) if file.name != "settings.py"]
    return [*map(str, uses(root, files, ENVIRONMENT)), *(str(use) for file in files for use in _derived(root, file))]


def _derived(root: Path, file: Path) -> list[Use]:
    classes = [node for node in ast.walk(ast.parse(file.read_text())) if isinstance(node, ast.ClassDef)]
    return [
        Use(str(file.relative_to(root)), each.lineno, each.name)
        for each in classes
        if any(ast.unparse(base).rpartition(".")[2] in READERS for base in each.bases)
    ]


def test_the_environment_is_read_in_settings_alone() -> None:
    assert read_elsewhere(ROOT) == []


@pytest.mark.parametrize(
    "offence",
    [
        "import os as system\n\nHOST = system.environ.get('HOST')\n",
        "from os import getenv as setting\n",
        "from pydantic_settings import BaseSettings\n\nclass MailSettings(BaseSettings):\n    host: str\n",
        "import pydantic_settings as p\n\nclass MailSettings(p.BaseSettings):\n    host: str\n",
    ],
)
def test_another_reader_of_the_environment_is_found(tmp_path: Path, offence: str) -> None:
    assert read_elsewhere(plant(tmp_path, "services/notifications/src/notifications/adapters/mail.py", offence)) != []


def test_settings_may_read_the_environment(tmp_path: Path) -> None:
    lawful = "import os\n\nHOST = os.environ['HOST']\n"
    assert read_elsewhere(plant(tmp_path, "services/notifications/src/notifications/settings.py", lawful)) == []
