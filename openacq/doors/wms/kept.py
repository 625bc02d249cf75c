"""What is kept of a resource because only this dialect knows it, and how it comes back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

import msgspec

from openacq.wire.atom import AtomResource
from openacq.wire.model import UNSET

R = TypeVar("R", bound=AtomResource)


def members(resource: AtomResource, but: Collection[str]) -> dict[str, Any]:
    """The members that were given, without those named in `but`, as they can be stored."""
    found: dict[str, Any] = {}
    for name, wire_name in zip(resource.__struct_fields__, resource.__struct_encode_fields__, strict=True):
        value = getattr(resource, name)
        if name not in but and value is not UNSET and value is not None and value != []:
            found[wire_name] = msgspec.to_builtins(value)
    return found


def restored(model: type[R], stored: Mapping[str, Any]) -> R:
    """A resource with the members that were stored."""
    return msgspec.convert(dict(stored), model)
