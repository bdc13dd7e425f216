"""How the command line shows things: reports, tables, errors, in the reader's language."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from catalog.counts import Counts
from catalog.decision import MaskOperator, Reason
from catalog.finding import FieldRole
from catalog.release import State
from catalog.text import Language, Text
from gateway.commands.console import language, show_error
from gateway.publish.report import ColumnReport, Report
from gateway.publish.stages import STAGES

__all__ = ["language", "show_counts", "show_error", "show_outcomes", "show_report"]

STATES: dict[State, tuple[Text, str]] = {
    State.RECEIVED: (Text("已接收", "received"), "dim"),
    State.MEASURED: (Text("已测量", "measured"), "dim"),
    State.RELEASED: (Text("已开放", "released"), "green"),
    State.HELD: (Text("待人工决定", "held"), "yellow"),
    State.REFUSED: (Text("不予开放", "refused"), "red"),
    State.WITHDRAWN: (Text("已撤回", "withdrawn"), "dim"),
}
ROLES: dict[FieldRole, Text] = {
    FieldRole.IDENTIFIER: Text("标识符", "identifier"),
    FieldRole.QUASI_IDENTIFIER: Text("准标识符", "quasi-identifier"),
    FieldRole.SENSITIVE: Text("敏感", "sensitive"),
    FieldRole.NONE: Text("无", "none"),
}
OPERATORS: dict[MaskOperator, Text] = {
    MaskOperator.KEEP: Text("原样开放", "open"),
    MaskOperator.PARTIAL: Text("部分遮盖", "partly masked"),
    MaskOperator.REDACT_SPANS: Text("遮盖文中个人信息", "spans redacted"),
    MaskOperator.GENERALISE_YEAR: Text("泛化到年", "generalised to the year"),
    MaskOperator.GENERALISE_DECADE: Text("泛化到年代", "generalised to the decade"),
    MaskOperator.GENERALISE_DISTRICT: Text("泛化到区县", "generalised to the district"),
    MaskOperator.GENERALISE_CITY: Text("泛化到市", "generalised to the city"),
    MaskOperator.GENERALISE_PROVINCE: Text("泛化到省", "generalised to the province"),
    MaskOperator.GENERALISE_BAND_5: Text("泛化为小区间", "generalised to a narrow band"),
    MaskOperator.GENERALISE_BAND: Text("泛化为区间", "generalised to a band"),
    MaskOperator.GENERALISE_BAND_20: Text("泛化为宽区间", "generalised to a wide band"),
    MaskOperator.GENERALISE_BAND_100: Text("泛化到量级", "generalised to the order of magnitude"),
    MaskOperator.GENERALISE_BAND_TOP_BOTTOM: Text(
        "泛化为区间，两端合并", "generalised to a band, ends coded"
    ),
    MaskOperator.TOP_BOTTOM: Text("两端合并", "top and bottom coded"),
    MaskOperator.NOISE: Text("加噪", "with noise"),
    MaskOperator.GENERALISE_CODE_4: Text("代码前四位", "first four digits of the code"),
    MaskOperator.GENERALISE_CODE_2: Text("代码前两位", "first two digits of the code"),
    MaskOperator.SNAP_GRID: Text("坐标取格", "snapped to a grid"),
    MaskOperator.REDACT: Text("整格遮盖", "redacted"),
    MaskOperator.DROP: Text("不开放", "withheld"),
}


def show_report(console: Console, report: Report, lang: Language) -> None:
    """A submission's report, for a person."""
    say = _Say(lang)
    label, colour = STATES[report.state]
    console.print(
        f"[bold]{escape(report.dataset.title)}[/] ({report.dataset.id})  "
        f"[{colour} bold]{label.in_(lang)}[/]" + (f"  {report.submission_id}" if report.submission_id else "")
    )
    quality = "–" if report.quality_score is None else f"{report.quality_score:.2f}"
    facts = [
        say(f"{report.rows:,} 行", f"{report.rows:,} rows read"),
        say(f"质量 {quality}", f"quality {quality}"),
        say(f"拟开放内容定级 {report.grade}", f"grade of the output {report.grade}"),
    ]
    if report.rejected_rows:
        facts.append(
            say(f"{report.rejected_rows} 行无法读取", f"{report.rejected_rows} rows could not be read")
        )
    if report.excluded_rows:
        facts.append(
            say(f"约 {report.excluded_rows} 行不开放", f"about {report.excluded_rows} rows kept back")
        )
    if report.smallest_group is not None:
        facts.append(say(f"最小群体 {report.smallest_group}", f"smallest group {report.smallest_group}"))
    level = (report.risk or {}).get("level")
    if level is not None:
        facts.append(
            say(f"去标识化 {level['level']} 级", f"de-identification level {level['level']}")
            + f" ({level['basis']})"
        )
    console.print("  " + " · ".join(facts))
    _reading(console, report, say)
    console.print(_columns(report.columns, say))
    _grades(console, report.columns, say)
    _reasons(console, report.reasons, say)
    if report.questions:
        console.print(say("[bold]等待回答[/]", "[bold]Questions[/]"))
        for one in report.questions:
            proposed = (
                say(f"（建议：{one.proposed}）", f" (proposed: {one.proposed})") if one.proposed else ""
            )
            console.print(
                f"  [cyan]{escape(one.field)}[/] {escape(one.text.in_(lang) + proposed)}  \\[{one.role}]"
            )
            console.print(f"      {escape(one.remedy.in_(lang))}", style="dim")
    if report.release:
        console.print(
            say(
                f"发布 {report.release.id[:12]}… 已写入账本第 {report.release.ledger_index} 条；"
                f"{report.release.rows:,} 行 {len(report.release.columns)} 列",
                f"Release {report.release.id[:12]}… stands in the ledger as entry {report.release.ledger_index}; "
                f"{report.release.rows:,} rows, {len(report.release.columns)} columns",
            ),
            style="green",
        )
    timings = "  ".join(f"{STAGES[name].in_(lang)} {seconds:.2f}s" for name, seconds in report.stages.items())
    console.print(f"  {timings}", style="dim")


class _Say:
    def __init__(self, lang: Language) -> None:
        self.lang = lang

    def __call__(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" else en


def _reading(console: Console, report: Report, say: _Say) -> None:
    for choice in report.choices:
        mark = "" if choice.certain else "[yellow]? [/]"
        console.print(
            f"  {mark}{escape(choice.what)} = {escape(choice.value)}  {escape(choice.evidence.in_(say.lang))}",
            style="dim" if choice.certain else None,
        )
    for row in report.rejected[:5]:
        place = f", {row.column}" if row.column else ""
        console.print(
            say(f"  第 {row.line} 行{place}：", f"  line {row.line}{place}: ") + escape(row.why.in_(say.lang))
        )


def _columns(columns: Sequence[ColumnReport], say: _Say) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in (
        say("列", "column"),
        say("类型", "type"),
        say("类别", "class"),
        say("级", "grade"),
        say("处理", "treatment"),
    ):
        table.add_column(title, overflow="fold")
    for one in columns:
        found = f"{ROLES[one.role].in_(say.lang)}" + (f" {one.entity}" if one.entity else "")
        if one.operator is None:
            entries = ", ".join(sorted({reason.entry_id for reason in one.reasons}))
            treatment = f"[red]{say('不开放', 'withheld')}[/] {escape(entries)}"
        else:
            colour = "green" if one.operator is MaskOperator.KEEP else "yellow"
            treatment = f"[{colour}]{OPERATORS[one.operator].in_(say.lang)}[/]"
        table.add_row(escape(one.name), one.type, escape(found), str(one.grade), treatment)
    return table


def _grades(console: Console, columns: Sequence[ColumnReport], say: _Say) -> None:
    """Of each field that is graded above L1, or that an officer has graded: from what, on what basis, by whose word."""
    for one in columns:
        output = one.output_grade or one.grade
        if max(one.grade, output) == 1 and one.grading is None:
            continue
        grade = f"{one.grade}" if output == one.grade else f"{one.grade} → {output}"
        console.print(f"  {escape(one.name)}  {grade}  {escape(one.why.in_(say.lang))}", style="dim")
        if one.output_why is not None and output != one.grade:
            console.print(f"      {output}: {escape(one.output_why.in_(say.lang))}", style="dim")
        if one.basis:
            console.print(say("      依据：", "      basis: ") + escape("; ".join(one.basis)), style="dim")
        if one.grading is not None:
            said = one.grading
            console.print(
                say(
                    f"      {said.by} 于 {said.at:%Y-%m-%d} 定为 {said.grade}：",
                    f"      graded {said.grade} by {said.by} on {said.at:%Y-%m-%d}: ",
                )
                + escape(said.reason)
            )


def _reasons(console: Console, reasons: Sequence[Reason], say: _Say) -> None:
    """Each reason once, with all the columns it concerns."""
    for told in _alike(reasons):
        one = told[0]
        names = list(dict.fromkeys(reason.column for reason in told if reason.column))
        zh, en = "、".join(f"“{name}”" for name in names), ", ".join(f'"{name}"' for name in names)
        where = (
            say(f"列{zh}", f"{'columns' if len(names) > 1 else 'column'} {en}")
            if names
            else say("数据集", "dataset")
        )
        console.print(f"  [red]{one.entry_id}[/] {escape(where)}: {escape(one.text.in_(say.lang))}")
        if one.legal_basis:
            console.print(
                say("      依据：", "      basis: ") + escape("; ".join(one.legal_basis)), style="dim"
            )
        console.print(say("      办法：", "      to pass: ") + escape(one.remedy.in_(say.lang)), style="dim")


def _alike(reasons: Sequence[Reason]) -> list[list[Reason]]:
    """Reasons that say the same, of whichever columns, together; in their order."""
    found: dict[tuple[object, ...], list[Reason]] = {}
    for one in reasons:
        said = (one.entry_id, one.scope, one.text, one.remedy, one.legal_basis)
        found.setdefault(said, []).append(one)
    return list(found.values())


def show_outcomes(console: Console, reports: Sequence[Report], lang: Language) -> None:
    """Many reports, a line each: what was released, masked, held and refused, and why."""
    say = _Say(lang)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column(say("数据集", "dataset"), overflow="fold")
    table.add_column(say("结果", "outcome"), no_wrap=True)
    table.add_column(say("行", "rows"), justify="right")
    table.add_column(say("列 开/遮/留", "open/masked/withheld"), no_wrap=True)
    table.add_column(say("原因", "why"), overflow="fold")
    for report in reports:
        label, colour = STATES[report.state]
        kept = [one for one in report.columns if one.operator is MaskOperator.KEEP]
        shut = [one for one in report.columns if one.operator is None]
        masked = len(report.columns) - len(kept) - len(shut)
        table.add_row(
            f"{escape(report.dataset.title)}\n[dim]{report.dataset.id}[/]",
            f"[{colour}]{label.in_(lang)}[/]",
            f"{report.output_rows if report.release else report.rows:,}",
            f"{len(kept)}/{masked}/{len(shut)}",
            escape(_why(report, lang)),
        )
    console.print(table)


def _why(report: Report, lang: Language) -> str:
    if report.state is State.HELD:
        return " / ".join(dict.fromkeys(one.text.in_(lang) for one in report.questions[:2]))
    if report.state is State.REFUSED and report.reasons:
        first = report.reasons[0]
        return f"{first.entry_id}: {first.text.in_(lang)}"
    shut = {one.name: one.reasons for one in report.columns if one.operator is None}
    masked = [one.name for one in report.columns if one.operator not in (None, MaskOperator.KEEP)]
    withheld = [f"{name} ({', '.join(sorted({one.entry_id for one in why}))})" for name, why in shut.items()]
    return ", ".join(masked + withheld)


def show_counts(console: Console, counts: Counts, lang: Language) -> None:
    """The counts against their targets, and every exclusion."""
    say = _Say(lang)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title in ("", say("已计", "counted"), say("目标", "target"), say("另计", "beside it")):
        table.add_column(title, justify="left" if not title else "right")
    table.add_row(
        say("数据集", "datasets"),
        f"{counts.datasets:,}",
        f"{counts.targets.datasets:,}",
        say(f"系列合并后 {counts.datasets_collapsed}", f"{counts.datasets_collapsed} with series collapsed"),
    )
    table.add_row(
        say("数据接口", "APIs"),
        f"{counts.apis:,}",
        f"{counts.targets.apis:,}",
        say(f"通用行接口 {counts.generic_apis}", f"{counts.generic_apis} generic row APIs"),
    )
    table.add_row(
        say("数据项", "data items"),
        f"{counts.data_items:,}",
        f"{counts.targets.data_items:,}",
        say(f"脱敏 {counts.data_items_masked}", f"{counts.data_items_masked} masked"),
    )
    console.print(table)
    held = counts.holdings
    console.print(
        say(
            f"共持有 {held.held}：开放 {held.open}，授权 {held.granted}，不予开放 {held.refused}，"
            f"处理中 {held.pending}，仅登记 {held.unsubmitted}",
            f"{held.held} held: {held.open} open, {held.granted} granted, {held.refused} refused, "
            f"{held.pending} pending, {held.unsubmitted} registered only",
        )
    )
    adopted = {one.publisher: one for one in counts.adoption}
    for one in held.publishers:
        known = adopted.get(one.publisher)
        bound, fields = (known.bound, known.fields) if known else (0, 0)
        console.print(
            say(
                f"  {escape(one.publisher)}：持有 {one.held}，开放 {one.open}；已开放字段 {fields}，绑定数据元 {bound}",
                f"  {escape(one.publisher)}: {one.open} of {one.held} open; {bound} of {fields} released fields bound",
            ),
            style="dim",
        )
    if counts.stale:
        number = len(counts.stale)
        console.print(say(f"待重新审查的发布 {number}", f"{number} releases are stale"), style="yellow")
    for late in counts.stale:
        console.print(f"  {escape(late.id)}: {escape(late.reason.in_(lang))}", style="yellow")
    for left_out in counts.exclusions:
        console.print(f"  {escape(left_out.id)}: {escape(left_out.reason.in_(lang))}", style="dim")
