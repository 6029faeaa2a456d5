"""Registration: what an account was opened with."""

from __future__ import annotations

import re
from datetime import timedelta

import phonenumbers

from linkage.identifiers.base import Family, HubRule, Kind
from linkage.identifiers.mail import (
    DOMAIN_SQL,
    EMAIL_SQL,
    SHAPE_SQL,
    clean_email,
    clean_email_domain,
    clean_email_shape,
)
from linkage.identifiers.text import FINGERPRINT, mask, settled, shorten, squash, token

_E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_RANGE = re.compile(r"\+[1-9][0-9]{4,12}xx")


# Mobile numbers of large countries, whose E.164 form has one reading: what `phonenumbers` returns unchanged.
_MOBILE = (
    r"\+(1[2-9][0-9]{9}|447[1-9][0-9]{8}|91[6-9][0-9]{9}|491[567][0-9]{8,9}|81[789]0[0-9]{8}|33[67][0-9]{8}"
    r"|55[1-9]{2}9[0-9]{8}|8210[0-9]{8}|628[1-9][0-9]{7,9}|84[35789][0-9]{8}|639[0-9]{9}|234[789][01][0-9]{8}|923[0-9]{9}"
    r"|905[0-9]{9}|34[67][0-9]{8}|48[4-8][0-9]{8}|316[0-9]{8}|614[0-9]{8}|65[89][0-9]{7}|79[0-9]{9}|861[3-9][0-9]{9})"
)
_PLAIN_MOBILE = re.compile(_MOBILE)


def _parsed(text: str, country: str | None) -> str | None:
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def clean_phone(value: str, region: str | None = None) -> str | None:
    """A number in E.164; `region` (ISO country code) reads numbers without a country code.

    Possible numbers are kept, not only valid ones: numbering plans change faster than their tables.
    """
    if FINGERPRINT.fullmatch(value):
        return value
    if len(value) > 64:
        return None
    text = squash(value).removeprefix("tel:")
    if text.startswith("00"):
        text = "+" + text[2:]
    country = region.strip().upper() if region else None
    # What was read may read differently again: trunk zeros, as in +49 00 900123.
    key = text if _PLAIN_MOBILE.fullmatch(text) else settled(lambda number: _parsed(number, country), text)
    return key if key and _E164.fullmatch(key) and len(set(key[3:])) > 1 else None


def clean_phone_prefix(value: str, region: str | None = None) -> str | None:
    """The range of 100 numbers that a number lies in: `+155512345xx`."""
    text = value.strip()
    if _RANGE.fullmatch(text):
        return text
    key = clean_phone(text, region)
    return key[:-2] + "xx" if key is not None and _E164.fullmatch(key) else None


def clean_referral(value: str) -> str | None:
    """A referral code; people type it in either case."""
    key = token(value)
    return key.upper() if key is not None and key.isascii() else key


def _caption_email(key: str) -> str:
    name, at, domain = key.rpartition("@")
    return f"{name[:1]}…@{domain}" if at else mask(key)


def _caption_domain(key: str) -> str:
    name, dot, end = key.rpartition(".")
    return mask(key) if not dot else f"{name[:2]}….{end}"


def _caption_phone(key: str) -> str:
    return f"{key[:4]}…{key[-2:]}" if key.startswith("+") else mask(key)


# A run of one digit is filler, which only `clean` can tell.
_VARIED = "length(replace(substr(value, 4), right(value, 1), '')) > 0"

KINDS = (
    # One mailbox behind two accounts: whoever reads it controls both, whatever the story. Near-proof; rings
    # avoid it (m is low), and only those who rely on dots and tags to hide it are caught.
    Kind(
        name="email",
        family=Family.REGISTRATION,
        m=0.05,
        cap=24.0,
        near_proof=True,
        sealed=True,
        label="mailbox",
        clean=clean_email,
        fast_sql=EMAIL_SQL,
        caption=_caption_email,
    ),
    # A domain of one's own, a disposable one or an employer's: cohesion tells a ring's from a company's.
    Kind(
        name="email_domain",
        family=Family.REGISTRATION,
        m=0.2,
        cap=10.0,
        derived_from="email",
        label="mail domain",
        clean=clean_email_domain,
        fast_sql=DOMAIN_SQL,
        caption=_caption_domain,
    ),
    # Names made by a program look alike, and so do the names of many people; within a month of each other at
    # most.
    Kind(
        name="email_shape",
        family=Family.REGISTRATION,
        m=0.4,
        cap=4.0,
        window=timedelta(days=30),
        hub=HubRule.ALWAYS,
        personal=False,
        derived_from="email",
        label="shape of the mail name",
        clean=clean_email_shape,
        fast_sql=SHAPE_SQL,
    ),
    # One number verified on two accounts: strong; rented numbers and families are the benign stories. Numbers
    # are handed to new subscribers after some months, so the evidence fades over a year.
    Kind(
        name="phone",
        family=Family.REGISTRATION,
        m=0.1,
        cap=18.0,
        half_life=timedelta(days=365),
        sealed=True,
        label="phone number",
        clean=clean_phone,
        fast_sql=f"CASE WHEN regexp_full_match(value, '{_MOBILE}') AND {_VARIED} THEN value END",
        caption=_caption_phone,
    ),
    # Numbers bought in a row come from one block of a hundred, within weeks. Neighbours by chance do too:
    # support only.
    Kind(
        name="phone_prefix",
        family=Family.REGISTRATION,
        m=0.2,
        cap=6.0,
        window=timedelta(days=30),
        hub=HubRule.ALWAYS,
        derived_from="phone",
        label="phone number range",
        clean=clean_phone_prefix,
        fast_sql=f"CASE WHEN regexp_full_match(value, '{_MOBILE}') AND {_VARIED} "
        "THEN left(value, length(value) - 2) || 'xx' END",
        caption=_caption_phone,
    ),
    # A code that a farm passes down its accounts, or that a video showed to ten thousand: cohesion decides.
    Kind(
        name="referral_code",
        family=Family.REGISTRATION,
        m=0.3,
        cap=8.0,
        personal=False,
        clean=clean_referral,
        fast_sql="CASE WHEN regexp_full_match(value, '[A-Z0-9_-]*[0-9][A-Z0-9_-]*') "
        "AND length(value) BETWEEN 4 AND 64 THEN value END",
        caption=shorten,
    ),
)
