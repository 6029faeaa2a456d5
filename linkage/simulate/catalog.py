"""What the simulated provider sells, and where and with what its customers come."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Country:
    """A country: its share of accounts, hours ahead of UTC, and how its mobile numbers begin."""

    code: str
    share: float
    utc_offset: int
    mobile: str
    digits: int


@dataclass(frozen=True)
class Plan:
    """A plan: monthly price in USD, monthly allowance in tokens, share among innocents, card needed."""

    name: str
    price: float
    allowance: int | None
    share: float
    pathway: str
    card: bool


@dataclass(frozen=True)
class Model:
    """A model: when it came out (days before the as-of date; a fraction of the window if `in_window`)."""

    name: str
    age: float
    share: float
    in_window: bool = False


@dataclass(frozen=True)
class Client:
    """A public client: user agent, TLS stack, popularity, and the prompt and tools it always brings."""

    user_agent: str
    tls: int
    share: float
    console: bool
    bundle: int = 0


COUNTRIES = (
    Country("US", 0.24, -6, "+1555", 7),
    Country("IN", 0.14, 5, "+9198", 8),
    Country("GB", 0.06, 0, "+4477", 8),
    Country("DE", 0.06, 1, "+49151", 8),
    Country("JP", 0.06, 9, "+8190", 8),
    Country("BR", 0.06, -3, "+55119", 8),
    Country("FR", 0.05, 1, "+336", 8),
    Country("KR", 0.04, 9, "+8210", 8),
    Country("CA", 0.04, -5, "+1416", 7),
    Country("ID", 0.03, 7, "+62812", 8),
    Country("VN", 0.03, 7, "+8490", 7),
    Country("PH", 0.02, 8, "+63917", 7),
    Country("NG", 0.02, 1, "+234803", 7),
    Country("PK", 0.02, 5, "+92300", 7),
    Country("TR", 0.02, 3, "+90532", 7),
    Country("MX", 0.02, -6, "+5255", 8),
    Country("ES", 0.02, 1, "+346", 8),
    Country("PL", 0.02, 1, "+4860", 7),
    Country("NL", 0.02, 1, "+316", 8),
    Country("AU", 0.02, 10, "+614", 8),
    Country("SG", 0.01, 8, "+658", 7),
)

PLANS = (
    Plan("free", 0.0, 30_000, 0.46, "console", False),
    Plan("pro", 20.0, 300_000, 0.24, "console", True),
    Plan("payg", 0.0, None, 0.19, "api", True),
    Plan("team", 30.0, 600_000, 0.06, "console", True),
    Plan("scale", 400.0, 8_000_000, 0.01, "api", True),
    Plan("enterprise", 1_000.0, 40_000_000, 0.01, "api", False),
    Plan("education", 0.0, 100_000, 0.02, "education", False),
    Plan("startup", 0.0, 2_000_000, 0.01, "startup", True),
)
PLAN = {plan.name: position for position, plan in enumerate(PLANS)}
PATHWAYS = ("api", "console", "cloud", "education", "startup", "research")
STATUSES = ("active", "suspended", "banned")
ACTIONS = ("ban", "suspend", "rate_limit", "reinstate")
ROLES = ("innocent", "member", "victim")
CARD_FUNDING = ("credit", "debit", "prepaid", "virtual")
OUTCOMES = ("paid", "declined", "refunded", "chargeback")

MODELS = (
    Model("aster-3-small", 420.0, 0.15),
    Model("aster-3-large", 420.0, 0.15),
    Model("aster-4-small", 190.0, 0.30),
    Model("aster-4-large", 180.0, 0.40),
    Model("aster-5-large", 0.6, 0.0, in_window=True),
)

FREE_MAIL = (
    ("gmail.com", 0.58),
    ("outlook.com", 0.11),
    ("yahoo.com", 0.07),
    ("icloud.com", 0.06),
    ("hotmail.com", 0.06),
    ("proton.me", 0.04),
    ("naver.com", 0.03),
    ("gmx.de", 0.02),
    ("yandex.com", 0.02),
    ("mail.com", 0.01),
)

_SYSTEMS = (
    ("Windows NT 10.0; Win64; x64", 5.0),
    ("Macintosh; Intel Mac OS X 10_15_7", 3.0),
    ("X11; Linux x86_64", 1.0),
)
_CHROME = ((137, 5.0), (136, 3.0), (135, 1.5), (131, 0.6), (128, 0.4))
_PYTHON = (("1.82.0", 4.0), ("1.78.1", 2.0), ("1.66.0", 1.0), ("1.51.2", 0.6), ("0.28.1", 0.4))
_NODE = (("4.98.0", 3.0), ("4.77.3", 1.5), ("4.52.0", 0.7))
_HARNESS = (("2.4.1", 3.0), ("2.3.0", 2.0), ("1.9.7", 1.0))

_APPLE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"
_FIREFOX = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:138.0) Gecko/20100101 Firefox/138.0"


def _clients() -> tuple[Client, ...]:
    """Every public client, the product of families, versions and systems."""
    return (
        *(
            Client(f"Mozilla/5.0 ({system}) Chrome/{version}.0.0.0 Safari/537.36", version // 4, a * b, True)
            for system, a in _SYSTEMS
            for version, b in _CHROME
        ),
        Client(_APPLE, 60, 9.0, True),
        Client(_FIREFOX, 61, 2.0, True),
        Client("AsterApp/5.2 (Android 14; Mobile)", 62, 8.0, True),
        Client("curl/8.5.0", 63, 1.0, False),
        Client("Go-http-client/2.0", 64, 1.5, False),
        Client("okhttp/4.12.0", 65, 1.5, False),
        Client("python-httpx/0.27.2", 66, 2.0, False),
        *(
            Client(f"aster-python/{v} CPython/3.12", 70 + i // 2, 3 * w, False)
            for i, (v, w) in enumerate(_PYTHON)
        ),
        *(Client(f"aster-node/{v} node/20.11", 75, 3 * w, False) for v, w in _NODE),
        # A harness's prompt and tools are its own: whoever installs it shows the same ones.
        *(Client(f"opencoder/{v} (cli)", 76, w, False, bundle=1) for v, w in _HARNESS),
        *(Client(f"agentloom/0.{v}.0", 77, 0.7, False, bundle=2) for v in (9, 11)),
        Client("notes-assistant-plugin/3.1", 78, 1.5, True, bundle=3),
    )


CLIENTS = _clients()
HARNESS = tuple(i for i, client in enumerate(CLIENTS) if client.bundle == 1)
COMMON_CLIENT = max(range(len(CLIENTS)), key=lambda i: CLIENTS[i].share)
SERVERS = tuple(i for i, client in enumerate(CLIENTS) if not client.console and not client.bundle)
