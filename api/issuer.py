"""The keys with which the issuer of JWTs signs: read seldom, believed for a while, and waited for by nobody else."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from typing import Any

import jwt

from api.errors import RefusedError

_log = logging.getLogger("linkage.api")
#: How long keys are used without asking again: so long does one that was withdrawn still open.
_FRESH_SECONDS = 300.0
#: How long they are used while the issuer cannot be reached.
_BELIEVED_SECONDS = 3_600.0
#: The issuer is asked once in this time at most, whatever tokens name: they come from anybody.
_PAUSE_SECONDS = 30.0
_ANSWER_SECONDS = 5.0


class IssuerKeys:
    """The issuer's signing keys by their ids. One event loop's."""

    def __init__(self, url: str) -> None:
        try:
            # Its own caches keep a key for ever, and ask again at once after a failure.
            self._client = jwt.PyJWKClient(url, cache_jwk_set=False, timeout=_ANSWER_SECONDS)
        except jwt.PyJWTError as error:
            raise ValueError(f"{url}: the issuer's keys are read by http or https") from error
        self._keys: dict[str, Any] = {}
        self._read = self._asked = -math.inf
        self._asking: asyncio.Task[None] | None = None

    async def find(self, token: str) -> Any:
        """The key that the token names; PyJWTError if there is none, RefusedError if the keys cannot be read."""
        name = jwt.get_unverified_header(token).get("kid")
        if name not in self._keys or self._age() > _FRESH_SECONDS:
            await self._ask()
        if self._age() > _BELIEVED_SECONDS:
            raise RefusedError(503, "UNAVAILABLE", "the issuer's keys cannot be read")
        if name not in self._keys:
            raise jwt.PyJWKClientError("not a key of the issuer")
        return self._keys[name]

    async def _ask(self) -> None:
        """Reads the keys again, or waits for whoever does; nothing if that was tried a moment ago."""
        if self._asking is None and time.monotonic() - self._asked >= _PAUSE_SECONDS:
            self._asked = time.monotonic()
            self._asking = asyncio.ensure_future(self._renew())
        if self._asking is not None:
            # Who stops waiting does not end it for the others; an answer that trickles in holds up nobody.
            await asyncio.wait({self._asking}, timeout=_ANSWER_SECONDS)

    async def _renew(self) -> None:
        try:
            # Not in the pool of the reader: an issuer that hangs would take its threads.
            found = await asyncio.to_thread(self._client.get_signing_keys)
        except (jwt.PyJWTError, OSError, ValueError) as error:
            _log.warning("the issuer's keys cannot be read", extra={"cause": type(error).__name__})
        else:
            self._keys, self._read = {key.key_id: key.key for key in found if key.key_id}, time.monotonic()
        finally:
            self._asking = None

    def _age(self) -> float:
        return time.monotonic() - self._read
