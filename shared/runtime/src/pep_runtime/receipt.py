"""A receipt that an authority was removed, signed with the key of whoever runs the installation (Ed25519).

The file is JSON: `receipt` and `signature`. What is signed is the receipt as canonical JSON: keys sorted, no spaces,
UTF-8. Whoever knows the operator's public key can check it with any tool.
"""

from __future__ import annotations

import base64
import json
import os
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from pydantic import BaseModel, ConfigDict, ValidationError


class BadReceipt(ValueError):
    """A file that is no receipt, or whose signature is not right; the sentence says which."""


class Head(BaseModel):
    """Where a log ended: its last position and the hash there."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    service: str
    log: str
    position: int
    hash: str


class Receipt(BaseModel):
    """What was removed of an authority, when, by whom, and where its logs ended. Counts are rows by `service/table`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    authority: str
    removed_at: datetime
    approved_by: tuple[str, str]
    manifest_sha256: str
    heads: tuple[Head, ...]
    rows: dict[str, int]
    topics: tuple[str, ...]
    kafka_users: tuple[str, ...]
    rights: int
    public_key: str

    def signed_bytes(self) -> bytes:
        """What is signed."""
        said = self.model_dump(mode="json")
        return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def make_operator_key(path: Path) -> None:
    """A new key, readable by its owner only. Raises `FileExistsError`."""
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(pem)


def public_key(operator_key: Path) -> str:
    """The public part of the key in this file, as base64 of its 32 bytes."""
    raw = _private(operator_key).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return base64.b64encode(raw).decode()


def write_receipt(receipt: Receipt, operator_key: Path, file: Path) -> None:
    """Sign it and write it to a new file. Raises `FileExistsError`."""
    signature = base64.b64encode(_private(operator_key).sign(receipt.signed_bytes())).decode()
    content = {"receipt": receipt.model_dump(mode="json"), "signature": signature}
    with file.open("x") as written:
        json.dump(content, written, indent=2)
        written.flush()
        os.fsync(written.fileno())


def read_receipt(file: Path, trusted_key: str | None = None) -> Receipt:
    """The receipt, if its signature is right and made by the trusted key (base64), or by any if none is named.

    Raises `BadReceipt` and `OSError`.
    """
    try:
        content = json.loads(file.read_bytes())
        receipt = Receipt.model_validate(content["receipt"])
        signature, key = base64.b64decode(content["signature"]), base64.b64decode(receipt.public_key)
        Ed25519PublicKey.from_public_bytes(key).verify(signature, receipt.signed_bytes())
    except InvalidSignature as error:
        raise BadReceipt(f"{file}: the signature is not that of what it says: it was changed.") from error
    except (ValidationError, ValueError, KeyError, TypeError) as error:
        raise BadReceipt(f"{file} is no receipt.") from error
    if trusted_key is not None and receipt.public_key != trusted_key:
        raise BadReceipt(f"{file} was signed by another key than this installation's: {receipt.public_key}.")
    return receipt


def _private(operator_key: Path) -> Ed25519PrivateKey:
    key = load_pem_private_key(operator_key.read_bytes(), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise BadReceipt(f"{operator_key} is no Ed25519 key.")
    return key
