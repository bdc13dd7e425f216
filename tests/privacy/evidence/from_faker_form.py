"""A form is one way in which a cell holds a value: what is drawn, how it is written, what stands around it. The forms that
every number shares (labels, hotline notes, JSON, URL, disguises) are made here from one description of its kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from tests.privacy.evidence.cell import Cell
from tests.privacy.evidence.from_faker_world import World
from tests.privacy.evidence.from_faker_writing import (
    Writing,
    as_it_is,
    base64_json,
    base64_of,
    chinese_numerals,
    full_width,
    grouped,
    html_references,
    percent_all,
    unicode_escapes,
    zero_width,
)

__all__ = [
    "Form",
    "Frame",
    "Kind",
    "compose",
    "framed",
    "named",
    "numeric",
    "places",
    "standard",
    "statements",
]

Make = Callable[[World], str]


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around «X», with «words» of the world (and «same», another value of the kind) to be filled in."""

    text: str
    header: str = ""


@dataclass(frozen=True, slots=True)
class Form:
    name: str
    make: Make
    write: Writing
    frames: tuple[Frame, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """`alone` says that the value is known by itself; otherwise a label, key or header always stands with it. `apart` says
    that people break it into groups. `scenes` are the sentence forms it occurs in."""

    make: Make
    labels: tuple[str, ...]
    headers: tuple[str, ...]
    keys: tuple[str, ...]
    alone: bool
    apart: bool = True
    scenes: tuple[str, ...] = ("hotline_note", "chat_line", "remark", "subsidy_note")


# S is the statement: the label and the value.
SCENES: dict[str, tuple[str, ...]] = {
    "hotline_note": (
        "来电人«name»反映«matter»，S，要求尽快处理。",
        "市民来电：«district»«matter»，S，请«office»核实回复。",
        "【12345工单】诉求人«name»，S，«matter»，已转«office»。",
        "«name»«title»于«day»来电称«matter»。S。希望«office»给个说法",
    ),
    "chat_line": (
        "«name»: 你好，我的S，麻烦帮我查一下进度",
        "[«time»] 客服：请提供信息　用户：S",
        "在吗？S，«subsidy»到账了吗？",
        "«day» «time» «name»：S～谢谢",
    ),
    "remark": (
        "S，已核对",
        "S（«day»已核）",
        "补录，S；原件已归档",
        "«office»退回：S有误，请更正",
        "见附件；S;经办«name»",
    ),
    "subsidy_note": (
        "«name»户，S，发放«subsidy»«amount»元",
        "«subsidy»　«name»　S　«amount»元　已公示",
        "经公示无异议，«name»（S）符合«subsidy»条件",
    ),
    "incident_note": (
        "«day»«time»，驾驶员«name»（S）因«offence»被查处",
        "当事人«name»，S，«offence»，罚款200元",
        "«time»接警：«district»发生事故，S，无人员伤亡",
    ),
    "patient_note": (
        "患者«name»，«sex»，«age»岁，S，主诉«complaint»",
        "«complaint»，«age»岁«sex»性，S，家属陪同就诊",
        "【随访】«name» S «complaint»，已好转",
    ),
    "register_note": (
        "«company»，法定代表人«name»，S，«day»登记",
        "«company»经营异常，S，«office»«day»列入",
        "变更前：«name»；变更后：«name»，S",
    ),
}
GLUE = ("客户«X»已登记", "经查«X»属实", "请把«X»改成新的", "尾号有误的«X»已作废", "用«X»报的名")


def compose(world: World, entity: str, form: Form) -> Cell:
    """One cell of the form."""
    value = form.make(world)
    frame = world.rng.choice(form.frames)
    before, after = (
        world.fill(part.replace("«same»", form.make(world)) if "«same»" in part else part)
        for part in frame.text.split("«X»")
    )
    written = form.write(world.rng, value)
    start = len(before)
    return Cell(before + written + after, start, start + len(written), entity, form.name, frame.header)


def statements(
    labels: Iterable[str], joints: Iterable[str] = ("：", ":", "", " ", "是", "为", "： ")
) -> tuple[str, ...]:
    """Label, joint and value; a Latin label is never glued to the value."""
    joined = tuple(joints)
    return tuple(
        f"{label}{joint}«X»"
        for label in labels
        for joint in joined
        if (joint or not label[-1].isascii()) and (joint not in ("是", "为") or not label[-1].isascii())
    )


def framed(texts: Iterable[str], headers: Iterable[str] = ("",)) -> tuple[Frame, ...]:
    kept = tuple(headers)
    return tuple(Frame(text, header) for text in texts for header in kept)


def standard(kind: Kind) -> tuple[Form, ...]:
    """The forms that every kind has, in one order."""
    labelled = framed(statements(kind.labels))
    bare = framed(("«X»",), kind.headers)
    plain = (("plain", (Frame("«X»"),)),) if kind.alone else ()
    forms: list[tuple[str, tuple[Frame, ...]]] = [
        *plain,
        ("header_bare", bare),
        ("labelled", labelled),
        *((name, _scene(name, kind)) for name in kind.scenes),
        ("glued", framed(GLUE if kind.alone else (f"«name»{label}«X»已登记" for label in _han(kind.labels)))),
        *_written(kind),
        *_in_markup(kind),
    ]
    disguised: list[tuple[str, Writing]] = [
        ("full_width", full_width),
        ("zero_width", zero_width),
        ("percent_encoded", percent_all),
        ("base64", base64_of),
        ("html_references", html_references),
        ("unicode_escapes", unicode_escapes),
    ]
    if kind.apart:
        disguised += [
            ("spaced", grouped(" ")),
            ("dashed", grouped("-", "-", "–", "—", "－")),
            ("dotted", grouped(".", ".", "·")),
            ("full_width_grouped", lambda rng, value: full_width(rng, grouped("　", "-", " ")(rng, value))),
            ("nbsp", grouped("\u00a0", "\u202f", "\u2009", "\u3000")),
        ]
    return (
        *(Form(name, kind.make, as_it_is, frames) for name, frames in forms),
        *(Form(name, kind.make, write, places(kind)) for name, write in disguised),
        Form(
            "base64_json",
            kind.make,
            base64_json(*kind.keys),
            framed(("«X»", "payload=«X»", "data: «X»", "报文：«X»")),
        ),
    )


def named(prefix: str, forms: Iterable[Form]) -> tuple[Form, ...]:
    """The forms of one kind among several of a class."""
    return tuple(replace(form, name=f"{prefix}_{form.name}") for form in forms)


def places(kind: Kind) -> tuple[Frame, ...]:
    """Where a disguised value stands: by itself if it may, else under its header; or behind a label."""
    bare = framed(("«X»",), ("", *kind.headers) if kind.alone else kind.headers * 2)
    return (*bare, *framed(statements(kind.labels)))


def numeric(kind: Kind) -> tuple[Form, ...]:
    """The further forms of what is digits only: Chinese numerals, a number in JSON, what a spreadsheet makes of it."""
    headers = ("", *kind.headers) if kind.alone else kind.headers
    return (
        Form("chinese_numerals", kind.make, chinese_numerals, places(kind)),
        Form("dot_zero", kind.make, as_it_is, framed(("«X».0",), headers)),
        Form("json_number", kind.make, as_it_is, framed(f'{{"{key}":«X»,"seq":«seq»}}' for key in kind.keys)),
    )


def _han(labels: Iterable[str]) -> tuple[str, ...]:
    return tuple(label for label in labels if not label[-1].isascii())


def _scene(name: str, kind: Kind) -> tuple[Frame, ...]:
    said = statements(kind.labels, ("", "：", "为", " "))
    return framed(scene.replace("S", statement, 1) for scene in SCENES[name] for statement in said)


def _written(kind: Kind) -> tuple[tuple[str, tuple[Frame, ...]], ...]:
    """Two in one cell, quotes, brackets, what spreadsheets leave."""
    quotes = ('"«X»"', "“«X»”", "「«X»」", "'«X»'", "`«X»`", "《«X»》")
    brackets = ("（«X»）", "(«X»)", "[«X»]", "【«X»】", "{«X»}", "<«X»>")
    headers = ("", *kind.headers) if kind.alone else kind.headers
    two = tuple(
        f"{label}：{body}"
        for label in kind.labels
        for body in (
            "«X»、«same»",
            "«same»，«X»",
            "«same»/«X»",
            "«X»；«same»",
            "«X» «same»",
            f"«same»，{label}：«X»",
        )
    )
    return (
        ("two_in_one", framed(two)),
        ("quoted", framed(quotes, headers)),
        ("bracketed", framed(brackets, headers)),
        ("apostrophe", framed(("'«X»", "’«X»", "\t«X»", '="«X»"'), headers)),
    )


def _in_markup(kind: Kind) -> tuple[tuple[str, tuple[Frame, ...]], ...]:
    """The value in JSON, XML, HTML, CSV, a URL's query, a line of a log."""
    label = kind.labels[0]
    per_key: dict[str, tuple[str, ...]] = {
        "json": (
            '{"KEY":"«X»"}',
            '{"name": "«name»", "KEY": "«X»", "status": 1}',
            '[{"seq":«seq»,"KEY":"«X»"}]',
            "{'KEY': '«X»', 'seq': «seq»}",
        ),
        "json_escaped": ('{\\"KEY\\":\\"«X»\\"}', '"{\\"name\\":\\"«name»\\",\\"KEY\\":\\"«X»\\"}"'),
        "xml": (
            "<KEY>«X»</KEY>",
            '<row seq="«seq»" KEY="«X»"/>',
            "<person><name>«name»</name><KEY><![CDATA[«X»]]></KEY></person>",
        ),
        "url_query": (
            "https://zwfw.example.gov.cn/query?KEY=«X»&type=1",
            "/api/v1/person?seq=«seq»&KEY=«X»",
            "GET https://gate.example.gov.cn/apply?KEY=«X» HTTP/1.1",
        ),
        "log_line": (
            "«day» «time» INFO [gateway-«seq»] KEY=«X» status=200",
            "[WARN] «time» verify failed, KEY: «X», retry=«seq»",
            "ERROR c.e.PersonService - duplicate KEY '«X»'",
        ),
    }
    html = (
        f"<td>{label}</td><td>«X»</td>",
        f"<p>{label}：<b>«X»</b></p>",
        f"<div>«name»&nbsp;{label}&nbsp;«X»<br/>«day»</div>",
        f'<input name="{kind.keys[0]}" value="«X»">',
    )
    csv: tuple[str, ...] = (
        f"序号,姓名,{label}\n«seq»,«name»,«X»",
        f"姓名|{label}|日期\n«name»|«X»|«day»",
        f"{label}\n«X»",
    )
    if kind.alone:
        csv += (
            "«seq»,«name»,«X»,«day»",
            "«name»|«X»|«district»",
            "«name»\t«X»\t«amount»",
            '"«seq»","«X»","«name»"',
        )
    return (
        *(
            (
                name,
                framed(text.replace("KEY", key) for text in texts for key in kind.keys if _fits(name, key)),
            )
            for name, texts in per_key.items()
        ),
        ("html_cell", framed(html)),
        ("csv_line", framed(csv)),
    )


def _fits(name: str, key: str) -> bool:
    """URLs and logs of programs have Latin keys."""
    return key.isascii() or name in ("json", "json_escaped", "xml")
