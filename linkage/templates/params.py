"""What can be set, and why it is set so."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TemplateParams:
    """Parameters of template discovery.

    They are round numbers with reasons, not a fit: on the prompts data, wide changes of any one move pair
    precision or recall by a few hundredths.
    """

    head_bytes: int = 4096
    """Bytes read from the start of a text: instructions stand first or last, the middle is rows."""

    tail_bytes: int = 2048
    """Bytes read from its end. With `head_bytes` it bounds what one text can cost, however long it is."""

    least_texts: int = 3
    """Distinct texts of one account that must repeat a wording: two can coincide, three rarely do.

    An account with two texts has no more to give, and is asked for two.
    """

    account_texts: int = 512
    """Texts of one account among which templates are looked for (all its texts are then matched to them).

    Quadratic work is bounded, and a template that is in fewer than three of 512 is no bulk use.
    """

    account_templates: int = 64
    """Most templates that one account can contribute, by explained text."""

    core_share: float = 0.5
    """Share of a group's texts that must hold a shingle for it to be template text; synonyms differ."""

    member_share: float = 0.5
    """Share of a template's weight that draws a further text of the same account into its group."""

    core_shingles: int = 32
    """Shingles kept of a template, the heaviest. More only repeat what these say."""

    same_template: float = 0.5
    """Weighted Jaccard similarity from which two accounts' templates are one."""

    average_share: float = 0.4
    """Share to which a cluster's candidates must hold a shingle on average; each met `core_share` itself."""

    contained: float = 0.7
    """Share of a template's weight that a text must hold to be a use of it: mutations may break the rest."""

    rare_bits: float = 2.0
    """Bits of a template's rarest shingle: what a quarter of all accounts write is language."""

    fragment_share: float = 0.5
    """A template that is the best match in a smaller share of its accounts is a fragment of others."""

    row_share: float = 0.5
    """A template is slot text if it is only the varying part of another in this share of its accounts."""

    covered: float = 0.8
    """Share of a slot text's uses in an account that the other template must cover; also the share of weight
    from which one template is taken for a part of another, which is not slot text but a shorter wording."""

    steadier: float = 1.5
    """How many times as many of the account's texts that other template must hold."""

    pool_accounts: int = 3
    """Accounts that must share a text's first or last words, where no account repeats them by itself."""

    edge_tokens: int = 8
    """Length of those first or last words. Eight words rarely coincide; a short preamble has them."""

    weigh_accounts: int = 2048
    """Accounts sampled to learn which wording is common. Enough to tell 1 in 4 from 1 in 1000."""

    weigh_texts: int = 128
    """Texts read of each sampled account."""
