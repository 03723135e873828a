"""Sealing of values at rest: AES-256-GCM with the key's id in the value, and blind indexes.

A sealed value reads `s1.<key id>.<base64 of nonce and ciphertext>`. The associated data is
the table and column, so that a value copied into another column does not open. A blind
index (HMAC-SHA256 with a key of its own) lets equal values be found without being read.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE = 12


class CannotOpen(Exception):
    """The value was sealed with a key that is not here, or it was altered."""


@lru_cache(maxsize=16)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


@dataclass(frozen=True, slots=True)
class Keyring:
    """`field_keys` maps key ids to 32-byte keys; `active` names the one that seals."""

    secret_key: str
    field_keys: dict[str, bytes]
    active: str
    index_key: bytes

    def seal(self, text: str, *, place: str) -> str:
        nonce = os.urandom(_NONCE)
        sealed = _cipher(self.field_keys[self.active]).encrypt(nonce, text.encode(), place.encode())
        return f"s1.{self.active}.{base64.urlsafe_b64encode(nonce + sealed).decode()}"

    def open(self, value: str, *, place: str) -> str:
        """Raises `CannotOpen` for an unknown key, an altered value or another place."""
        try:
            _, key_id, body = value.split(".", 2)
            raw = base64.urlsafe_b64decode(body)
            cipher = _cipher(self.field_keys[key_id])
            return cipher.decrypt(raw[:_NONCE], raw[_NONCE:], place.encode()).decode()
        except (ValueError, KeyError, InvalidTag) as error:
            raise CannotOpen(f"a value of {place} cannot be opened with the keys here") from error

    def blind(self, text: str, *, place: str) -> str:
        """The index under which equal texts of one place can be found; 32 hex digits."""
        return hmac.new(self.index_key, f"{place}:{text}".encode(), hashlib.sha256).hexdigest()[:32]


def load_or_create_keyring(path: Path) -> Keyring:
    """Read the keys that lie outside the database; make them on the very first start.

    The file is created with mode 600 by an exclusive create: of two processes that start
    together, one writes and the other reads.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = {
            "secret_key": secrets.token_urlsafe(48),
            "field_keys": {"k1": base64.b64encode(os.urandom(32)).decode()},
            "active": "k1",
            "index_key": base64.b64encode(os.urandom(32)).decode(),
        }
        draft = path.with_suffix(f".{os.getpid()}.tmp")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            json.dump(fresh, file)
        try:
            os.link(draft, path)  # fails when another process was first: then its keys count
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return keyring_from(json.loads(path.read_text()))


def keyring_from(data: dict[str, object]) -> Keyring:
    keys = data["field_keys"]
    assert isinstance(keys, dict)
    return Keyring(
        secret_key=str(data["secret_key"]),
        field_keys={name: base64.b64decode(str(key)) for name, key in keys.items()},
        active=str(data["active"]),
        index_key=base64.b64decode(str(data["index_key"])),
    )
