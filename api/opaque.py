"""Ids and cursors that nobody can read or make but this API: AES-SIV, the same text for the same content.

An identifier's id must not tell its key, nor a cursor the key at which its page ended.
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV


class Sealer:
    """Seals small JSON values for a purpose; what was sealed for another purpose does not open."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = AESSIV(secret[:64])

    def seal(self, purpose: str, value: object) -> str:
        """URL-safe text."""
        plain = json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "surrogatepass")
        sealed = self._cipher.encrypt(plain, [purpose.encode()])
        return _text(sealed)

    def open(self, purpose: str, text: str) -> Any:
        """What was sealed; ValueError for anything else."""
        try:
            sealed = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), b"-_", validate=True)
            # The last character has bits that no byte uses: without this, several texts would open as one.
            if _text(sealed) != text:
                raise ValueError("another text for the same bytes")
            return json.loads(
                self._cipher.decrypt(sealed, [purpose.encode()]).decode("utf-8", "surrogatepass")
            )
        except (InvalidTag, binascii.Error, UnicodeError, ValueError) as error:
            raise ValueError("not one of ours") from error


def _text(sealed: bytes) -> str:
    return base64.urlsafe_b64encode(sealed).rstrip(b"=").decode()
