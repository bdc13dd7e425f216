"""What became of the records of a text that are no rows: counted, with examples, and said as choices."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from catalog.dataset import ReadingChoice, RejectedRow
from catalog.ingest.answers import Answers
from catalog.ingest.records import Record
from catalog.text import Text

__all__ = ["MAX_EXAMPLES", "Account", "account_choices"]

MAX_EXAMPLES = 100


@dataclass(slots=True)
class Account:
    """What did not become a row, while lines are streamed. `pending` may yet turn out to be notes below the table."""

    rejected_rows: int = 0
    rejected: list[RejectedRow] = field(default_factory=list)
    trailing_cells: int = 0
    filled: int = 0
    blank_lines: int = 0
    pending: list[Record] = field(default_factory=list)
    footers: list[int] = field(default_factory=list)
    notes_only: bool = False
    next_table: int | None = None

    def reject(self, failed: Iterable[Record], names: Sequence[str]) -> None:
        """Count records that cannot be rows of a table of these columns, and keep the first as examples."""
        for record in failed:
            self.rejected_rows += 1
            if len(self.rejected) >= MAX_EXAMPLES:
                continue
            size = len(record.cells)
            why = record.why or Text(
                f"有 {size} 个单元格，而表有 {len(names)} 列",
                f"{size} cells where the table has {len(names)} columns",
            )
            position = record.column - 1 if record.column else size
            column = names[position] if position < len(names) else None
            self.rejected.append(RejectedRow(record.line, column, why))


def account_choices(account: Account, short: int | None, answers: Answers) -> Iterator[ReadingChoice]:
    """What is said of it; `short` is the number of cells of rows that were filled up."""
    if account.rejected_rows:
        lines = "、".join(str(one.line) for one in account.rejected[:5])
        yield answers.chosen(
            "rejected_rows",
            str(account.rejected_rows),
            Text(
                f"这些行读不出，不进入表（如第 {lines} 行）",
                f"these lines cannot be read and are left out (such as line {lines.replace('、', ', ')})",
            ),
            certain=False,
        )
    if account.next_table is not None:
        yield answers.chosen(
            "next_table",
            str(account.next_table),
            Text(
                f"第 {account.next_table} 行起是另一张表，未读；要读它，请以 header_row={account.next_table} 作答",
                f"another table begins on line {account.next_table} and is not read; answer header_row={account.next_table} to read that one",
            ),
            certain=False,
        )
    if account.footers:
        yield answers.chosen(
            "footer_rows",
            str(len(account.footers)),
            Text(
                f"表下的合计或注释（第 {account.footers[0]} 行起）",
                f"totals or notes below the table (from line {account.footers[0]})",
            ),
            certain=account.notes_only,
        )
    if account.filled:
        yield answers.chosen(
            "short_rows",
            str(account.filled),
            Text(
                f"多数行只有 {short} 个单元格，少于表头，缺的读为空",
                f"most rows have {short} cells, fewer than the header; the missing ones are read as empty",
            ),
            certain=False,
        )
    if account.trailing_cells:
        yield answers.chosen(
            "trailing_cells",
            str(account.trailing_cells),
            Text("行末多出的空单元格已略去", "empty cells beyond the last column were left out"),
        )
