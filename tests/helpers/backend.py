"""The runs that the API serves in tests: on either engine, with handles as other processes would have them."""

from pathlib import Path

from helpers.graph import forget_all
from helpers.night import Night
from helpers.server import Access
from linkage.engine.embedded import EmbeddedEngine
from linkage.engine.neo4j import Login, Neo4jEngine

ENGINES = ("embedded", "neo4j")


class Backend:
    """A folder, or an empty database of the server with a folder beside it."""

    def __init__(self, folder: Path, access: Access | None = None) -> None:
        self.folder = folder
        self._login = Login(access.uri, access.user, access.password) if access else None
        self._opened: list[Neo4jEngine] = []
        self.forget()

    @property
    def on_server(self) -> bool:
        """Whether it is a database, of which there is one."""
        return self._login is not None

    def engine(self, *, plain: bool = True) -> EmbeddedEngine | Neo4jEngine:
        """A handle of its own; `plain`: keys as the tables have them, so that both engines can be compared."""
        if self._login is None:
            return EmbeddedEngine(self.folder)
        self._opened.append(Neo4jEngine(self._login, self.folder, plain=plain))
        return self._opened[-1]

    def fill(self, night: Night) -> None:
        """Runs `one` and `two`, the second published."""
        night.give(self.engine(), "one")
        night.give(self.engine(), "two", minute=1)

    def forget(self) -> None:
        """Removes all runs of the server."""
        if self._login is not None:
            forget_all(self._login)

    def close(self) -> None:
        """Ends all connections."""
        for engine in self._opened:
            engine.close()
