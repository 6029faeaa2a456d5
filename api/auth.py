"""Who asks: an API key or a JWT of a known issuer, else nobody. Deny by default."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import jwt

from api.errors import RefusedError
from api.issuer import IssuerKeys
from api.settings import ApiSettings, TokenRules
from linkage.access import AccessStore
from linkage.errors import StoreError

_log = logging.getLogger("linkage.api")
#: How long a key that was found stays found: so long may a revoked one still open.
_KEPT_SECONDS = 3.0
_KEPT_KEYS = 1_000
_ASYMMETRIC = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)


class Role(StrEnum):
    """What a principal may do; each may what those before it may."""

    VIEWER = "viewer"
    INVESTIGATOR = "investigator"
    ENFORCER = "enforcer"
    ADMIN = "admin"


@dataclass(frozen=True)
class Principal:
    """Who asks, and with which rights."""

    name: str
    role: Role
    scopes: frozenset[str]

    @property
    def personal(self) -> bool:
        """Whether personal data may be read: all roles but viewer."""
        return self.role is not Role.VIEWER


_DEVELOPER = Principal("dev", Role.ADMIN, frozenset({"graphql", "metrics"}))
#: Gives the key with which a token was signed.
SigningKey = Callable[[str], Any]


class Authenticator:
    """Tells principals by the header Authorization."""

    def __init__(
        self,
        settings: ApiSettings,
        access: AccessStore,
        executor: Executor,
        signing_key: SigningKey | None = None,
    ) -> None:
        self._settings = settings
        self._access = access
        self._executor = executor
        self._kept: dict[str, tuple[float, Principal]] = {}
        self._rules = settings.token_rules
        if self._rules is not None:
            if not self._rules.algorithms or not set(self._rules.algorithms) <= _ASYMMETRIC:
                raise ValueError("JWTs are taken with asymmetric signatures only")
            self._issuer = IssuerKeys(self._rules.jwks_url)
            self._signing_key = signing_key

    async def principal(self, authorization: str | None, scope: str) -> Principal:
        """The principal of a request; RefusedError with 401 or 403."""
        if self._settings.dev and not authorization:
            return _DEVELOPER
        kind, _, token = (authorization or "").partition(" ")
        token = token.strip()
        if kind.lower() != "bearer" or not token or len(token) > 8_000 or not token.isascii():
            raise _unknown()
        found = await self._key(token) if token.startswith("lk_") else await self._jwt(token)
        if scope not in found.scopes:
            raise RefusedError(403, "FORBIDDEN", f"this credential is not for {scope}")
        return found

    async def _key(self, token: str) -> Principal:
        kept = self._kept.get(token)
        if kept is not None and time.monotonic() < kept[0]:
            return kept[1]
        loop = asyncio.get_running_loop()
        try:
            key = await loop.run_in_executor(self._executor, self._access.find, token)
        except StoreError as error:
            _log.exception("the keys cannot be read")
            raise RefusedError(503, "UNAVAILABLE", "the keys cannot be read") from error
        if key is None:
            self._kept.pop(token, None)
            raise _unknown()
        found = Principal(f"key:{key.key_id}", Role(key.role), frozenset(key.scopes))
        if len(self._kept) >= _KEPT_KEYS:
            self._kept.clear()
        self._kept[token] = (time.monotonic() + _KEPT_SECONDS, found)
        return found

    async def _jwt(self, token: str) -> Principal:
        if self._rules is None:
            raise _unknown()
        try:
            claims = await self._claims(token, self._rules)
        except jwt.PyJWTError as error:
            raise _unknown() from error
        role = claims.get(self._rules.role_claim)
        if not isinstance(role, str) or role not in set(Role):
            raise RefusedError(403, "FORBIDDEN", "this token carries no role of this service")
        return Principal(f"jwt:{claims['sub']}", Role(role), frozenset({"graphql"}))

    async def _claims(self, token: str, rules: TokenRules) -> dict[str, Any]:
        # Before any key is fetched: the algorithm is ours to choose, not the token's.
        if jwt.get_unverified_header(token).get("alg") not in rules.algorithms:
            raise jwt.InvalidAlgorithmError("not an algorithm of this service")
        key = self._signing_key(token) if self._signing_key else await self._issuer.find(token)
        # Here and not in the pool: it takes a tenth of a millisecond, less than the way there.
        claims: dict[str, Any] = jwt.decode(
            token,
            key,
            algorithms=list(rules.algorithms),
            audience=rules.audience,
            issuer=rules.issuer,
            leeway=rules.leeway,
            options={"require": ["exp", "iss", "aud", "sub"]},
        )
        return claims


def _unknown() -> RefusedError:
    # One answer for all: what is wrong with a credential helps only who guesses.
    return RefusedError(
        401, "UNAUTHENTICATED", "a valid credential is needed", {"WWW-Authenticate": 'Bearer realm="linkage"'}
    )
