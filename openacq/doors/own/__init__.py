"""Our own door, `/openacq/v1`: what the imitated interfaces lack. JSON only.

`door.py` is its form, every other module one resource.
"""
