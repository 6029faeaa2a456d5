"""Sightings: an account was seen with an identifier in a time bucket."""
