"""Options that several commands share, and the two texts they are parsed from."""

from __future__ import annotations

from typing import Annotated

import typer

from catalog.errors import BadInput, Where
from catalog.finding import Grade
from catalog.text import Text

__all__ = [
    "JSON",
    "As",
    "Delimiter",
    "Encoding",
    "Graded",
    "HeaderRow",
    "Query",
    "Settable",
    "Sheet",
    "Table",
    "Yes",
    "parse_grade",
    "parse_settings",
    "with_reading",
]


def parse_grade(text: str) -> Grade:
    """``L1``…``L4``."""
    try:
        return Grade[text.upper()]
    except KeyError:
        raise typer.BadParameter("use L1, L2, L3 or L4") from None


def parse_settings(pairs: list[str] | None) -> dict[str, str]:
    """``FIELD=VALUE`` pairs as a mapping. Raises BadInput."""
    settings = {}
    for pair in pairs or ():
        name, equals, value = pair.partition("=")
        if not (name and equals and value):
            raise BadInput(
                Text("--set 的形式是 项=值", "--set takes FIELD=VALUE"),
                Text("例如 --set theme=transport", "For example --set theme=transport"),
                Where(parameter="set"),
            )
        settings[name] = value
    return settings


def with_reading(
    answers: list[str] | None,
    encoding: str | None,
    delimiter: str | None,
    header_row: str | None,
    sheet: str | None,
    table: str | None,
) -> list[str]:
    """The answers, with those that have an option of their own as ``reading:…`` ones. `table` is that of a file."""
    own = {
        "encoding": encoding,
        "delimiter": delimiter,
        "header_row": header_row,
        "sheet": sheet,
        "table": table,
    }
    return [*(answers or ()), *(f"reading:{what}={value}" for what, value in own.items() if value)]


JSON = Annotated[bool, typer.Option("--json", help="Answer in JSON. 以 JSON 输出。")]
Yes = Annotated[
    bool,
    typer.Option(
        "--yes", help="Accept proposed reading, metadata and masking. 接受建议的读取方式、元数据和脱敏。"
    ),
]
Settable = Annotated[list[str] | None, typer.Option("--set", help="FIELD=VALUE, repeatable. 项=值，可重复。")]
Graded = Annotated[Grade | None, typer.Option("--grade", help="Grade L1-L4. 级别。", parser=parse_grade)]
As = Annotated[
    str | None,
    typer.Option(
        "--as",
        metavar="NAME[:ROLE]",
        help="Personal home only: try a role out as somebody. 仅限个人空间：以某人某角色试用。",
    ),
]
Table = Annotated[
    str | None,
    typer.Option(
        help="Table of a database address, of tables side by side, or in JSON. 数据库、并列的表或 JSON 中的哪张表。"
    ),
]
Query = Annotated[str | None, typer.Option(help="One SELECT for a database address. 对数据库的一个查询。")]
Encoding = Annotated[str | None, typer.Option(help="Character encoding of the file. 字符编码。")]
Delimiter = Annotated[str | None, typer.Option(help="Delimiter, or tab, space, fixed, none. 分隔符。")]
HeaderRow = Annotated[
    str | None,
    typer.Option(help="Line of the header from 1, or none; the other choices: --set reading:…. 表头所在行。"),
]
Sheet = Annotated[str | None, typer.Option(help="Name of the worksheet. 工作表名。")]
