"""Values of an action's parameters as CKAN's validators take them: numbers and booleans may be texts, lists may be one
text with commas."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import orjson

from gateway.ckan.errors import CkanError, invalid

__all__ = ["boolean", "list_of", "mapping", "natural", "required", "text"]

_TRUE = frozenset({"true", "yes", "t", "y", "1"})
MAX_NUMBER = 2**53


def required(given: Mapping[str, Any], *names: str) -> str:
    """The first of these that is given, as a text. Raises a validation error naming the first."""
    for name in names:
        if given.get(name) not in (None, ""):
            return text(given, name)
    raise invalid(names[0], "Missing value")


def text(given: Mapping[str, Any], name: str, default: str = "") -> str:
    value = given.get(name)
    if value is None:
        return default
    if isinstance(value, bool | int | float):
        return json.dumps(value)
    if not isinstance(value, str):
        raise invalid(name, "Must be a Unicode string value")
    return value


def natural(given: Mapping[str, Any], name: str, default: int, least: int = 0) -> int:
    """A whole number from `least` on. Raises a validation error."""
    value = given.get(name)
    if value is None or value == "":
        return default
    if isinstance(value, bool) or not isinstance(value, int | str | float):
        raise invalid(name, "Invalid integer")
    try:
        number = int(value) if isinstance(value, int) else int(str(value).strip().removesuffix(".0"))
    except ValueError:
        raise invalid(name, "Invalid integer") from None
    if number < least:
        raise invalid(name, "Must be a natural number" if not least else f"Must be at least {least}")
    return min(number, MAX_NUMBER)


def boolean(given: Mapping[str, Any], name: str, default: bool = False) -> bool:
    value = given.get(name)
    if value is None or value == "":
        return default
    if isinstance(value, bool):
        return value
    return str(value).strip().lower() in _TRUE


def list_of(given: Mapping[str, Any], name: str) -> list[str]:
    """Texts: a list, a JSON list as text, or names with commas between. Raises a validation error."""
    value = given.get(name)
    if value is None or value == "":
        return []
    if isinstance(value, str):
        if value.lstrip().startswith("["):
            try:
                value = orjson.loads(value)
            except orjson.JSONDecodeError:
                raise invalid(name, "Not a list") from None
        else:
            return [part.strip() for part in value.split(",") if part.strip()]
    if not isinstance(value, list) or not all(isinstance(one, str | int | float) for one in value):
        raise invalid(name, "Not a list")
    return [str(one) for one in value]


def mapping(given: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A dictionary, or its JSON text. Raises a validation error."""
    value = given.get(name)
    if value is None or value == "":
        return {}
    if isinstance(value, str):
        try:
            value = orjson.loads(value)
        except orjson.JSONDecodeError:
            raise invalid(name, "Cannot parse JSON") from None
    if not isinstance(value, dict):
        raise _not_a_dictionary(name)
    return value


def _not_a_dictionary(name: str) -> CkanError:
    return invalid(name, "Must be a dictionary")
