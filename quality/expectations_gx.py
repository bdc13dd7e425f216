"""A Measurement as Great Expectations itself would report it: rebuilt as GX result objects and rendered with GX's own
page, freed of scripts and outside hosts. GX takes seconds to import, so call this in a worker or a command."""

from __future__ import annotations

import html
import os
from collections.abc import Sequence
from datetime import datetime
from html.parser import HTMLParser
from typing import Any

from catalog.errors import Unavailable
from catalog.text import Language, Text
from quality.measurement import Measurement, RuleResult, Verdict
from quality.rules import DIMENSIONS

__all__ = ["render_report", "suite_validation_result"]

# Nothing may be fetched and nothing may run: also the answer to a column named like markup.
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_STYLE = (
    "body{font-family:system-ui,sans-serif;margin:2rem auto;max-width:72rem;line-height:1.5;color:#1a1a1a;background:#fff}"
    "table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{border:1px solid #ccc;padding:.3rem .6rem;text-align:left}"
    "nav,button,.navbar,.btn,.modal{display:none}"
)
_DROPPED = frozenset({"script", "iframe", "object", "embed", "form", "noscript"})
_VOID = frozenset({"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"})
_HEADS = {
    "title": Text("数据质量报告", "Data quality report"),
    "dimension": Text("维度（GB/T 36344）", "Dimension (GB/T 36344)"),
    "score": Text("得分", "Score"),
    "formula": Text("公式", "Formula"),
    "unmeasured": Text("未测量", "not measured"),
    "errors": Text("无法评价的规则", "Rules in error"),
    "rule": Text("规则", "Rule"),
    "why": Text("原因与办法", "Why, and what to do"),
    "gx": Text("以下为 Great Expectations 的报告", "The report of Great Expectations"),
}


def suite_validation_result(measurement: Measurement, run_at: datetime | None = None) -> Any:
    """The `ExpectationSuiteValidationResult` object; its expectations are those GX knows by type.

    Raises Unavailable where Great Expectations is not installed.
    """
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")  # read by GX while it is imported
    try:
        from great_expectations.core.expectation_validation_result import ExpectationSuiteValidationResult
    except ImportError:
        raise Unavailable(
            Text(
                "未安装 Great Expectations，无法生成其报告",
                "Great Expectations is not installed; its report cannot be made",
            ),
            Text(
                "请安装 great-expectations，或使用本系统自己的报告",
                "Install great-expectations, or use the gate's own report",
            ),
        ) from None
    known = [result for result in measurement.results if _gx_knows(result.type)]
    whole = measurement.to_gx_json()
    return ExpectationSuiteValidationResult(
        success=whole["success"],
        results=[_gx_result(result) for result in known],
        suite_name=measurement.suite_name or "suite",
        suite_parameters={},
        statistics=whole["statistics"],
        meta={**whole["meta"], **({"run_id": _run(measurement, run_at)} if run_at else {})},
    )


def render_report(measurement: Measurement, language: Language, run_at: datetime | None = None) -> str:
    """One HTML page, complete in itself: our scores and errors in `language`, then GX's page (in English).

    `run_at` is shown as the time of the run, where given. Raises Unavailable.
    """
    result = suite_validation_result(measurement, run_at)
    from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer
    from great_expectations.render.view.view import DefaultJinjaPageView

    view: Any = DefaultJinjaPageView()
    page: str = view.render(ValidationResultsPageRenderer().render(result))
    cleaner = _Cleaner()
    cleaner.feed(page)
    cleaner.close()
    title = html.escape(_HEADS["title"].in_(language))
    return (
        f'<!DOCTYPE html><html lang="{"zh-CN" if language == "zh" else "en"}"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{html.escape(_POLICY)}"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body>{_own_part(measurement, language)}{''.join(cleaner.kept)}</body></html>"
    )


def _run(measurement: Measurement, run_at: datetime) -> dict[str, str]:
    return {"run_name": measurement.suite_name, "run_time": run_at.isoformat()}


def _gx_knows(kind: str) -> bool:
    from great_expectations.exceptions.exceptions import ExpectationNotFoundError
    from great_expectations.expectations.registry import get_expectation_impl

    try:
        get_expectation_impl(kind)
    except ExpectationNotFoundError:
        return False
    return True


def _gx_result(result: RuleResult) -> Any:
    from great_expectations.core.expectation_validation_result import ExpectationValidationResult
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    given = _escaped(result.to_gx_json())
    spelled = given["expectation_config"]
    configuration = ExpectationConfiguration(
        type=spelled["type"], kwargs=spelled["kwargs"], meta=spelled["meta"]
    )
    return ExpectationValidationResult(
        success=given["success"],
        expectation_config=configuration,
        result=given["result"],
        meta=given["meta"],
        exception_info=given["exception_info"],
    )


def _escaped(value: Any) -> Any:
    """The value with markup in its texts made harmless: GX's page writes names of columns as they are."""
    if isinstance(value, str):
        return html.escape(value)
    if isinstance(value, dict):
        return {key: _escaped(one) for key, one in value.items()}
    return [_escaped(one) for one in value] if isinstance(value, list | tuple) else value


def _own_part(measurement: Measurement, language: Language) -> str:
    def head(name: str) -> str:
        return _HEADS[name].in_(language)

    scores = [
        (
            DIMENSIONS[one.dimension].in_(language),
            head("unmeasured")
            if one.score is None
            else f"{one.score:.4f} = {one.numerator:g} / {one.denominator:g}",
            one.formula.in_(language),
        )
        for one in measurement.dimensions
    ]
    errors = [
        (one.rule_id, f"{one.message.in_(language)} · {one.remedy.in_(language) if one.remedy else ''}")
        for one in measurement.results
        if one.verdict is Verdict.ERROR
    ]
    parts = [
        f"<h1>{html.escape(head('title'))}</h1><p>{html.escape(measurement.summary.in_(language))}</p>",
        _table((head("dimension"), head("score"), head("formula")), scores),
    ]
    if errors:
        parts += [f"<h2>{html.escape(head('errors'))}</h2>", _table((head("rule"), head("why")), errors)]
    return "".join((*parts, f"<h2>{html.escape(head('gx'))}</h2>"))


def _table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f"<th>{html.escape(one)}</th>" for one in heads)
    body = "".join("<tr>" + "".join(f"<td>{html.escape(one)}</td>" for one in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


class _Cleaner(HTMLParser):
    """Keeps the body of GX's page without what runs, loads or links: no script, no frame, no address."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.kept: list[str] = []
        self._in_body = False
        self._skipped: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "body":
            self._in_body = True
        elif tag in _DROPPED or tag == "style":
            self._skipped.append(tag)
        elif self._in_body and not self._skipped and tag not in ("img", "link", "meta", "base", "body"):
            safe = "".join(
                f' {name}="{html.escape(value or "")}"'
                for name, value in attrs
                if name in ("class", "id", "colspan")
            )
            self.kept.append(f"<{tag}{safe}>")

    def handle_endtag(self, tag: str) -> None:
        if self._skipped and tag == self._skipped[-1]:
            self._skipped.pop()
        elif tag == "body":
            self._in_body = False
        elif self._in_body and not self._skipped and tag not in _VOID:
            self.kept.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self._in_body and not self._skipped:
            self.kept.append(html.escape(data))
