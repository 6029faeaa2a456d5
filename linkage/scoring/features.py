"""The table of features: what speaks for fraud, how much, and why. Every score is a sum of its rows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from linkage.scoring.measures import Columns, FloatArray, Ramp


class Group(StrEnum):
    """Groups of features that are independent of each other; an innocent story explains some of them."""

    CONTENT = "content"
    NETWORK = "network"
    PAYMENT = "payment"
    DEVICE = "device"
    ENFORCEMENT = "enforcement"
    REGISTRATION = "registration"
    RELEASE = "release"
    SYNCHRONY = "synchrony"
    RHYTHM = "rhythm"
    INDICATOR = "indicator"


#: The most bits of each group: one habit, measured in several ways, is still one habit.
CAPS: dict[Group, float] = {
    Group.CONTENT: 7.0,
    Group.NETWORK: 7.0,
    Group.PAYMENT: 5.0,
    Group.DEVICE: 4.0,
    Group.ENFORCEMENT: 6.0,
    Group.REGISTRATION: 3.0,
    Group.RELEASE: 3.0,
    Group.SYNCHRONY: 3.0,
    Group.RHYTHM: 2.5,
    Group.INDICATOR: 2.0,
}

#: Groups that count towards a flag. Rhythm does not: fleets of service accounts run day and night as well. Nor does
#: what others say: nobody here can check it.
COUNTED = frozenset(Group) - {Group.RHYTHM, Group.INDICATOR}


@dataclass(frozen=True)
class Feature:
    """One row of the score: `bits` (log2 odds) in full once the value reaches `ramp.high`, none up to `ramp.low`.

    `says` is the reason for people, formatted with the ring's columns; `why` is what makes it evidence.
    """

    name: str
    group: Group
    ramp: Ramp
    bits: float
    says: str
    why: str

    def contribution(self, columns: Columns) -> FloatArray:
        """Bits for each ring."""
        return self.bits * self.ramp(columns)


FEATURES: tuple[Feature, ...] = (
    Feature(
        "template_share", Group.CONTENT, Ramp("template_share", 0.15, 0.6), 2.5,
        "{template_share:.0%} of the traffic uses texts that hardly anyone else has",
        "a farm sends one job through all its accounts; a person's own texts are most of what a person sends",
    ),
    Feature(
        "template_members", Group.CONTENT, Ramp("template_members", 0.5, 0.9), 1.5,
        "{template_members:.0%} of the accounts use the same private texts",
        "one job, many accounts",
    ),
    Feature(
        "jobs", Group.CONTENT, Ramp("jobs", 1.0, 4.0), 3.0,
        "{templates:.0f} texts that hardly anyone else has pass among them",
        "a household or a product has a text or two in common; a stock of jobs is dealt out",
    ),
    Feature(
        "private_tools", Group.CONTENT, Ramp("tool_members", 0.3, 0.8), 0.5,
        "{tool_members:.0%} of the accounts bring the same private prompt or tools",
        "one program drives them; so does a company's product, hence little weight",
    ),
    Feature(
        "rotation", Group.NETWORK, Ramp("rotating_share", 0.05, 0.4), 4.0,
        "{rotating_share:.0%} of the accounts rotate over a common pool of {pool_addresses:.0f} private addresses",
        "homes and offices have one or two lines; a pool of many that all share is bought",
    ),
    Feature(
        "pool", Group.NETWORK, Ramp("pool_beyond_home", 0.2, 0.7), 2.5,
        "{pool_share:.0%} of the traffic comes from {pool_addresses:.0f} addresses that members share",
        "rings with few exits never go home: nearly nothing comes from anywhere else",
    ),
    Feature(
        "lines_apart", Group.NETWORK, Ramp("lines_apart", 0.0, 3.0), 4.0,
        "{lines_apart:.0f} lines each serve accounts that share no card, machine, organisation or mail domain",
        "people who meet on a line live or work there together; exits are dealt out to strangers",
    ),
    Feature(
        "server_pool", Group.NETWORK, Ramp("pool_beyond_servers", 0.1, 0.6), 3.0,
        "{pool_hosting_share:.0%} of the traffic comes from {pool_servers:.0f} rented servers that members share",
        "a service has a few servers; accounts that rotate over many are spread on purpose",
    ),
    Feature(
        "devices_on_servers", Group.NETWORK, Ramp("devices_on_servers", 0.3, 0.7), 1.5,
        "{hosting_share:.0%} of the traffic comes from servers, and {shared_devices:.0f} shared devices stand there",
        "services have no device ids, and people's devices do not stand in server halls: emulators do",
    ),
    Feature(
        "abroad", Group.NETWORK, Ramp("abroad_share", 0.4, 0.85), 1.0,
        "{abroad_share:.0%} of the traffic (VPN, servers aside) comes from another country than the account declares",
        "exits are bought where they are cheap; but people move and travel as well",
    ),
    Feature(
        "foreign_lines", Group.NETWORK, Ramp("foreign_lines", 1.5, 4.0), 2.5,
        "each account comes from {foreign_lines:.1f} lines outside the country that it declares",
        "whoever moves abroad has a new home there, not many",
    ),
    Feature(
        "proxies", Group.NETWORK, Ramp("proxy_members_above", 0.1, 0.4), 1.5,
        "{proxy_members:.0f} accounts come through known residential proxies",
        "residential proxies are sold to look like homes",
    ),
    Feature(
        "nowhere_else", Group.NETWORK, Ramp("nowhere_share", 0.5, 0.9), 1.0,
        "{nowhere_share:.0%} of the accounts are never seen on a line of their own",
        "whoever works also lives somewhere",
    ),
    Feature(
        "unserved", Group.NETWORK, Ramp("unserved_share", 0.1, 0.6), 2.0,
        "{unserved_share:.0%} of the traffic comes from countries that are not served",
        "accounts of served regions that are used elsewhere are resold",
    ),
    Feature(
        "several_cards", Group.PAYMENT, Ramp("shared_cards", 1.0, 4.0), 3.5,
        "{shared_cards:.0f} cards each pay for several of its accounts",
        "a payer has a card; several cards spread over groups of one party's accounts are a supply of cards",
    ),
    Feature(
        "cards_apart", Group.PAYMENT, Ramp("cards_apart", 1.0, 4.0), 3.0,
        "{cards_apart:.0f} cards each pay for accounts that share no line, machine, organisation or mail domain",
        "who pays for another lives or works with him; several cards dealt out to strangers are a supply",
    ),
    Feature(
        "one_card_many", Group.PAYMENT, Ramp("payer_accounts", 6.0, 25.0), 3.0,
        "one card pays for {payer_accounts:.0f} accounts",
        "beyond a family or a team, one card is a company's (its story explains it) or a farm's",
    ),
    Feature(
        "prepaid", Group.PAYMENT, Ramp("prepaid_above", 0.05, 0.4), 2.5,
        "{prepaid:.0f} of {funded:.0f} accounts with a card pay by prepaid or virtual cards",
        "virtual cards are what a farm can buy in bulk",
    ),
    Feature(
        "chargebacks", Group.PAYMENT, Ramp("chargebacks_above", 0.02, 0.2), 2.0,
        "{chargeback_members:.0f} accounts had payments charged back",
        "stolen cards are charged back",
    ),
    Feature(
        "declined", Group.PAYMENT, Ramp("declined_above", 0.1, 0.5), 1.0,
        "{declined_members:.0f} accounts had payments declined",
        "tested and worn-out cards are declined",
    ),
    Feature(
        "device_farm", Group.DEVICE, Ramp("shared_devices", 1.0, 4.0), 2.5,
        "{shared_devices:.0f} devices each serve several of its accounts",
        "people share a tablet; a farm has several devices with a few accounts on each",
    ),
    Feature(
        "device_members", Group.DEVICE, Ramp("shared_device_share", 0.3, 0.8), 1.5,
        "{shared_device_share:.0%} of the accounts are on shared devices",
        "most people have a device of their own",
    ),
    Feature(
        "devices_apart", Group.DEVICE, Ramp("devices_apart", 0.0, 3.0), 3.0,
        "{devices_apart:.0f} devices each serve accounts that share no line, card, organisation or mail domain",
        "who lends a machine lives or works with whom he lends it to; farms deal them out",
    ),
    Feature(
        "emulators", Group.DEVICE, Ramp("default_device_share", 0.08, 0.4), 1.5,
        "{default_device_share:.0%} of the accounts show a default device id",
        "emulators report the id that they are shipped with",
    ),
    Feature(
        "bans", Group.ENFORCEMENT, Ramp("banned_above", 0.02, 0.1), 3.0,
        "{banned:.0f} of its accounts are banned",
        "those who were caught were caught for something",
    ),
    Feature(
        "replacements", Group.ENFORCEMENT, Ramp("replaced_above", 0.5, 3.0), 4.0,
        "{replacements:.0f} bans were followed by a sign-up within two days",
        "who replaces banned accounts means to go on",
    ),
    Feature(
        "burst", Group.REGISTRATION, Ramp("burst_of_five", 0.4, 0.9), 1.0,
        "{creation_burst:.0%} of the accounts were opened within three days",
        "accounts made in bulk are made together; so are those of a class",
    ),
    Feature(
        "phones", Group.REGISTRATION, Ramp("shared_phones", 1.0, 3.0), 2.0,
        "{shared_phones:.0f} phone numbers each verify several of its accounts",
        "numbers rented for verification are used until they are refused",
    ),
    Feature(
        "mail_names", Group.REGISTRATION, Ramp("mail_shape_of_five", 0.4, 0.8), 1.0,
        "{mail_shape_share:.0%} of the mail names are made alike",
        "a program writes names by a pattern",
    ),
    Feature(
        "referral", Group.REGISTRATION, Ramp("referral_share", 0.3, 0.8), 1.5,
        "{referral_share:.0%} of the accounts came by one private referral code",
        "a farm collects its own rewards",
    ),
    Feature(
        "release", Group.RELEASE, Ramp("release_above", 0.05, 0.35), 3.0,
        "{release_movers:.0f} of {release_known:.0f} accounts moved to a new model within two days of its release",
        "resellers need the newest model at once; people take weeks",
    ),
    Feature(
        "synchrony", Group.SYNCHRONY, Ramp("on_schedule", 0.1, 0.5), 3.0,
        "{on_schedule:.0%} of the accounts with days enough act in the same hours as the other users of their texts",
        "one scheduler drives them; people with the same habits do not choose the same days",
    ),
    Feature(
        "round_clock", Group.RHYTHM, Ramp("round_clock_above", 0.05, 0.5), 1.0,
        "{round_clock:.0f} of {round_clock_known:.0f} busy accounts never sleep",
        "people sleep; so do most offices, but no service does",
    ),
    Feature(
        "even_load", Group.RHYTHM, Ramp("even_load", 0.0, 0.6), 1.0,
        "the load is even over the accounts (CV {load_cv:.2f})",
        "a scheduler spreads its load; people differ by orders of magnitude",
    ),
    Feature(
        "no_ramp", Group.RHYTHM, Ramp("no_ramp_above", 0.05, 0.4), 1.0,
        "{no_ramp:.0f} of {ramp_known:.0f} new accounts worked at full load from the first day",
        "people try first",
    ),
    Feature(
        "indicators", Group.INDICATOR, Ramp("indicated_above", 0.0, 0.3), 2.0,
        "{indicated:.0f} of its accounts use {indicators:.0f} values that {indicator_sources} told of",
        "others saw abuse from there; they may be wrong, and values change hands",
    ),
)  # fmt: skip


def contributions(columns: Columns) -> FloatArray:
    """Bits of each feature for each ring, before the groups are capped: shape (features, rings)."""
    return np.stack([feature.contribution(columns) for feature in FEATURES])


def dealt(columns: Columns) -> FloatArray:
    """Lines, cards and machines of each ring that are dealt out to strangers; none where they are of one kind.

    Neighbours in a dormitory share lines and nothing else, a reseller's customers a card: one kind is met by chance.
    """
    lines, others = (
        np.nan_to_num(columns["lines_apart"]),
        np.nan_to_num(columns["cards_apart"]) + np.nan_to_num(columns["devices_apart"]),
    )
    return np.where((lines >= 1) & (others >= 1), lines + others, 0.0)


def group_bits(parts: FloatArray) -> FloatArray:
    """Bits of each group for each ring, capped: shape (groups, rings)."""
    rows = []
    for group in Group:
        chosen = [number for number, feature in enumerate(FEATURES) if feature.group is group]
        rows.append(np.minimum(parts[chosen].sum(axis=0), CAPS[group]))
    return np.stack(rows)
