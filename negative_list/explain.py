"""A decision in words: which entry, on what basis, what was found, and what would make it pass. Never a cell's value."""

from __future__ import annotations

from typing import Any

from catalog.decision import Audience, Decision, Reason, Terms, Visibility
from catalog.text import Text
from negative_list.screen import DEFERRED, EXEMPTED

__all__ = ["explain", "explain_json", "explain_reason", "verdict"]

NO_EFFECT = {
    DEFERRED: Text("发布时另行判断", "judged at publish"),
    EXEMPTED: Text("已豁免，本次不适用", "lifted by an exemption"),
}


def verdict(terms: Terms) -> Text:
    """Terms in a phrase."""
    if terms.audience is Audience.NOBODY or terms.visibility is Visibility.NONE:
        return Text("不予开放", "not to be opened")
    parts = []
    if terms.visibility is Visibility.AGGREGATE:
        parts.append(
            Text(f"仅可汇总（每组不少于 {terms.k}）", f"aggregates only (groups of at least {terms.k})")
        )
    elif terms.visibility is Visibility.MASKED:
        names = "、".join(sorted(terms.operators))
        parts.append(Text(f"脱敏后开放（{names}）", f"masked ({', '.join(sorted(terms.operators))})"))
    if terms.audience is Audience.GRANTED:
        parts.append(Text("有条件开放", "opened to grantees only"))
    if terms.not_before:
        parts.append(Text(f"{terms.not_before} 起", f"from {terms.not_before}"))
    if not parts:
        return Text("可无条件开放", "may be opened to everybody")
    return Text("，".join(part.zh for part in parts), ", ".join(part.en for part in parts))


def explain_reason(reason: Reason) -> Text:
    """One reason as a sentence in each language."""
    what = (
        Text(f"字段“{reason.column}”", f'field "{reason.column}"')
        if reason.column
        else Text("数据集", "dataset")
    )
    if reason.scope == "rows":
        what = Text("部分行", "some rows")
    found = Text(f"；依据：{reason.actual}", f"; seen: {reason.actual}") if reason.actual else Text("", "")
    asked = (
        Text(f"（条件：{reason.threshold}）", f" (condition: {reason.threshold})")
        if reason.threshold
        else Text("", "")
    )
    basis = "；".join(reason.legal_basis)
    law = Text(f"；法律依据：{basis}", f"; legal basis: {basis}") if basis else Text("", "")
    effect = NO_EFFECT.get(reason.effect, Text(reason.effect, reason.effect))
    entry = f"{reason.entry_id}@{reason.list_version}" + (f" [{reason.clause}]" if reason.clause else "")
    return Text(
        f"{entry} {what.zh} → {effect.zh}：{reason.text.zh}{found.zh}{asked.zh}{law.zh}。怎样才能通过：{reason.remedy.zh}",
        f"{entry} {what.en} → {effect.en}: {reason.text.en}{found.en}{asked.en}{law.en}. To pass: {reason.remedy.en}",
    )


def explain(decision: Decision) -> tuple[Text, ...]:
    """The decision as lines: the verdict on the dataset, then each reason in a stable order."""
    whole = verdict(decision.dataset)
    lines = [Text(f"数据集：{whole.zh}", f"Dataset: {whole.en}")]
    return (*lines, *(explain_reason(reason) for reason in _sorted(decision)))


def explain_json(decision: Decision) -> dict[str, Any]:
    """The same for machines: ``{"verdict", "columns": {name: verdict}, "rows_kept_back", "reasons": […]}``."""
    return {
        "verdict": verdict(decision.dataset).to_json(),
        "columns": {name: verdict(terms).to_json() for name, terms in sorted(decision.columns.items())},
        "rows_kept_back": sorted({row.entry_id for row in decision.rows}),
        "reasons": [_reason_json(reason) for reason in _sorted(decision)],
    }


def _reason_json(reason: Reason) -> dict[str, Any]:
    return {
        "entry": reason.entry_id,
        "list_version": reason.list_version,
        "clause": reason.clause,
        "scope": str(reason.scope),
        "effect": reason.effect,
        "column": reason.column,
        "evidence_count": reason.evidence_count,
        "condition": reason.threshold,
        "seen": reason.actual,
        "legal_basis": list(reason.legal_basis),
        "text": reason.text.to_json(),
        "remedy": reason.remedy.to_json(),
    }


def _sorted(decision: Decision) -> list[Reason]:
    return sorted(decision.reasons, key=lambda r: (r.scope, r.entry_id, r.clause, r.column or "", r.effect))
