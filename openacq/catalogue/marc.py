"""MARC as it is kept: one JSON array for a record, whatever form it came in.

`[leader, [[tag, data, ind1, ind2, [[code, value], …]], …]]`: nothing is lost, and unlike ISO 2709 it has
no limits of length.
"""

from __future__ import annotations

import msgspec

from openacq.catalogue.model import Bib, Holding, MarcField, MarcRecord

BRIEF_LEADER = "00000nam a22000003u 4500"
HOLDINGS_LEADER = "00000nx  a22000001n 4500"

_WRITER = msgspec.json.Encoder()
_READER = msgspec.json.Decoder(MarcRecord)


def write(record: MarcRecord) -> str:
    return _WRITER.encode(record).decode()


def read(text: str) -> MarcRecord:
    return _READER.decode(text)


def of_brief(bib: Bib) -> MarcRecord:
    """The few fields a brief bib has, as MARC."""
    fields = [MarcField("001", bib.mms_id)]
    fields += [_field("020", a=bib.isbn), _field("022", a=bib.issn)]
    fields += [_field("035", a=number) for number in bib.system_control_numbers]
    fields += [
        _field("100", "1", a=bib.author),
        _field("245", "1" if bib.author else "0", "0", a=bib.title),
        _field("250", a=bib.edition),
        _field("264", " ", "1", a=bib.place, b=bib.publisher, c=bib.year),
    ]
    return MarcRecord(BRIEF_LEADER, tuple(one for one in fields if one.data or one.subfields))


def of_holding(holding: Holding) -> MarcRecord:
    """A holdings record: where, and under which call number."""
    fields = (
        MarcField("001", holding.holding_id),
        MarcField("004", holding.mms_id),
        _field("852", b=holding.library, c=holding.location, h=holding.call_number),
    )
    return MarcRecord(HOLDINGS_LEADER, fields)


def _field(tag: str, ind1: str = " ", ind2: str = " ", **subfields: str) -> MarcField:
    return MarcField(tag, "", ind1, ind2, tuple((code, value) for code, value in subfields.items() if value))
