"""The key secrets are sealed with in tests."""

from openacq.store.seals import Seals, new_key

SEALS = Seals(new_key())
"""Every test begins with secrets that can be sealed; one that wants none takes the key away."""
