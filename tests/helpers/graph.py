"""What a test does to the database beside the engine."""

from typing import Any

import neo4j

from linkage.engine.neo4j import Login


def query(login: Login, text: str, **params: Any) -> list[dict[str, Any]]:
    """One statement on a connection of its own."""
    with neo4j.GraphDatabase.driver(
        login.uri, auth=(login.user, login.password), notifications_min_severity="OFF"
    ) as driver:
        return [dict(record.items()) for record in driver.execute_query(text, params).records]


def forget_all(login: Login) -> None:
    """An empty database."""
    query(login, "MATCH (n) DETACH DELETE n")
