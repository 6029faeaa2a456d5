"""Content: the texts that accounts send, known by fingerprint only."""

from __future__ import annotations

from datetime import timedelta

from linkage.identifiers.base import Family, Kind
from linkage.identifiers.text import TOKEN_SQL, mask, token

KINDS = (
    # A private template is an operator's working tool: most of a ring's pairs share one. 16 bits because
    # copies leak and popular texts pass for private ones while they are young; cohesion takes out what the
    # public uses. Accounts that replace banned ones come later with the same text, hence no window; old use
    # fades in half a year.
    Kind(
        name="template",
        family=Family.CONTENT,
        m=0.6,
        cap=16.0,
        half_life=timedelta(days=180),
        personal=False,
        label="prompt template",
        clean=token,
        fast_sql=TOKEN_SQL,
        caption=mask,
    ),
    # A system prompt is longer-lived and copied along with public tools more often, so it is shared by fewer
    # of a ring's pairs for a reason of their own. The text itself is sealed: only its keyed fingerprint is
    # stored.
    Kind(
        name="system_prompt",
        family=Family.CONTENT,
        m=0.4,
        cap=16.0,
        half_life=timedelta(days=180),
        sealed=True,
        clean=token,
        caption=mask,
    ),
)
