"""Keyed fingerprints: what is stored in place of a value that must not be readable.

A fingerprint is HMAC-SHA256 over kind and key, written `hmac:<key_id>:<hex>`. Without the secret, nobody can
tell by trying which of a billion phone numbers it stands for. The secret is in no message, log line or
`repr`.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import Any, Protocol

import pyarrow as pa

from linkage.errors import UsageError
from linkage.identifiers.text import FINGERPRINT

#: Shorter secrets can be found by trying.
MIN_SECRET = 16

# What a fingerprint begins with: spares almost every key the match.
_FIRST = ("h", "u")


class Sealer(Protocol):
    """Turns keys into what may be stored."""

    @property
    def key_id(self) -> str:
        """Which secret the fingerprints are made with."""

    def fingerprint(self, kind: str, key: str) -> str:
        """The fingerprint of one key; a fingerprint stays as it is."""

    def fingerprints(self, kind: str, keys: pa.Array | pa.ChunkedArray) -> pa.Array:
        """The fingerprints of many keys, each distinct one computed once."""

    def candidates(self, kind: str, key: str) -> tuple[str, ...]:
        """All fingerprints that the key may be stored under, the current one first."""


def is_fingerprint(value: str) -> bool:
    """Whether the value has the form of a fingerprint, of any secret."""
    return FINGERPRINT.fullmatch(value) is not None


def _message(kind: str, key: str) -> bytes:
    return f"{kind}\0{key}".encode("utf-8", "surrogatepass")


def _mapped(begun: Any, head: str, keys: pa.Array | pa.ChunkedArray) -> pa.Array:
    """The fingerprints of keys: `begun` has digested what stands before each key, `head` is written before each."""
    chunk = keys.combine_chunks() if isinstance(keys, pa.ChunkedArray) else keys
    encoded = chunk if isinstance(chunk, pa.DictionaryArray) else chunk.dictionary_encode()
    digests: list[str] = []
    for key in encoded.dictionary.to_pylist():
        if key[:1] in _FIRST and is_fingerprint(key):
            digests.append(key)
            continue
        digest = begun.copy()
        digest.update(key.encode("utf-8", "surrogatepass"))
        digests.append(head + digest.hexdigest())
    made = pa.array(digests, type=pa.string())
    return made.take(encoded.indices)


class Keyring:
    """The current secret and those that it replaced.

    New fingerprints are made with the current secret. Older ones stay recognisable (`candidates`), so that an
    indicator that a partner sent before the secret changed still matches.
    """

    def __init__(self, secret: bytes, *previous: bytes) -> None:
        if any(len(item) < MIN_SECRET for item in (secret, *previous)):
            raise UsageError(f"a fingerprint secret needs at least {MIN_SECRET} bytes")
        self._secrets = {_key_id(item): item for item in (secret, *previous)}
        self._current = _key_id(secret)

    @property
    def key_id(self) -> str:
        """Which secret new fingerprints are made with."""
        return self._current

    @property
    def key_ids(self) -> tuple[str, ...]:
        """All secrets that there are, the current one first."""
        return tuple(self._secrets)

    def fingerprint(self, kind: str, key: str) -> str:
        """The fingerprint of one key; a fingerprint stays as it is."""
        return key if is_fingerprint(key) else self._with(self._current, kind, key)

    def fingerprints(self, kind: str, keys: pa.Array | pa.ChunkedArray) -> pa.Array:
        """The fingerprints of many keys, each distinct one computed once; null stays null."""
        begun = hmac.new(self._secrets[self._current], _message(kind, ""), "sha256")
        return _mapped(begun, f"hmac:{self._current}:", keys)

    def candidates(self, kind: str, key: str) -> tuple[str, ...]:
        """The key's fingerprints under all secrets, the current one first."""
        return tuple(self._with(key_id, kind, key) for key_id in self._secrets)

    def _with(self, key_id: str, kind: str, key: str) -> str:
        return f"hmac:{key_id}:{hmac.digest(self._secrets[key_id], _message(kind, key), 'sha256').hex()}"

    def __repr__(self) -> str:
        return f"Keyring({', '.join(self._secrets)})"

    def __reduce__(self) -> tuple[object, ...]:
        raise TypeError("a keyring is not pickled: its secrets would be written out")


class Unkeyed:
    """Fingerprints without a secret, for trying things out: whoever can guess a value can check the guess."""

    key_id = "unkeyed"

    def fingerprint(self, kind: str, key: str) -> str:
        """The plain SHA-256 of one key; a fingerprint stays as it is."""
        if is_fingerprint(key):
            return key
        return f"unkeyed:{hashlib.sha256(_message(kind, key)).hexdigest()}"

    def fingerprints(self, kind: str, keys: pa.Array | pa.ChunkedArray) -> pa.Array:
        """The plain hashes of many keys, each distinct one computed once; null stays null."""
        return _mapped(hashlib.sha256(_message(kind, "")), "unkeyed:", keys)

    def candidates(self, kind: str, key: str) -> tuple[str, ...]:
        """The one fingerprint of a key."""
        return (self.fingerprint(kind, key),)

    def __repr__(self) -> str:
        return "Unkeyed()"


def _key_id(secret: bytes) -> str:
    """A short name for a secret, which tells nothing about it."""
    return hmac.digest(secret, b"linkage key id", "sha256").hex()[:8]
