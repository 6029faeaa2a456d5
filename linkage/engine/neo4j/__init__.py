"""The engine over Neo4j with Graph Data Science: the only package that talks to either."""

from linkage.engine.neo4j.engine import Neo4jEngine
from linkage.engine.neo4j.server import Login

__all__ = ["Login", "Neo4jEngine"]
