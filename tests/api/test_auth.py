"""Who gets in: keys and tokens, forged, expired, revoked and meant for others."""

import base64
import json
import time
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from api.settings import ApiSettings, TokenRules
from linkage.errors import UsageError

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)
OTHER = rsa.generate_private_key(public_exponent=65537, key_size=2048)
RULES = TokenRules("https://issuer.example", "linkage", "https://issuer.example/jwks.json", ("RS256",))
QUERY = "{ me { name role } }"


def claims(**changed):
    now = int(time.time())
    given = {
        "iss": RULES.issuer,
        "aud": RULES.audience,
        "sub": "ada",
        "exp": now + 300,
        "linkage_role": "viewer",
    }
    return {name: value for name, value in (given | changed).items() if value is not None}


def send(api, token: str | None):
    headers = {} if token is None else {"authorization": token}
    return api.send("POST", "/graphql", json={"query": QUERY}, headers=headers)


@pytest.fixture
def tokens(serve):
    return serve(ApiSettings(token_rules=RULES), signing_key=lambda _token: KEY.public_key())


def test_a_token_of_the_issuer_opens(tokens):
    answer = send(tokens, "Bearer " + jwt.encode(claims(), KEY, "RS256"))
    assert answer.json()["data"]["me"] == {"name": "jwt:ada", "role": "viewer"}


def public_pem() -> bytes:
    return KEY.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def unsigned(algorithm: str) -> str:
    def part(value) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    return f"{part({'alg': algorithm, 'typ': 'JWT'})}.{part(claims(linkage_role='admin'))}."


def by_public_key() -> str:
    """Signed with the public key as if it were a shared secret: the classic confusion of algorithms."""
    import hashlib
    import hmac

    head = unsigned("HS256").rstrip(".")
    signature = hmac.new(public_pem(), head.encode(), hashlib.sha256).digest()
    return head + "." + base64.urlsafe_b64encode(signature).rstrip(b"=").decode()


FORGED = {
    "another key": lambda: jwt.encode(claims(), OTHER, "RS256"),
    "expired": lambda: jwt.encode(claims(exp=int(time.time()) - 120), KEY, "RS256"),
    "not yet": lambda: jwt.encode(claims(nbf=int(time.time()) + 600), KEY, "RS256"),
    "without an end": lambda: jwt.encode(claims(exp=None), KEY, "RS256"),
    "another audience": lambda: jwt.encode(claims(aud="payroll"), KEY, "RS256"),
    "another issuer": lambda: jwt.encode(claims(iss="https://evil.example"), KEY, "RS256"),
    "nobody": lambda: jwt.encode(claims(sub=None), KEY, "RS256"),
    "another algorithm": lambda: jwt.encode(claims(), KEY, "PS256"),
    "alg none": lambda: unsigned("none"),
    "alg None": lambda: unsigned("nOnE"),
    "public key as secret": by_public_key,
    "changed": lambda: jwt.encode(claims(), KEY, "RS256")[:-4] + "AAAA",
    "no token": lambda: "a.b.c",
    "rubbish": lambda: "\x7f" * 20,
}


@pytest.mark.parametrize("name", FORGED)
def test_forged_tokens_open_nothing(tokens, name):
    answer = send(tokens, "Bearer " + FORGED[name]())
    assert answer.status_code == 401
    assert answer.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
    assert answer.json()["errors"][0]["message"] == "a valid credential is needed"
    assert "data" not in answer.json()


@pytest.mark.parametrize("role", [None, "root", "", 7, ["admin"], {"admin": True}])
def test_a_token_without_a_role_of_ours_is_for_nothing(tokens, role):
    assert send(tokens, "Bearer " + jwt.encode(claims(linkage_role=role), KEY, "RS256")).status_code == 403


def test_tokens_open_nothing_where_no_issuer_is_named(api):
    assert send(api, "Bearer " + jwt.encode(claims(), KEY, "RS256")).status_code == 401


def test_shared_secrets_cannot_even_be_configured(serve):
    with pytest.raises(ValueError, match="asymmetric"):
        serve(ApiSettings(token_rules=TokenRules("i", "a", "u", ("HS256",))))


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Basic YTpi", "lk_x", "Bearer lk_000000000000_" + "A" * 43]
)
def test_there_is_no_anonymous_access(api, header):
    answer = send(api, header)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_keys_have_roles_ends_and_scopes(serve):
    api = serve()
    key, token = api.access.create_key("job", "enforcer", lifetime=timedelta(hours=1))
    assert send(api, f"Bearer {token}").json()["data"]["me"] == {
        "name": f"key:{key.key_id}",
        "role": "enforcer",
    }
    _, ended = api.access.create_key("old", "admin", lifetime=timedelta(seconds=-1))
    assert send(api, f"Bearer {ended}").status_code == 401
    _, metrics = api.access.create_key("prometheus", "viewer", scopes=("metrics",))
    assert send(api, f"Bearer {metrics}").status_code == 403
    assert api.send("GET", "/metrics", headers={"authorization": f"Bearer {metrics}"}).status_code == 200
    assert api.send("GET", "/metrics", headers={"authorization": f"Bearer {token}"}).status_code == 403
    assert api.send("GET", "/metrics").status_code == 401
    # One letter of the secret, or of the id.
    assert send(api, f"Bearer {token[:-1]}{'A' if token[-1] != 'A' else 'B'}").status_code == 401
    assert token.encode() not in api.access._path.read_bytes()


def test_keys_are_revoked_and_rotated(serve, monkeypatch):
    monkeypatch.setattr("api.auth._KEPT_SECONDS", 0.0)
    api = serve()
    key, token = api.access.create_key("job", "viewer")
    fresh, new_token = api.access.rotate_key(key.key_id, grace=timedelta(hours=1), lifetime=timedelta(days=1))
    assert (fresh.name, fresh.role) == ("job", "viewer")
    assert send(api, f"Bearer {token}").status_code == send(api, f"Bearer {new_token}").status_code == 200
    api.access.revoke_key(key.key_id)
    assert send(api, f"Bearer {token}").status_code == 401
    assert send(api, f"Bearer {new_token}").status_code == 200
    with pytest.raises(UsageError, match="no key"):
        api.access.revoke_key("nothing")
    with pytest.raises(UsageError, match="no longer valid"):
        api.access.rotate_key(key.key_id, grace=timedelta(0), lifetime=None)
    assert [row.valid_at(datetime.now(UTC)) for row in list(api.access.keys()) if row.name == "job"] == [
        False,
        True,
    ]


@pytest.mark.parametrize(
    ("name", "role", "scopes"),
    [("", "viewer", ()), ("a\nb", "viewer", ()), ("a", "root", ()), ("a", "viewer", ("all",))],
)
def test_keys_that_make_no_sense_are_refused(serve, name, role, scopes):
    with pytest.raises(UsageError):
        serve().access.create_key(name, role, scopes=scopes)


def test_dev_asks_nobody_but_only_those_who_come_by_a_local_name(serve):
    api = serve(ApiSettings(dev=True))
    assert send(api, None).json()["data"]["me"]["role"] == "admin"
    for host, status in (("[::1]:8000", 200), ("127.0.0.1:8000", 200), ("evil.example", 400), ("[::2]", 400)):
        answer = api.send("POST", "/graphql", json={"query": QUERY}, headers={"host": host})
        assert answer.status_code == status, host
