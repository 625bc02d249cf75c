"""Doors: the ways work comes in, each speaking one dialect, all over the same slices.

`hall.py` is what they share: caller, rights, units of work, exactly once, the order log.
"""
