"""Standard identifiers, folded to the one form in which they are stored and compared.

ISBN-10 and ISBN-13 of a book fold to the same 13 digits, ISSN to "1234-567X", OCLC numbers to bare
digits. What fails its check digit is not an identifier: the functions return None.
"""

from __future__ import annotations

import re

from stdnum import isbn as _isbn
from stdnum import issn as _issn
from stdnum.exceptions import ValidationError

_QUALIFIER = re.compile(r"[(:;].*$", re.DOTALL)
_OCLC = re.compile(r"(?:\(OCoLC\)\s*(?:ocm|ocn|on)?|ocm|ocn|on)\s*0*(\d+)", re.IGNORECASE | re.ASCII)


def fold_isbn(text: str) -> str | None:
    """ "0-306-40615-2 (pbk.)" → "9780306406157"; None when it is no ISBN."""
    bare = text.replace("-", "")
    if _is_book_number(bare):
        return bare
    candidate = _QUALIFIER.sub("", text).strip().split(" ")[0] if text else ""
    for form in (candidate, _QUALIFIER.sub("", text).strip()):
        try:
            return str(_isbn.validate(form, convert=True))
        except ValidationError:
            continue
    return None


def isbn_10(isbn: str) -> str:
    """The ISBN-10 of a bare ISBN-13, as older books have it printed; "" when it has none."""
    if not isbn.startswith("978"):
        return ""
    digits = isbn[3:12]
    check = sum(place * int(digit) for place, digit in enumerate(digits, 1)) % 11
    return digits + ("X" if check == 10 else str(check))


def _is_book_number(digits: str) -> bool:
    """Whether it is a bare ISBN-13, the form that comes most: the full check costs twenty times as much."""
    return (
        len(digits) == 13
        and digits.startswith(("978", "979"))
        and digits.isascii()
        and digits.isdigit()
        and (sum(map(int, digits[::2])) + 3 * sum(map(int, digits[1::2]))) % 10 == 0
    )


def fold_issn(text: str) -> str | None:
    """ "03785955" → "0378-5955"; None when it is no ISSN."""
    try:
        return str(_issn.format(_issn.validate(_QUALIFIER.sub("", text).strip())))
    except ValidationError:
        return None


def fold_control_number(text: str) -> str:
    """A MARC 035: OCLC numbers lose prefix variants and zeros, "(OCoLC)ocm00012" → "(OCoLC)12"."""
    bare = " ".join(text.split())
    oclc = _OCLC.match(bare)
    return f"(OCoLC){oclc[1]}" if oclc else bare
