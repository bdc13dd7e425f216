"""Frozen values as registry documents and back, by pydantic's adapters: one codec, no hand-written mapping."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

__all__ = ["dump", "load"]

T = TypeVar("T")


@cache
def _adapter(kind: Hashable) -> TypeAdapter[Any]:
    return TypeAdapter(cast(Any, kind))


def dump(value: object) -> Any:
    """A dataclass as plain JSON values."""
    return _adapter(cast(Hashable, type(value))).dump_python(value, mode="json")


def load(kind: type[T], document: Any) -> T:
    """The dataclass a document was made from; raises pydantic.ValidationError when it does not fit."""
    return cast(T, _adapter(cast(Hashable, kind)).validate_python(document))
