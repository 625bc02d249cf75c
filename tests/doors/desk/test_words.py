"""Every word of the pages can be had in German, and none bypasses the catalogues."""

from __future__ import annotations

import re

from openacq.doors.pages.language import FOLDER, language, marked
from tests.doors.desk.catalogue import messages
from tests.doors.desk.staff import Staff
from tests.doors.desk.test_lists import pages
from tests.shop import Shop, order

PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w+)\}")


def test_every_message_has_its_german() -> None:
    german = language("de")
    missing = [
        f'{message.place}: "{message.text}"'
        for message in messages()
        if message.text not in (german.forms if message.many else german.words)
    ]
    assert missing == [], f"add them to a file of {FOLDER.name}/de"


def test_translations_keep_their_placeholders() -> None:
    german = language("de")
    pairs = [(text, words) for text, words in german.words.items()]
    pairs += [(text, form) for text, forms in german.forms.items() for form in forms]
    wrong = [
        (text, words)
        for text, words in pairs
        if not set(PLACEHOLDER.findall(words)) <= {*PLACEHOLDER.findall(text), ("num", "")}
    ]
    assert wrong == []


def test_one_and_many_have_their_own_words() -> None:
    german = language("de")
    one, many = "%(num)s line is ordered.", "%(num)s lines are ordered."
    assert german.ngettext(one, many, 1).endswith("ist bestellt.")
    assert german.ngettext(one, many, 2).endswith("sind bestellt.")


OF_DATA = re.compile(
    r"^[\W\d_]*$|^(openacq|English|Deutsch|CSV|ISBN|ISSN|PO-…|Ctrl [KS]|[a-z/?]|Robin Reader|Demo University"
    r"|Author|An|MAIN STACKS|Mar \d+|\d+ [AP]M)$"
)
"""What is no word of a catalogue: names, codes, keys, figures."""


def test_nothing_on_a_page_bypasses_the_catalogues(staff: Staff, shop: Shop) -> None:
    """In the pseudo language every word of a catalogue is marked; what is not must come from the data."""
    number = shop.ordered(order(fund_distribution=None))["number"]
    data = data_of(staff, number)
    found: dict[str, str] = {}
    for path in pages(number):
        staff.get(path, lang="qps")
        for text in staff.page.xpath(
            "//body//text()[not(ancestor::script)] | //@placeholder | //@aria-label"
        ):
            rest = re.sub("⟦[^⟦⟧]*⟧", " ", " ".join(text.split()))
            for piece in re.split(r"\s{2,}|[·:,()×→+]", rest):  # noqa: RUF001
                word = piece.strip(" .–-…\"'’“”")  # noqa: RUF001
                if word and not OF_DATA.match(word) and word.casefold() not in data:
                    found.setdefault(word, path)
    assert found == {}
    assert marked("x") == "⟦x⟧"


def data_of(staff: Staff, number: str) -> set[str]:
    """The texts of the registers, and of the one line there is."""
    from openacq.codes import service as codes
    from openacq.directory import service as directory
    from openacq.store import Tx

    line = staff.world.line(number)

    def work(tx: Tx) -> set[str]:
        rows = [row for table in codes.tables(tx) for row in table.rows]
        known = {row.description for row in rows} | {row.code for row in rows}
        for library in directory.libraries(tx):
            known |= {library.name, library.code}
            known |= {place.name for place in directory.locations(tx, library.code)}
        return known

    texts: set[str] = staff.world.read(work)
    texts |= {line.number, line.oin, line.bib.title, line.reference, line.bib.isbn, "GOBI", "GOBI-MAIN"}
    texts |= {
        "GOBI Library Solutions",
        "OASIS",
        "Corner Bookshop",
        "History",
        "Art",
        "Science",
        "Nearly empty",
    }
    return {text.casefold() for text in texts} | {"shop key", staff.name}
