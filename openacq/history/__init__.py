"""Field history: what was changed in a record, by whom and when, value by value.

Rows are written in the change's own transaction and never changed. A record is named by its kind
("po_line", "fund") and its key; values are kept as people read them.
"""
