"""Payment: who pays. The card (by its processor's fingerprint) and the issuer's range (BIN)."""

from __future__ import annotations

import re

from linkage.identifiers.base import Family, HubRule, Kind
from linkage.identifiers.cards import passes_for_card, refuse_card
from linkage.identifiers.text import PLACEHOLDERS, mask, quoted, squash, token

_BIN = re.compile(r"[0-9]{6,8}")
_BRANDS = {
    "2": "mastercard-like",
    "3": "amex-like",
    "4": "visa-like",
    "5": "mastercard-like",
    "6": "discover-like",
}


def clean_card(value: str) -> str | None:
    """A processor's fingerprint, case kept (they are often base 62); never a card number."""
    key = token(value)
    return None if key is None or passes_for_card(key) else key


def clean_bin(value: str) -> str | None:
    """Six to eight leading digits; nothing that is longer, and no filler."""
    text = squash(value).replace(" ", "")
    return text if _BIN.fullmatch(text) and len(set(text)) > 1 else None


def _caption_bin(key: str) -> str:
    return f"{_BRANDS.get(key[:1], 'card')} {key[:4]}…"


_CARD_SQL = f"""CASE
    WHEN regexp_full_match(value, '[0-9._:=+/-]*') THEN NULL
    WHEN regexp_full_match(value, '[A-Za-z0-9_.:=+/-]{{2,128}}')
    THEN CASE WHEN lower(value) IN ({quoted(PLACEHOLDERS)}) THEN '' ELSE value END
END"""

KINDS = (
    # One fingerprint on two accounts says that one party pays for both. That is strong, but a parent, an
    # agency or a company card pays for others too, so it takes a second family. Half of a ring's pairs share
    # a card: rings rotate a few cards, and spend virtual ones once. The number behind a fingerprint never
    # passes to another person within its life, so sharing counts whenever it happened, at full weight.
    Kind(
        name="card",
        family=Family.PAYMENT,
        m=0.5,
        cap=20.0,
        label="payment card",
        clean=clean_card,
        refuse=refuse_card,
        fast_sql=_CARD_SQL,
        caption=mask,
    ),
    # One issuer's product: rings buy virtual cards of one issuer in bulk, but so do millions of customers.
    Kind(
        name="bin",
        family=Family.PAYMENT,
        m=0.6,
        cap=3.0,
        hub=HubRule.ALWAYS,
        personal=False,
        label="card issuer range",
        clean=clean_bin,
        refuse=refuse_card,
        caption=_caption_bin,
    ),
)
