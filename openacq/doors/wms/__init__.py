"""The door that speaks OCLC WMS: purchase orders as Atom XML and Atom JSON, for clients of WorldShare.

An order made here is an order like any other: `ordering` keeps it, the Alma door reads it. What this
room knows is the dialect alone.

* `*_wire` the documents: orders, items, copies and receipts, vendors, budgets and funds. What a client
  sent that nobody here knows is kept with the order and comes back with it.
* `door` who calls (a WSKey's signature, or a token), for whom, and how answers are written; `hmac` the
  signatures, `paths` what clients write for one path, `call` what a call says, `errors` OCLC's error
  document, `listing` what all lists share. Every other module is one resource, its mapping and routes.
"""
