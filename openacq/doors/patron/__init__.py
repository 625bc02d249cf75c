"""The pages of patrons: ask for a title, follow what becomes of it, answer what the library asks.

Everything here is the visitor's own: a request of somebody else is not found. Before a request is sent the
form says what there is of the title already, by a look into the catalogue; nobody is named.
"""
