"""The door that speaks OCLC WMS: purchase orders as Atom XML and Atom JSON, for clients of WorldShare.

An order made here is an order like any other: `ordering` keeps it, the Alma door reads it. What this
room knows is the dialect alone.

* `*_wire` the documents: orders, items, copies and receipts, vendors, budgets and funds. What a client
  sent that nobody here knows is kept with the order and comes back with it.
* `hmac` the signatures of WSKeys; every other module is one resource, its mapping and its routes.
"""
