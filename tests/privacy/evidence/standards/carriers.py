"""What a value stands in: bare in a column, behind a label, in a sentence, in JSON, XML, a log line, an address of the web.

A carrier gives the text before and after the value and the header of its column. A kind that cannot be recognised by
its value alone is carried with its label or its header always."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random

from tests.privacy.evidence.cell import Cell
from tests.privacy.evidence.standards.dress import CODED, OPEN
from tests.privacy.evidence.standards.fill import Fill
from tests.privacy.evidence.standards.lists import words
from tests.privacy.evidence.standards.people import person

__all__ = ["CARRIERS", "CODES", "FIELDS", "MOSTLY", "Around", "Form", "Kind", "forms", "put", "somewhere"]

Around = tuple[str, str, str]
"""Text before the value, text after it, header of the column."""
Form = Callable[[Random], Cell]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of value of `entity`: how it is made, what it is called, and where it occurs. `alone`: it is recognised
    without label or header. `carried` and `dressed` name what makes its forms; `extra` are forms of its own."""

    entity: str
    value: Callable[[Random], str]
    labels: tuple[str, ...]
    headers: tuple[str, ...]
    keys: tuple[str, ...]
    sentences: tuple[str, ...]
    groups: tuple[tuple[int, ...], ...] = ()
    alone: bool = False
    carried: tuple[str, ...] = ()
    dressed: tuple[str, ...] = ()
    extra: dict[str, Form] = field(default_factory=dict)


def bare(rng: Random, kind: Kind) -> Around:
    return "", "", "" if kind.alone and rng.random() < 0.5 else rng.choice(kind.headers)


def header(rng: Random, kind: Kind) -> Around:
    return "", "", rng.choice(kind.headers)


def label(rng: Random, kind: Kind) -> Around:
    name = rng.choice(kind.labels)
    return (
        name + rng.choice(("：", ":", ": ", "： ", " ", "为", "是", "=")),
        rng.choice(("", "", "。", "；", "，", "\n")),
        "",
    )


def sentence(rng: Random, kind: Kind) -> Around:
    """`{v}` of the template is where the value stands; each half is filled by itself."""
    before, after = rng.choice(kind.sentences).split("{v}")
    fill = Fill(rng)
    return (
        before.format_map(fill),
        after.format_map(fill),
        rng.choice(("", "备注", "诉求内容", "情况说明", "摘要")),
    )


def _unglued(name: str, between: str) -> str:
    """A label in Latin letters would run into a value that begins with one."""
    return name + between if name[-1].isascii() else name


def glued(rng: Random, kind: Kind) -> Around:
    """Han text on both sides without a sign between."""
    before = rng.choice(("经核实其", "本人", "群众反映对方", "来电人", "登记")) + _unglued(
        rng.choice(kind.labels), "号为"
    )
    if kind.alone and rng.random() < 0.4:
        before = rng.choice(("经查", "系统显示", "留的是", "对应", "原登记"))
    return (
        before,
        rng.choice(("请尽快处理", "已登记在册", "的当事人", "有误请更正", "与原件一致", "等信息")),
        "",
    )


def glued_latin(rng: Random, kind: Kind) -> Around:
    """Latin letters before the value without a sign between."""
    return (
        rng.choice(kind.labels) + rng.choice(("No", "NO.", "no", "ID", "num")),
        rng.choice(("", "，请核", " ok")),
        "",
    )


def parentheses(rng: Random, kind: Kind) -> Around:
    opening, closing = rng.choice(("（）", "()", "【】", "[]", "「」", "<>"))
    name = _unglued(rng.choice(kind.labels), " ")
    return (
        rng.choice((f"{person(rng)}{opening}{name}", f"{person(rng)}{opening}{name}：", f"{name}{opening}")),
        closing,
        "",
    )


def _other(key: str) -> str:
    """The key of a person's name beside the value: another one where the value has it."""
    return "jbr" if key == "xm" else "xm"


def json_field(rng: Random, kind: Kind) -> Around:
    key, mark = rng.choice(kind.keys), "\x00"
    document: dict[str, object] = {
        _other(key): person(rng),
        key: mark,
        "bz": rng.choice(("无", "", "首次申请")),
    }
    if rng.random() < 0.3:
        document = {"code": 200, "data": {"items": [document]}}
    separators = rng.choice(((",", ":"), (", ", ": ")))
    before, after = json.dumps(document, ensure_ascii=False, separators=separators).split(
        json.dumps(mark)[1:-1]
    )
    return before, after, rng.choice(("", "payload", "扩展信息"))


def json_number(rng: Random, kind: Kind) -> Around:
    key = rng.choice(kind.keys)
    return f'{{"{key}":', rng.choice(("}", ',"sl":1}', ', "ok": true}')), ""


def escaped_json(rng: Random, kind: Kind) -> Around:
    """JSON within a string of JSON, once or twice."""
    before, after, head = json_field(rng, kind)
    for _ in range(rng.choice((1, 1, 2))):
        before, after = (part.replace("\\", "\\\\").replace('"', '\\"') for part in (before, after))
    return before, after, head


def xml(rng: Random, kind: Kind) -> Around:
    key = rng.choice(kind.keys)
    if rng.random() < 0.3:
        return f'<row {_other(key)}="{person(rng)}" {key}="', '" zt="1"/>', ""
    return f"<record><{_other(key)}>{person(rng)}</{_other(key)}><{key}>", f"</{key}></record>", ""


def html(rng: Random, kind: Kind) -> Around:
    name = rng.choice(kind.labels)
    return (
        rng.choice((f"<tr><th>{name}</th><td>", f"<p>{name}：<b>", f'<td>{name}</td><td class="v">')),
        "</td></tr>",
        "",
    )


def csv_lines(rng: Random, kind: Kind) -> Around:
    """A table of two lines in one cell."""
    mark = rng.choice((",", "|", "\t", ";"))
    first = mark.join(("姓名", rng.choice(kind.headers), "状态"))
    quote = rng.choice(("", '"'))
    return f"{first}\n{person(rng)}{mark}{quote}", f"{quote}{mark}正常", ""


def log_line(rng: Random, kind: Kind) -> Around:
    stamp = f"2024-{rng.randrange(1, 13):02d}-{rng.randrange(1, 29):02d} {rng.randrange(24):02d}:{rng.randrange(60):02d}:07.{rng.randrange(1000):03d}"
    level, key = rng.choice(("INFO", "WARN", "DEBUG")), rng.choice(kind.keys)
    return (
        f"{stamp} {level} [exec-{rng.randrange(20)}] c.g.UserService - {key}=",
        rng.choice((" cost=12ms", ", result=OK", "")),
        "",
    )


def url(rng: Random, kind: Kind) -> Around:
    path = rng.choice(
        ("https://zwfw.example.gov.cn/query?", "http://app.example.cn/api/v2/person?", "/rest/user?")
    )
    return f"{path}type=1&{rng.choice(kind.keys)}=", rng.choice(("", "&page=1", "#top", "&sign=ok")), ""


def key_values(rng: Random, kind: Kind) -> Around:
    key = rng.choice(kind.keys)
    return f"{_other(key)}={person(rng)};{key}=", ";zt=1", ""


def note_lines(rng: Random, kind: Kind) -> Around:
    """A form copied into one cell, a line per field."""
    return f"姓名：{person(rng)}\n{rng.choice(kind.labels)}：", "\n备注：无", ""


def apostrophe(rng: Random, kind: Kind) -> Around:
    """A spreadsheet's sign for text; no part of the value."""
    return "'", "", rng.choice(kind.headers)


CARRIERS: dict[str, Callable[[Random, Kind], Around]] = {
    "bare": bare,
    "header": header,
    "label": label,
    "sentence": sentence,
    "glued_han": glued,
    "glued_latin": glued_latin,
    "parentheses": parentheses,
    "json": json_field,
    "json_number": json_number,
    "escaped_json": escaped_json,
    "xml": xml,
    "html": html,
    "csv_lines": csv_lines,
    "log_line": log_line,
    "url": url,
    "key_values": key_values,
    "note_lines": note_lines,
    "apostrophe": apostrophe,
}
# Names of carriers and dresses that suit nearly every kind.
FIELDS = words("json escaped_json xml html csv_lines log_line url key_values note_lines apostrophe")
MOSTLY = words("full_width spaces dashes dots nbsp zero_width line_breaks other_script uneven_spaces")
CODES = words("percent_all html_references unicode_escapes base64_json")

# Where a dressed value stands: what people write, and what programs write.
OPEN_PLACES = (bare, label, label, sentence, sentence, note_lines, parentheses)
CODED_PLACES = (bare, label, json_field, url, key_values, log_line)


def somewhere(rng: Random, kind: Kind) -> Around:
    """Under a header, behind a label or in a sentence."""
    return rng.choice((header, label, sentence))(rng, kind)


def put(around: Around, value: str, entity: str, form: str) -> Cell:
    before, after, head = around
    return Cell(before + value + after, len(before), len(before) + len(value), entity, form, head)


def _carried(kind: Kind, name: str) -> Form:
    return lambda rng: put(CARRIERS[name](rng, kind), kind.value(rng), kind.entity, name)


def _dressed(kind: Kind, name: str) -> Form:
    dress = OPEN.get(name) or CODED[name]
    places = OPEN_PLACES if name in OPEN else CODED_PLACES

    def form(rng: Random) -> Cell:
        place = rng.choice(places)
        if name == "base64_json" and place in (label, json_field):
            place = bare  # the key is inside: a label outside would stand for something else
        value = dress(rng, kind.value(rng), kind.groups, rng.choice(kind.keys))
        return put(place(rng, kind), value, kind.entity, name)

    return form


def _all(kind: Kind) -> Iterable[tuple[str, Form]]:
    yield from ((name, _carried(kind, name)) for name in kind.carried)
    yield from ((name, _dressed(kind, name)) for name in kind.dressed)
    yield from kind.extra.items()


def forms(*kinds: Kind) -> dict[str, Form]:
    """The forms of one entity by name; where several kinds share a name, each is drawn as often."""
    together: dict[str, list[Form]] = {}
    for kind in kinds:
        for name, form in _all(kind):
            together.setdefault(name, []).append(form)

    def drawn(choices: list[Form]) -> Form:
        return choices[0] if len(choices) == 1 else lambda rng: rng.choice(choices)(rng)

    return {name: drawn(choices) for name, choices in together.items()}
