"""What stands in the database of an institution, counted and looked over as an auditor would."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from sqlalchemy import Table, func, select

from openacq.store import Store
from tests.ordering.world import HELD_TITLE
from tests.tables import every_table

Lines: TypeAlias = Mapping[int, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Books:
    """The rows of one institution."""

    store: Store
    institution: int

    def rows(self, name: str) -> list[Mapping[str, Any]]:
        table: Table = every_table().tables[name]
        with self.store.reader.connect() as connection:
            asked = select(table).where(table.c.institution == self.institution)
            return [dict(row) for row in connection.execute(asked).mappings()]

    def counts(self, names: Sequence[str]) -> dict[str, int]:
        """How many rows each of the tables holds."""
        tables = [every_table().tables[name] for name in names]
        counting = select(
            *(
                select(func.count()).where(table.c.institution == self.institution).scalar_subquery()
                for table in tables
            )
        )
        with self.store.reader.connect() as connection:
            return dict(zip(names, connection.execute(counting).one(), strict=True))

    def count(self, name: str) -> int:
        return self.counts([name])[name]

    def halves(self) -> list[str]:
        """Everything that is there without what belongs to it; nothing when all orders are whole."""
        lines = {line["id"]: line for line in self.rows("po_lines")}
        return [*self._without_line(lines), *self._without_copies(lines), *self._without_the_rest(lines)]

    def _without_line(self, lines: Lines) -> list[str]:
        parts = ("line_places", "line_shares", "line_alerts", "line_notes", "line_interested")
        found = [
            f"{name} of no line" for name in parts for row in self.rows(name) if row["line_id"] not in lines
        ]
        shares = {(share["line_id"], share["number"]) for share in self.rows("line_shares")}
        found += [
            f"posting {posting['id']} of no share"
            for posting in self.rows("fund_postings")
            if posting["source_kind"] == "po_line"
            and (int(posting["source_id"]), posting["share"]) not in shares
        ]
        found += [
            f"claim {claim['claim']} without answer"
            for claim in self.rows("claims")
            if claim["claim"].startswith(("key:", "ref:")) and claim["answer"] is None
        ]
        return found

    def _without_copies(self, lines: Lines) -> list[str]:
        held = {bib["mms_id"] for bib in self.rows("bibs") if bib["title"] == HELD_TITLE}
        holdings = {holding["holding_id"] for holding in self.rows("holdings")}
        items = [item for item in self.rows("items") if item["mms_id"] not in held]
        found = [f"item {item['item_id']} of no line" for item in items if item["line_id"] not in lines]
        found += [
            f"item {item['item_id']} on no shelf" for item in items if item["holding_id"] not in holdings
        ]
        copies = Counter(item["line_id"] for item in items)
        wanted = Counter[int]()
        for place in self.rows("line_places"):
            wanted[place["line_id"]] += place["quantity"]
        found += [
            f"line {line['number']} has {copies[line['id']]} of {wanted[line['id']]} copies"
            for line in lines.values()
            if line["type"] == "PRINTED_BOOK_OT" and copies[line["id"]] != wanted[line["id"]]
        ]
        return found

    def _without_the_rest(self, lines: Lines) -> list[str]:
        bibs = {bib["mms_id"] for bib in self.rows("bibs")}
        used = {(use["mms_id"], use["user_id"]) for use in self.rows("bib_uses")}
        news = Counter(row["subject"] for row in self.rows("outbox") if row["topic"] == "po_line.placed")
        logged = Counter(
            call["subject"] for call in self.rows("calls") if call["outcome"] in ("placed", "in_review")
        )
        found: list[str] = []
        for line in lines.values():
            number = line["number"]
            if line["mms_id"] not in bibs:
                found.append(f"line {number} has no bib")
            if (line["mms_id"], str(line["id"])) not in used:
                found.append(f"the bib of line {number} is not marked as used")
            if news[number] != 1:
                found.append(f"line {number} is {news[number]} times in the news")
            if logged[number] != 1:
                found.append(f"line {number} is {logged[number]} times in the order log")
        numbers = {line["number"] for line in lines.values()}
        found += [f"news of no line: {number}" for number in (news.keys() | logged.keys()) - numbers]
        return found
