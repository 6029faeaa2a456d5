"""The page to try queries on: there in development and nowhere else, whole, offline, and within its own policy."""

import re

import pytest

from api.schema import schema_text
from api.settings import ApiSettings

FILES = {"try.js": "javascript", "complete.js": "javascript", "docs.js": "javascript", "try.css": "css"}


@pytest.fixture
def dev(serve):
    return serve(ApiSettings(dev=True))


def test_all_that_the_page_needs_is_served_from_here(dev):
    page = dev.send("GET", "/")
    assert page.headers["content-type"].startswith("text/html")
    texts = {name: dev.send("GET", f"/static/{name}") for name in FILES}
    for name, kind in FILES.items():
        assert texts[name].status_code == 200, name
        assert kind in texts[name].headers["content-type"], name
    wanted = set(re.findall(r"""(?:src|href)="/static/([^"]+)""", page.text))
    for text in texts.values():
        wanted |= set(re.findall(r"""from "\./([^"]+)""", text.text))
    assert wanted == {*FILES, "schema.graphql"}
    for text in (page.text, *(text.text for text in texts.values())):
        assert "http:" not in text
        assert "https:" not in text
    assert dev.send("GET", "/static/schema.graphql").text == schema_text()
    for other in ("../app.py", "try.html", "nothing.js", "%2e%2e/app.py"):
        assert dev.send("GET", f"/static/{other}").status_code == 404


def test_the_page_keeps_to_its_policy(dev):
    """Nothing inline: whatever a query brought back into the page cannot run there."""
    page = dev.send("GET", "/")
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert re.findall(r"<script(?![^>]*src=)", page.text) == []
    assert not re.search(r"\son\w+=|\sstyle=", page.text)
    scripts = "".join(dev.send("GET", f"/static/{name}").text for name in FILES)
    for way in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        "localStorage",
    ):
        assert way not in scripts


def test_there_is_no_page_elsewhere(api):
    for path in ("/", *(f"/static/{name}" for name in FILES), "/static/schema.graphql"):
        assert api.send("GET", path).status_code == 404
