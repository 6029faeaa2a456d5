"""One writer at a time: a lock that is an open transaction, and so goes with the process that holds it."""

from __future__ import annotations

import contextlib
import uuid

import neo4j

from linkage.engine.neo4j.server import Server
from linkage.engine.neo4j.statements import statement
from linkage.errors import LinkageError, LockedError, ServerError

# Another writer may be in the middle of taking it. A busy server that has just begun can need as long for its first
# statement, and then not for the same one again.
_PATIENCE_SECONDS = (3.0, 4.0)


class WriterLock:
    """Held from `take` to `release`, or until the connection ends."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._session: neo4j.Session | None = None
        self._transaction: neo4j.Transaction | None = None

    @property
    def held(self) -> bool:
        """Whether this process holds it."""
        return self._transaction is not None

    def take(self) -> None:
        """LockedError when another run holds it."""
        holder = uuid.uuid4().hex
        self._server.read("lock_check")
        try:
            self._announce(holder, _PATIENCE_SECONDS[0])
        except LockedError:
            self._announce(holder, _PATIENCE_SECONDS[1])
        with self._server.translated(locking=True):
            self._session = self._server.session()
            # It is open for as long as the night takes, whatever the server allows others.
            self._transaction = self._session.begin_transaction(timeout=0)
            found = self._transaction.run(statement("lock_take")).single()
        if found is None or found["holder"] != holder:
            # Two announced themselves at once: the later one has it.
            self.release()
            raise LockedError(f"another run holds {self._server.login.uri}")

    def _announce(self, holder: str, seconds: float) -> None:
        """Says who wants it; ended by the server when another holds it."""
        with (
            self._server.translated(locking=True),
            self._server.session() as session,
            session.begin_transaction(timeout=seconds) as announced,
        ):
            announced.run(statement("lock_announce"), holder=holder).consume()
            announced.commit()

    def check(self) -> None:
        """ServerError when the connection that held the lock is gone: another may be writing."""
        if self._transaction is None:
            raise ServerError(f"the lock on {self._server.login.uri} is not held")
        try:
            with self._server.translated():
                self._transaction.run(statement("lock_check")).consume()
        except LinkageError as error:
            raise ServerError(f"the lock on {self._server.login.uri} was lost: {error}") from error

    def release(self) -> None:
        """Gives it back."""
        transaction, session = self._transaction, self._session
        self._transaction = self._session = None
        with contextlib.suppress(neo4j.exceptions.DriverError, neo4j.exceptions.Neo4jError, OSError):
            if transaction is not None:
                transaction.rollback()
        with contextlib.suppress(neo4j.exceptions.DriverError, neo4j.exceptions.Neo4jError, OSError):
            if session is not None:
                session.close()
