"""Documents tell what is there: every link leads somewhere, every command and path that they name exists."""

import re
from collections.abc import Iterator
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.architecture.python_files import ROOT, plant

from pep_cli.main import app

FOLDERS = ("deploy", "docs", "services", "shared", "tests", "tools")
HEADINGS = ("## Context", "## Decision", "## Consequences", "## What would change our mind")
CODE = re.compile(r"^ *```.*?^ *```|`[^`\n]+`", re.DOTALL | re.MULTILINE)
PICTURE = re.compile(r"^ *```mermaid.*?^ *```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
MAKE = re.compile(r"(?<![\w./-])make ([a-z]+)")
PEP = re.compile(r"(?<![\w.-])pep((?: [a-z]+(?:-[a-z]+)*)+)")
PATH = re.compile(rf"(?:{'|'.join(FOLDERS)})/[\w./-]+")


def documents(root: Path) -> Iterator[Path]:
    """Every Markdown file of ours."""
    yield from sorted(root.glob("*.md"))
    for folder in FOLDERS:
        yield from sorted((root / folder).rglob("*.md"))


def offences(root: Path) -> list[str]:
    """Links, targets, commands and paths that lead nowhere, each with its document."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    found = []
    for document in documents(root):
        text = PICTURE.sub("", document.read_text())
        code = "\n".join(CODE.findall(text))
        wrong = [f"link {link}" for link in _links(text) if not _leads_somewhere(document, link)]
        wrong += [f"make {target}" for target in MAKE.findall(code) if target not in targets]
        wrong += [f"pep{words}" for words in PEP.findall(code) if not _is_command(words.split())]
        wrong += [path for path in _paths(code) if not (ROOT / path).exists()]
        found += [f"{document.relative_to(root)}: {each}" for each in wrong]
    return found


def _links(text: str) -> list[str]:
    return [
        link for link in LINK.findall(CODE.sub("", text)) if not link.startswith(("https://", "http://", "mailto:"))
    ]


def _leads_somewhere(document: Path, link: str) -> bool:
    file, _, heading = link.partition("#")
    target = document.parent / file if file else document
    return target.exists() and (not heading or heading in _anchors(target.read_text()))


def _anchors(text: str) -> set[str]:
    titles = re.findall(r"^#+ (.*)$", CODE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title).strip().lower().replace(" ", "-") for title in titles}


def _paths(code: str) -> list[str]:
    """Whole paths only: what goes on with a placeholder or a pattern names no file."""
    return [found.group().rstrip(".") for found in PATH.finditer(code) if _stands_alone(code, found)]


def _stands_alone(code: str, found: re.Match[str]) -> bool:
    before, after = code[found.start() - 1 : found.start()], code[found.end() : found.end() + 1]
    return before in "`( \n\"'" and after in "`) \n\"',:;"


def _is_command(words: list[str]) -> bool:
    """`verify`, `parked retry`, `import children`: where a group has commands, the next word must be one of them."""
    services = {each.name: _command(each.load()) for each in entry_points(group="pep.commands")}
    commands: dict[str, Any] = {**getattr(typer.main.get_command(app), "commands", {}), **services}
    for word in words:
        if commands and word not in commands:
            return False
        commands = getattr(commands.get(word), "commands", {})
    return True


def _command(loaded: Any) -> Any:
    """A service gives a group of commands, or one command."""
    return typer.main.get_command(loaded) if isinstance(loaded, typer.Typer) else loaded


def test_what_documents_name_exists() -> None:
    assert offences(ROOT) == []


@pytest.mark.parametrize(
    "offence",
    [
        "Read [more](docs/nothing.md).",
        "Read [the part](#that-is-not-here).",
        "Run `make coffee`.",
        "```\nmake setup\nmake coffee\n```",
        "Run `.venv/bin/pep undo`.",
        "Run `pep parked forget`.",
        "Run `pep sign-up`.",
        "Look into `shared/kernel/src/pep_kernel/nothing.py`.",
    ],
)
def test_what_leads_nowhere_is_found(tmp_path: Path, offence: str) -> None:
    assert offences(plant(tmp_path, "docs/page.md", f"# A page\n\n{offence}\n")) != []


def test_what_leads_somewhere_is_let_pass(tmp_path: Path) -> None:
    lawful = (
        "[this](page.md#a-page), `make test`, `pep import children FILES`, `pep verify --json`, `tools/catalogue.py`"
    )
    assert offences(plant(tmp_path, "docs/page.md", f"# A page\n\n{lawful}\n")) == []


@pytest.mark.parametrize("page", sorted((ROOT / "docs" / "decisions").glob("0*.md")), ids=lambda page: page.stem)
def test_a_decision_is_one_page_with_its_reasons_and_is_listed(page: Path) -> None:
    lines = page.read_text().splitlines()
    assert lines[0].startswith(f"# {page.stem[:4]} ")
    assert [line for line in lines if line in HEADINGS] == list(HEADINGS)
    assert len(lines) <= 70
    assert f"({page.name})" in (page.parent / "README.md").read_text()
