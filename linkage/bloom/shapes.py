"""What a person sees of the graph in Bloom: categories with their colours, icons, captions and properties."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from linkage.identifiers.base import Family
from linkage.identifiers.labels import label_of
from linkage.identifiers.registry import KINDS, resolve


@dataclass(frozen=True)
class Property:
    """One property: its type as Bloom names it, and whether a person may see it there."""

    name: str
    type: str
    shown: bool = True


@dataclass(frozen=True)
class Rule:
    """Size or colour by a property: for one `value` of it (a text, or True), or over numbers from `low` to `high`."""

    on: Property
    value: str | bool | None = None
    low: float = 0.0
    high: float = 1.0
    sizes: tuple[float, float] | None = None
    colours: tuple[str, str, str] | None = None


@dataclass(frozen=True)
class Category:
    """Nodes of one label. The first category of a node says how it looks."""

    label: str
    colour: str
    icon: str
    captions: tuple[str, ...]
    properties: tuple[Property, ...]
    size: float = 1.0
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True)
class Edge:
    """Relationships of one type. `ends` are pairs of labels."""

    type: str
    colour: str
    ends: tuple[tuple[str, str], ...]
    properties: tuple[Property, ...] = ()
    rules: tuple[Rule, ...] = ()


# Bloom's own icons go by id. Each of these stands for the thing named here in perspectives that Neo4j publishes.
_PERSON, _PEOPLE = "DB188874-D25F-4B34-A296-E5E950072319", "1BA78CC1-ED89-46D5-9D2B-D78DC944A59D"
_HOLDER, _CARD = "F91CCD45-2C41-40B8-ADF6-5CBED4BD6C6E", "ACC41CDE-15AE-456B-9923-68134BD290A0"
_ADDRESS, _DOMAIN = "59435072-6EE1-4BB0-869A-50F2FB447DEB", "8EDB1503-B54A-4C25-B4BD-DC85A55BFDCA"
_COMPUTER, _LOGIN = "63AF6740-290B-43AD-8EE4-9B4966249BD6", "1AFCBABE-64B1-4A20-8769-0B82D8276C7A"
_PHONE, _MAIL = "6D4B9047-8A4D-432F-B774-E7B8F8AA5FA8", "72D60851-1092-40E4-BDFE-58EE7798C58C"
_MESSAGE, _TRANSFER = "0CF829FF-B8AB-4252-982F-BFAA8C1BBF50", "AE788B64-114D-4032-832D-0DECC5CB902D"
_POLICY, _NONE = "447F7883-95B5-4D34-9C93-F10804FB7A18", "no-icon"

_ICONS = {
    "card": _CARD, "bin": _CARD, "ip": _ADDRESS, "subnet": _ADDRESS, "asn": _DOMAIN, "device": _COMPUTER,
    "credential": _LOGIN, "user_agent": _COMPUTER, "tls": _COMPUTER, "tools": _POLICY, "template": _MESSAGE,
    "system_prompt": _MESSAGE, "email": _MAIL, "email_domain": _DOMAIN, "email_shape": _MAIL, "phone": _PHONE,
    "phone_prefix": _PHONE, "referral_code": _TRANSFER, "account": _HOLDER,
}  # fmt: skip
_COLOURS = {
    Family.PAYMENT: "#F79767", Family.NETWORK: "#57C7E3", Family.DEVICE: "#8DCC93", Family.CLIENT: "#D9C8AE",
    Family.CONTENT: "#C990C0", Family.TIMING: "#FFE081", Family.REGISTRATION: "#ECB5C9",
    Family.LINEAGE: "#DA7194", Family.INDICATOR: "#FFC454",
}  # fmt: skip
GREY = "#848484"
_SCORES = ("#8DCC93", "#FFC454", "#F16667")
"""Innocent, unclear, suspected."""

# Names of all our nodes hold keys; stamps and numbers of runs say nothing to a person.
_OURS = (
    Property("uid", "string", False),
    Property("stamp", "bigint", False),
    Property("since", "bigint", False),
)
_HUB = Property("hub", "boolean")
_SCORE = Property("score", "number")
_VERDICT = Property("verdict", "string")
_BITS = Property("bits", "number")

_IDENTIFIER = (
    Property("caption", "string"), Property("kind", "string"), Property("family", "string"),
    Property("accounts", "bigint"), Property("degree", "number"), Property("strength", "number"),
    Property("links", "boolean"), Property("near_proof", "boolean"), Property("supporting", "boolean"),
    _HUB, Property("reason", "string"), Property("key", "string", False), *_OURS,
)  # fmt: skip
_RING = (
    Property("ring_id", "string"), _SCORE, _VERDICT, Property("story", "string"), Property("flagged", "boolean"),
    Property("size", "bigint"), Property("members", "bigint"), Property("victims", "bigint"),
    Property("first_seen", "DateTime"), Property("last_seen", "DateTime"), Property("top_reasons", "string"),
    Property("links", "bigint"), Property("families", "bigint"), Property("mean_bits", "number"),
    Property("min_bits", "number"), Property("parent_ids", "string"), Property("reasons", "string", False),
    Property("stories", "string", False), Property("shared", "string", False),
    Property("bloom_link", "string", False), Property("country", "string"), Property("defence", "string", False),
    Property("days", "array", False), Property("days_created", "array", False),
    Property("days_started", "array", False), Property("days_ended", "array", False), *_OURS,
)  # fmt: skip
_ACCOUNT = (
    Property("account_id", "string"), Property("status", "string"), Property("plan", "string"),
    Property("pathway", "string"), Property("country", "string"), Property("created_at", "DateTime"),
    Property("known", "boolean"), Property("org_id", "string", False), Property("value_kinds", "array", False),
    Property("value_counts", "array", False), *_OURS,
)  # fmt: skip
_RUN = (
    Property("run_id", "string"), Property("seq", "bigint"), Property("rings", "bigint"),
    Property("members", "bigint"), Property("links", "bigint"), Property("hubs", "bigint"),
    Property("changes", "bigint"), Property("campaigns", "bigint"), Property("campaign_rings", "bigint"),
    Property("campaign_accounts", "bigint"), Property("status", "string"), Property("record", "string", False),
    Property("kinds", "string", False), Property("schemas", "string", False), Property("uid", "string", False),
)  # fmt: skip
_CAMPAIGN = (
    Property("campaign_id", "string"), _VERDICT, Property("accounts", "bigint"), Property("rings", "bigint"),
    Property("flagged_rings", "bigint"), Property("outside", "bigint"), Property("texts", "bigint"),
    Property("sightings", "bigint"), Property("first_seen", "DateTime"), Property("last_seen", "DateTime"),
    Property("synchronous_share", "number"), Property("release_share", "number"),
    Property("release_usual", "number"), Property("identifiers", "string", False), *_OURS,
)  # fmt: skip
_EVIDENCE = (
    _BITS, Property("families", "array"), Property("line_bits", "array"), Property("counts", "array"),
)  # fmt: skip
# A link just above the threshold is thin; beyond sixty bits nothing looks stronger.
_WIDTH = Rule(_BITS, low=0.0, high=60.0, sizes=(0.5, 4.0))


def categories(overrides: dict[str, object]) -> tuple[Category, ...]:
    """Rings, accounts, a category for each kind of identifier (those of the configuration too), and the rest."""
    names = [*KINDS, *sorted(name for name in overrides if name not in KINDS)]
    return (
        Category(
            "Ring", _SCORES[1], _PEOPLE, ("ring_id", "verdict"), _RING, 2.0,
            (
                Rule(_SCORE, low=0.0, high=1.0, sizes=(1.0, 4.0), colours=_SCORES),
                Rule(_VERDICT, value="benign", colours=(_SCORES[0],) * 3),
            ),
        ),
        Category(
            "Account", "#4C8EDA", _PERSON, ("account_id",), _ACCOUNT,
            rules=(
                Rule(Property("status", "string"), value="banned", colours=("#9B1C31",) * 3),
                Rule(Property("status", "string"), value="suspended", colours=("#B26F16",) * 3),
            ),
        ),
        Category("Campaign", "#C990C0", _POLICY, ("campaign_id", "verdict"), _CAMPAIGN, 2.0),
        *(_identifiers(name, overrides.get(name)) for name in names),
        Category("Star", GREY, _NONE, ("accounts",), (Property("accounts", "bigint"), *_OURS), 0.75),
        Category("Run", "#D9D9D9", _NONE, ("run_id",), _RUN),
        # Kinds that came with the data alone, and nobody described.
        _category("Identifier", "#FFC454", _NONE),
    )  # fmt: skip


def _identifiers(name: str, override: object) -> Category:
    kind = resolve(name, override)
    return _category(label_of(name), _COLOURS[kind.family], _ICONS.get(name, _NONE))


def _category(label: str, colour: str, icon: str) -> Category:
    hub = Rule(_HUB, value=True, sizes=(0.25, 0.25), colours=(GREY,) * 3)
    return Category(label, colour, icon, ("caption",), _IDENTIFIER, 0.75, (hub,))


def edges(shown: Iterable[Category]) -> tuple[Edge, ...]:
    """The relationships of what is published."""
    kinds = [category.label for category in shown if category.properties is _IDENTIFIER]
    used = (
        Property("count", "bigint"), Property("first", "DateTime"), Property("last", "DateTime"),
    )  # fmt: skip
    return (
        Edge(
            "LINKED", "#F16667", (("Account", "Account"), ("Account", "Star")), _EVIDENCE, (_WIDTH,)
        ),
        Edge(
            "JOINED", "#DA7194", (("Account", "Account"),),
            (*_EVIDENCE, Property("size_a", "bigint"), Property("size_b", "bigint")), (_WIDTH,),
        ),
        Edge("USED", "#A5ABB6", tuple(("Account", kind) for kind in kinds), used),
        Edge(
            "MEMBER_OF", "#4C8EDA", (("Account", "Ring"),),
            (Property("role", "string"), Property("flagged", "boolean"), Property("campaign_id", "string")),
        ),
        Edge(
            "PART_OF", "#C990C0", (("Ring", "Campaign"),),
            (
                Property("accounts", "bigint"), Property("ring_share", "number"),
                Property("campaign_share", "number"),
            ),
        ),
        Edge(
            "TAKES_PART_IN", "#C990C0", (("Account", "Campaign"),),
            (Property("texts", "bigint"), Property("sightings", "bigint")),
        ),
        Edge("SHARES", "#A5ABB6", tuple(("Ring", kind) for kind in kinds), (Property("members", "bigint"),)),
        Edge("RESTS_ON", GREY, tuple(("Star", kind) for kind in kinds)),
        Edge(
            "CHANGED", "#569480", (("Run", "Ring"),),
            (
                Property("event", "string"), Property("accounts_added", "bigint"),
                Property("accounts_removed", "bigint"), Property("previous_ids", "string"),
            ),
        ),
    )  # fmt: skip


HIDDEN = tuple(
    f"{prefix}_{name}"
    for prefix in ("NEXT", "PAST")
    for name in sorted(["STATE", *(edge.type for edge in edges(()))])
)
"""Relationships that are not of the published run."""
