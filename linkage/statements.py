"""The texts of Cypher: one statement a file in `cypher/`, which a wheel carries as `linkage/cypher`."""

from __future__ import annotations

from functools import cache
from pathlib import Path


def folder() -> Path:
    """Where the statements are: in the package, or beside it in a checkout."""
    package = Path(__file__).parent
    inside = package / "cypher"
    return inside if inside.is_dir() else package.parent / "cypher"


@cache
def statement(name: str) -> str:
    """The text of `cypher/<name>.cypher`; `name` may hold slashes."""
    return (folder() / f"{name}.cypher").read_text(encoding="utf-8")
