"""Puts `tests/` on the path, so that every test can import `helpers`."""

from hypothesis import settings

# On a machine that others use too, a deadline tells of them and not of us. (Under CI, Hypothesis has its own profile.)
settings.register_profile("unhurried", parent=settings.default, deadline=None)
settings.load_profile("unhurried")
