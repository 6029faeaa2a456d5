"""Every engine, and one night's work to give it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from helpers.graph import forget_all
from helpers.night import Night, Recorder, options
from helpers.server import Access
from helpers.source import write_source

from linkage.engine.base import Engine
from linkage.engine.embedded import EmbeddedEngine
from linkage.engine.neo4j import Login, Neo4jEngine
from linkage.nightly import run_nightly
from linkage.progress import Silent

Connect = Callable[[], Engine]
"""Opens a handle on one store, each time a new one; two handles on one store are as two processes."""


@pytest.fixture(params=["embedded", pytest.param("neo4j", marks=pytest.mark.neo4j)])
def connect(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Connect]:
    """An empty store of each engine."""
    if request.param == "embedded":
        yield lambda: EmbeddedEngine(tmp_path / "store")
        return
    access: Access = request.getfixturevalue("neo4j_server")
    login = Login(access.uri, access.user, access.password)
    forget_all(login)
    opened: list[Neo4jEngine] = []

    def connect() -> Engine:
        # Keys as the tables have them, so that both engines can be compared.
        opened.append(Neo4jEngine(login, tmp_path / "store", plain=True))
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
    view = engine.view()
    served = {name: getattr(view, name)() for name in ("memberships", "rings", "links", "hubs", "changes")}
    return Night(source=source, served=served, **engine.given)
