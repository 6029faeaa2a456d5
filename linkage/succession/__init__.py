"""Succession: who goes on with what another account was stopped at, within seconds or hours of it."""

from linkage.succession.stage import see_succession

__all__ = ["see_succession"]
