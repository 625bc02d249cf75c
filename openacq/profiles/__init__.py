"""Profiles and review rules: how an institution takes in what others send.

A profile says, for orders by API and for purchase requests alike, by which identifiers a title is
matched (serials may differ), which shortcomings of funding refuse an order instead of parking it,
what a second order of the same thing does, and which line type stands in for one that is switched
off. A caller names a profile or gets the default one; an institution without any has the built-in
one, which matches by ISBN and ISSN and refuses nothing.

Review rules decide which machine-made lines a person must look at. The default rule is looked at
first: when it says yes, every line is reviewed. Otherwise the other rules follow in their order and
the first that matches decides; when none does, the line goes on.

The packaging rule says how lines that go on are packed into POs, approval rules which POs a person
must approve before they go out.
"""
