"""The search phrases and scene actions: what they are called, and which statement of `cypher/bloom/` each runs."""

from __future__ import annotations

from dataclasses import dataclass

from linkage.statements import statement


@dataclass(frozen=True)
class Suggestion:
    """What Bloom offers while a parameter is typed: the values of one property of one label."""

    label: str
    property: str


@dataclass(frozen=True)
class Phrase:
    """A search phrase. `text` is what is typed, with each parameter in its place; parameters are texts."""

    name: str
    text: str
    says: str
    params: tuple[tuple[str, Suggestion | None], ...] = ()

    @property
    def cypher(self) -> str:
        """The statement."""
        return statement(f"bloom/{self.name}")


@dataclass(frozen=True)
class Action:
    """A scene action on what is selected: on nodes of these categories (`$nodes`), or on links (`$relationships`)."""

    name: str
    text: str
    categories: tuple[str, ...] = ()
    relationships: tuple[str, ...] = ()

    @property
    def cypher(self) -> str:
        """The statement."""
        return statement(f"bloom/action_{self.name}")


_RING_ID = Suggestion("Ring", "ring_id")
_ACCOUNT_ID = Suggestion("Account", "account_id")

RING = Phrase("ring", "Ring $ring_id", "A ring with its accounts and links", (("ring_id", _RING_ID),))
"""What deep links run."""

PHRASES = (
    RING,
    Phrase(
        "account_ring",
        "Ring of account $account_id",
        "The ring that an account belongs to",
        (("account_id", _ACCOUNT_ID),),
    ),
    Phrase(
        "between",
        "What links $account_a and $account_b",
        "What two accounts share, and the chain of links between them",
        (("account_a", _ACCOUNT_ID), ("account_b", _ACCOUNT_ID)),
    ),
    Phrase("newest_rings", "Newest rings", "The fifty rings that were found last"),
    Phrase("grown_rings", "Rings that grew", "Rings that took in accounts since the run before"),
    # Nothing is suggested: keys of personal identifiers are nobody's to browse.
    Phrase(
        "identifier_rings",
        "Rings on identifier $key",
        "The rings on an identifier, by its key as it is stored",
        (("key", None),),
    ),
)

ACTIONS = (
    Action("evidence", "Expand evidence", categories=("Account", "Ring")),
    Action("link_evidence", "Evidence of this link", relationships=("LINKED", "JOINED")),
    Action("bridges", "Show bridges to other rings", categories=("Account", "Ring")),
    Action("rings", "Rings of these", categories=("Account", "Identifier")),
)
"""An action on `Identifier` is one on each kind of it."""
