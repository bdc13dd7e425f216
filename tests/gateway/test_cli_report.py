"""What the command line shows of a report: each reason once, with the columns it concerns."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from catalog.decision import Reason, Scope
from catalog.text import Language, Text
from gateway.cli_report import show_report
from tests.conftest import Publish

LISTED = Reason(
    "starter-09",
    "starter-1",
    Scope.COLUMN,
    "deny",
    Text("就诊记录不予开放", "visits are not opened"),
    Text("按区县和月汇总", "aggregate it by district and month"),
    ("《个人信息保护法》第二十八条",),
)


@pytest.mark.parametrize(("lang", "where"), [("zh", "列“诊断”、“药品”"), ("en", 'columns "诊断", "药品"')])
def test_a_reason_is_said_once_with_all_its_columns(
    publish: Publish, tmp_path: Path, lang: Language, where: str
) -> None:
    (tmp_path / "stops.csv").write_text("站名,客流\n甲站,12\n乙站,30\n", "utf-8")
    report = publish(tmp_path / "stops.csv")
    reasons = (
        *(replace(LISTED, column=name, clause=f"{name}-1") for name in ("诊断", "药品", "诊断")),
        replace(LISTED, entry_id="starter-10", column="诊断"),
    )
    out = io.StringIO()
    show_report(Console(file=out, width=200), replace(report, reasons=reasons), lang)
    said = out.getvalue()
    assert said.count("starter-09") == 1
    assert f"starter-09 {where}: {LISTED.text.in_(lang)}" in said
    assert said.count("starter-10") == 1
