"""What is kept of a resource because only this dialect knows it, and how it comes back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

import msgspec

from openacq.wire.atom import AtomResource
from openacq.wire.model import UNSET

R = TypeVar("R", bound=AtomResource)

UNKNOWN = "others"
"""Where a resource has the members nobody here knows; they stay as they are."""


def members(resource: AtomResource, but: Collection[str]) -> dict[str, Any]:
    """The members that were given, without those named in `but`, as they can be stored."""
    found: dict[str, Any] = {}
    for name, wire_name in zip(resource.__struct_fields__, resource.__struct_encode_fields__, strict=True):
        value = getattr(resource, name)
        if name not in but and value is not UNSET and value is not None and value != []:
            found[wire_name] = msgspec.to_builtins(value)
            if name != UNKNOWN:
                found[wire_name] = _without_blanks(found[wire_name])
    return found


def _without_blanks(value: Any) -> Any:
    """The value without members that are null or an empty list: they say what leaving them out says."""
    if isinstance(value, dict):
        return {
            name: each if name == UNKNOWN else _without_blanks(each)
            for name, each in value.items()
            if each is not None and each != []
        }
    if isinstance(value, list):
        return [_without_blanks(each) for each in value]
    return value


def restored(model: type[R], stored: Mapping[str, Any]) -> R:
    """A resource with the members that were stored."""
    return msgspec.convert(dict(stored), model)
