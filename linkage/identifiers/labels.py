"""What a kind of identifier is called as a label in the graph."""

from __future__ import annotations

import re

_LABELS = {
    "account": "RelatedAccount", "asn": "NetworkOperator", "bin": "CardIssuerRange", "card": "PaymentMethod",
    "email": "Mailbox", "ip": "IpAddress", "subnet": "IpNetwork", "template": "PromptTemplate",
    "tls": "TlsFingerprint", "tools": "ToolSet",
}  # fmt: skip
_RESERVED = {
    "Account", "Identifier", "Ring", "Run", "Star", "Campaign", "Ledger", "Linkage", "Next", "Past",
}  # fmt: skip


def label_of(kind: str) -> str:
    """The label of a kind of identifier: `payment_method` is `PaymentMethod`."""
    if kind in _LABELS:
        return _LABELS[kind]
    words = re.findall(r"[A-Za-z0-9]+", kind)
    label = "".join(word[:1].upper() + word[1:] for word in words) or "Other"
    return f"Kind{label}" if label in _RESERVED or label[0].isdigit() else label
