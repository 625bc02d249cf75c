"""Wire: how things travel, in JSON and in XML, from one definition.

A door describes an object once, as a class derived from `Wire` whose annotations say what is an
attribute, what is wrapped, what is only written. From it come three things that cannot drift
apart: the JSON, the XML, and a reader for bodies from strangers.

* `fields` the base class and the marks · `model` the ready shapes (Coded, Linked, Amount) ·
  `plan` a class worked out · `write` to JSON and XML · `tree` bytes to a neutral tree, safely ·
  `values` and `bind` the tree to an object, all problems at once · `kept` what nobody knows ·
  `negotiate` which format is meant · `atom` entries and feeds in XML and JSON.

This room knows nothing of orders, funds or HTTP; what it refuses, it refuses with the slugs of
`kernel.refusal`, and the doors word them.
"""
