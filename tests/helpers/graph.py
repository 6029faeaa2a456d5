"""What a test does to the database beside the engine."""

from typing import Any

import neo4j

from linkage.engine.neo4j import Login


def query(login: Login, text: str, **params: Any) -> list[dict[str, Any]]:
    """One statement, committed on its own, on a connection of its own."""
    with (
        neo4j.GraphDatabase.driver(
            login.uri, auth=(login.user, login.password), notifications_min_severity="OFF"
        ) as driver,
        driver.session() as session,
    ):
        return [dict(record.items()) for record in session.run(text, params)]


def forget_all(login: Login) -> None:
    """An empty database. In small transactions: the test server refuses large ones."""
    query(login, "MATCH ()-[r]->() CALL (r) { DELETE r } IN TRANSACTIONS OF 10000 ROWS")
    query(login, "MATCH (n) CALL (n) { DELETE n } IN TRANSACTIONS OF 10000 ROWS")
