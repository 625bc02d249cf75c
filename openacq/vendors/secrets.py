"""Passwords on a vendor's card: encrypted (`Tx.seals`), and opened only for those who may write the card."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from openacq.kernel.refusal import Problem
from openacq.store import Tx
from openacq.store.seals import CannotOpen
from openacq.vendors import store
from openacq.vendors.model import Opened, Vendor, VendorAccount

SECRETS = frozenset({"password", "user_password"})
"""Names of members that hold a password, wherever in EDI details or an interface they stand."""


def about(institution: int, code: str) -> str:
    """What the passwords of a vendor are bound to."""
    return f"vendor {institution} {code}"


class Safe:
    """Closes the passwords of one vendor's card. One that is there already keeps its sealed text, so that a
    card that says what it said is the same."""

    def __init__(self, tx: Tx, code: str, *held: Mapping[str, object]) -> None:
        self._seals = tx.seals
        self._bound = about(tx.institution, code)
        self._held = held
        self._known: dict[str, str] | None = None
        self._sealed: set[object] = set()
        self.problems: list[Problem] = []

    def close(self, name: str, value: object) -> object:
        """A member of the card as it is kept."""
        return _each_secret(value, self._close, name)

    def _close(self, where: str, text: object) -> object:
        if text is None or text == "":
            return text
        if not isinstance(text, str | int) or isinstance(text, bool):
            self.problems.append(Problem("value_wrong_type", where, "", expected="text"))
            return ""
        known = self._texts()
        if text in self._sealed:  # a card put back as it is kept
            return text
        if str(text) in known:
            return known[str(text)]
        if not self._seals.ready():
            self.problems.append(Problem("seal_key_missing", where))
            return ""
        return self._seals.seal(str(text), self._bound)

    def _texts(self) -> dict[str, str]:
        """Those that are there: text → sealed. One that cannot be read is no longer there."""
        if self._known is None:
            known: dict[str, str] = {}

            def note(_: str, sealed: object) -> object:
                if sealed:
                    self._sealed.add(sealed)
                try:
                    known[self._seals.open(str(sealed), self._bound)] = str(sealed)
                except CannotOpen:
                    return None
                return sealed

            for details in self._held:
                _each_secret(details, note)
            self._known = known
        return self._known


def without_secrets(vendor: Vendor) -> Vendor:
    """The vendor as a key without write access sees it."""
    return _with_details(vendor, _bare)


def with_secrets(tx: Tx, vendor: Vendor) -> Opened:
    """The vendor as those see it who may write it. A password that cannot be read any more, because its key
    is not given, is left empty and named."""
    bound = about(tx.institution, vendor.code)
    unreadable: list[str] = []

    def read(where: str, sealed: object) -> object:
        try:
            return tx.seals.open(str(sealed), bound) if sealed else sealed
        except CannotOpen:
            unreadable.append(where)
            return ""

    opened = _with_details(vendor, lambda details: _mapping(_each_secret(details, read)))
    return Opened(opened, tuple(unreadable))


def seal_anew(tx: Tx) -> int:
    """Seal with the newest key every password of the institution's vendors that was sealed with an older one;
    how many.

    Raises store.seals.CannotOpen when one was sealed with a key that is not given.
    """
    count = 0
    vendors: list[Vendor] = []
    accounts: list[VendorAccount] = []
    for vendor in store.all_vendors(tx):
        bound = about(tx.institution, vendor.code)

        def again(_: str, sealed: object, bound: str = bound) -> object:
            nonlocal count
            if not sealed or tx.seals.is_newest(str(sealed)):
                return sealed
            count += 1
            return tx.seals.seal(tx.seals.open(str(sealed), bound), bound)

        anew = _with_details(vendor, lambda details, again=again: _mapping(_each_secret(details, again)))  # type: ignore[misc]
        if anew.details != vendor.details:
            vendors.append(anew)
        accounts += [
            new for new, old in zip(anew.accounts, vendor.accounts, strict=True) if new.details != old.details
        ]
    if count:
        tx.registers_changed()
        store.write_vendors(tx, (), vendors)
        store.write_accounts(tx, (), accounts)
    return count


# -- walking through a card ---------------------------------------------------------------------


def _with_details(vendor: Vendor, change: Callable[[Mapping[str, object]], Mapping[str, object]]) -> Vendor:
    accounts = tuple(replace(account, details=change(account.details)) for account in vendor.accounts)
    return replace(vendor, details=change(vendor.details), accounts=accounts)


def _each_secret(value: object, change: Callable[[str, object], object], where: str = "") -> object:
    """The same with every password changed by `change`, which hears where it stands."""
    if isinstance(value, Mapping):
        return {
            name: change(_inside(where, name), entry)
            if name in SECRETS
            else _each_secret(entry, change, _inside(where, name))
            for name, entry in value.items()
        }
    if isinstance(value, list | tuple):
        return [_each_secret(entry, change, f"{where}[{at}]") for at, entry in enumerate(value)]
    return value


def _inside(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _bare(details: Mapping[str, object]) -> dict[str, object]:
    return {name: _without(value) for name, value in details.items() if name not in SECRETS}


def _without(value: object) -> object:
    if isinstance(value, Mapping):
        return _bare(value)
    if isinstance(value, list | tuple):
        return [_without(entry) for entry in value]
    return value
