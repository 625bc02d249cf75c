"""The door that speaks Alma: same paths, bodies, codes and oddities as Ex Libris Alma's REST API.

`door.py` is the dialect (keys, formats, envelopes), `errors.py` its error codes, `listing.py` its
lists and queries; every other module is one resource: wire models, mapping and routes.
"""
