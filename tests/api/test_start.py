"""What a service does before it takes requests."""

from api import app


def test_explanations_are_compiled_before_the_first_request(serve, monkeypatch):
    order = []
    monkeypatch.setattr(app, "compile_ahead", lambda: order.append("compiled"))
    opened = serve()
    order.append("asked")
    assert opened.raw("GET", "/readyz").status_code == 200
    assert order == ["compiled", "asked"]
