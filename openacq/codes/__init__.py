"""Code tables: the words for every code that orders, funds, invoices and people carry.

The tables shipped with the server are data files, one for each table (`tables/*.toml`), read once
per process and never changed. An institution adds rows of its own, and by a row of the same code it
renames, re-attributes or switches off a shipped one; its default row takes the place of the shipped
default. Codes are exact and case-sensitive; who writes one wrong is told the one it probably meant.

An attribute `mark = "unconfirmed"` in a shipped row says that the code is ours, because the public
sources describe the thing but not its code.
"""
