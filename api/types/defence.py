"""What a ring rests on, who is barely in it, and what would change its verdict."""

from __future__ import annotations

from typing import Any, cast

import strawberry
from strawberry.types import Info

from api import context
from api.types.graph import Account, Identifier

Context = Info[Any, Any]


@strawberry.type(description="A value that a ring rests on; who may not read values sees its kind only.")
class Named:
    """A value by its kind and key."""

    kind: str = strawberry.field(description="The kind of value.")
    key: strawberry.Private[str]

    @strawberry.field(description="The value.")
    async def identifier(self, info: Context) -> Identifier | None:
        """Read with all others of the page."""
        return cast("Identifier | None", await context.of(info).loaders.identifier((self.kind, self.key)))


@strawberry.type(description="A value without which the ring falls apart, all else being equal.")
class Keystone:
    """The counterfactual."""

    value: Named = strawberry.field(description="The value.")
    ties: int = strawberry.field(
        description="Links and memberships of blocks that would not stand without it."
    )
    pieces: int = strawberry.field(description="How many pieces the ring would fall into.")
    sizes: list[int] = strawberry.field(description="Accounts of the largest five pieces.")
    alone: int = strawberry.field(description="How many accounts would be alone.")


@strawberry.type(description="A value across a bridge.")
class BridgeLine:
    """A line of a bridge's evidence."""

    value: Named = strawberry.field(description="The value.")
    bits: float = strawberry.field(description="What it says at its best, in bits; each value counts once.")


@strawberry.type(description="A cut across which the ring hangs together by little.")
class Bridge:
    """The weakest cuts."""

    small: int = strawberry.field(description="Accounts on the smaller side.")
    large: int = strawberry.field(description="Accounts on the larger side.")
    bits: float = strawberry.field(description="All evidence across, in bits.")
    needed: float = strawberry.field(
        description="Bits that hold such sides together: a link's threshold and the tries of both sides."
    )
    edges: int = strawberry.field(description="Links and memberships of blocks that cross it.")
    edge_bits: float = strawberry.field(description="Bits of the strongest of them.")
    lines: list[BridgeLine] = strawberry.field(description="The strongest values across, at most five.")
    a: strawberry.Private[str | None]
    b: strawberry.Private[str | None]

    @strawberry.field(description="The account on the smaller side of the strongest link; null for a block.")
    async def account_a(self, info: Context) -> Account | None:
        """Read with all others of the page."""
        return await _account(info, self.a)

    @strawberry.field(description="The account on the larger side of the strongest link; null for a block.")
    async def account_b(self, info: Context) -> Account | None:
        """Read with all others of the page."""
        return await _account(info, self.b)


@strawberry.type(description="An account whose membership rests on little.")
class BorderlineMember:
    """A weak member."""

    bits: float = strawberry.field(
        description="Bits between it and the rest of the ring, taken for one account."
    )
    above: float = strawberry.field(description="Bits above a link's threshold.")
    edges: int = strawberry.field(description="Its links and memberships of blocks in the ring.")
    rests_on: Named | None = strawberry.field(
        description="The strongest value without which none of them would stand; null where there is none."
    )
    account_id: strawberry.Private[str]

    @strawberry.field(description="The account.")
    async def account(self, info: Context) -> Account | None:
        """Read with all others of the page."""
        return await _account(info, self.account_id)


@strawberry.type(description="A value that accounts of a part share.")
class PartValue:
    """One of a part's cards, addresses or devices."""

    value: Named = strawberry.field(description="The value.")
    members: int = strawberry.field(description="How many accounts of the part hold it.")


@strawberry.type(description="Accounts of a ring that hang together by cards, addresses and devices alone.")
class Part:
    """A group of the split by infrastructure."""

    size: int = strawberry.field(description="How many accounts are in it, two or more.")
    values: list[PartValue] = strawberry.field(
        description="The values that most of them hold, at most three."
    )


@strawberry.type(description="A condition of the best innocent story that the ring does not meet in full.")
class UnmetCondition:
    """A ramp below its top."""

    column: str = strawberry.field(description="The measured property, as in `metrics`.")
    value: float | None = strawberry.field(description="Its value; null where it is not known.")
    met: float = strawberry.field(description="How far it is met, 0 to 1.")
    needed: float = strawberry.field(description="The value that would meet it.")


@strawberry.type(description="What an innocent story leaves of a group of reasons.")
class Left:
    """A group of the score."""

    group: str = strawberry.field(description="The group: `network`, `payment`, …")
    bits: float = strawberry.field(description="Bits for fraud before the story.")
    left: float = strawberry.field(description="Bits that remain.")


@strawberry.type(description="The best innocent story, and why it was taken or rejected.")
class StoryDefence:
    """The alternative."""

    story: str = strawberry.field(description="Its name.")
    fit: float = strawberry.field(description="How well it fits, 0 to 1.")
    says: str = strawberry.field(description="The story in words.")
    taken: bool = strawberry.field(description="Whether it is why the ring is benign.")
    why: str = strawberry.field(description="Why it was taken or rejected, in words.")
    unmet: list[UnmetCondition] = strawberry.field(description="What it lacks, the least met first.")
    leaves: list[Left] = strawberry.field(description="What it leaves, the most first.")


@strawberry.type(description="One measured property that, were it another, would change the verdict.")
class VerdictChange:
    """A counterfactual of the judgement."""

    column: str = strawberry.field(description="The measured property, as in `metrics`.")
    value: float | None = strawberry.field(description="Its value; null where it is not known.")
    target: float = strawberry.field(description="The value that would change the verdict.")
    of: str = strawberry.field(description="The feature or the story that reads it.")
    verdict: str = strawberry.field(description="The verdict then.")
    score: float = strawberry.field(description="The score then, 0 to 1.")
    distance: float = strawberry.field(
        description="How far off that is: 1 is from where the property says nothing to where it says all."
    )


@strawberry.type(description="Observations that would have to be wrong together for the flag to fall.")
class TogetherWrong:
    """The strongest reasons, taken away."""

    features: list[str] = strawberry.field(description="The features, the strongest first.")
    verdict: str = strawberry.field(description="The verdict then.")
    score: float = strawberry.field(description="The score then, 0 to 1.")


@strawberry.type(
    description="What an investigator answers with: what holds the ring, and what would change its verdict."
)
class Defence:
    """From the run's own JSON."""

    keystones: list[Keystone] = strawberry.field(
        description="The single values without which it falls apart, the one that parts it most first."
    )
    bridges: list[Bridge] = strawberry.field(
        description="Its weakest bridges between sides of three accounts, the weakest first."
    )
    borderline_count: int = strawberry.field(
        description="Accounts with fewer than 5 bits above a link's threshold."
    )
    borderline: list[BorderlineMember] = strawberry.field(description="The weakest of them, at most five.")
    part_count: int = strawberry.field(
        description="Into how many parts it falls by infrastructure: cards, addresses and devices alone."
    )
    loose: int = strawberry.field(
        description="Accounts that share no infrastructure with any other of the ring."
    )
    parts: list[Part] = strawberry.field(
        description="The parts by infrastructure, the largest first, at most eight."
    )
    story: StoryDefence | None = strawberry.field(
        description="The best innocent story; null where none fits at all."
    )
    changes: list[VerdictChange] = strawberry.field(
        description="Single properties that would change the verdict, the nearest first, at most five."
    )
    together: TogetherWrong | None = strawberry.field(
        description="Where no single one would: the fewest of the strongest reasons that the flag rests on."
    )


def defence_of(told: dict[str, Any]) -> Defence | None:
    """From the object that a reader gives; None where the run has none."""
    if not told:
        return None
    weak, story, together = told["borderline"], told["story"], told["together"]
    # A run that was made before rings were split has none.
    split = told.get("parts", {"count": 0, "loose": 0, "parts": []})
    return Defence(
        keystones=[
            Keystone(value=_named(one), **{name: one[name] for name in ("ties", "pieces", "sizes", "alone")})
            for one in told["keystones"]
        ],
        bridges=[_bridge(one) for one in told["bridges"]],
        borderline_count=weak["count"],
        borderline=[
            BorderlineMember(
                bits=one["bits"],
                above=one["above"],
                edges=one["edges"],
                rests_on=_named(one["rests_on"]) if one["rests_on"] else None,
                account_id=one["account"],
            )
            for one in weak["members"]
        ],
        part_count=split["count"],
        loose=split["loose"],
        parts=[
            Part(
                size=part["size"],
                values=[PartValue(value=_named(one), members=one["members"]) for one in part["values"]],
            )
            for part in split["parts"]
        ],
        story=None
        if story is None
        else StoryDefence(
            **{name: story[name] for name in ("story", "fit", "says", "taken", "why")},
            unmet=[UnmetCondition(**one) for one in story["unmet"]],
            leaves=[Left(**one) for one in story["leaves"]],
        ),
        changes=[VerdictChange(**one) for one in told["changes"]],
        together=TogetherWrong(**together) if together else None,
    )


def _named(one: dict[str, Any]) -> Named:
    return Named(kind=one["kind"], key=one["key"])


def _bridge(one: dict[str, Any]) -> Bridge:
    return Bridge(
        **{name: one[name] for name in ("small", "large", "bits", "needed", "edges", "edge_bits")},
        lines=[BridgeLine(value=_named(line), bits=line["bits"]) for line in one["lines"]],
        a=one["a"].get("account"),
        b=one["b"].get("account"),
    )


async def _account(info: Context, account_id: str | None) -> Account | None:
    if account_id is None:
        return None
    return cast("Account | None", await context.of(info).loaders.account(account_id))
