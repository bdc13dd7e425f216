"""From numbers to verdicts: what the aggregate select counted, held against each rule with Great Expectations' own
criteria, and said in words. Pure; the numbers come from `quality.measure`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from catalog.text import Text
from quality.measurement import RuleResult, Verdict
from quality.plan import Broken, Counted, Held, Keyed, Known, Modal, Plan, Ratio
from quality.rules import ColumnExists, Rule, columns_read

__all__ = ["judge", "with_failed_rows"]

# Kwargs that may repeat cells: always, and where a machine read them off the data.
WITHHELD = frozenset({"row_condition", "value_pairs_set", "value_set"})
WITHHELD_IF_PROPOSED = WITHHELD | {
    "max_value",
    "min_value",
    "quantile_ranges",
    "regex",
    "regex_list",
    "sum_total",
    "value",
}


def judge(one: Plan, numbers: Sequence[Any], duplicate_rows: int | None = None) -> RuleResult:
    """The result of a rule. `numbers` are the values of `quality.plan.terms_of(one)`, for a `Modal` plan those of its own
    select; `duplicate_rows` is needed for a
    `Keyed` plan whose distinct count is below its considered count."""
    rule = one.rule
    match one:
        case Broken(why=why, remedy=remedy):
            return _result(rule, Verdict.ERROR, why, remedy=remedy)
        case Known(holds=holds, observed=observed):
            return _whole(rule, holds, observed)
        case Held():
            return _whole(rule, numbers[0] is True, None)
        case Modal(check=check):
            most, known = (int(number) for number in numbers)
            return _whole(rule, known > 0 if check.ties else most == known == 1, None)
        case Ratio(denominator=None):
            return _whole(rule, rule.check.bounds.hold(int(numbers[0])), int(numbers[0]))  # type: ignore[union-attr]
        case Ratio():
            share = (
                int(numbers[0]) / int(numbers[1]) if numbers[1] else 0
            )  # GX: 0 where every cell is missing
            return _whole(rule, rule.check.bounds.hold(share), share)  # type: ignore[union-attr]
        case Counted():
            return _mapped(rule, *(int(number) for number in numbers))
        case Keyed():
            elements, considered, distinct = (int(number) for number in numbers)
            unexpected = 0 if distinct == considered else duplicate_rows
            if unexpected is None:
                raise ValueError("a key that is not unique needs its duplicate rows counted")
            return _mapped(rule, elements, considered, unexpected)


def with_failed_rows(result: RuleResult, rows: Sequence[int]) -> RuleResult:
    """The result with the positions of its first failing rows."""
    return replace(result, failed_rows=tuple(rows))


def _mapped(rule: Rule, elements: int, considered: int, unexpected: int) -> RuleResult:
    # GX: vacuously true where no row is considered; otherwise the share is compared as floats.
    holds = considered == 0 or (considered - unexpected) / considered >= rule.mostly
    what = _where(rule)
    if considered == 0:
        message = Text(f"{what.zh}：没有可评价的行", f"{what.en}: no row to evaluate")
    else:
        message = Text(
            f"{what.zh}：{considered} 行中 {unexpected} 行不满足",
            f"{what.en}: {unexpected} of {considered} rows do not satisfy it",
        )
    result = _result(
        rule, Verdict.PASS if holds else Verdict.FAIL, message, remedy=None if holds else _look()
    )
    return replace(result, elements=elements, considered=considered, unexpected=unexpected)


def _whole(rule: Rule, holds: bool, observed: int | float | None) -> RuleResult:
    what = _where(rule)
    found = Text("满足", "holds") if holds else Text("不满足", "does not hold")
    seen = Text("", "") if observed is None else Text(f"（实测 {observed:g}）", f" (observed {observed:g})")
    message = Text(f"{what.zh}：{found.zh}{seen.zh}", f"{what.en}: {found.en}{seen.en}")
    remedy = (
        None
        if holds
        else Text(
            "请核对该列或该表，再改数据或改规则",
            "Check the column or table, then correct the data or the rule",
        )
    )
    return replace(
        _result(rule, Verdict.PASS if holds else Verdict.FAIL, message, remedy=remedy), observed=observed
    )


def _look() -> Text:
    return Text(
        "请按行号查看源文件中的这些行，再改数据或改规则",
        "Look at these rows in the source, then correct the data or the rule",
    )


def _where(rule: Rule) -> Text:
    columns = columns_read(rule.check) or (
        (rule.check.column,) if isinstance(rule.check, ColumnExists) else ()
    )
    name = rule.type.removeprefix("expect_")
    if not columns:
        return Text(name, name)
    return Text(f"列“{'”“'.join(columns)}” {name}", f'{name} on "{", ".join(columns)}"')


def _result(rule: Rule, verdict: Verdict, message: Text, *, remedy: Text | None) -> RuleResult:
    kept, withheld = _kwargs(rule)
    return RuleResult(
        rule_id=rule.id,
        type=rule.type,
        dimension=rule.dimension,
        verdict=verdict,
        message=message,
        remedy=remedy,
        mostly=rule.mostly,
        proposed=rule.proposed,
        scored=rule.scored,
        kwargs=kept,
        withheld=withheld,
    )


def _kwargs(rule: Rule) -> tuple[Mapping[str, Any], tuple[str, ...]]:
    hidden = WITHHELD_IF_PROPOSED if rule.proposed else WITHHELD
    kept = {name: value for name, value in rule.kwargs.items() if name not in hidden}
    return MappingProxyType(kept), tuple(sorted(set(rule.kwargs) & hidden))
