"""The generators written from the standards make what they say: every mark is right by a check of its own, forms are many,
the same seed gives the same, and nothing of the detector is known to them."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from tests.privacy.evidence import from_standards, negatives
from tests.privacy.evidence.cell import CLASSES, Cell
from tests.privacy.evidence.reading import RIGHT, has_card, has_identity, has_mobile, has_vehicle
from tests.privacy.evidence.standards.people import COMPOUND, SURNAMES

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
MADE_HERE = (
    HERE / "from_standards.py",
    HERE / "negatives.py",
    *HERE.glob("standards/*.py"),
    *HERE.glob("ordinary/*.py"),
)

# Classes whose values stand behind a label or a header always, with words of which one must be there.
BY_LABEL = {
    "PASSPORT": "护照 passport hzhm 证号",
    "HK_MACAO_PERMIT": "通行证 回乡证 gatxz hk_permit ga_permit",
    "TAIWAN_PERMIT": "台胞证 通行证 tbz permit wltwtxz",
    "RESIDENCE_PERMIT": "永居 永久居留 yjjlz permanent",
    "OFFICER_CARD": "军官证 士官证 警官证 士兵证 文职干部证 jgz officer",
    "MEDICAL_RECORD": "病历 住院号 病案 门诊号 就诊卡 medical mrn zyh blh",
    "SOCIAL_INSURANCE": "社保 社会保 医保 公积金 social sbkh ybkh gjjzh housing",
    "HOME_PHONE": "家庭 住宅 宅电 家里 home_phone jtdh zzdh",
    "IMEI": "imei 串号",
    "ACCOUNT": "微信 qq 账号 抖音号 用户名 快手号 wechat wxh alipay username login_name",
    "BIRTH_DATE": "出生 生日 生， birth csrq dob 生于",
}
SEED, COUNT = 20261130, 500


def made(entity: str, seed: int = SEED) -> list[Cell]:
    return list(from_standards.cells(entity, COUNT, seed))


@pytest.mark.parametrize("entity", CLASSES)
def test_every_mark_is_right_by_an_independent_check(entity: str) -> None:
    wrong = [cell for cell in made(entity) if not RIGHT[entity](cell)]
    assert wrong == []


@pytest.mark.parametrize("entity", CLASSES)
def test_a_mark_never_ends_within_a_number(entity: str) -> None:
    for cell in made(entity):
        assert 0 <= cell.start < cell.end <= len(cell.text)
        before, after = cell.text[: cell.start][-1:], cell.text[cell.end :][:1]
        first, last = cell.text[cell.start], cell.text[cell.end - 1]
        assert not (before.isdigit() and first.isdigit()), cell
        assert not (last.isdigit() and after.isdigit()) or cell.form == "mrz", cell


@pytest.mark.parametrize("entity", CLASSES)
def test_forms_are_many_and_all_occur(entity: str) -> None:
    cells = made(entity)
    assert {cell.entity for cell in cells} == {entity}
    forms = {cell.form for cell in cells}
    assert len(forms) >= 12
    assert forms - {"bad_checksum"} == set(from_standards.FORMS[entity])


@pytest.mark.parametrize("entity", CLASSES)
def test_the_same_seed_gives_the_same_cells(entity: str) -> None:
    assert made(entity) == made(entity)
    assert made(entity) != made(entity, SEED + 1)


@pytest.mark.parametrize("entity", BY_LABEL)
def test_what_a_value_alone_does_not_tell_stands_with_its_label(entity: str) -> None:
    for cell in made(entity):
        around = f"{cell.header} {cell.text[: cell.start]} {cell.text[cell.end :]}".lower()
        encoded_with_key = cell.form == "base64_json"
        assert encoded_with_key or any(word in around for word in BY_LABEL[entity].split()), cell


def test_about_one_identity_number_in_seven_has_a_bad_check_character() -> None:
    cells = list(from_standards.cells("RESIDENT_ID", 4000, SEED))
    assert 0.12 < sum(cell.form == "bad_checksum" for cell in cells) / len(cells) < 0.18


def test_a_position_stands_with_a_person() -> None:
    for cell in made("LOCATION"):
        rest = cell.text[: cell.start] + cell.text[cell.end :]
        assert any(name in rest for name in SURNAMES) or any(c.isdigit() for c in rest), cell


def test_surnames_are_three_hundred_and_more_with_compound_ones() -> None:
    assert len(SURNAMES) >= 300
    assert len(COMPOUND) >= 30


def test_negatives_have_forty_forms_and_a_million_values() -> None:
    columns = list(negatives.columns(50, SEED))
    assert len({form for form, _, _ in columns}) == len(columns) >= 40
    assert all(len(values) == 50 for _, _, values in columns)
    assert len(columns) * 25_000 >= 1_000_000
    assert columns == list(negatives.columns(50, SEED))
    assert columns != list(negatives.columns(50, SEED + 1))


def _nobody(rows: int) -> None:
    for form, _, values in negatives.columns(rows, SEED):
        for held in (has_identity, has_card, has_mobile, has_vehicle):
            assert [value for value in values if held(value)] == [], (form, held.__name__)


def test_no_negative_holds_an_identity_card_mobile_or_vehicle_number() -> None:
    _nobody(1_000)


@pytest.mark.deep
def test_no_negative_of_a_million_holds_an_identity_card_mobile_or_vehicle_number() -> None:
    _nobody(25_000)


def test_the_generators_name_neither_the_detector_nor_another_generator() -> None:
    for path in MADE_HERE:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            names += [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            assert not {name.split(".")[0] for name in names} & {
                "privacy",
                "faker",
                "presidio_analyzer",
                "rjieba",
            }, path


def test_another_process_makes_the_same_and_loads_nothing_of_the_detector() -> None:
    program = (
        "import sys, hashlib\n"
        "from tests.privacy.evidence import from_standards, negatives\n"
        "from tests.privacy.evidence.cell import CLASSES\n"
        "text = repr([list(from_standards.cells(entity, 60, 5)) for entity in CLASSES]) + repr(list(negatives.columns(20, 5)))\n"
        "assert not [name for name in sys.modules if name.split('.')[0] in ('privacy', 'faker')]\n"
        "print(hashlib.sha256(text.encode()).hexdigest())\n"
    )
    here = repr([list(from_standards.cells(entity, 60, 5)) for entity in CLASSES]) + repr(
        list(negatives.columns(20, 5))
    )
    surroundings = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONHASHSEED": "7"}
    ran = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=surroundings,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.strip() == sha256(here.encode()).hexdigest()
