"""The index of architecture decisions and the records agree, and every record says what the form asks for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "docs" / "adr"
RECORDS = sorted(path for path in FOLDER.glob("*.md") if path.name != "README.md")


def test_the_index_lists_every_record_under_its_title() -> None:
    index = dict(
        re.findall(r"^\| \[\d{4}\]\(([^)]+)\) \| (.+) \|$", (FOLDER / "README.md").read_text(), re.MULTILINE)
    )
    titles = {
        path.name: path.read_text(encoding="utf-8").splitlines()[0].removeprefix(f"# {path.name[:4]} ")
        for path in RECORDS
    }
    assert index == titles


def test_numbers_run_without_gap() -> None:
    assert [path.name[:4] for path in RECORDS] == [f"{n:04d}" for n in range(1, len(RECORDS) + 1)]


@pytest.mark.parametrize("record", RECORDS, ids=lambda path: path.stem)
def test_a_record_gives_context_decision_and_consequences(record: Path) -> None:
    parts = re.findall(r"^\*\*(\w+)\.\*\*", record.read_text(encoding="utf-8"), re.MULTILINE)
    assert parts == ["Context", "Decision", "Consequences"]


@pytest.mark.parametrize("page", [*RECORDS, FOLDER / "README.md"], ids=lambda path: path.stem)
def test_links_between_records_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^):]+\.md)\)", page.read_text(encoding="utf-8"))
    assert all((FOLDER / target).is_file() for target in targets)
