from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from linkage.errors import UsageError
from linkage.identifiers.base import Bucket, Family, HubRule, Kind
from linkage.settings import Settings, load_settings


def load(tmp_path: Path, text: str, **overrides: object) -> Settings:
    path = tmp_path / "linkage.toml"
    path.write_text(text)
    return load_settings(path, {name.replace("__", "."): value for name, value in overrides.items()})


def test_no_file_gives_the_defaults():
    settings = load_settings()
    assert settings == Settings()
    assert (settings.link.posterior, settings.link.min_families, settings.rings.seed) == (0.95, 2, 1)
    assert settings.run.quarantine_limit == 0.01
    assert settings.link.threshold is None


def test_every_section_is_read(tmp_path):
    settings = load(
        tmp_path,
        """
[sources.accounts]
columns.account_id = "account"
[[sources.links]]
file = "a.csv"
undated = true
[[sources.links]]
query = "SELECT 1"
[kinds.transfer_in]
family = "lineage"
m = 0.3
cap = 12
window = "12h"
half_life = 30
bucket = "hour"
hub = "always"
near_proof = true
personal = false
label = "transfer"
[families.payment]
discount = 0.1
[link]
threshold = 22
prior = -20.5
min_families = 1
[rings]
min_size = 8
flag_score = 0.7
[privacy]
key_env = "KEY"
[networks]
mmdb = "a.mmdb"
[regions]
served = ["DE", "FR"]
[run]
memory_limit = "512MB"
keep_tables = true
""",
    )
    assert [(s.name, s.table, s.undated) for s in settings.sources] == [
        ("accounts", "accounts", False),
        ("links[1]", "links", True),
        ("links[2]", "links", False),
    ]
    kind = settings.kinds["transfer_in"]
    assert (kind.family, kind.window, kind.half_life) == (
        Family.LINEAGE,
        timedelta(hours=12),
        timedelta(days=30),
    )
    assert (kind.bucket, kind.hub) == (Bucket.HOUR, HubRule.ALWAYS)
    assert settings.families["payment"].discount == 0.1
    assert (settings.link.threshold, settings.link.prior) == (22.0, -20.5)
    assert settings.networks.mmdb == ("a.mmdb",)
    assert settings.regions.served == ("DE", "FR")


def test_a_kind_takes_what_is_given_and_no_more(tmp_path):
    settings = load(tmp_path, '[kinds.ip]\nm = 0.25\nwindow = "none"')
    kind = Kind("ip", Family.NETWORK, m=0.5, cap=10, window=timedelta(hours=1), half_life=timedelta(days=9))
    changed = replace(kind, **settings.kinds["ip"].given())
    assert (changed.m, changed.cap, changed.window, changed.half_life) == (0.25, 10, None, timedelta(days=9))


def test_the_command_line_wins(tmp_path):
    settings = load(tmp_path, "[run]\nthreads = 4", run__threads=2, run__memory_limit=None, link__prior=-9)
    assert (settings.run.threads, settings.run.memory_limit, settings.link.prior) == (2, "2GB", -9.0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[lnk]", ["lnk", "did you mean link?"]),
        ("[link]\nthreshhold = 1", ["link", "threshhold", "did you mean threshold?"]),
        ("[link]\nzzz = 1", ["zzz", "known:", "posterior"]),
        ("[link]\nposterior = 1", ["link.posterior", "at most"]),
        ("[link]\nposterior = 0", ["greater than 0"]),
        ("[link]\nmin_families = 0", ["at least 1"]),
        ("[link]\nmin_families = true", ["whole number"]),
        ("[link]\nthreshold = nan", ["a number"]),
        ('[link]\nthreshold = "high"', ["link.threshold", "'high'", "a number"]),
        ("[link]\nprior = 3", ["at most 0"]),
        ("[kinds.x]\nm = 0", ["kinds.x.m"]),
        ("[kinds.x]\nm = 1.5", ["kinds.x.m", "at most 1"]),
        ("[kinds.x]\ncap = -1", ["kinds.x.cap"]),
        ('[kinds.x]\nfamily = "paymnt"', ["kinds.x.family", "payment"]),
        ('[kinds.x]\nhub = "sometimes"', ["cohesion, never, always"]),
        ('[kinds.x]\nhalf_life = "5 years"', ["kinds.x.half_life", "30d"]),
        ("[kinds.x]\nwindow = 0", ["kinds.x.window"]),
        ("[kinds.x]\nwindow = inf", ["kinds.x.window"]),
        ("[kinds]\nx = 3", ["kinds.x", "section"]),
        ("[families.paymnt]\ndiscount = 1", ["paymnt", "payment"]),
        ('[sources.a]\nfile = "a"\nquery = "b"', ["sources.a", "not both"]),
        ("[sources.a]\ncolumns.b = 3", ["sources.a.columns", "b", "text"]),
        ('[sources.a]\nfile = " "', ["sources.a.file"]),
        ('[run]\nmemory_limit = "lots"', ["memory_limit", "2GB"]),
        ("[run]\nquarantine_limit = 2", ["quarantine_limit"]),
        ("[rings]\nmin_size = 1", ["min_size", "at least 2"]),
        ("link = 1", ["link", "section"]),
        ("[regions]\nserved = [1]", ["regions.served"]),
        ("x = ", ["not TOML"]),
    ],
)
def test_a_mistake_is_named_in_one_line(tmp_path, text, words):
    with pytest.raises(UsageError) as caught:
        load(tmp_path, text)
    message = str(caught.value)
    assert "\n" not in message
    for word in words:
        assert word in message
    assert "linkage.toml" in message


def test_a_file_that_cannot_be_read(tmp_path):
    with pytest.raises(UsageError, match=r"none\.toml"):
        load_settings(tmp_path / "none.toml")
    (tmp_path / "latin.toml").write_bytes(b"x = '\xe4'")
    with pytest.raises(UsageError, match="UTF-8"):
        load_settings(tmp_path / "latin.toml")
