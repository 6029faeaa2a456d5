"""Who may read through the API, and who read personal data: keys and an append-only log in one SQLite file.

SQLite in WAL mode takes writes of several processes while others read, also while a night is under way.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import json
import os
import re
import secrets
import sqlite3
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path

from linkage.errors import StoreError, UsageError

ROLES = ("viewer", "investigator", "enforcer", "admin")
SCOPES = ("graphql", "metrics")
_TOKEN = re.compile(r"lk_([0-9a-f]{12})_([A-Za-z0-9_-]{43})")
_NAME = re.compile(r"[\w .@:/-]{1,100}")


@dataclass(frozen=True)
class Key:
    """A key without its secret. `expires_at` and `revoked_at` are UTC; times are None where they do not apply."""

    key_id: str
    name: str
    role: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None

    def valid_at(self, moment: datetime) -> bool:
        """Whether the key opens anything at this time."""
        return (self.expires_at is None or moment < self.expires_at) and (
            self.revoked_at is None or moment < self.revoked_at
        )


@dataclass(frozen=True)
class AuditEntry:
    """One request that read personal data. `objects` are opaque references, never values; `total` counts them all."""

    at: datetime
    request_id: str
    principal: str
    role: str
    operation: str
    document: str
    run_id: str
    objects: tuple[str, ...]
    total: int
    reason: str


class AccessStore:
    """The file with keys and log. Every call opens it anew, so that threads and processes share nothing."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def there(self) -> bool:
        """Whether the file was ever made."""
        return self._path.exists()

    def prepare(self) -> None:
        """Makes the file and its tables where they are not there; only its owner may read it."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise StoreError(f"{self._path}: cannot be written ({error.strerror})") from error
        with self._open() as database:
            database.execute("PRAGMA journal_mode = WAL")
            for name in (
                "access/create_key",
                "access/create_audit",
                "access/create_audit_fixed",
                "access/create_audit_kept",
                "access/create_secret",
            ):
                database.execute(_statement(name))
            database.execute(_statement("access/insert_secret"), {"secret": secrets.token_bytes(64)})

    def secret(self) -> bytes:
        """64 random bytes of this store, from which the API seals its ids and cursors."""
        with self._open() as database:
            found: bytes = database.execute(_statement("access/secret")).fetchone()[0]
        return found

    def create_key(
        self,
        name: str,
        role: str,
        *,
        scopes: Sequence[str] = ("graphql",),
        lifetime: timedelta | None = timedelta(days=90),
    ) -> tuple[Key, str]:
        """A new key and its token, which is shown once and kept nowhere."""
        if not _NAME.fullmatch(name):
            raise UsageError(f"{name!r} cannot be the name of a key: letters, digits and .@:/- only")
        if role not in ROLES:
            raise UsageError(f"{role!r} is none of {', '.join(ROLES)}")
        if unknown := sorted(set(scopes) - set(SCOPES)):
            raise UsageError(f"{unknown[0]!r} is none of {', '.join(SCOPES)}")
        now = datetime.now(UTC)
        key = Key(
            key_id=secrets.token_hex(6),
            name=name,
            role=role,
            scopes=tuple(sorted(set(scopes))),
            created_at=now,
            expires_at=None if lifetime is None else now + lifetime,
            revoked_at=None,
        )
        token = f"lk_{key.key_id}_{secrets.token_urlsafe(32)}"
        with self._open() as database:
            database.execute(
                _statement("access/insert_key"),
                {
                    "key_id": key.key_id,
                    "name": key.name,
                    "role": key.role,
                    "scopes": ",".join(key.scopes),
                    "digest": _digest(token),
                    "created_at": _text(key.created_at),
                    "expires_at": _text(key.expires_at),
                },
            )
        return key, token

    def rotate_key(self, key_id: str, *, grace: timedelta, lifetime: timedelta | None) -> tuple[Key, str]:
        """A new key with the rights of an old one, which stays valid for the time of grace."""
        old = next((key for key in self.keys() if key.key_id == key_id), None)
        if old is None:
            raise UsageError(f"there is no key {key_id}")
        if not old.valid_at(datetime.now(UTC)):
            raise UsageError(f"key {key_id} is no longer valid: make a new one")
        fresh = self.create_key(old.name, old.role, scopes=old.scopes, lifetime=lifetime)
        self._end(key_id, datetime.now(UTC) + grace)
        return fresh

    def revoke_key(self, key_id: str) -> None:
        """Ends a key now."""
        self._end(key_id, datetime.now(UTC))

    def keys(self) -> Sequence[Key]:
        """All keys, oldest first, the ended ones too."""
        with self._open() as database:
            return [_key(row) for row in database.execute(_statement("access/keys"))]

    def find(self, token: str) -> Key | None:
        """The valid key of this token."""
        match = _TOKEN.fullmatch(token)
        if match is None:
            return None
        with self._open() as database:
            row = database.execute(_statement("access/find_key"), {"key_id": match[1]}).fetchone()
        if row is None or not hmac.compare_digest(row[-1], _digest(token)):
            return None
        key = _key(row[:-1])
        return key if key.valid_at(datetime.now(UTC)) else None

    def record(self, entry: AuditEntry) -> None:
        """Appends to the log; StoreError when it cannot, and then the reader must get nothing."""
        with self._open() as database:
            database.execute(
                _statement("access/insert_audit"),
                {
                    "at": _text(entry.at),
                    "request_id": entry.request_id,
                    "principal": entry.principal,
                    "role": entry.role,
                    "operation": entry.operation,
                    "document": entry.document,
                    "run_id": entry.run_id,
                    "objects": json.dumps(entry.objects),
                    "total": entry.total,
                    "reason": entry.reason,
                },
            )

    def audit(self) -> Sequence[AuditEntry]:
        """The log, oldest first."""
        with self._open() as database:
            return [
                AuditEntry(
                    at=datetime.fromisoformat(row[0]),
                    request_id=row[1],
                    principal=row[2],
                    role=row[3],
                    operation=row[4],
                    document=row[5],
                    run_id=row[6],
                    objects=tuple(json.loads(row[7])),
                    total=row[8],
                    reason=row[9],
                )
                for row in database.execute(_statement("access/audit"))
            ]

    def _end(self, key_id: str, moment: datetime) -> None:
        with self._open() as database:
            ended = database.execute(_statement("access/revoke_key"), {"key_id": key_id, "at": _text(moment)})
            if ended.rowcount == 0:
                raise UsageError(f"there is no key {key_id}")

    @contextlib.contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            database = sqlite3.connect(self._path, timeout=10, isolation_level=None)
            try:
                yield database
            finally:
                database.close()
        except sqlite3.Error as error:
            raise StoreError(f"{self._path}: cannot be used ({error})") from error


def _statement(name: str) -> str:
    return resources.files("linkage").joinpath("sql", *f"{name}.sql".split("/")).read_text(encoding="utf-8")


def _digest(token: str) -> str:
    # 256 random bits need no slow hash: nobody can try them.
    return hashlib.sha256(token.encode()).hexdigest()


def _text(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat()


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _key(row: Sequence[str]) -> Key:
    key_id, name, role, scopes, created_at, expires_at, revoked_at = row
    return Key(
        key_id=key_id,
        name=name,
        role=role,
        scopes=tuple(scopes.split(",")),
        created_at=datetime.fromisoformat(created_at),
        expires_at=_moment(expires_at),
        revoked_at=_moment(revoked_at),
    )
