"""What a nasty file is, with its true reading, and makers of the formats that hold one."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import openpyxl


@dataclass(frozen=True)
class Nasty:
    """`rows` is the truth, `names` where they matter, `choices` what the reading must say, `asks` = it may not decide."""

    name: str
    content: bytes
    rows: list[tuple[Any, ...]]
    names: tuple[str, ...] = ()
    choices: dict[str, str] = field(default_factory=dict)
    asks: bool = False
    units: dict[str, str] = field(default_factory=dict)


def book(
    rows: list[list[Any]], *merged: str, then: Callable[[openpyxl.Workbook], None] | None = None
) -> bytes:
    made = openpyxl.Workbook()
    for row in rows:
        made.active.append(row)
    for area in merged:
        made.active.merge_cells(area)
    if then is not None:
        then(made)
    stream = io.BytesIO()
    made.save(stream)
    return stream.getvalue()


def with_sheet(name: str, rows: list[list[Any]]) -> Callable[[openpyxl.Workbook], None]:
    """Another sheet, for `book(…, then=…)`."""

    def add(made: openpyxl.Workbook) -> None:
        other = made.create_sheet(name)
        for row in rows:
            other.append(row)

    return add


def archive(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        for name, content in files.items():
            made.writestr(name.replace("__", "."), content)
    return stream.getvalue()


def ods(*rows: list[str]) -> bytes:
    """The least that is an OpenDocument spreadsheet."""
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>'
            for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    space = "urn:oasis:names:tc:opendocument:xmlns:"
    content = (
        f'<?xml version="1.0"?><office:document-content xmlns:office="{space}office:1.0"'
        f' xmlns:table="{space}table:1.0" xmlns:text="{space}text:1.0"><office:body><office:spreadsheet>'
        f'<table:table table:name="表">{cells}</table:table></office:spreadsheet></office:body></office:document-content>'
    )
    mime = b"application/vnd.oasis.opendocument.spreadsheet"
    manifest = '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    return archive(
        mimetype=mime, **{"content__xml": content.encode(), "META-INF/manifest__xml": manifest.encode()}
    )


def geojson(*points: tuple[float, ...], **more: Any) -> bytes:
    features = [
        {"type": "Feature", "properties": {"n": n}, "geometry": {"type": "Point", "coordinates": list(point)}}
        for n, point in enumerate(points, start=1)
    ]
    return json.dumps(
        {"type": "FeatureCollection", "features": features, **more}, ensure_ascii=False
    ).encode()


DISTRICTS = [("西湖区", 12), ("上城区", 30), ("拱墅区", 7)]
PLAIN = "区县,数量\n" + "".join(f"{name},{count}\n" for name, count in DISTRICTS)
