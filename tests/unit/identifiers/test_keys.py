"""Fingerprints: keyed, stable, and silent about their secret."""

import hashlib
import hmac
import pickle
import re

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from linkage.errors import UsageError
from linkage.identifiers.keys import Keyring, Sealer, Unkeyed, is_fingerprint
from linkage.identifiers.registry import KINDS

SECRET, OTHER = b"a secret of thirty-two bytes ...", b"another secret, just as long ..."


def test_a_fingerprint_is_hmac_sha256_of_kind_and_key() -> None:
    ring = Keyring(SECRET)
    expected = hmac.new(SECRET, b"email\0john@example.com", hashlib.sha256).hexdigest()
    assert ring.fingerprint("email", "john@example.com") == f"hmac:{ring.key_id}:{expected}"
    assert re.fullmatch(r"[0-9a-f]{8}", ring.key_id)
    assert ring.fingerprint("phone", "john@example.com") != ring.fingerprint("email", "john@example.com")
    assert Keyring(OTHER).fingerprint("email", "x") != ring.fingerprint("email", "x")


@pytest.mark.parametrize("sealer", [Keyring(SECRET), Unkeyed()])
def test_many_at_once(sealer: Sealer) -> None:
    keys = pa.array(["a", None, "b", "a", "é", sealer.fingerprint("ip", "c")])
    expected = [None if key is None else sealer.fingerprint("ip", key) for key in keys.to_pylist()]
    assert sealer.fingerprints("ip", keys).to_pylist() == expected
    assert sealer.fingerprints("ip", pa.chunked_array([keys, keys])).to_pylist() == expected * 2
    assert sealer.fingerprints("ip", keys.dictionary_encode()).to_pylist() == expected
    assert sealer.fingerprints("ip", pa.array([], pa.string())).to_pylist() == []
    assert sealer.fingerprints("ip", pa.chunked_array([], pa.string())).to_pylist() == []
    assert sealer.fingerprints("ip", pa.array([None, None], pa.string())).to_pylist() == [None, None]


@given(st.text(st.characters(exclude_categories=())))
def test_a_fingerprint_stays_a_fingerprint(key: str) -> None:
    for sealer in (Keyring(SECRET), Unkeyed()):
        made = sealer.fingerprint("email", key)
        assert is_fingerprint(made)
        assert sealer.fingerprint("email", made) == made
        for kind in KINDS.values():
            if kind.sealed:
                assert kind.clean(made) == made, kind.name


def test_older_secrets_stay_recognisable() -> None:
    old, new = Keyring(OTHER), Keyring(SECRET, OTHER)
    assert new.key_ids == (Keyring(SECRET).key_id, old.key_id)
    assert new.candidates("ip", "8.8.8.8") == (
        Keyring(SECRET).fingerprint("ip", "8.8.8.8"),
        old.fingerprint("ip", "8.8.8.8"),
    )


def test_secrets_do_not_leak() -> None:
    ring = Keyring(SECRET)
    for text in (repr(ring), str(ring), f"{ring}", ring.key_id):
        assert "secret" not in text
        assert SECRET.hex() not in text
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(ring)
    with pytest.raises(UsageError, match="at least 16 bytes") as error:
        Keyring(b"short secret")
    assert "short secret" not in str(error.value)


def test_unkeyed_says_so() -> None:
    assert Unkeyed().fingerprint("ip", "8.8.8.8").startswith("unkeyed:")
    assert Unkeyed().key_id == "unkeyed"
    assert not is_fingerprint("hmac:zz:00")
    assert not is_fingerprint("unkeyed:" + "0" * 63)
