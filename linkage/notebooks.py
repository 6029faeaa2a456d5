"""Rings as DataFrames in a notebook, over py2neo: for analysts who work with it, and for nobody else.

py2neo has reached its end of life: there will be no release after 2021.2.4, for no later Neo4j or Python, and no fix of
anything. It works with the servers that the tests run today. `linkage.open(uri)` gives the same rings, links and
explanations over the driver that is maintained; nothing of the product imports this module.
"""

from __future__ import annotations

import os
import warnings
from types import TracebackType
from typing import Any, Self

import pandas as pd

from linkage.errors import ServerError, UsageError
from linkage.statements import folder, statement

END_OF_LIFE = (
    "py2neo has reached its end of life (2021.2.4 is its last release) and may stop working with any Neo4j or Python:"
    " use linkage.open(uri), which needs linkage[neo4j] alone"
)


def connect(uri: str | None = None, *, user: str | None = None, password: str | None = None) -> Notebook:
    """The graph at `uri`; what is not given comes from LINKAGE_NEO4J_URI, _USER and _PASSWORD.

    Warns of py2neo's end. UsageError where it is not installed or no address is known, ServerError where the server
    does not answer or refuses us.
    """
    warnings.warn(END_OF_LIFE, DeprecationWarning, stacklevel=2)
    try:
        import py2neo
        from py2neo.errors import ConnectionUnavailable, Neo4jError
    except ModuleNotFoundError as error:
        raise UsageError("notebooks need more packages: pip install 'linkage[notebooks]'") from error
    address = uri or os.environ.get("LINKAGE_NEO4J_URI")
    if not address:
        raise UsageError("where is the graph? Give its address, or set LINKAGE_NEO4J_URI")
    name = user or os.environ.get("LINKAGE_NEO4J_USER", "neo4j")
    try:
        graph = py2neo.Graph(address, auth=(name, password or os.environ.get("LINKAGE_NEO4J_PASSWORD", "")))
        graph.run("RETURN 1").evaluate()
    except (ConnectionUnavailable, Neo4jError, OSError, ValueError) as error:
        said = (str(error).splitlines() or [type(error).__name__])[0]
        raise ServerError(f"{address} cannot be used as {name}: {said}") from error
    return Notebook(graph)


class Notebook:
    """The published run's rings as DataFrames. `graph` is a `py2neo.Graph`, for whatever else is asked."""

    def __init__(self, graph: Any) -> None:
        self.graph = graph

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Ends the connections."""
        self.graph.service.connector.close()

    def run(self, name: str, /, **params: object) -> pd.DataFrame:
        """The rows of `cypher/<name>.cypher`, such as `bloom/between`; nodes and links as py2neo has them.

        UsageError where there is no such statement.
        """
        if not (folder() / f"{name}.cypher").is_file():
            raise UsageError(f"no statement is called {name}: they are the files of cypher/")
        cursor = self.graph.run(statement(name), params)
        columns = list(cursor.keys())
        return pd.DataFrame(
            [[_native(value) for value in record.values()] for record in cursor], columns=columns
        )

    def rings(self, least_score: float = 0.0) -> pd.DataFrame:
        """A row a ring, the worst first.

        ring_id, verdict, score, size, flagged, story, first_seen, last_seen, top_reasons (JSON).
        """
        return self._own("rings", least_score=least_score)

    def accounts(self, ring_id: str) -> pd.DataFrame:
        """A row an account of the ring: account_id, role, status, plan, pathway, country, created_at, links."""
        return self._own("accounts", ring_id=ring_id)

    def links(self, ring_id: str) -> pd.DataFrame:
        """A row a link among the ring's accounts, the strongest first: account_a, account_b, bits, families."""
        return self._own("links", ring_id=ring_id)

    def shared(self, ring_id: str) -> pd.DataFrame:
        """What its accounts share, hubs left out: kind, caption (masked), members, accounts, first_seen, last_seen."""
        return self._own("shared", ring_id=ring_id)

    def _own(self, name: str, **params: object) -> pd.DataFrame:
        return self.run(f"notebook/{name}", **params)


def _native(value: Any) -> Any:
    """Times of the server as Python's own."""
    made = getattr(value, "to_native", None)
    return made() if callable(made) else value
