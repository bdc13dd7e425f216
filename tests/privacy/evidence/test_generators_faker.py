"""The first generator of evidence says the truth about its cells: what it marks is, after undoing the disguise in another
way than it was made, a right value of the class; and it has never seen the detector."""

from __future__ import annotations

import ast
import base64
import hashlib
import html
import ipaddress
import json
import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Callable
from datetime import date
from pathlib import Path
from urllib.parse import unquote

import pytest
from faker.providers.person.zh_CN import Provider as ChineseNames
from stdnum import imei, luhn
from stdnum.cn import ric

from tests.privacy.evidence.cell import CLASSES, Cell
from tests.privacy.evidence.from_faker import FORMS, cells

HERE = Path(__file__).parent
COUNT = 500
NUMERALS = str.maketrans("〇零一二三四五六七八九幺壹贰叁肆伍陆柒捌玖", "001234567891123456789")
BY_LABEL = {
    "HK_MACAO_PERMIT": r"港澳|回乡证|hk_?macao|home_?return",
    "TAIWAN_PERMIT": r"台胞证|台湾|taiwan",
    "RESIDENCE_PERMIT": r"居住证|居留|residence",
    "OFFICER_CARD": r"军官证|士官证|士兵证|干部证|警官证|officer_?card",
    "MEDICAL_RECORD": r"病历|病案|住院号|门诊号|就诊卡|medical_?record|mrn",
    "SOCIAL_INSURANCE": r"社保|社会保障|医保|social_?(security|insurance)",
    "HOME_PHONE": r"家庭电话|住宅电话|宅电|座机|固定电话|家里电话|home_?(phone|tel)|landline",
    "IMEI": r"imei|串号",
    "ACCOUNT": r"微信|weixin|wechat|vx|wx|qq|扣扣|ｑｑ",
    "BIRTH_DATE": r"出生|生于|生|birth|csrq|dob|born",
}


def unescaped(span: str) -> str:
    """The span without escapes of JSON, HTML and URLs, in full width or not, without invisible characters."""
    text = re.sub(r"\\u([0-9a-f]{4})", lambda found: chr(int(found[1], 16)), span)
    text = unquote(html.unescape(text))
    text = "".join(sign for sign in text if unicodedata.category(sign) != "Cf")
    return unicodedata.normalize("NFKC", text)


def decoded(span: str) -> str | None:
    """What the span says if it is Base64 of a text."""
    try:
        return base64.b64decode(span, validate=True).decode()
    except ValueError:  # not Base64, or not of a text
        return None


def readings(cell: Cell) -> list[str]:
    """The span as it is, and what it encodes: text, or each text in a JSON object."""
    span = cell.text[cell.start : cell.end]
    found = [unescaped(span)]
    inside = decoded(span)
    if inside is not None:
        found.append(inside)
        if inside.startswith("{"):
            found += [value for value in json.loads(inside).values() if isinstance(value, str)]
    return found


def number(text: str) -> str:
    """The signs of a number without what groups them, digits in ASCII."""
    return re.sub(r"[\s\-–—―－./·•・]", "", text.translate(NUMERALS))


def matches(pattern: str) -> Callable[[str, str], bool]:
    return lambda text, form: re.fullmatch(pattern, number(text)) is not None


def resident(text: str, form: str) -> bool:
    value = number(text).upper()
    if form.startswith("old_"):
        return re.fullmatch(r"\d{15}", value) is not None and bool(
            date(1900 + int(value[6:8]), int(value[8:10]), int(value[10:12]))
        )
    right = re.fullmatch(r"\d{17}[\dX]", value) is not None and ric.calc_check_digit(value) == value[-1]
    if form.startswith("bad_checksum"):
        return not right and re.fullmatch(r"\d{17}[\dX]", value) is not None
    return right and date(1930, 1, 1) < ric.get_birth_date(value) < date(2020, 1, 1)


def residence(text: str, form: str) -> bool:
    value = number(text).upper()
    if form.startswith("permanent") and re.fullmatch(r"[A-Z]{3}\d{12}", value):
        return True
    head = r"9\d{5}" if form.startswith("permanent") else r"8[123]0000"
    return (
        re.fullmatch(head + r"(19|20)\d{9}[\dX]", value) is not None
        and ric.calc_check_digit(value) == value[-1]
    )


def card(text: str, form: str) -> bool:
    value = number(text)
    return re.fullmatch(r"(62|43|45|51)\d{14,17}", value) is not None and luhn.is_valid(value)


def handset(text: str, form: str) -> bool:
    value = number(text)
    return re.fullmatch(r"\d{15}", value) is not None and imei.is_valid(value)


def vehicle(text: str, form: str) -> bool:
    """GB 16735 by its table, written out."""
    value = number(text).upper()
    if not re.fullmatch(r"L[A-HJ-NPR-Z0-9]{16}", value):
        return False
    worth = dict(
        zip("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", map(int, "012345678912345678123457923456789"), strict=True)
    )
    total = sum(
        worth[sign] * weight
        for sign, weight in zip(value, (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2), strict=True)
    )
    return value[8] == ("X" if total % 11 == 10 else str(total % 11))


def device(text: str, form: str) -> bool:
    plain = re.sub(r"[\s:.\-]", "", text)
    return re.fullmatch(r"(?i)[0-9a-f]{12}|[0-9a-f]{16}|[0-9a-f]{32}", plain) is not None


def account(text: str, form: str) -> bool:
    if form.startswith("qq"):
        return re.fullmatch(r"[1-9]\d{5,9}", number(text)) is not None
    return re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]{5,19}", text) is not None


def mail(text: str, form: str) -> bool:
    plain = re.sub(r"\s*([\[(]at[\])]|@)\s*", "@", text)
    return re.fullmatch(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", plain) is not None


def machine(text: str, form: str) -> bool:
    try:
        return bool(ipaddress.ip_address(text.replace("。", ".")))
    except ValueError:
        return False


def day(text: str, form: str) -> bool:
    if re.fullmatch(r"[A-Z][a-z]{2} \d\d, (19|20)\d\d", text):
        return True
    spoken = re.fullmatch(
        r"([一二〇三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})日", text
    )
    if spoken:
        parts = [int(spoken[1].translate(NUMERALS))]
        for sign in (spoken[2], spoken[3]):
            tens, ten, ones = sign.rpartition("十")
            parts.append(
                (int(tens.translate(NUMERALS) or 1) * 10 if ten else 0) + int(ones.translate(NUMERALS) or 0)
            )
    else:
        shape = r"((?:19|20)\d\d)\s*[-/.年]?\s*(\d{1,2})\s*[-/.月]?\s*(?:(\d{1,2})\s*日?)?(?:[ T]00:00:00)?"
        found = re.fullmatch(shape, text)
        if not found:
            return False
        parts = [int(part or 1) for part in found.groups()]
    return date(1930, 1, 1) < date(*parts) < date(2020, 1, 1)


def place(text: str, form: str) -> bool:
    found = [float(value) for value in re.findall(r"\d{2,3}\.\d{4,6}", text)]
    if not text.startswith("{") and not re.fullmatch(r"\d.*\d", text):
        return False
    return len(found) == 2 and 73 < max(found) < 136 and 18 < min(found) < 54


SURNAMES = {
    *ChineseNames.last_names,
    *["欧阳", "上官", "司马", "诸葛", "皇甫", "尉迟", "令狐", "东方", "慕容", "司徒", "夏侯", "公孙", "端木"],
}


def name(text: str, form: str) -> bool:
    if "english" in form:
        return re.fullmatch(r"[A-Z][A-Za-z']+ [A-Z][A-Za-z']+", text) is not None
    if "minority" in form:
        return re.fullmatch(r"[一-鿿]{2,}·[一-鿿]{2,}", text) is not None
    if "tibetan" in form:
        return re.fullmatch(r"[一-鿿]{4}", text) is not None
    plain = text.replace(" ", "") if form == "header_stretched" else text
    return re.fullmatch(r"[一-鿿]{2,4}", plain) is not None and (
        plain[:2] in SURNAMES or plain[0] in SURNAMES
    )


def address(text: str, form: str) -> bool:
    if form.startswith("english"):
        return (
            re.fullmatch(r"(Room|Rm) \d{3,4}, (No\. |Building \d+, )\d+ [A-Z][\w ,]+[a-z]", text) is not None
        )
    figure = r"[\d一二三四五六七八九十〇零]"
    return re.fullmatch(rf"[一-鿿].*{figure}(室|号|房|组|单元{figure}+|-\d-\d+)?", text) is not None


CHECKS: dict[str, Callable[[str, str], bool]] = {
    "RESIDENT_ID": resident,
    "MOBILE": matches(r"1(3\d|4[579]|5[0-35-9]|6[2567]|7[0-35-8]|8\d|9[0-35-9])\d{8}"),
    "BANK_CARD": card,
    "PASSPORT": matches(r"(?i)(E[A-HJ-NP-Z]?|G|[DSP]E|TK|AB|XN|MZ|YA|[CMK])\d{7,8}|1[45]\d{7}"),
    "HK_MACAO_PERMIT": matches(r"(?i)[HM]\d{8}(\d\d)?|C[A-HJ-NP-Z]?\d{7,8}"),
    "TAIWAN_PERMIT": matches(r"(?i)\d{8}(\d\d)?|[LT]\d{8}"),
    "RESIDENCE_PERMIT": residence,
    "OFFICER_CARD": matches(r"[一-鿿]字第\d{6,8}号|\d{6}"),
    "MEDICAL_RECORD": matches(r"[A-Z]{0,2}\d{7,10}"),
    "SOCIAL_INSURANCE": matches(r"[A-Z]\d{8}|\d{9,12}"),
    "HOME_PHONE": matches(r"\(?(0?(10|2\d|[3-9]\d\d)\)?)?[2-8]\d{6,7}"),
    "PLATE": matches(
        r"(?i)[京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新][A-HJ-NP-Z][A-HJ-NP-Z\d]{4,6}[港澳挂学]?"
    ),
    "VIN": vehicle,
    "IMEI": handset,
    "DEVICE_ID": device,
    "ACCOUNT": account,
    "EMAIL": mail,
    "IP": machine,
    "BIRTH_DATE": day,
    "LOCATION": place,
    "PERSON_NAME": name,
    "ADDRESS": address,
}


def test_every_class_has_its_generator_and_its_check() -> None:
    assert set(FORMS) == set(CLASSES) == set(CHECKS)


@pytest.mark.parametrize("entity", CLASSES)
def test_what_is_marked_is_a_right_value_of_the_class(entity: str) -> None:
    made = list(cells(entity, COUNT, seed=20))
    assert len(made) == COUNT
    for cell in made:
        assert cell.entity == entity
        assert 0 <= cell.start < cell.end <= len(cell.text)
        span = cell.text[cell.start : cell.end]
        assert span == span.strip()
        assert any(CHECKS[entity](text, cell.form) for text in readings(cell)), cell


@pytest.mark.parametrize(
    "entity", [entity for entity in CLASSES if entity not in ("PERSON_NAME", "ADDRESS", "LOCATION")]
)
def test_the_mark_takes_the_whole_value(entity: str) -> None:
    """No sign of the value is left outside: behind the mark never; before it only a code of country or trunk,
    and the Q of 加QQ, which people do write so."""
    for cell in cells(entity, COUNT, seed=21):
        before, after = cell.text[: cell.start], cell.text[cell.end :]
        assert not re.match(r"[0-9A-Za-z０-９]", after), cell
        assert not re.search(
            r"[0-9A-Za-z０-９]\Z", re.sub(r"(\+|＋|00|\()86$|(?<!\d)0$|加QQ$", "", before)
        ), cell


@pytest.mark.parametrize("entity", ["PERSON_NAME", "ADDRESS"])
def test_the_mark_ends_before_titles_and_what_follows(entity: str) -> None:
    for cell in cells(entity, COUNT, seed=22):
        span = cell.text[cell.start : cell.end]
        assert not re.search(r"(女士|先生|同志|老师|主任|门口|附近|村民)$", span), cell
        assert not re.match(r"(投诉人|患者|户主|驾驶员|联系人|家住|住址)", span), cell


@pytest.mark.parametrize("entity", sorted(BY_LABEL))
def test_what_its_value_does_not_tell_stands_with_label_key_or_header(entity: str) -> None:
    for cell in cells(entity, COUNT, seed=23):
        around = cell.header + cell.text[: cell.start] + cell.text[cell.end :]
        inside = decoded(cell.text[cell.start : cell.end]) or ""
        said = around + (" ".join(json.loads(inside)) if inside.startswith("{") else "")
        assert re.search(BY_LABEL[entity], said.lower()), cell


def test_a_position_has_its_person_in_the_cell() -> None:
    for cell in cells("LOCATION", COUNT, seed=24):
        rest = (
            cell.text[: cell.start]
            + cell.text[cell.end :]
            + (decoded(cell.text[cell.start : cell.end]) or "")
        )
        known = any(rest.find(surname) >= 0 for surname in SURNAMES) or re.search(
            r"1\d{10}|\d{17}[\dX]", rest
        )
        assert known, cell


@pytest.mark.parametrize("entity", CLASSES)
def test_each_class_has_many_forms_each_of_its_own_name(entity: str) -> None:
    names = [form.name for form in FORMS[entity]]
    assert len(set(names)) == len(names) >= 12
    assert {cell.form for cell in cells(entity, COUNT, seed=1)} == set(names)


def test_about_one_resident_number_in_seven_has_one_digit_wrong() -> None:
    bad = sum(cell.form.startswith("bad_checksum") for cell in cells("RESIDENT_ID", 2000, seed=5))
    assert 0.13 <= bad / 2000 <= 0.17


def test_few_cells_are_the_same() -> None:
    for entity in CLASSES:
        made = [cell.text for cell in cells(entity, COUNT, seed=6)]
        assert len(set(made)) > 0.9 * COUNT, entity


DIGEST = """
import hashlib, sys
from tests.privacy.evidence.cell import CLASSES
from tests.privacy.evidence.from_faker import cells
total = hashlib.sha256()
for entity in CLASSES:
    for cell in cells(entity, 80, 7):
        total.update(repr(cell).encode())
assert "privacy" not in sys.modules
print(total.hexdigest())
"""


def test_the_same_seed_makes_the_same_cells_in_any_process_without_the_detector() -> None:
    here = hashlib.sha256()
    for entity in CLASSES:
        made = list(cells(entity, 80, 7))
        assert made != list(cells(entity, 80, 8))
        for cell in made:
            here.update(repr(cell).encode())
    root = HERE.parents[2]
    there = subprocess.run(
        [sys.executable, "-c", DIGEST],
        cwd=root,
        env={**os.environ, "PYTHONHASHSEED": "11", "PYTHONPATH": str(root)},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    assert there.stdout.strip() == here.hexdigest()


def test_no_module_of_the_generator_imports_anything_of_ours_but_its_own_folder() -> None:
    sources = [HERE / "cell.py", *sorted(HERE.glob("from_faker*.py"))]
    assert len(sources) > 5
    for source in sources:
        for node in ast.walk(ast.parse(source.read_text(encoding="utf-8"))):
            named = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                assert node.level == 0, source
                named = [node.module or ""]
            for module in named:
                own = module.startswith("tests.privacy.evidence")
                assert own or module.split(".")[0] in (*sys.stdlib_module_names, "faker"), (
                    source.name,
                    module,
                )
