"""What an effect in TOML asks for: its word and the parameters that belong to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from catalog.decision import MaskOperator
from negative_list.condition_keys import Unusable
from negative_list.effect import AggregateOnly, Conditional, Delay, Deny, Mask, Spelling

__all__ = ["SPELLINGS", "read_spelling"]

SPELLINGS = ("deny", "aggregate_only", "mask", "conditional", "delay")


def read_spelling(name: str, rest: Mapping[str, Any]) -> Spelling:
    """Raises Unusable on parameters that do not belong to the spelling or cannot be used."""
    allowed = {
        "deny": set(),
        "aggregate_only": {"k", "rounding", "epsilon"},
        "mask": {"operator"},
        "conditional": {"purposes", "agreement", "recipients"},
        "delay": {"days"},
    }[name]
    if rest.keys() - allowed:
        raise Unusable(
            f"{name} 的参数只有：{'、'.join(sorted(allowed)) or '（无）'}",
            f"{name} takes {', '.join(sorted(allowed)) or 'no parameter'}",
        )
    match name:
        case "aggregate_only":
            return AggregateOnly(**{"k": _least(rest.get("k"), 2), **_optional_numbers(rest)})
        case "mask":
            return Mask(_operator(rest.get("operator")))
        case "conditional":
            agreement = rest.get("agreement", False)
            if not isinstance(agreement, bool):
                raise Unusable("agreement 应为 true 或 false", "agreement is true or false")
            return Conditional(
                _texts(rest.get("purposes", [])), agreement, _texts(rest.get("recipients", []))
            )
        case "delay":
            return Delay(_least(rest.get("days"), 1))
    return Deny()


def _operator(value: object) -> MaskOperator:
    names = {str(one): one for one in MaskOperator}
    if isinstance(value, str) and value in names:
        return names[value]
    raise Unusable(
        f"未知的脱敏方式；可用：{'、'.join(names)}", f"unknown operator; use one of {', '.join(names)}"
    )


def _least(value: object, least: int) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and value >= least:
        return value
    raise Unusable(f"应为不小于 {least} 的整数", f"a whole number of at least {least} is expected")


def _optional_numbers(rest: Mapping[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if "rounding" in rest:
        found["rounding"] = _least(rest["rounding"], 1)
    if "epsilon" in rest:
        epsilon = rest["epsilon"]
        if not isinstance(epsilon, int | float) or isinstance(epsilon, bool) or not epsilon > 0:
            raise Unusable("epsilon 应为大于 0 的数", "epsilon is a number above 0")
        found["epsilon"] = float(epsilon)
    return found


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    raise Unusable("应为文字的列表", "a list of texts is expected")
