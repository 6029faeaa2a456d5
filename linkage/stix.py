"""The flagged rings and campaigns of a run as one STIX 2.1 bundle, for threat-intelligence platforms.

A ring is an `intrusion-set` (one party, its behaviour and its means), its accounts are `user-account`s, a `grouping`
holds both together; a campaign is a `campaign`, attributed to the rings that carry it; what a ring rests on and what
a campaign sends are `indicator`s. Only what is flagged leaves: no benign or unexplained ring, no victim. Of a personal
identifier only its keyed fingerprint leaves (`hmac:<key_id>:<hex>`, as the table `indicators` of the input reads it);
plain hashes, which can be guessed, stay here as plain values do. The only importer of stix2 (extra `stix`).
"""

from __future__ import annotations

import json
import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import ModuleType
from typing import Any, TextIO

import pyarrow as pa

from linkage.engine.base import View
from linkage.errors import UsageError
from linkage.identifiers.keys import is_fingerprint

PLAIN_KINDS = frozenset({"template", "tools", "tls", "user_agent", "asn", "bin"})
"""Kinds whose keys are of no person: they leave as they are."""

_NAMESPACE = uuid.UUID("6d2b5f0e-7c0b-5a55-9f0e-2f6e0f5c0a11")
# A ring's id outlives the night, so all nights' objects of a ring are versions of one: `created` must never move,
# and a run does not know in which night the ring was first found.
_CREATED = datetime(2020, 1, 1, tzinfo=UTC)


def write_stix(view: View, out: TextIO) -> int:
    """Writes the bundle of a run, object by object; the number of objects.

    The same run gives the same bytes. Raises UsageError without the extra `stix`.
    """
    bundle = _Bundle(view, _library())
    out.write(f'{{"type": "bundle", "id": "{_id("bundle", view.run.run_id)}", "objects": [')
    count = 0
    for count, item in enumerate(bundle.objects(), start=1):
        out.write((",\n" if count > 1 else "\n") + item.serialize())
    out.write("\n]}\n")
    return count


def _library() -> ModuleType:
    try:
        import stix2.v21
    except ImportError as error:
        raise UsageError("a STIX bundle needs stix2: pip install 'linkage[stix]'") from error
    module: ModuleType = stix2.v21
    return module


def _id(kind: str, *parts: str) -> str:
    """The same id for the same thing, in every run and store."""
    return f"{kind}--{uuid.uuid5(_NAMESPACE, json.dumps([kind, *parts]))}"


class _Bundle:
    """The objects of one run; each stands before those that name it."""

    def __init__(self, view: View, stix: ModuleType) -> None:
        self._view = view
        self._stix = stix
        self._modified = max(view.run.as_of.astimezone(UTC), _CREATED)
        self._marking = stix.TLP_AMBER
        self._source = _id("identity", "linkage")
        self._accounts: dict[str, str] = {}
        self._indicators: set[str] = set()

    def objects(self) -> Iterator[Any]:
        """Everything, in an order that a run decides."""
        yield self._marking
        yield self._made("Identity", self._source, name="linkage", identity_class="system")
        rings = sorted(_flagged(self._view.rings()), key=lambda ring: str(ring["ring_id"]))
        members = _members(self._view.memberships())
        rests_on = _keystones(self._view.explanations())
        for ring in rings:
            yield from self._ring(ring, members[ring["ring_id"]], rests_on.get(ring["ring_id"], ()))
        carried = defaultdict(list)
        kept = {ring["ring_id"] for ring in rings}
        for row in self._view.campaign_rings().to_pylist():
            if row["ring_id"] in kept:
                carried[row["campaign_id"]].append(row["ring_id"])
        campaigns = self._view.campaigns().to_pylist()
        for campaign in sorted(campaigns, key=lambda row: str(row["campaign_id"])):
            if carried[campaign["campaign_id"]]:
                yield from self._campaign(campaign, sorted(carried[campaign["campaign_id"]]))

    def _ring(
        self, ring: Mapping[str, Any], members: Sequence[str], rests_on: Iterable[Mapping[str, Any]]
    ) -> Iterator[Any]:
        name = ring["ring_id"]
        party = _id("intrusion-set", name)
        yield self._made(
            "IntrusionSet",
            party,
            name=name,
            description="\n".join(
                (f"{len(members)} accounts, judged to be one party's.", *_texts(ring["top_reasons"]))
            ),
            confidence=round(100 * ring["score"]),
            external_references=[{"source_name": "linkage", "external_id": name}],
            **_span(ring),
        )
        refs = [party]
        for account in members:
            made = self._stix.UserAccount(user_id=account, object_marking_refs=[self._marking])
            yield made
            refs.append(made.id)
        indicators, objects = self._indicated(rests_on, party, ring)
        yield from objects
        yield self._made(
            "Grouping",
            _id("grouping", name),
            name=f"accounts of {name}",
            context="suspicious-activity",
            object_refs=[*refs, *indicators],
        )

    def _campaign(self, campaign: Mapping[str, Any], rings: Sequence[str]) -> Iterator[Any]:
        name = campaign["campaign_id"]
        made = _id("campaign", name)
        yield self._made(
            "Campaign",
            made,
            name=name,
            description=f"{campaign['texts']} private texts, sent by {campaign['accounts']} accounts.",
            external_references=[{"source_name": "linkage", "external_id": name}],
            **_span(campaign),
        )
        for ring in rings:
            yield self._related(made, "attributed-to", _id("intrusion-set", ring))
        yield from self._indicated(json.loads(campaign["identifiers"]), made, campaign)[1]

    def _indicated(
        self, identifiers: Iterable[Mapping[str, Any]], of: str, seen: Mapping[str, Any]
    ) -> tuple[list[str], list[Any]]:
        """The ids of the indicators of what may leave, and the objects that are not in the bundle yet."""
        ids: list[str] = []
        objects: list[Any] = []
        for identifier in identifiers:
            kind, key = identifier["kind"], identifier["key"]
            if kind not in PLAIN_KINDS and not (is_fingerprint(key) and key.startswith("hmac:")):
                continue
            made = _id("indicator", kind, key)
            ids.append(made)
            if made not in self._indicators:
                self._indicators.add(made)
                pattern = " AND ".join(
                    f"x-linkage-identifier:{part} = '{_quoted(text)}'"
                    for part, text in (("kind", kind), ("key", key))
                )
                objects.append(
                    self._made(
                        "Indicator",
                        made,
                        name=f"{kind} {identifier.get('caption', key)}",
                        indicator_types=["attribution"],
                        pattern=f"[{pattern}]",
                        pattern_type="stix",
                        valid_from=_span(seen).get("first_seen", _CREATED),
                    )
                )
            objects.append(self._related(made, "indicates", of))
        return ids, objects

    def _related(self, source: str, verb: str, target: str) -> Any:
        made = _id("relationship", source, verb, target)
        return self._made("Relationship", made, relationship_type=verb, source_ref=source, target_ref=target)

    def _made(self, kind: str, made: str, /, **values: Any) -> Any:
        if kind != "Identity":
            values["created_by_ref"] = self._source
        return getattr(self._stix, kind)(
            id=made, created=_CREATED, modified=self._modified, object_marking_refs=[self._marking], **values
        )


def _flagged(rings: pa.Table) -> list[dict[str, Any]]:
    columns = ["ring_id", "score", "flagged", "first_seen", "last_seen", "top_reasons"]
    rows: list[dict[str, Any]] = rings.select(columns).to_pylist()
    return [row for row in rows if row["flagged"]]


def _members(memberships: pa.Table) -> dict[str, list[str]]:
    """The flagged accounts of each ring, sorted: no victim, and nobody whom the allow-list names."""
    found: dict[str, list[str]] = defaultdict(list)
    for row in memberships.select(["account_id", "ring_id", "flagged"]).sort_by("account_id").to_pylist():
        if row["flagged"]:
            found[row["ring_id"]].append(row["account_id"])
    return found


def _keystones(explanations: pa.Table) -> dict[str, list[dict[str, Any]]]:
    """The identifiers without which each ring falls apart."""
    rows = explanations.select(["ring_id", "defence"]).to_pylist()
    return {row["ring_id"]: json.loads(row["defence"] or "{}").get("keystones") or [] for row in rows}


def _span(row: Mapping[str, Any]) -> dict[str, datetime]:
    """When it was first and last seen, as far as it has dates."""
    return {
        name: row[name].replace(tzinfo=UTC) for name in ("first_seen", "last_seen") if row[name] is not None
    }


def _texts(reasons: str | Sequence[str]) -> list[str]:
    return list(json.loads(reasons) if isinstance(reasons, str) else reasons)


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")
