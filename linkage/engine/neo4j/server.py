"""The connection: statements by name, bounded transactions, retries, and one clear line for whatever fails."""

from __future__ import annotations

import contextlib
import re
import time
import weakref
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import neo4j
from neo4j import exceptions

from linkage.engine.neo4j.statements import statement
from linkage.errors import (
    LinkageError,
    LockedError,
    ServerError,
    StoreError,
    TimeoutExceededError,
    UsageError,
)

# Older releases have another Leiden and another surface.
LEAST_GDS = (2, 13)
# Rows of one transaction when a load is split into several.
BATCH = 10_000
# Rows of one answer that come at once.
_FETCH = 10_000
# Errors that another attempt may not meet are tried again for so long.
RETRY_SECONDS = 30.0
_HOW_TO_GDS = (
    "add graph-data-science to its plugins (NEO4J_PLUGINS='[\"graph-data-science\"]' in the official image, the"
    " plugins folder elsewhere) and set dbms.security.procedures.unrestricted=gds.*"
)
# What a transaction meets whose time is over: on its way, or waiting for a lock.
_OVER = ("TransactionTimedOut", "TransactionTimedOutClientConfiguration", "Terminated")
_TIMED_OUT = (*_OVER, "LockAcquisitionTimeout", "LockClientStopped")
# Who waits for an answer is not served by a driver that tries for half a minute.
_HASTY_ATTEMPTS = 3
_READ_ONLY = (
    "ForbiddenOnReadOnlyDatabase",
    "AccessMode",
    "WriteOnReadOnlyAccessDatabase",
    "NotALeader",
    "Forbidden",
)
_NO_MEMORY = ("MemoryPoolOutOfMemoryError", "TransactionOutOfMemoryError", "OutOfMemoryError")


Step = Callable[[str, Mapping[str, object]], list[dict[str, Any]]]
"""Runs a statement of a transaction, by its name and with its parameters; its rows."""


@dataclass(frozen=True)
class Login:
    """Where the server is and who we are there; `database` None is the server's default one."""

    uri: str
    user: str = "neo4j"
    password: str = field(default="", repr=False)
    database: str | None = None


class Server:
    """One server. Sessions are short and each has its own transaction; a server may be used by several threads.

    `connections`: how many statements may run at once.
    """

    def __init__(self, login: Login, *, connections: int = 100) -> None:
        self.login = login
        try:
            self.driver = neo4j.GraphDatabase.driver(
                login.uri,
                auth=(login.user, login.password),
                max_transaction_retry_time=RETRY_SECONDS,
                connection_timeout=15.0,
                max_connection_pool_size=connections,
                # Declared indexes that exist already are no news.
                notifications_min_severity="OFF",
                user_agent="linkage",
            )
        except (exceptions.ConfigurationError, ValueError) as error:
            raise UsageError(f"--neo4j {login.uri}: {error}") from error
        self._close = weakref.finalize(self, self.driver.close)

    def close(self) -> None:
        """Ends all connections; a second call does nothing."""
        self._close()

    def session(self) -> neo4j.Session:
        """A session on our database."""
        return self.driver.session(database=self.login.database)

    def reach(self) -> None:
        """ServerError at once where the server cannot be reached or refuses us: no attempt is repeated."""
        with self.translated():
            self.driver.verify_connectivity()

    def read(self, name: str, /, **params: object) -> list[dict[str, Any]]:
        """All rows of a statement that changes nothing."""
        with self.translated(), self.session() as session:
            return session.execute_read(_rows, statement(name), params)

    def ask(
        self, steps: Iterable[tuple[str, Mapping[str, object]]], seconds: float | None, mark: str = ""
    ) -> list[list[neo4j.Record]]:
        """The rows of each statement, one statement after the other.

        The server ends what takes longer than `seconds`: TimeoutExceededError. Tried again at once, and not for long.
        `mark` is what the server knows the statements by, for whoever would end them.
        """
        texts = [(statement(name), dict(params)) for name, params in steps]
        until = None if seconds is None else time.monotonic() + seconds
        for attempt in range(1, _HASTY_ATTEMPTS + 1):
            with self.translated():
                try:
                    with self.driver.session(
                        database=self.login.database,
                        default_access_mode=neo4j.READ_ACCESS,
                        fetch_size=_FETCH,
                    ) as session:
                        return [
                            list(session.run(_query(text, until, mark), params)) for text, params in texts
                        ]
                except (exceptions.Neo4jError, exceptions.DriverError) as error:
                    if isinstance(error, exceptions.Neo4jError) and _code(error) in _OVER:
                        raise TimeoutExceededError(
                            "the server ended a statement whose time was over"
                        ) from error
                    hopeless = isinstance(error, exceptions.Neo4jError) and _code(error) in _NO_MEMORY
                    if attempt == _HASTY_ATTEMPTS or hopeless or not error.is_retryable():
                        raise
        raise AssertionError("an attempt answers or raises")

    def write(self, name: str, /, **params: object) -> list[dict[str, Any]]:
        """A statement in a transaction of its own, tried again where that may help."""
        with self.translated(), self.session() as session:
            return session.execute_write(_rows, statement(name), params)

    def batched(self, name: str, parts: Iterable[list[dict[str, Any]]], /, **params: object) -> int:
        """A statement for each part of its `$rows`, each in a transaction of its own; the number of rows.

        The next part is made while the server works on this one.
        """
        count = 0
        with self.translated(), self.session() as session:
            text = statement(name)
            for part in _ahead(parts):
                session.execute_write(_rows, text, {**params, "rows": part})
                count += len(part)
        return count

    def run(self, name: str, /, **params: object) -> None:
        """A statement that makes transactions of its own, or a change of the schema."""
        with self.translated(), self.session() as session:
            session.run(statement(name), dict(params)).consume()

    def together(self, work: Callable[[Step], object]) -> None:
        """Statements that `work` runs by what it is given: in one transaction, all or none. It may be called again."""

        def inside(transaction: neo4j.ManagedTransaction) -> None:
            work(lambda name, params: _rows(transaction, statement(name), params))

        with self.translated(), self.session() as session:
            session.execute_write(inside)

    def check(self) -> None:
        """ServerError where Graph Data Science is missing or too old."""
        try:
            version = str(self.read("gds_version")[0]["version"])
        except ServerError as error:
            if isinstance(error.__cause__, exceptions.Neo4jError) and "ProcedureNotFound" in (
                error.__cause__.code or ""
            ):
                message = f"{self.login.uri} lacks the plugin Graph Data Science: {_HOW_TO_GDS}"
                raise ServerError(message) from error
            raise
        found = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
        if found < LEAST_GDS:
            least = ".".join(map(str, LEAST_GDS))
            raise ServerError(
                f"{self.login.uri} has Graph Data Science {version}: {least} or later is needed"
            )

    @contextlib.contextmanager
    def translated(self, *, locking: bool = False) -> Iterator[None]:
        """What the driver raises as one line with its exit code; when `locking`, who waits waits for another run."""
        try:
            yield
        except LinkageError:
            raise
        except exceptions.AuthError as error:
            raise ServerError(
                f"{self.login.uri} refuses the user {self.login.user!r}: LINKAGE_NEO4J_USER and"
                " LINKAGE_NEO4J_PASSWORD say who we are"
            ) from error
        except exceptions.Neo4jError as error:
            if locking and _code(error) in _TIMED_OUT:
                raise LockedError(f"another run holds {self.login.uri}") from error
            raise self._told(error) from error
        except (exceptions.DriverError, OSError) as error:
            raise ServerError(f"{self.login.uri} cannot be reached: {_first_line(error)}") from error

    def _told(self, error: exceptions.Neo4jError) -> LinkageError:
        code = _code(error)
        if code in _NO_MEMORY:
            return _too_little(error)
        if code in _TIMED_OUT:
            return ServerError(
                f"{self.login.uri} ended a transaction ({_first_line(error)}): where it took too long, raise"
                " db.transaction.timeout there"
            )
        if code in _READ_ONLY:
            return StoreError(f"{self.login.uri} is read-only: {_first_line(error)}")
        if "database" in code.lower():
            return StoreError(f"{self.login.uri}: {_first_line(error)}")
        return ServerError(f"{self.login.uri} failed: {code}: {_first_line(error)}")


def _ahead(parts: Iterable[list[dict[str, Any]]]) -> Iterator[list[dict[str, Any]]]:
    """The parts, each of them begun in another thread when the one before it is taken."""
    source = iter(parts)
    with ThreadPoolExecutor(1, thread_name_prefix="linkage-rows") as pool:
        coming = pool.submit(next, source, None)
        while (part := coming.result()) is not None:
            coming = pool.submit(next, source, None)
            yield part


def _rows(
    transaction: neo4j.ManagedTransaction | neo4j.Transaction, text: str, params: Mapping[str, object]
) -> list[dict[str, Any]]:
    try:
        return [
            dict(zip(record.keys(), record.values(), strict=True))
            for record in transaction.run(text, dict(params))
        ]
    except exceptions.Neo4jError as error:
        # The driver would try again what cannot fit.
        if _code(error) in _NO_MEMORY:
            raise _too_little(error) from error
        raise


def _too_little(error: exceptions.Neo4jError) -> StoreError:
    return StoreError(
        "the server has too little memory for one transaction: raise db.memory.transaction.max and"
        f" server.memory.heap.max_size there ({_first_line(error)})"
    )


def _query(text: str, until: float | None, mark: str) -> neo4j.Query:
    """The statement with the time that is left; a server takes 0 for no bound at all."""
    left = None if until is None else until - time.monotonic()
    if left is not None and left <= 0:
        raise TimeoutExceededError("no time is left for another statement")
    return neo4j.Query(text, metadata={"linkage": mark}, timeout=None if left is None else max(left, 0.001))


def _code(error: exceptions.Neo4jError) -> str:
    """The last part of the error's code."""
    return (error.code or "").rsplit(".", 1)[-1]


def _first_line(error: BaseException) -> str:
    message = error.message if isinstance(error, exceptions.Neo4jError) else str(error)
    return ((message or "").strip().splitlines() or [type(error).__name__])[0]
