"""The demo's files: the same bytes from the same seed, shapes as messy as promised, personal values where they belong."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from pathlib import Path
from time import sleep

import openpyxl
import pyarrow.parquet as pq
import pytest
import re2

import samples
from catalog.contract_json import parse_contract
from catalog.dataset import THEMES, UPDATE_CYCLES, check_dataset_id
from samples import Outcome, Sample
from samples.city import BUREAUS

GUARDED = {
    "elderly-allowance", "enterprise-register", "hospital-visits", "hotline-complaints", "household-electricity",
    "vehicle-tracks",
}  # fmt: skip


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Sample]:
    return {sample.dataset.id: sample for sample in samples.write(tmp_path_factory.mktemp("samples"))}


def _text(sample: Sample) -> str:
    """All text of a sample, decoded from whatever it is in."""
    path = sample.path
    if path.suffix == ".xlsx":
        sheets = openpyxl.load_workbook(path, read_only=True)
        return "\n".join(str(cell) for sheet in sheets for row in sheet.values for cell in row)
    if path.suffix == ".parquet":
        return json.dumps(pq.read_table(path).to_pylist(), ensure_ascii=False, default=str)
    raw = path.read_bytes()
    for encoding in ("utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise AssertionError(f"{path.name} is in no known encoding")


def _found(values: Iterable[str], text: str) -> set[str]:
    """Which of the values occur in a text, by one automaton over all of them (there are thousands)."""
    options = re2.Options()
    options.max_mem = 1 << 30
    longest_first = sorted(values, key=len, reverse=True)
    return set(re2.compile("|".join(map(re2.escape, longest_first)), options=options).findall(text))


def _bytes(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_the_same_seed_gives_the_same_bytes_at_another_time_in_another_place(tmp_path: Path) -> None:
    samples.write(tmp_path / "a")
    sleep(2.1)  # a zip entry's time has a resolution of two seconds
    samples.write(tmp_path / "b")
    assert _bytes(tmp_path / "a") == _bytes(tmp_path / "b")


def test_another_seed_gives_another_city_and_the_same_facts(
    tmp_path: Path, written: dict[str, Sample]
) -> None:
    other = {sample.dataset.id: sample for sample in samples.write(tmp_path, seed=samples.SEED + 1)}
    same = {
        name for name, sample in other.items() if sample.path.read_bytes() == written[name].path.read_bytes()
    }
    assert same == {"hangzhou-districts", "hangzhou-metro-lines", "public-holidays"}


def test_the_demo_stays_small_enough_to_be_published_while_one_waits(written: dict[str, Sample]) -> None:
    rows = sorted(sample.rows for sample in written.values())
    assert sum(rows) <= 60_000
    assert rows[-1] >= 20_000
    assert 16 <= len(rows) <= 24


def test_every_sample_can_be_registered_as_it_is(written: dict[str, Sample]) -> None:
    for sample in written.values():
        dataset = sample.dataset
        assert check_dataset_id(dataset.id) == dataset.id
        assert dataset.theme in THEMES
        assert dataset.update_cycle in UPDATE_CYCLES
        assert (dataset.publisher in BUREAUS.values()) is dataset.publisher.startswith("云汀市")
        assert dataset.source
        assert dataset.keywords
        true_facts = dataset.id.startswith(("hangzhou-", "public-"))
        assert ("虚构" in dataset.description) is dataset.publisher.startswith("云汀市") is not true_facts


def test_every_field_has_title_and_definition_in_both_languages(written: dict[str, Sample]) -> None:
    for sample in written.values():
        assert sample.contract.fields
        for described in sample.contract.fields:
            for text in (described.title, described.definition):
                assert text is not None
                assert text.zh
                assert text.en
                assert text.zh != text.en or text.zh.isascii(), described.name


def test_the_contract_written_beside_the_file_is_the_contract_of_the_sample(
    written: dict[str, Sample],
) -> None:
    for sample in written.values():
        beside = json.loads(sample.contract_path.read_text(encoding="utf-8"))
        assert parse_contract(beside, sample.contract_path.name) == sample.contract


def test_keys_and_rules_speak_of_described_fields_only(written: dict[str, Sample]) -> None:
    for sample in written.values():
        names = {described.name for described in sample.contract.fields}
        ruled = {
            rule["kwargs"]["column"]
            for rule in (sample.contract.suite or {"expectations": []})["expectations"]
        }
        assert {*sample.contract.keys, *ruled} <= names, sample.dataset.id


def test_every_described_field_is_in_the_file(written: dict[str, Sample]) -> None:
    for sample in written.values():
        text = _text(sample)
        for described in sample.contract.fields:
            for part in re.split(r"[_.](?=\D)", described.name):
                assert part in text, (sample.dataset.id, described.name)


def test_each_messy_shape_is_there(written: dict[str, Sample]) -> None:
    def raw(name: str) -> bytes:
        return written[name].path.read_bytes()

    assert raw("hangzhou-districts").startswith(b"\xef\xbb\xbf")
    title, *_, footnote = raw("bus-stops").decode("gb18030").splitlines()
    assert title.startswith("云汀市公交站点信息表")
    assert footnote.startswith("注：")
    with pytest.raises(UnicodeDecodeError):
        raw("bus-stops").decode()
    assert raw("market-prices")[:2] in (b"\xff\xfe", b"\xfe\xff")
    assert ";" in raw("road-works").decode().splitlines()[0]
    budget = openpyxl.load_workbook(written["school-budgets"].path).active
    assert budget is not None
    assert {"A1:I1", "A3:A4", "E3:F3", "G3:I3"} <= {str(merged) for merged in budget.merged_cells.ranges}
    assert budget.cell(5 + written["school-budgets"].rows, 1).value == "合计"
    assert len(openpyxl.load_workbook(written["sports-venues"].path).sheetnames) == 2
    stations = json.loads(raw("metro-network"))["data"]["站点"]
    assert len(stations) == written["metro-network"].rows
    assert stations[0]["线路"] == {"编号": "L01", "名称": "1号线"}
    shapes = {feature["geometry"]["type"] for feature in json.loads(raw("parks"))["features"]}
    assert shapes == {"Point", "Polygon"}
    assert pq.read_metadata(written["charging-stations"].path).num_rows == written["charging-stations"].rows
    assert len(raw("air-quality-hourly").splitlines()) == written["air-quality-hourly"].rows


def test_personal_values_are_told_for_exactly_the_files_that_have_them(written: dict[str, Sample]) -> None:
    told = samples.personal_values()
    assert {name for name, values in told.items() if values} == GUARDED
    assert told == {name: sample.personal for name, sample in written.items()}
    for name in GUARDED:
        text = _text(written[name])
        assert _found(told[name], text) == told[name], name


def test_a_personal_value_is_found_in_no_file_that_may_be_opened(written: dict[str, Sample]) -> None:
    """Otherwise the leak test would cry wolf: a hit outside the domain zone must mean a leak."""
    values = frozenset().union(*samples.personal_values().values())
    for name in written.keys() - GUARDED:
        text = _text(written[name])
        assert not _found(values, text), name


def test_what_may_leave_a_guarded_file_holds_no_personal_value(written: dict[str, Sample]) -> None:
    """The register without its people, the calls without their remarks."""
    values = frozenset().union(*samples.personal_values().values())
    for name, open_columns in (("enterprise-register", 8), ("hotline-complaints", 6)):
        lines = _text(written[name]).splitlines()[1:]
        text = "\n".join(",".join(line.split(",")[:open_columns]) for line in lines)
        assert not _found(values, text), name


def test_a_remark_holds_a_caller_in_every_seventh_call_only(written: dict[str, Sample]) -> None:
    sample = written["hotline-complaints"]
    lines = _text(sample).splitlines()[1:]
    with_values = [line for line in lines if any(value in line for value in sample.personal)]
    assert len(with_values) == sample.rows // 7


def test_every_outcome_is_shown(written: dict[str, Sample]) -> None:
    assert {sample.expected for sample in written.values()} == set(Outcome)
    assert all(sample.why.zh and sample.why.en for sample in written.values())


def test_an_answer_drops_a_described_column_or_is_the_officers_grade(written: dict[str, Sample]) -> None:
    for sample in written.values():
        names = {f"column:{described.name}" for described in sample.contract.fields}
        for asked, answer in sample.answers.items():
            assert (asked in names and answer == "drop") or (asked, answer) == ("grade", "L1"), (
                sample.dataset.id
            )


def test_only_a_sample_that_opens_masked_needs_answers(written: dict[str, Sample]) -> None:
    assert {sample.expected for sample in written.values() if sample.answers} == {Outcome.MASKED}
