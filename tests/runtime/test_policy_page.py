"""The page on policy says what the code and the files say."""

from collections.abc import Iterator

from pydantic import BaseModel
from tools.policy import AUTHORITIES, PAGE, model_in, page

from pep_kernel.authority_policy import FILES


def test_the_page_on_policy_is_as_the_code_and_the_files_are() -> None:
    assert PAGE.read_text() == page(), "Write it anew with `make policy`."


def test_every_key_says_what_it_means() -> None:
    silent = {
        f"{model.__name__}.{name}"
        for kind in FILES.values()
        for model in models(kind)
        for name, field in model.model_fields.items()
        if not field.description and model_in(field.annotation) is None
    }
    assert silent == set()
    assert [model.__name__ for kind in FILES.values() for model in models(kind) if not model.__doc__] == []


def models(kind: type[BaseModel]) -> Iterator[type[BaseModel]]:
    """The model and those inside it."""
    yield kind
    for field in kind.model_fields.values():
        if inside := model_in(field.annotation):
            yield from models(inside)


def test_the_page_shows_every_authority_and_says_what_is_no_key() -> None:
    text = page()
    assert all(f" {folder.name} " in text for folder in AUTHORITIES.iterdir() if folder.is_dir())
    assert "no money is approved before the quality of the plan has been assured" in text
