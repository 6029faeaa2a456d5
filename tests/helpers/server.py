"""The real Neo4j of a test session: started once, through the product's own code, unless another one is named."""

import os
from dataclasses import dataclass, field
from pathlib import Path

from linkage.localserver import ServerOptions, up

HOME = "LINKAGE_TEST_NEO4J_HOME"
"""Set by the session: where its servers live."""

# A query that needs more than this is one that a test wants to see fail.
MOST_PER_TRANSACTION = "96m"


@dataclass(frozen=True)
class Access:
    """Where a server answers, and as whom."""

    uri: str
    user: str
    password: str = field(repr=False)

    @property
    def environment(self) -> dict[str, str]:
        """What the command line needs."""
        return {"LINKAGE_NEO4J_USER": self.user, "LINKAGE_NEO4J_PASSWORD": self.password}


def own_home() -> Path:
    """One for each worker of xdist: Community edition has one database."""
    return Path(os.environ[HOME]) / os.environ.get("PYTEST_XDIST_WORKER", "main")


def access() -> Access:
    """`LINKAGE_TEST_NEO4J_URI` names another server, with LINKAGE_NEO4J_USER and LINKAGE_NEO4J_PASSWORD."""
    if uri := os.environ.get("LINKAGE_TEST_NEO4J_URI"):
        return Access(
            uri, os.environ.get("LINKAGE_NEO4J_USER", "neo4j"), os.environ["LINKAGE_NEO4J_PASSWORD"]
        )
    server, _ = up(own_options())
    return Access(server.uri, "neo4j", server.password_file.read_text().strip())


def own_options() -> ServerOptions:
    """How the session's own server runs."""
    return ServerOptions(
        home=own_home(),
        line=os.environ.get("LINKAGE_TEST_NEO4J_LINE", "lts"),
        bolt_port=0,
        http_port=0,
        heap="768m",
        pagecache="128m",
        settings=(
            f"db.memory.transaction.max={MOST_PER_TRANSACTION}",
            # How soon a transaction that is over its time is ended: two seconds unless told otherwise.
            "db.transaction.monitor.check.interval=250ms",
        ),
    )
