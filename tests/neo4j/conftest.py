"""The engine over the session's server, and a night to give it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from helpers.graph import forget_all
from helpers.night import Night, Recorder, options
from helpers.server import Access
from helpers.source import write_source

from linkage.engine.embedded import EmbeddedEngine
from linkage.engine.neo4j import Login, Neo4jEngine
from linkage.nightly import run_nightly
from linkage.progress import Silent


@pytest.fixture
def login(neo4j_server: Access) -> Login:
    """An empty database, and who we are there."""
    found = Login(neo4j_server.uri, neo4j_server.user, neo4j_server.password)
    forget_all(found)
    return found


@pytest.fixture
def connect(login: Login, tmp_path: Path) -> Iterator[Callable[..., Neo4jEngine]]:
    """Opens an engine, each time a new one; keys as the tables have them unless told otherwise."""
    opened: list[Neo4jEngine] = []

    def connect(*, plain: bool = True) -> Neo4jEngine:
        opened.append(Neo4jEngine(login, tmp_path / "store", plain=plain))
        return opened[-1]

    yield connect
    for engine in opened:
        engine.close()


@pytest.fixture(scope="session")
def night(tmp_path_factory: pytest.TempPathFactory) -> Night:
    """One real night, as the pipeline hands it over."""
    folder = tmp_path_factory.mktemp("night")
    source = write_source(folder / "source")
    engine = Recorder(EmbeddedEngine(folder / "store"))
    run_nightly(engine, options(source, "night"), Silent())
    return Night(source=source, **engine.given)
