"""How many threads the compiled kernels share, which run without the interpreter's lock."""

from __future__ import annotations

import os

CORES = os.cpu_count() or 1
