"""What whoever runs the API may set; the defaults are those of production."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Bounds:
    """What one request may ask for, and one principal in a minute. Costs are estimated rows, see `api.cost`."""

    request_bytes: int = 256_000
    characters: int = 20_000
    tokens: int = 4_000
    depth: int = 12
    aliases: int = 30
    directives: int = 20
    fields: int = 400
    operations: int = 10
    page: int = 100
    values: int = 1_000
    cost: int = 50_000
    cost_a_minute: int = 2_000_000
    seconds: float = 10.0


@dataclass(frozen=True)
class TokenRules:
    """Whose JWTs are taken. `algorithms` are the ones of the issuer; none that is not asymmetric is ever taken."""

    issuer: str
    audience: str
    jwks_url: str
    algorithms: tuple[str, ...] = ("RS256", "ES256")
    role_claim: str = "linkage_role"
    leeway: float = 30.0


@dataclass(frozen=True)
class ApiSettings:
    """`dev`: no credentials, introspection and the page to try queries; only ever on loopback.

    `documents_only`: nothing but documents that were stored before is run. `require_reason`: personal data needs the
    header X-Linkage-Reason. `origins`: web pages of these origins may call; none by default.
    """

    dev: bool = False
    introspection: bool = False
    documents_only: bool = False
    documents: str | None = None
    require_reason: bool = False
    origins: tuple[str, ...] = ()
    token_rules: TokenRules | None = None
    bounds: Bounds = field(default_factory=Bounds)
    workers: int = 8
    #: A published run that is older than this makes /readyz say so (it stays ready).
    stale_hours: float = 36.0
