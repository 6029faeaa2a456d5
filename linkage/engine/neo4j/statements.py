"""The texts of Cypher, as everyone reads them."""

from linkage.statements import folder, statement

__all__ = ["folder", "statement"]
