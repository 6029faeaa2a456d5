"""The perspective file: what Bloom exports and imports, as its release 2.21 writes it. Equal input gives equal bytes.

There is no published schema. The layout is that of perspectives that Bloom exported: docs/bloom.md says which part
was seen where, and what could not be tried.
"""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

from linkage.bloom.phrases import ACTIONS, PHRASES, Action, Phrase
from linkage.bloom.shapes import HIDDEN, Category, Edge, Property, Rule, categories, edges
from linkage.errors import StoreError
from linkage.settings import Settings

Json = dict[str, Any]

VERSION = "2.21.0"
# Bloom orders by these times and shows them: any will do, if only it is always the same one.
_MADE = 1_767_225_600_000
_PALETTE = (
    "#FFE081", "#C990C0", "#F79767", "#57C7E3", "#F16667", "#D9C8AE", "#8DCC93", "#ECB5C9", "#4C8EDA", "#FFC454",
    "#DA7194", "#569480", "#959AA1", "#D9D9D9",
)  # fmt: skip
# What an index serves; searches by other properties would scan.
_INDEXED = {
    "Ring": ("ring_id", "score"),
    "Account": ("account_id",),
    "Identifier": ("key",),
    "Star": ("accounts",),
}


def perspective(settings: Settings) -> Json:
    """The whole file as JSON values; kinds of the configuration have categories of their own."""
    name = settings.bloom.perspective
    shown = categories(dict(settings.kinds))
    drawn = edges(shown)
    return {
        "name": name,
        "id": _id(f"perspective:{name}"),
        "categories": [_category(number, category) for number, category in enumerate(shown, 1)],
        "labels": {category.label: _labelled(category.label, category.properties) for category in shown},
        "relationshipTypes": [_edge(edge) for edge in drawn],
        "palette": {"colors": list(_PALETTE), "currentIndex": 0},
        "createdAt": _MADE,
        "lastEditedAt": _MADE,
        "templates": [_phrase(number, phrase) for number, phrase in enumerate(PHRASES)],
        "sceneActions": [_action(number, action, shown) for number, action in enumerate(ACTIONS)],
        "hiddenRelationshipTypes": list(HIDDEN),
        "hiddenCategories": [],
        # Others' data in the same database, the ledger, and what is not published.
        "hideUncategorisedData": True,
        "type": "STANDARD_PERSPECTIVE",
        "maxLimitToastMsgEnabled": False,
        "parentPerspectiveId": None,
        "metadata": {
            "pathSegments": [
                {"source": source, "relationshipType": edge.type, "target": target}
                for edge in drawn
                for source, target in edge.ends
            ],
            "indexes": [
                {
                    "label": label,
                    "type": "native",
                    "propertyKeys": [{"key": key, "metadataProp": False} for key in keys],
                }
                for label, keys in _INDEXED.items()
            ],
        },
        "version": VERSION,
    }


def write(settings: Settings, path: Path) -> int:
    """Writes the file; the number of its search phrases. StoreError where it cannot be written."""
    made = perspective(settings)
    try:
        path.write_text(json.dumps(made, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise StoreError(f"{path}: cannot be written ({error.strerror})") from error
    return len(made["templates"])


def _id(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"linkage:{name}"))


def _labelled(owner: str, properties: tuple[Property, ...]) -> list[Json]:
    return [{"propertyKey": item.name, "type": owner, "dataType": item.type} for item in properties]


def _category(number: int, category: Category) -> Json:
    return {
        "id": number,
        "name": category.label,
        "labels": [category.label],
        "properties": [
            {"name": item.name, "exclude": not item.shown, "dataType": item.type}
            for item in category.properties
        ],
        "createdAt": _MADE,
        "lastEditedAt": _MADE,
        "color": category.colour,
        "size": category.size,
        "icon": category.icon,
        "captionKeys": [],
        "captions": [
            _caption(item.name, "property", shown=item.name in category.captions)
            for item in category.properties
            if item.shown
        ],
        "textSize": 1,
        "textAlign": "top",
        "styleRules": [_rule(f"{category.label}:{at}", rule) for at, rule in enumerate(category.rules)],
    }


def _caption(key: str, type_: str, *, shown: bool) -> Json:
    more = {"isGdsData": False} if type_ == "property" else {}
    return {"inTooltip": shown, "styles": [], "isCaption": shown, "key": key, "type": type_, **more}


def _edge(edge: Edge) -> Json:
    return {
        "properties": _labelled(edge.type, edge.properties),
        "name": edge.type,
        "id": edge.type,
        "color": edge.colour,
        "size": 1,
        "captionKeys": [],
        "captions": [_caption(edge.type, "relationship", shown=True)],
        "textSize": 1,
        "textAlign": "top",
        "styleRules": [_rule(f"{edge.type}:{at}", rule) for at, rule in enumerate(edge.rules)],
    }


def _rule(name: str, rule: Rule) -> Json:
    """One rule. Bloom names a property with its type, and keeps all fields of all modes in each rule."""
    sizes, colours = rule.sizes or (1.0, 2.0), rule.colours or (_PALETTE[6],) * 3
    single = rule.value is not None
    return {
        "id": f"rule:{_id(name)}",
        "type": "single" if single else "range",
        "basedOn": f"{rule.on.name}_{rule.on.type}",
        "size": sizes[1],
        "minSize": sizes[0],
        "maxSize": sizes[1],
        "color": colours[2],
        "minColor": colours[0],
        "midColor": colours[1],
        "maxColor": colours[2],
        "minPoint": "unprocessed" if single else rule.low,
        "maxPoint": "unprocessed" if single else rule.high,
        "applyColor": rule.colours is not None,
        "applySize": rule.sizes is not None,
        "applyCaption": False,
        "captionKeys": [],
        "isTimeZoneConvertEnabled": False,
        "selectedTimeZone": "Z",
        "valuesMapper": [],
        "existingValues": [],
        "condition": "between" if not single else "is-true" if rule.value is True else "equals",
        "conditionValue": rule.low if not single else "" if rule.value is True else rule.value,
        "rangeValue": None if single else rule.high,
    }


def _phrase(number: int, phrase: Phrase) -> Json:
    return {
        "name": phrase.says,
        "id": f"tmpl:{_MADE + number}",
        "createdAt": _MADE + number,
        "text": phrase.text,
        "cypher": phrase.cypher,
        "isUpdateQuery": None,
        "isWriteTransactionChecked": None,
        "params": [
            {
                "name": f"${name}",
                "dataType": "String",
                "collapsed": False,
                "suggestionLabel": None if suggestion is None else suggestion.label,
                "suggestionProp": None if suggestion is None else suggestion.property,
                "suggestionBoolean": False,
                "cypher": None,
            }
            for name, suggestion in phrase.params
        ],
        "hasCypherErrors": False,
    }


def _action(number: int, action: Action, shown: tuple[Category, ...]) -> Json:
    kinds = [category.label for category in shown if any(item.name == "key" for item in category.properties)]
    asked = [label for name in action.categories for label in (kinds if name == "Identifier" else [name])]
    ids = {category.label: at for at, category in enumerate(shown, 1)}
    return {
        "name": action.text,
        "id": _id(f"action:{action.name}"),
        "createdAt": _MADE + number,
        "cypher": action.cypher,
        "isUpdateQuery": None,
        "isWriteTransactionChecked": None,
        "categories": [ids[label] for label in asked] or None,
        "relationshipTypes": list(action.relationships) or None,
        "hasCypherErrors": False,
    }
