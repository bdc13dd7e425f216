"""Reads what a generator wrote back to the plain value, so that a test can say whether the right stretch is marked.

Written apart from the generators: decoding by the standard library, digits by the Unicode character database, check
characters by python-stdnum; nothing is taken from `standards` or from `privacy`."""

from __future__ import annotations

import html
import ipaddress
import json
import re
import unicodedata
from base64 import urlsafe_b64decode
from collections.abc import Callable
from datetime import date
from urllib.parse import unquote

from stdnum import imei, luhn
from stdnum.iso7064 import mod_11_2

from tests.privacy.evidence.cell import Cell

__all__ = ["RIGHT", "has_card", "has_identity", "has_mobile", "has_vehicle", "plain"]

NUMERALS = {
    ord(c): str(value)
    for row in ("〇一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖", "○幺")
    for value, c in enumerate(row)
}
LOOK_LIKE_X = str.maketrans("×ХΧ", "XXX")
PROVINCES = frozenset(
    [
        *range(11, 16),
        *range(21, 24),
        *range(31, 38),
        *range(41, 47),
        *range(50, 55),
        *range(61, 66),
        71,
        81,
        82,
        83,
    ]
)
MOBILE = r"1(?:3\d|4[5-9]|5[0-35-9]|6[2567]|7[0-35-8]|8\d|9[0-35-9])\d{8}"
BANK_HEADS = re.compile(r"62|602969|436742|456351|518710|427020|552599|356885")


def decoded(cell: Cell) -> str:
    """The marked stretch without its encoding; of a Base64 JSON, the value of the key that is neither id nor status."""
    text = cell.text[cell.start : cell.end]
    if cell.form.startswith("base64"):
        text = urlsafe_b64decode(text.replace("+", "-").replace("/", "_")).decode()
        if cell.form == "base64_json":
            (text,) = (value for key, value in json.loads(text).items() if key not in ("id", "status"))
        return text
    if cell.form.startswith("percent"):
        return unquote(text)
    if cell.form.startswith(("html_re", "html_sp", "reference")):
        return html.unescape(text)
    return re.sub(r"\\u([0-9A-Fa-f]{4})", lambda hit: chr(int(hit[1], 16)), text) if "\\u" in text else text


def digits_of(text: str) -> str:
    """ASCII for the digits of all scripts, full-width letters, circled digits and keycaps."""
    return "".join(
        str(unicodedata.digit(c)) if unicodedata.digit(c, None) is not None else c
        for c in unicodedata.normalize("NFKC", text)
    )


def plain(cell: Cell) -> str:
    """Letters and digits of the value, upper-case, Chinese numerals as digits, without separators and hidden characters."""
    text = digits_of(decoded(cell)).translate(LOOK_LIKE_X).translate(NUMERALS).upper()
    return "".join(c for c in text if c.isalnum())


def _day(text: str, form: str = "%Y%m%d") -> bool:
    year, month, day = (
        (int(text[:4]), int(text[4:6]), int(text[6:8]))
        if form == "%Y%m%d"
        else (1900 + int(text[:2]), int(text[2:4]), int(text[4:6]))
    )
    try:
        return date(1900, 1, 1) <= date(year, month, day) <= date(2030, 1, 1)
    except ValueError:
        return False


def _identity(number: str) -> bool:
    return (
        bool(re.fullmatch(r"\d{17}[\dX]", number))
        and int(number[:2]) in PROVINCES
        and _day(number[6:14])
        and mod_11_2.is_valid(number)
    )


def has_identity(text: str) -> bool:
    """Whether a valid number of GB 11643 stands anywhere in the text, inside longer runs too."""
    return any(_identity(hit[1].upper()) for hit in re.finditer(r"(?=(\d{17}[\dXx]))", text))


def has_card(text: str) -> bool:
    """Whether 16 to 19 digits with a bank's head pass Luhn anywhere in the text, inside longer runs too."""
    return any(
        BANK_HEADS.match(hit[1]) and luhn.is_valid(hit[1])
        for count in range(16, 20)
        for hit in re.finditer(rf"(?=(\d{{{count}}}))", text)
    )


def has_mobile(text: str) -> bool:
    """Whether a run of digits is a mobile number, with the code of the country or a 0 before it or not."""
    return re.search(rf"(?<!\d)(?:0|86|0086)?{MOBILE}(?!\d)", text) is not None


def has_vehicle(text: str) -> bool:
    """Whether a word of the text passes GB 16735."""
    return any(_vehicle(word.upper()) for word in re.findall(r"[0-9A-Za-z]+", text) if not word.isdigit())


def resident_id(cell: Cell) -> bool:
    number = plain(cell)
    if cell.form == "spreadsheet_float":
        number = number[:18]
    if cell.form == "old_15_digits":
        return len(number) == 15 and int(number[:2]) in PROVINCES and _day(number[6:12], "%y%m%d")
    if cell.form == "bad_checksum":
        return (
            len(number) == 18
            and int(number[:2]) in PROVINCES
            and _day(number[6:14])
            and not mod_11_2.is_valid(number)
        )
    return _identity(number)


def mobile(cell: Cell) -> bool:
    number = plain(cell)
    if cell.form == "exponent":
        number = str(int(float(cell.text[cell.start : cell.end])))
    if cell.form == "spreadsheet_float":
        number = number[:11]
    number = re.sub(r"^(00860?|860?|0)(?=1\d{10}$)", "", number)
    return re.fullmatch(MOBILE, number) is not None


def card(cell: Cell) -> bool:
    number = plain(cell)
    number = number[:-1] if cell.form == "spreadsheet_float" else number
    return 16 <= len(number) <= 19 and bool(BANK_HEADS.match(number)) and luhn.is_valid(number)


def residence_permit(cell: Cell) -> bool:
    number = plain(cell)
    return bool(re.fullmatch(r"[A-Z]{3}\d{12}", number)) or (
        number[0] == "9" and len(number) == 18 and _day(number[6:14]) and mod_11_2.is_valid(number)
    )


def home_phone(cell: Cell) -> bool:
    number = plain(cell)
    if cell.form == "extension":
        number = re.sub(r"转?\d{3}$", "", number)
    number = re.sub(r"^(00)?86(?=(10|2|[3-9])\d+$)", "", number) if cell.form == "international" else number
    return bool(re.fullmatch(r"(0?(10|2\d)|0?[3-9]\d{2})?[2-8]\d{6,7}", number))


def plate(cell: Cell) -> bool:
    provinces = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
    ends = r"(?:[A-HJ-NP-Z0-9]{5}|[A-HJ-NP-Z0-9]{4}[警挂学领港澳]|[DFABCEGHJK][A-HJ-NP-Z0-9]\d{4}|\d{5}[DF])"
    return bool(re.fullmatch(rf"[{provinces}][A-HJ-NP-Z]{ends}", plain(cell)))


def _vehicle(number: str) -> bool:
    """GB 16735 annex: letters count by their place in A-I, J-R, S-Z (which begins with 2), weights fall from 8 and 9."""
    if not re.fullmatch(r"[A-HJ-NPR-Z0-9]{17}", number):
        return False
    value = {
        c: place
        for row in ("0123456789", " ABCDEFGHI", " JKLMNOPQR", "  STUVWXYZ")
        for place, c in enumerate(row)
    }
    weights = [*range(8, 1, -1), 10, 0, *range(9, 1, -1)]
    return (
        "0123456789X"[sum(value[c] * weight for c, weight in zip(number, weights, strict=True)) % 11]
        == number[8]
    )


def device_id(cell: Cell) -> bool:
    return bool(
        re.fullmatch(r"(?:[0-9A-F]{12}|[0-9A-F]{16}|[0-9A-F]{24}|[0-9A-F]{32}|[0-9A-F]{64})", plain(cell))
    )


def email(cell: Cell) -> bool:
    text = re.sub("[\u200b-\u200d\u2060\ufeff]", "", digits_of(decoded(cell)))
    text = html.unescape(unquote(text)).replace("#", "@")
    text = re.sub(r"(?i)\s*[\[({<【]?\bat\b[\])}>】]?\s*", "@", text, count=1) if "@" not in text else text
    text = re.sub(r"(?i)\s+dot\s+", ".", text).replace(" ", "")
    return bool(re.fullmatch(r"[A-Za-z0-9.+_-]+@[a-z0-9-]+(\.[a-z0-9-]+)+", text))


def address_of_net(cell: Cell) -> bool:
    text = re.sub("[\u200b-\u200d\u2060\ufeff\\[\\]()]", "", digits_of(decoded(cell)).replace("。", "."))
    try:
        return ipaddress.ip_address(text).is_global or ":" in text
    except ValueError:
        return False


def birth_date(cell: Cell) -> bool:
    text = re.sub("[\u200b-\u200d\u2060\ufeff]", "", digits_of(decoded(cell))).removesuffix("00:00:00")
    months = "JanFebMarAprMayJunJulAugSepOctNovDec"
    if month := re.search(r"[A-Z][a-z]{2}", text):
        day, year = re.findall(r"\d+", text)
        return _day(f"{year}{months.index(month[0]) // 3 + 1:02d}{int(day):02d}")
    if "十" in text or re.search("[一二三四五六七八九]月", text):
        parts = re.split("[年月日]", text)
        tens = [re.sub("^十", "1十", part.translate(NUMERALS)) for part in parts[1:3]]
        month_, day_ = (
            int(part.replace("十", "") + "0" * part.endswith("十")) if "十" in part else int(part)
            for part in tens
        )
        return _day(f"{parts[0].translate(NUMERALS)}{month_:02d}{day_:02d}")
    parts = re.findall(r"\d+", text)
    if len(parts) == 1:
        return _day(parts[0]) and len(parts[0]) == 8
    year, rest = parts[0], [int(part) for part in parts[1:]]
    return _day(f"{year}{rest[0]:02d}{(rest[1] if len(rest) > 1 else 1):02d}")


def location(cell: Cell) -> bool:
    """Two numbers with four decimals or more (or seconds with two), one a longitude and one a latitude of China."""
    text = unquote(unicodedata.normalize("NFKC", cell.text[cell.start : cell.end]))
    if "°" in text and "′" in text:
        found = [[float(part) for part in hit] for hit in re.findall(r"(\d+)°(\d+)′(\d+\.\d\d)", text)]
        low, high = sorted(degrees + minutes / 60 + seconds / 3600 for degrees, minutes, seconds in found)
    else:
        low, high = sorted(float(number) for number in re.findall(r"\d+\.\d{4,}", text))
    return 18 < low < 54 and 73 < high < 136 and text[0].isdigit() and text[-1].isdigit()


def person_name(cell: Cell) -> bool:
    text = re.sub("[\\s\u200b-\u200d\u2060\ufeff]", "", decoded(cell))
    latin = re.fullmatch(r"[A-Za-z]{4,}", text) is not None
    return (
        latin
        or re.fullmatch(r"[\u3007\u3400-\u9fff]{2,6}|[\u4e00-\u9fff]{2,6}[·•．][\u4e00-\u9fff]{2,4}", text)
        is not None
    )


def address(cell: Cell) -> bool:
    """From a province, city or county to a door: room, house number, or numbers set apart by dashes."""
    text = re.sub("[\\s\u200b-\u200d\u2060\ufeff]", "", digits_of(decoded(cell)))
    door = (
        r"(?:室|房|号(?:附1|院(?:3号)?|西屋|内2号)?|号-?\d*|[-—–－]\d{1,4}(?:号)?|(?:单元|座|楼|栋)\d{3,4})$"
    )
    return bool(re.match(r"[\u4e00-\u9fff]{2,9}?(?:省|自治区|市|区|县)", text)) and bool(
        re.search(door, text)
    )


def _shape(pattern: str) -> Callable[[Cell], bool]:
    whole = re.compile(pattern)
    return lambda cell: whole.fullmatch(plain(cell)) is not None


RIGHT: dict[str, Callable[[Cell], bool]] = {
    "RESIDENT_ID": resident_id,
    "MOBILE": mobile,
    "BANK_CARD": card,
    "PASSPORT": _shape(r"[EGDSPHK]\d{8}|E[A-HJ-NP-Z]\d{7}|1[45]\d{7}|(?:DE|SE|PE|MA|KJ|HJ)\d{7}"),
    "HK_MACAO_PERMIT": _shape(r"[HM]\d{8}(?:\d{2})?|[CW]\d{8}|C[A-H]\d{7}"),
    "TAIWAN_PERMIT": _shape(r"\d{8}|\d{10}|[LT]\d{8}"),
    "RESIDENCE_PERMIT": residence_permit,
    "OFFICER_CARD": _shape(r"[\u4e00-\u9fff]字第?\d{7,8}号?"),
    "MEDICAL_RECORD": _shape(r"[A-Z]{0,3}\d{6,13}"),
    "SOCIAL_INSURANCE": _shape(r"[A-M]\d{8}|[A-F]\d{7}X|\d{8,12}"),
    "HOME_PHONE": home_phone,
    "PLATE": plate,
    "VIN": lambda cell: _vehicle(plain(cell)),
    "IMEI": lambda cell: imei.is_valid(plain(cell)),
    "DEVICE_ID": device_id,
    "ACCOUNT": _shape(r"(?:WXID)?[A-Z]{4,16}\d{2,7}|[1-9]\d{5,9}"),
    "EMAIL": email,
    "IP": address_of_net,
    "BIRTH_DATE": birth_date,
    "LOCATION": location,
    "PERSON_NAME": person_name,
    "ADDRESS": address,
}
"""Class → whether the marked stretch of a cell is, undone, what the standard of the class says."""
