"""Finds networks of fraudulent accounts by what they share, and shows why they belong together."""
