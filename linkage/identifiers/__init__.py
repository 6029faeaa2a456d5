"""Kinds of identifiers: what their values mean, how they are written, and what sharing one is worth."""
