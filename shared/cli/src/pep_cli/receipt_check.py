"""`pep verify --receipt FILE`: whether the receipt of a removal is what this installation signed."""

from __future__ import annotations

from pathlib import Path

from pep_cli.infrastructure import refuse
from pep_cli.settings import NoInstallation, read_installation
from pep_cli.terminal import err, out, table_of

ANY_KEY = "There is no operator key here to compare with: compare the public key with the one that you were given."


def check_receipt(file: Path, as_json: bool) -> None:
    """Print what a right receipt says; a wrong one ends the command with 1."""
    from pep_runtime.receipt import BadReceipt, Receipt, read_receipt

    trusted = _trusted_key()
    try:
        receipt: Receipt = read_receipt(file, trusted)
    except (BadReceipt, OSError) as reason:
        refuse(str(reason))
    if as_json:
        print(receipt.model_dump_json())
    else:
        _say(receipt.model_dump(mode="json"))
    if trusted is None:
        err.print(ANY_KEY, highlight=False, soft_wrap=True)


def _trusted_key() -> str | None:
    """This installation's public key; none where there is no installation, as at an auditor's."""
    from pep_runtime.receipt import public_key

    try:
        operator_key = read_installation().operator_key
    except NoInstallation:
        return None
    return public_key(operator_key) if operator_key else None


def _say(receipt: dict[str, object]) -> None:
    table = table_of("receipt", "")
    for name, value in receipt.items():
        said = value if isinstance(value, str | int) else "\n".join(_lines(value))
        table.add_row(name.replace("_", " "), str(said))
    out.print(table)
    out.print("[green]The signature is right.[/green]")


def _lines(value: object) -> list[str]:
    if isinstance(value, dict):
        return [f"{name}: {each}" for name, each in value.items()]
    return [" ".join(map(str, each.values())) if isinstance(each, dict) else str(each) for each in list(value)]  # type: ignore[call-overload]  # a list
