"""Input: the tables of the contract, from files in many formats to clean relations in the warehouse."""

from linkage.sources.contracts import CONTRACTS, Column, Contract, Holds
from linkage.sources.discover import Feed, SourceFile, discover
from linkage.sources.ingest import ingest
from linkage.sources.report import IngestReport, TableReport

__all__ = [
    "CONTRACTS",
    "Column",
    "Contract",
    "Feed",
    "Holds",
    "IngestReport",
    "SourceFile",
    "TableReport",
    "discover",
    "ingest",
]
