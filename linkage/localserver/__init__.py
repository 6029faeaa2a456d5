"""A real Neo4j with Graph Data Science as a process of this machine, from packages alone: no Docker, no system Java.

The server is GPL-licensed. It runs as a process of its own; nothing of it is imported, linked or shipped here.
"""

from linkage.localserver.bulk import import_command, import_full
from linkage.localserver.jars import LINES, Line
from linkage.localserver.process import Server, ServerOptions, admin, down, status, up

__all__ = [
    "LINES",
    "Line",
    "Server",
    "ServerOptions",
    "admin",
    "down",
    "import_command",
    "import_full",
    "status",
    "up",
]
