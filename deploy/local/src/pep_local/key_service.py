"""A key service for a development machine: the part of HashiCorp Vault's transit API that OpenPEP uses, over one file.

Run as `python -m pep_local.key_service FOLDER PORT`. Whoever reads FOLDER/token may use every key; the keys are in
FOLDER/keys.json as they are. It is there to try the real thing's interface, and protects nothing.
"""

import hmac
import json
import os
import secrets
import sys
from base64 import b64decode, b64encode
from pathlib import Path
from typing import Any, NoReturn

import uvicorn
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from fastapi import Depends, FastAPI, Header, HTTPException

from pep_local.places import LOOPBACK, make_folder
from pep_local.process import Process, http_answers
from pep_local.trouble import Trouble

NONCE = 12
Body = dict[str, Any]


def prepare(folder: Path, port: int) -> Process:
    """How to run the service that keeps its keys in the folder; its token is there when this returns."""
    if os.environ.get("PEP_ENVIRONMENT", "development") != "development":
        raise Trouble("The local key service is for development only: PEP_ENVIRONMENT says otherwise.")
    make_folder(folder).chmod(0o700)
    token_file(folder).touch(mode=0o600)
    if not token_file(folder).read_text():
        token_file(folder).write_text(secrets.token_urlsafe(24))
    return Process(
        name="Key service",
        command=(sys.executable, "-m", "pep_local.key_service", str(folder), str(port)),
        log=folder.parent / "logs" / "key-service.log",
        answers=http_answers(f"http://{LOOPBACK}:{port}/v1/sys/health"),
        ports=(port,),
    )


def token_file(folder: Path) -> Path:
    """Where the token is that it asks for."""
    return folder / "token"


class Keys:
    """Every key with its versions, in one file."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._keys: dict[str, Any] = json.loads(file.read_text()) if file.exists() else {}

    def create(self, name: str) -> None:
        if name not in self._keys:
            self._keys[name] = {"least": 1, "versions": [_text(AESGCM.generate_key(256))]}
            self._write()

    def rotate(self, name: str) -> None:
        self.of(name)["versions"].append(_text(AESGCM.generate_key(256)))
        self._write()

    def at_least(self, name: str, version: int) -> None:
        self.of(name)["least"] = version
        self._write()

    def allow_deletion(self, name: str, allowed: bool) -> None:
        self.of(name)["deletion_allowed"] = allowed
        self._write()

    def delete(self, name: str) -> None:
        if not self.of(name).get("deletion_allowed"):
            raise HTTPException(400, "deletion is not allowed for this key")
        del self._keys[name]
        self._write()

    def of(self, name: str) -> Any:
        if name not in self._keys:
            raise HTTPException(404, "encryption key not found")
        return self._keys[name]

    def encrypt(self, name: str, plaintext: bytes, context: bytes) -> str:
        versions, nonce = self.of(name)["versions"], os.urandom(NONCE)
        sealed = AESGCM(_derived(versions[-1], context)).encrypt(nonce, plaintext, None)
        return f"vault:v{len(versions)}:{_text(nonce + sealed)}"

    def decrypt(self, name: str, ciphertext: str, context: bytes) -> bytes:
        key = self.of(name)
        try:
            vault, version, body = ciphertext.split(":")
            number, raw = int(version.removeprefix("v")), b64decode(body)
            if vault != "vault" or not key["least"] <= number <= len(key["versions"]):
                raise ValueError("this version is not allowed")
            return AESGCM(_derived(key["versions"][number - 1], context)).decrypt(raw[:NONCE], raw[NONCE:], None)
        except (ValueError, InvalidTag) as error:
            raise HTTPException(400, "invalid ciphertext") from error

    def _write(self) -> None:
        """Whole or not at all, for its owner only."""
        half = self._file.with_suffix(".half")
        half.touch(mode=0o600)
        half.write_text(json.dumps(self._keys, indent=2))
        half.replace(self._file)


def make_app(folder: Path) -> FastAPI:
    """The service, over the keys of the folder."""
    keys, token = Keys(folder / "keys.json"), token_file(folder).read_text()

    def check_token(x_vault_token: str = Header("")) -> None:
        if not hmac.compare_digest(x_vault_token.encode(), token.encode()):
            raise HTTPException(403, "permission denied")

    app = FastAPI(openapi_url=None)
    may = [Depends(check_token)]

    @app.get("/v1/sys/health")
    async def health() -> Body:
        return {"initialized": True, "sealed": False}

    @app.post("/v1/transit/keys/{name}", dependencies=may)
    async def create(name: str) -> Body:
        keys.create(name)
        return {}

    @app.get("/v1/transit/keys/{name}", dependencies=may)
    async def read(name: str) -> Body:
        key = keys.of(name)
        return {"data": {"latest_version": len(key["versions"]), "min_decryption_version": key["least"]}}

    @app.post("/v1/transit/keys/{name}/rotate", dependencies=may)
    async def rotate(name: str) -> Body:
        keys.rotate(name)
        return {}

    @app.post("/v1/transit/keys/{name}/config", dependencies=may)
    async def configure(name: str, asked: Body) -> Body:
        if "min_decryption_version" in asked:
            keys.at_least(name, int(asked["min_decryption_version"]))
        if "deletion_allowed" in asked:
            keys.allow_deletion(name, bool(asked["deletion_allowed"]))
        return {}

    @app.delete("/v1/transit/keys/{name}", dependencies=may)
    async def delete(name: str) -> Body:
        keys.delete(name)
        return {}

    @app.post("/v1/transit/encrypt/{name}", dependencies=may)
    async def encrypt(name: str, asked: Body) -> Body:
        ciphertext = keys.encrypt(name, b64decode(asked["plaintext"]), b64decode(asked["context"]))
        return {"data": {"ciphertext": ciphertext}}

    @app.post("/v1/transit/decrypt/{name}", dependencies=may)
    async def decrypt(name: str, asked: Body) -> Body:
        items = asked.get("batch_input", [asked])
        results = [keys.decrypt(name, item["ciphertext"], b64decode(item["context"])) for item in items]
        told = [{"plaintext": _text(plaintext)} for plaintext in results]
        return {"data": {"batch_results": told} if "batch_input" in asked else told[0]}

    @app.post("/v1/transit/rewrap/{name}", dependencies=may)
    async def rewrap(name: str, asked: Body) -> Body:
        results = []
        for item in asked["batch_input"]:
            context = b64decode(item["context"])
            plaintext = keys.decrypt(name, item["ciphertext"], context)
            results.append({"ciphertext": keys.encrypt(name, plaintext, context)})
        return {"data": {"batch_results": results}}

    return app


def _derived(key: str, context: bytes) -> bytes:
    return HKDF(hashes.SHA256(), 32, None, context).derive(b64decode(key))


def _text(content: bytes) -> str:
    return b64encode(content).decode()


def main() -> NoReturn:
    """Until it is told to stop."""
    folder, port = Path(sys.argv[1]), int(sys.argv[2])
    uvicorn.run(make_app(folder), host=LOOPBACK, port=port, log_level="warning", access_log=False)
    sys.exit()


if __name__ == "__main__":
    main()
