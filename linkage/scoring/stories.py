"""Innocent stories: who else looks like this ring, by which evidence, and how much of what was found they explain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from linkage.scoring.features import Group
from linkage.scoring.measures import Columns, Condition, FloatArray, Ramp, both, either


@dataclass(frozen=True)
class Story:
    """`fits` is how well it describes a ring, in [0, 1]; `explains` what share of each group's bits it accounts for.

    `says` is the sentence for people, formatted with the ring's columns.
    """

    name: str
    fits: Condition
    explains: Mapping[Group, float]
    says: str


# What contradicts every story of ordinary people: a common pool of private lines.
_NO_POOL = Ramp("rotating_share", 0.4, 0.1, missing=1.0)
_AT_HOME = Ramp("abroad_share", 0.9, 0.5, missing=1.0)
_OWN_DEVICES = Ramp("own_device_share", 0.2, 0.6, missing=0.5)
_ONE_HOUSE = Ramp("one_house", 0.5, 0.8)
_ONE_PAYER = both(Ramp("payer_share", 0.5, 0.8), Ramp("payer_members", 0.35, 0.6))
_OWN_PLACES = Ramp("own_place_share", 0.3, 0.7)
# Lines that the same accounts share in two countries are no office's.
_ONE_LAND = both(Ramp("pool_countries", 2.0, 1.0, missing=1.0), Ramp("foreign_lines", 5.0, 3.0, missing=1.0))
# Those who live or work together have texts in common, not a stock of jobs.
_FEW_TEXTS = Ramp("templates", 6.0, 3.0, missing=1.0)
_ONE_ADDRESS = both(Ramp("main_address_members", 0.4, 0.7), Ramp("pool_addresses", 6.0, 3.0), _ONE_LAND)

STORIES: tuple[Story, ...] = (
    Story(
        "household",
        both(
            Ramp("size", 9.0, 6.0), Ramp("main_address_members", 0.4, 0.7), Ramp("pool_addresses", 4.0, 2.0),
            Ramp("shared_cards", 4.0, 2.0, missing=1.0), Ramp("template_share", 0.6, 0.3, missing=1.0),
            _FEW_TEXTS,
            Ramp("pool_hosting_share", 0.5, 0.1), Ramp("abroad_share", 0.7, 0.45, missing=1.0),
        ),
        {
            Group.NETWORK: 0.9, Group.PAYMENT: 0.9, Group.DEVICE: 1.0, Group.REGISTRATION: 0.9, Group.RHYTHM: 0.5,
            Group.SYNCHRONY: 0.5,
            Group.CONTENT: 0.5, Group.RELEASE: 0.5,
        },
        "a household: {size:.0f} accounts, {main_address_members:.0%} of them on one line",
    ),
    Story(
        "one person",
        both(
            Ramp("size", 5.0, 3.0), Ramp("shared_device_share", 0.5, 0.9), Ramp("shared_cards", 3.0, 1.0, missing=1.0),
            Ramp("pool_addresses", 4.0, 2.0, missing=1.0), Ramp("pool_hosting_share", 0.5, 0.1, missing=1.0),
            Ramp("abroad_share", 0.7, 0.45, missing=1.0),
        ),
        {
            Group.NETWORK: 0.9, Group.PAYMENT: 0.9, Group.DEVICE: 1.0, Group.REGISTRATION: 0.9, Group.RHYTHM: 0.5,
            Group.SYNCHRONY: 0.9,
            Group.CONTENT: 0.7, Group.RELEASE: 0.7,
        },
        "one person with {size:.0f} accounts on {shared_devices:.0f} shared device(s)",
    ),
    Story(
        "company",
        both(
            either(_ONE_HOUSE, both(_ONE_PAYER, either(_OWN_PLACES, Ramp("office_share", 0.3, 0.6)))),
            _ONE_ADDRESS, Ramp("pool_hosting_share", 0.6, 0.2), _NO_POOL, _AT_HOME,
        ),
        {
            Group.NETWORK: 0.9, Group.PAYMENT: 0.9, Group.DEVICE: 0.9, Group.CONTENT: 1.0, Group.REGISTRATION: 0.9,
            Group.RELEASE: 0.8, Group.RHYTHM: 0.8, Group.SYNCHRONY: 0.9,
        },
        "a company: {main_address_members:.0%} of {size:.0f} accounts in one office, with one payer or one house",
    ),
    Story(
        "organisation",
        both(
            # Whoever declares an organisation may come through its gateways, wherever they stand.
            either(Ramp("org_share", 0.5, 0.75), both(Ramp("domain_share", 0.6, 0.9), _OWN_PLACES, _AT_HOME)),
            Ramp("shared_devices", 12.0, 6.0),
        ),
        {
            Group.NETWORK: 0.8, Group.PAYMENT: 0.9, Group.DEVICE: 0.7, Group.CONTENT: 1.0, Group.REGISTRATION: 0.9,
            Group.RELEASE: 0.8, Group.RHYTHM: 0.8, Group.SYNCHRONY: 0.9,
        },
        "one organisation: {one_house:.0%} of the accounts share its mail domain or its id",
    ),
    Story(
        "neighbouring companies",
        both(
            either(
                both(Ramp("housed_share", 0.6, 0.85), Ramp("office_share", 0.3, 0.6)), Ramp("office_share", 0.5, 0.8)
            ),
            _NO_POOL, _AT_HOME,
        ),
        {
            Group.NETWORK: 0.8, Group.PAYMENT: 0.9, Group.DEVICE: 0.9, Group.CONTENT: 1.0, Group.REGISTRATION: 0.9,
            Group.RELEASE: 0.8, Group.RHYTHM: 0.8, Group.SYNCHRONY: 0.9,
        },
        "companies that a consultant or an agency joins: {office_share:.0%} of the accounts come from an office, "
        "{housed_share:.0%} belong to a house",
    ),
    Story(
        "remote team",
        both(
            either(_ONE_PAYER, _ONE_HOUSE), Ramp("own_home_share", 0.3, 0.6), _OWN_DEVICES, _NO_POOL,
            Ramp("abroad_share", 0.8, 0.45, missing=1.0), Ramp("pool_beyond_home", 0.4, 0.15, missing=1.0),
        ),
        {
            Group.NETWORK: 0.8, Group.PAYMENT: 0.9, Group.CONTENT: 1.0, Group.REGISTRATION: 0.8, Group.DEVICE: 0.5,
            Group.RELEASE: 0.8, Group.RHYTHM: 0.8, Group.SYNCHRONY: 0.9,
        },
        "a team without an office: one payer, {own_home_share:.0%} of the accounts on lines of their own",
    ),
    Story(
        "travelling team",
        both(
            _FEW_TEXTS,
            either(_ONE_PAYER, _ONE_HOUSE), Ramp("own_device_share", 0.3, 0.6),
            Ramp("size", 20.0, 12.0), Ramp("size", 1.0, 3.0),
            Ramp("pool_addresses", 8.0, 5.0, missing=1.0), Ramp("pool_hosting_share", 0.4, 0.1),
            Ramp("foreign_lines", 6.0, 4.0, missing=1.0), Ramp("burst_of_five", 0.9, 0.6, missing=1.0),
            Ramp("shared_phones", 2.0, 1.0, missing=1.0),
        ),
        {
            Group.NETWORK: 0.8, Group.PAYMENT: 0.8, Group.CONTENT: 0.9, Group.REGISTRATION: 0.6, Group.RELEASE: 0.7,
            Group.RHYTHM: 0.7, Group.SYNCHRONY: 0.9,
        },
        "a team on the road: {size:.0f} accounts, one payer, machines of their own, {pool_addresses:.0f} common lines",
    ),
    Story(
        "workplace",
        both(
            _FEW_TEXTS,
            Ramp("main_address_members", 0.6, 0.85), Ramp("pool_addresses", 3.0, 2.0), Ramp("hosting_share", 0.4, 0.1),
            _ONE_LAND, Ramp("size", 2.0, 5.0), Ramp("mail_shape_of_five", 0.8, 0.5, missing=1.0),
            Ramp("shared_phones", 2.0, 1.0, missing=1.0),
            either(Ramp("office_share", 0.4, 0.7), _ONE_PAYER), Ramp("shared_cards", 3.0, 2.0, missing=1.0),
        ),
        {
            Group.NETWORK: 0.9, Group.PAYMENT: 0.7, Group.DEVICE: 1.0, Group.CONTENT: 0.9, Group.RELEASE: 0.5,
            Group.RHYTHM: 0.9, Group.SYNCHRONY: 0.9, Group.REGISTRATION: 0.4,
        },
        "a workplace: {main_address_members:.0%} of the accounts in one room, {shared_devices:.0f} machines in shifts",
    ),
    Story(
        "agency",
        both(
            Ramp("main_address_members", 0.4, 0.7), Ramp("pool_addresses", 4.0, 2.0), Ramp("corporate_share", 0.1, 0.3),
            Ramp("shared_cards", 4.0, 2.0, missing=1.0),
        ),
        {
            Group.NETWORK: 0.9, Group.PAYMENT: 0.9, Group.DEVICE: 1.0, Group.CONTENT: 1.0, Group.REGISTRATION: 0.7,
            Group.RELEASE: 0.8, Group.RHYTHM: 0.8, Group.SYNCHRONY: 0.9,
        },
        "an agency: its office and its few machines ({shared_devices:.0f}) in {size:.0f} clients' accounts",
    ),
    Story(
        "campus",
        both(either(Ramp("education_share", 0.4, 0.8), Ramp("school_share", 0.15, 0.4)), _NO_POOL),
        {
            Group.NETWORK: 0.9, Group.CONTENT: 1.0, Group.REGISTRATION: 1.0, Group.RELEASE: 0.8, Group.RHYTHM: 0.8,
            Group.SYNCHRONY: 1.0,
            Group.PAYMENT: 0.5, Group.DEVICE: 0.8,
        },
        "a class or campus: {education_share:.0%} of the accounts on education plans, {school_share:.0%} of the "
        "traffic from schools",
    ),
    Story(
        "consultant",
        both(
            Ramp("orgs", 1.0, 2.0), Ramp("org_share", 1.01, 0.95), Ramp("size", 20.0, 10.0), _NO_POOL,
            either(Ramp("shared_device_share", 0.1, 0.5), Ramp("main_address_members", 0.4, 0.7)),
        ),
        {
            Group.NETWORK: 0.9, Group.DEVICE: 1.0, Group.CONTENT: 0.9, Group.REGISTRATION: 0.7, Group.PAYMENT: 0.5,
            Group.RELEASE: 0.7, Group.RHYTHM: 0.8, Group.SYNCHRONY: 0.9,
        },
        "a consultant: one machine or line in accounts of {orgs:.0f} organisations",
    ),
    Story(
        "service fleet",
        both(
            _ONE_HOUSE, Ramp("hosting_share", 0.3, 0.7), Ramp("pool_addresses", 8.0, 4.0),
            Ramp("shared_cards", 3.0, 1.0, missing=1.0),
            # Services have no device ids, and nobody charges back what they cost.
            Ramp("device_share", 0.8, 0.4, missing=1.0), Ramp("chargebacks_above", 0.2, 0.05, missing=1.0),
        ),
        {
            Group.NETWORK: 0.9, Group.PAYMENT: 0.8, Group.CONTENT: 1.0, Group.REGISTRATION: 0.8, Group.RELEASE: 1.0,
            Group.RHYTHM: 1.0, Group.SYNCHRONY: 1.0, Group.DEVICE: 0.5,
        },
        "a company's services: one house, {hosting_share:.0%} of the traffic from its {pool_addresses:.0f} servers",
    ),
    Story(
        "platform",
        both(
            Ramp("template_members", 0.3, 0.6), Ramp("own_home_share", 0.3, 0.6), _OWN_DEVICES, Ramp("size", 4.0, 8.0),
            Ramp("shared_card_share", 0.3, 0.1, missing=1.0), Ramp("shared_device_share", 0.3, 0.1),
            Ramp("abroad_share", 0.95, 0.7, missing=1.0), Ramp("pool_private_share", 0.15, 0.05, missing=1.0),
            Ramp("pool_addresses", 20.0, 10.0, missing=1.0), Ramp("on_schedule", 0.3, 0.1, missing=1.0),
        ),
        {
            Group.NETWORK: 0.9, Group.CONTENT: 1.0, Group.RELEASE: 1.0, Group.RHYTHM: 0.8, Group.REGISTRATION: 0.6,
            Group.PAYMENT: 0.3,
        },
        "customers of one product: its texts and {pool_addresses:.0f} servers, but homes ({own_home_share:.0%}), "
        "machines and cards of their own",
    ),
    Story(
        "public place",
        both(
            Ramp("main_address_members", 0.4, 0.7), Ramp("pool_addresses", 3.0, 2.0), _OWN_DEVICES,
            Ramp("shared_card_share", 0.3, 0.1, missing=1.0), Ramp("template_members", 0.4, 0.1, missing=1.0),
            Ramp("own_home_share", 0.3, 0.6),
        ),
        {
            Group.NETWORK: 1.0, Group.REGISTRATION: 0.5, Group.RHYTHM: 0.7, Group.SYNCHRONY: 0.5,
            Group.RELEASE: 0.7, Group.DEVICE: 0.5,
        },
        "guests of one place: one line, and homes, machines and cards of their own",
    ),
    Story(
        "gathering",
        both(
            Ramp("main_address_members", 0.4, 0.7), Ramp("pool_lines", 4.0, 2.0), Ramp("pool_servers", 4.0, 2.0),
            _ONE_LAND, _OWN_PLACES, _OWN_DEVICES, Ramp("shared_card_share", 0.3, 0.1, missing=1.0),
            Ramp("shared_device_share", 0.3, 0.1), Ramp("prepaid_above", 0.5, 0.2, missing=1.0),
            Ramp("abroad_share", 0.7, 0.45, missing=1.0), Ramp("size", 3.0, 6.0),
        ),
        {
            Group.NETWORK: 0.9, Group.CONTENT: 0.9, Group.REGISTRATION: 0.9, Group.RELEASE: 0.7, Group.RHYTHM: 0.7,
            Group.SYNCHRONY: 1.0,
            Group.DEVICE: 0.5,
        },
        "people who met at one place with one task: cards, machines and lines of their own ({own_place_share:.0%})",
    ),
    Story(
        "public machines",
        both(
            Ramp("main_address_members", 0.4, 0.7), Ramp("pool_addresses", 3.0, 2.0),
            Ramp("shared_device_share", 0.2, 0.5), Ramp("template_members", 0.5, 0.2, missing=1.0),
            Ramp("shared_card_share", 0.3, 0.1, missing=1.0),
        ),
        {Group.NETWORK: 0.9, Group.DEVICE: 1.0, Group.REGISTRATION: 0.6, Group.RELEASE: 0.6, Group.RHYTHM: 0.8},
        "public machines: {shared_devices:.0f} of them at one place, and nothing else in common",
    ),
    Story(
        "handed on",
        both(
            Ramp("size", 4.0, 2.0), Ramp("template_members", 0.5, 0.1, missing=1.0),
            Ramp("shared_card_share", 0.5, 0.1, missing=1.0), Ramp("pool_addresses", 3.0, 1.0, missing=1.0),
            either(Ramp("shared_devices", 0.0, 1.0), Ramp("pool_addresses", 0.0, 1.0)),
        ),
        {Group.NETWORK: 0.9, Group.DEVICE: 1.0, Group.RHYTHM: 0.7, Group.RELEASE: 0.7, Group.REGISTRATION: 0.5},
        "a machine or a line that passed from one to the other",
    ),
)  # fmt: skip

NO_STORY = -1


def fits(columns: Columns) -> FloatArray:
    """How well each story describes each ring: shape (stories, rings)."""
    return np.stack([story.fits(columns) for story in STORIES])


def explained(group_bits: FloatArray, fitting: FloatArray) -> FloatArray:
    """Bits of each group that remain under each story: shape (stories, groups, rings)."""
    shares = np.array([[story.explains.get(group, 0.0) for group in Group] for story in STORIES])
    return np.asarray(group_bits[None] * (1.0 - shares[:, :, None] * fitting[:, None, :]), dtype=np.float64)
