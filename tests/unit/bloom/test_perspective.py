"""The perspective file: whole, the same each time, hiding what is personal, not published or not ours."""

import json
import re

import pytest
from click.testing import CliRunner

from linkage.bloom.perspective import perspective, write
from linkage.bloom.phrases import ACTIONS, PHRASES
from linkage.bloom.shapes import HIDDEN
from linkage.cli import main
from linkage.errors import StoreError
from linkage.identifiers.labels import label_of
from linkage.identifiers.registry import KINDS
from linkage.settings import Settings, load_settings
from linkage.statements import folder

# What Bloom 2.21 writes for each part, as seen in perspectives that it exported.
WHOLE = {
    "name", "id", "categories", "labels", "relationshipTypes", "palette", "createdAt", "lastEditedAt", "templates",
    "sceneActions", "hiddenRelationshipTypes", "hideUncategorisedData", "type", "maxLimitToastMsgEnabled",
    "parentPerspectiveId", "metadata", "version",
}  # fmt: skip
CATEGORY = {
    "id", "name", "labels", "properties", "createdAt", "lastEditedAt", "color", "size", "icon", "captionKeys",
    "captions", "textSize", "textAlign", "styleRules",
}  # fmt: skip
EDGE = {
    "properties", "name", "id", "color", "size", "captionKeys", "captions", "textSize", "textAlign", "styleRules",
}  # fmt: skip
TEMPLATE = {
    "name", "id", "createdAt", "text", "cypher", "isUpdateQuery", "isWriteTransactionChecked", "params",
    "hasCypherErrors",
}  # fmt: skip
PARAM = {"name", "dataType", "collapsed", "suggestionLabel", "suggestionProp", "suggestionBoolean", "cypher"}
RULE = {
    "id", "type", "size", "minSize", "maxSize", "minColor", "midColor", "maxColor", "minPoint", "maxPoint",
    "applyColor", "applySize", "applyCaption", "captionKeys", "color", "isTimeZoneConvertEnabled",
    "selectedTimeZone", "basedOn", "valuesMapper", "existingValues", "conditionValue", "rangeValue", "condition",
}  # fmt: skip


@pytest.fixture(scope="module")
def made():
    return perspective(Settings())


def by_name(made, name):
    return next(category for category in made["categories"] if category["name"] == name)


def test_the_layout_is_that_of_an_export(made):
    assert set(made) == WHOLE | {"hiddenCategories"}
    assert all(set(category) == CATEGORY for category in made["categories"])
    assert all(set(edge) == EDGE for edge in made["relationshipTypes"])
    assert all(set(template) == TEMPLATE for template in made["templates"])
    assert all(set(param) == PARAM for template in made["templates"] for param in template["params"])
    rules = [
        rule
        for part in ("categories", "relationshipTypes")
        for item in made[part]
        for rule in item["styleRules"]
    ]
    assert rules
    assert all(set(rule) == RULE for rule in rules)
    assert len({rule["id"] for rule in rules}) == len(rules)


def test_the_same_configuration_gives_the_same_bytes(tmp_path):
    for name in ("one", "two"):
        assert write(Settings(), tmp_path / name) == len(PHRASES)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()
    assert json.loads((tmp_path / "one").read_text()) == perspective(Settings())


def test_personal_properties_are_excluded_wherever_they_occur(made):
    shown = {
        (category["name"], item["name"])
        for category in made["categories"]
        for item in category["properties"]
        if not item["exclude"]
    }
    assert ("Account", "account_id") in shown
    assert not {name for _, name in shown} & {"key", "uid", "org_id", "record", "shared", "kinds"}
    captions = {caption["key"] for category in made["categories"] for caption in category["captions"]}
    assert captions <= {name for _, name in shown}
    # Left out altogether, a property would come in, shown, when Bloom refreshes the perspective.
    for kind in KINDS:
        hidden = {item["name"] for item in by_name(made, label_of(kind))["properties"] if item["exclude"]}
        assert {"key", "uid"} <= hidden
    assert "org_id" in {item["name"] for item in by_name(made, "Account")["properties"] if item["exclude"]}
    suggested = {param["suggestionProp"] for template in made["templates"] for param in template["params"]}
    assert suggested == {"ring_id", "account_id", None}
    assert not {"identifiers"} & {
        item["propertyKey"] for edge in made["relationshipTypes"] for item in edge["properties"]
    }


def test_rings_are_sized_and_coloured_by_score_and_hubs_are_small_and_grey(made):
    score = by_name(made, "Ring")["styleRules"][0]
    assert (score["basedOn"], score["type"], score["minPoint"], score["maxPoint"]) == (
        "score_number",
        "range",
        0,
        1,
    )
    assert score["applySize"]
    assert score["applyColor"]
    assert score["maxSize"] > score["minSize"]
    for label in ("IpAddress", "Identifier", "PromptTemplate"):
        (hub,) = by_name(made, label)["styleRules"]
        assert (hub["basedOn"], hub["condition"], hub["size"]) == ("hub_boolean", "is-true", 0.25)


def test_nodes_take_their_looks_from_their_kind_and_only_then_from_the_rest(made):
    names = [category["name"] for category in made["categories"]]
    assert names[0] == "Ring"
    assert names[-1] == "Identifier"
    assert [category["id"] for category in made["categories"]] == list(range(1, len(names) + 1))
    assert {label_of(kind) for kind in KINDS} <= set(names)
    assert by_name(made, "PaymentMethod")["icon"] == by_name(made, "CardIssuerRange")["icon"] != "no-icon"
    assert by_name(made, "PaymentMethod")["color"] != by_name(made, "IpAddress")["color"]


def test_what_is_not_published_and_not_ours_is_hidden(made):
    assert made["hideUncategorisedData"]
    assert set(made["hiddenRelationshipTypes"]) == set(HIDDEN)
    assert {"NEXT_LINKED", "PAST_LINKED", "NEXT_STATE", "PAST_STATE", "PAST_MEMBER_OF"} <= set(HIDDEN)
    labels = {label for category in made["categories"] for label in category["labels"]}
    assert not labels & {"Linkage", "Ledger", "Next", "Past"}


def test_a_kind_of_the_configuration_has_a_category_of_its_own(tmp_path):
    path = tmp_path / "linkage.toml"
    path.write_text('[kinds.vat_number]\nfamily = "registration"\n[bloom]\nperspective = "Rings"\n')
    made = perspective(load_settings(path))
    assert made["name"] == "Rings"
    assert by_name(made, "VatNumber")["color"] == by_name(made, "Mailbox")["color"]
    assert "VatNumber" in made["labels"]
    action = next(item for item in made["sceneActions"] if item["name"] == "Rings of these")
    assert by_name(made, "VatNumber")["id"] in action["categories"]


def test_each_phrase_and_action_has_its_statement_and_each_statement_its_use(made):
    files = {path.stem: path.read_text() for path in (folder() / "bloom").glob("*.cypher")}
    used = {phrase.name: phrase.cypher for phrase in PHRASES}
    used |= {f"action_{action.name}": action.cypher for action in ACTIONS}
    assert used == files
    for template, phrase in zip(made["templates"], PHRASES, strict=True):
        asked = set(re.findall(r"\$\w+", phrase.cypher))
        assert (
            asked
            == {param["name"] for param in template["params"]}
            == set(re.findall(r"\$\w+", template["text"]))
        )
    for action in made["sceneActions"]:
        wanted = "$nodes" if action["categories"] else "$relationships"
        assert set(re.findall(r"\$\w+", action["cypher"])) == {wanted}
        assert (action["categories"] is None) != (action["relationshipTypes"] is None)


def test_the_command_writes_it_and_says_where_it_cannot(tmp_path):
    done = CliRunner().invoke(main, ["bloom", "--out", str(tmp_path / "perspective.json")])
    assert done.exit_code == 0, done.output
    assert json.loads((tmp_path / "perspective.json").read_text())["version"] == "2.21.0"
    with pytest.raises(StoreError, match="cannot be written"):
        write(Settings(), tmp_path / "nowhere" / "perspective.json")
