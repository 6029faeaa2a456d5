"""How the values of each kind of identifier are written; the same wherever a table names them."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import numpy as np
import pyarrow as pa

from linkage.simulate.addresses import ip_strings
from linkage.simulate.codes import I64, hex_strings, mix
from linkage.simulate.names import mail_domains
from linkage.simulate.texts import system_prompts


def _hashed(prefix: str, width: int) -> Callable[[I64], pa.Array]:
    """Codes as a prefix and hex digits without order."""
    return lambda codes: hex_strings(mix(codes.astype(np.uint64)), prefix, width)


#: By kind of identifier, as detection calls it: from codes to the values of the input tables, in every world.
SPELLINGS: Mapping[str, Callable[[I64], pa.Array]] = MappingProxyType(
    {
        "card": _hashed("pm_", 16),
        "device": _hashed("", 32),
        "email_domain": mail_domains,
        "ip": ip_strings,
        "referral_code": _hashed("R-", 8),
        "system_prompt": system_prompts,
        "template": _hashed("tpl_", 14),
        "tools": _hashed("", 16),
    }
)
