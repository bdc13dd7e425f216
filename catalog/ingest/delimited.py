"""Delimited and fixed-width text to a raw table: dialect, place of the table, then every record accounted for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from catalog.dataset import ReadingChoice
from catalog.engine.duckdb_engine import DuckDBEngine
from catalog.errors import BadInput, TooLarge, Where
from catalog.ingest.account import MAX_EXAMPLES, Account, account_choices
from catalog.ingest.answers import Answers
from catalog.ingest.beside import Block, chosen_block, side_by_side
from catalog.ingest.dialect import DELIMITERS, Guess, guess, named_delimiter, shown_delimiter
from catalog.ingest.duckdb_csv import CsvBody, load_clean
from catalog.ingest.fixed_width import Spans, column_spans, cut
from catalog.ingest.footers import footer_length, is_note
from catalog.ingest.limits import Limits
from catalog.ingest.locate import Header, find_header, is_numbering, is_translation, modal_width
from catalog.ingest.names import column_names
from catalog.ingest.next_table import NextTable
from catalog.ingest.raw import RawTable, load_rows
from catalog.ingest.records import Dialect, Record, records
from catalog.text import Text

__all__ = ["Layout", "locate_table", "read_delimited", "sample_lines"]

SAMPLE_CHARS = 1 << 18
TYPED_ROWS = 30
MAX_TITLES = 8
NOT_FIXED = Spans()
DOS_END = "\x1a"  # what DOS programs put at the end of a text


@dataclass(frozen=True, slots=True)
class Layout:
    """How physical lines become rows. `spans` for fixed width; `width` cells make a row, a record of exactly
    `short` cells is filled up with nulls, of one of the `long` numbers cut where the rest is empty; `body` is the first
    line (1-based) that is data, `typed` the columns that hold numbers or dates, `block` the part of each record that is
    this table's where others stand beside it."""

    dialect: Dialect
    names: tuple[str, ...]
    width: int
    body: int
    header: tuple[str, ...] | None
    choices: tuple[ReadingChoice, ...]
    spans: Spans = NOT_FIXED
    short: int | None = None
    long: frozenset[int] = frozenset()
    typed: frozenset[int] = frozenset()
    block: Block | None = None

    def is_regular(self, lines: Sequence[str]) -> bool:
        """Delimited records of one width in lines that end in line feeds, as far as the sample shows."""
        whole = not self.spans and self.short is None and self.block is None
        return whole and any("\n" in line for line in lines)

    def csv_body(self, path: Path, limits: Limits) -> CsvBody:
        """The data below the header, for the parallel reader."""
        return CsvBody(path, self.dialect, self.width, self.body - 1, limits.max_cell_chars)


def read_delimited(
    engine: DuckDBEngine, path: Path, file: str, raw: str, answers: Answers, limits: Limits
) -> RawTable:
    """A raw table from UTF-8 text.

    Raises BadInput: no table to be found, more rows rejected than read, an answer that does not fit; TooLarge.
    """
    lines, whole = sample_lines(path, file, limits)
    layout = locate_table(lines, whole, path, file, answers, limits)
    account = Account()
    rows: int | None = None
    if path.stat().st_size >= limits.parallel_from_bytes and layout.is_regular(lines):
        rows = load_clean(engine, raw, layout.csv_body(path, limits))
    if rows is None:
        cells = _rows(_lines(path, file, limits), layout, account, limits)
        rows = load_rows(engine, raw, layout.width, cells, file, limits)
    if account.rejected_rows > rows:
        first = account.rejected[0]
        raise BadInput(
            Text(
                f"读不出的行（{account.rejected_rows:,}）比读出的（{rows:,}）还多",
                f"More rows cannot be read ({account.rejected_rows:,}) than can ({rows:,})",
            ),
            Text(
                f"首例：{first.why.zh}。请指定 delimiter 或 header_row，或修正后重新导出",
                f"The first: {first.why.en}. Answer delimiter or header_row, or correct and export again",
            ),
            Where(file=file, line=first.line),
        )
    return RawTable(
        table=raw,
        names=layout.names,
        rows=rows,
        choices=(*layout.choices, *account_choices(account, layout.short, answers)),
        header=layout.header,
        rejected_rows=account.rejected_rows,
        rejected=tuple(account.rejected),
    )


def sample_lines(path: Path, file: str, limits: Limits) -> tuple[list[str], bool]:
    """The first lines, and whether they are all there are."""
    lines: list[str] = []
    chars = 0
    for line in _lines(path, file, limits):
        if chars > SAMPLE_CHARS or len(lines) >= limits.sample_records * 4:
            return lines, False
        lines.append(line)
        chars += len(line)
    return lines, True


def _lines(path: Path, file: str, limits: Limits) -> Iterator[str]:
    """Physical lines with their ends, by line feed, or by carriage return where the file has no line feed."""
    end = "\n" if _has_line_feed(path) else "\r"
    cap = limits.max_cell_chars * 16
    number = 0
    with path.open(encoding="utf-8-sig", newline=end) as stream:
        while line := stream.readline(cap):
            number += 1
            if len(line) >= cap:
                raise TooLarge(
                    Text("这一行过长", "This line is too long"),
                    Text("请核对文件是否是按行的表格", "Check that the file is a table of lines"),
                    Where(file=file, line=number),
                )
            if line.endswith(DOS_END):  # only a last line has no line end
                line = line.rstrip(DOS_END)
            if line:
                yield line


def _has_line_feed(path: Path) -> bool:
    with path.open("rb") as stream:
        while chunk := stream.read(1 << 20):
            if b"\n" in chunk:
                return True
    return False


def locate_table(
    lines: list[str], whole: bool, path: Path, file: str, answers: Answers, limits: Limits
) -> Layout:
    """Where the table lies in a text that begins with `lines` (`whole`: and ends with them).

    Raises BadInput: nothing there, or an answer that does not fit.
    """
    answer = answers.get("delimiter")
    delimiter = named_delimiter(answer) if answer is not None else None
    found = None if delimiter in ("fixed", "") else guess(lines, delimiter, answers.get("quote"))
    spans = Spans()
    if found is None and delimiter in (None, "fixed"):
        spans = column_spans(_lines(path, file, limits))
    dialect = (
        found.dialect if found else Dialect("", answers.get("quote") or '"', answers.get("quote") or '"')
    )
    sample = [record for record in _records(lines, dialect, spans, None, limits) if record.cells]
    sample = (
        sample[: limits.sample_records] if whole or len(sample) < 2 else sample[: limits.sample_records][:-1]
    )
    if not sample:
        raise _nothing(file)
    choice = _delimiter_choice(found, spans, lines, answers)
    width = found.width if found else len(spans) or 1
    block, beside = chosen_block(
        side_by_side([record.cells for record in sample]) if found else (), file, answers
    )
    if block is None:
        layout = _place(sample, dialect, spans, choice, width, file, answers, limits)
    else:
        own = [block.of(record) for record in sample]
        own = [record for record in own if any(cell.strip() for cell in record.cells)]
        width = block.end - block.start
        layout = replace(_place(own, dialect, spans, choice, width, file, answers, limits), block=block)
    return layout if beside is None else replace(layout, choices=(*layout.choices, beside))


def _records(
    lines: Iterable[str],
    dialect: Dialect,
    spans: Spans,
    width: int | None,
    limits: Limits,
) -> Iterator[Record]:
    return cut(lines, spans) if spans else records(lines, dialect, width, limits.max_cell_chars)


def _delimiter_choice(
    found: Guess | None, spans: Spans, lines: Sequence[str], answers: Answers
) -> ReadingChoice:
    if spans:
        columns = "、".join(f"{start + 1}-{end}" for start, end in spans.ranges[:12])
        evidence = Text(
            f"各行在相同位置留空，共 {len(spans)} 列（字符 {columns}）",
            f"all lines are blank at the same places: {len(spans)} columns (characters {columns})",
        )
        return answers.chosen("delimiter", "fixed", evidence, certain=len(spans) > 2)
    if found is None:
        return answers.chosen(
            "delimiter",
            "none",
            Text(
                "没有使各行列数一致的分隔符，读为一列",
                "no delimiter makes the lines regular: read as one column",
            ),
            certain=not any(
                2 * sum(one in line for line in lines) >= sum(map(bool, map(str.strip, lines)))
                for one in DELIMITERS
            ),
        )
    certain = (found.rival is None and not found.weak) or answers.get("delimiter") is not None
    return answers.chosen("delimiter", shown_delimiter(found.dialect.delimiter), found.evidence(), certain)


def _place(
    sample: Sequence[Record],
    dialect: Dialect,
    spans: Spans,
    delimiter: ReadingChoice,
    width: int,
    file: str,
    answers: Answers,
    limits: Limits,
) -> Layout:
    header = _header(sample, width, file, answers)
    head = [sample[index] for index in header.rows]
    body_index = header.body if header.label is None or not answers.keeps("label_row") else header.label
    following = _first_table(sample[body_index:], header.names if head else ())
    modal = modal_width(following) if following else width
    cells = max((_trimmed(record.cells) for record in head), key=len, default=())
    width = max(len(cells), modal)
    if not head:
        given = tuple(f"column_{position}" for position in range(1, width + 1))
    else:
        named = header.names if len(header.names) >= len(cells) or len(head) > 1 else head[-1].cells
        given = (tuple(named) + ("",) * width)[:width]
    line = head[-1].line if head else None
    names, changed = column_names(given, file, line, limits.max_columns)
    body = sample[body_index].line if body_index < len(sample) else sample[-1].line + sample[-1].lines
    if head and body_index >= len(sample):
        body = head[-1].line + head[-1].lines
    choices = [delimiter, *_header_choices(header, head, sample, body, answers)]
    if changed:
        shown = ", ".join(changed[:20])
        choices.append(
            answers.chosen(
                "names",
                shown,
                Text(
                    "列名为空、重复或被占用，已改为唯一的名称",
                    "names that were empty, repeated or reserved were made unique",
                ),
            )
        )
    short = modal if modal < width and head else None
    sizes = Counter(len(cells) for cells in following)
    long = frozenset(size for size, count in sizes.items() if size > width and count * 5 >= len(following))
    typed = NextTable.below(names, following[:TYPED_ROWS]).typed
    header_cells = given if head else None
    return Layout(dialect, names, width, body, header_cells, tuple(choices), spans, short, long, typed)


def _first_table(body: Sequence[Record], names: Sequence[str]) -> list[tuple[str, ...]]:
    """The rows before another table begins: how wide that one is says nothing of this one."""
    rows = [record.cells for record in body]
    other = NextTable.below(names, rows[:TYPED_ROWS])
    for place, (above, record) in enumerate(pairwise(body), start=1):
        other.gap = other.gap or record.line > above.line + above.lines
        if names and other.begins(record.cells):
            return rows[:place]
    return rows


def _trimmed(cells: tuple[str, ...]) -> tuple[str, ...]:
    size = len(cells)
    while size and not cells[size - 1].strip():
        size -= 1
    return cells[:size]


def _header(sample: Sequence[Record], width: int, file: str, answers: Answers) -> Header:
    answer = answers.get("header_row")
    rows = [record.cells for record in sample]
    if answer is None:
        return find_header(rows, width)
    given = Text("由数据管理员指定", "given by the steward")
    if answer.strip().lower() in ("none", "0"):
        guessed = find_header(rows, width)
        first = 0 if not guessed.rows else guessed.rows[0]
        return Header((), tuple(f"column_{position}" for position in range(1, width + 1)), first, given)
    wanted = answer.strip().split("-")[-1]
    index = next((index for index, record in enumerate(sample) if str(record.line) == wanted), None)
    if index is None:
        raise BadInput(
            Text("这一行没有可作表头的内容", "There is no header on that line"),
            Text(
                f"请给出第 1 到 {sample[-1].line} 行中非空的一行，或 none",
                f"Give a line from 1 to {sample[-1].line} that is not blank, or none",
            ),
            Where(file=file, parameter="header_row"),
        )
    guessed = find_header(rows[index:], width)
    if len(guessed.rows) == 1 and guessed.rows[0] == 0:
        label = None if guessed.label is None else guessed.label + index
        return Header((index,), guessed.names, guessed.body + index, given, label=label)
    return Header((index,), tuple(rows[index]), index + 1, given)


def _header_choices(
    header: Header, head: Sequence[Record], sample: Sequence[Record], body: int, answers: Answers
) -> Iterator[ReadingChoice]:
    if head:
        value = str(head[0].line) if len(head) == 1 else f"{head[0].line}-{head[-1].line}"
        certain = header.certain or answers.get("header_row") is not None
        yield answers.chosen("header_row", value, header.evidence, certain)
    else:
        yield answers.chosen("header_row", "none", header.evidence, header.certain)
    first = head[0].line if head else body
    above = [record.line for record in sample if record.line < first]
    if above:
        shown = str(above[0]) if len(above) == 1 else f"{above[0]}-{above[-1]}"
        clear = len(above) <= MAX_TITLES and all(
            sum(bool(cell.strip()) for cell in record.cells) == 1 for record in sample if record.line < first
        )
        yield answers.chosen(
            "skipped_rows",
            shown,
            Text("表头之前的标题或说明", "titles or notes above the header"),
            clear and bool(head),
        )
    if header.label is not None and not answers.keeps("label_row"):
        line = sample[header.label].line
        yield answers.chosen(
            "label_row",
            str(line),
            Text(
                "表头下一行是文字说明或栏次，不是数据",
                "the row below the header holds labels of the columns or numbers them, no data",
            ),
            certain=is_translation(sample[header.rows[-1]].cells, sample[header.label].cells)
            or is_numbering(sample[header.label].cells),
        )


def _rows(lines: Iterable[str], layout: Layout, account: Account, limits: Limits) -> Iterator[Sequence[str]]:
    """Rows of exactly the table's width; the rest goes to the account."""
    other = NextTable(layout.header or layout.names, layout.typed)
    block = layout.block
    for whole in _records(
        lines, layout.dialect, layout.spans, block.whole if block else layout.width, limits
    ):
        if whole.line < layout.body:
            continue
        record = block.of(whole) if block else whole
        if not record.cells and record.why is None:
            account.blank_lines += 1
            other.gap = True
            continue
        if other.begins(record.cells) and layout.header is not None:
            account.next_table = record.line
            break
        row = _fit(record, layout, account)
        if row is None:
            account.pending.append(record)
            if len(account.pending) > MAX_EXAMPLES:
                account.reject(account.pending[:1], layout.names)
                del account.pending[:1]
            continue
        if account.pending:
            account.reject(account.pending, layout.names)
            account.pending.clear()
        yield row
    notes = footer_length(
        [
            (record.cells + ("",) * layout.width)[: layout.width] if record.why is None else ("\0", "\0")
            for record in account.pending
        ],
        sparse=True,
    )
    at = len(account.pending) - notes
    account.reject(account.pending[:at], layout.names)
    account.footers = [record.line for record in account.pending[at:]]
    account.notes_only = all(is_note(record.cells) for record in account.pending[at:])


def _fit(record: Record, layout: Layout, account: Account) -> Sequence[str] | None:
    size = len(record.cells)
    if record.why is not None:
        return None
    if size == layout.width:
        return record.cells
    cells, more = record.cells[: layout.width], record.cells[layout.width :]
    # An empty cell too many inside a row would shift the others, so a single long row must be full.
    full = size in layout.long or all(cell.strip() for cell in cells)
    if size > layout.width and full and not any(cell.strip() for cell in more):
        account.trailing_cells += 1
        return cells
    if layout.short is not None and size == layout.short:
        account.filled += 1
        return record.cells + ("",) * (layout.width - size)
    return None


def _nothing(file: str) -> BadInput:
    return BadInput(
        Text("文件里没有任何内容", "There is nothing in the file"),
        Text("请核对导出是否完整", "Check that the export was complete"),
        Where(file=file),
    )
