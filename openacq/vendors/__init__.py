"""The vendors' register: who sells, through which accounts, on what terms.

A vendor has a code (Alma), a UUID and a local number `LVN-n` (WorldShare), and a kind that decides
how its e-books find their portfolio: `gobi`, `oasis` or `other`. Orders go through one of its
accounts, which fixes the discount, the currency and the days until a receipt is expected, claimed
and claimed again. One account is the default.

What the server works with are columns. The rest of a vendor's card (contact persons, addresses,
interfaces, EDI details, notes) is kept as it came and comes back unchanged; passwords in it are
shown only to keys that may write.
"""
