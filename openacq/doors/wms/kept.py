"""What is kept of a resource because only this dialect knows it, and how it comes back."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, TypeVar

import msgspec

from openacq.kernel.converting import converted
from openacq.wire.atom import AtomResource
from openacq.wire.model import UNSET

R = TypeVar("R", bound=AtomResource)


def members(resource: AtomResource, but: Collection[str]) -> dict[str, Any]:
    """The members that were given, without those named in `but`, as they can be stored."""
    names = zip(resource.__struct_fields__, resource.__struct_encode_fields__, strict=True)
    values = ((name, wire_name, getattr(resource, name)) for name, wire_name in names)
    return {
        wire_name: _storable(value)
        for name, wire_name, value in values
        if name not in but and value is not UNSET and value is not None and value != []
    }


def _storable(value: Any) -> Any:
    """The value as it can be stored. Members of a resource that are null or an empty list say what leaving
    them out says; what a member holds whose content nobody here knows stays as it came."""
    if isinstance(value, AtomResource):
        return members(value, ())
    if isinstance(value, list) and any(isinstance(each, AtomResource) for each in value):
        return [_storable(each) for each in value]
    return msgspec.to_builtins(value)


def restored(model: type[R], stored: Mapping[str, Any]) -> R:
    """A resource with the members that were stored."""
    return converted(dict(stored), model)
