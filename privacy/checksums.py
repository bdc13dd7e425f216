"""Check digits and structures of identifiers, each from its standard; a plain string in, a verdict out."""

from __future__ import annotations

import re
from datetime import date
from ipaddress import ip_address
from operator import mul

__all__ = [
    "address",
    "card_ok",
    "imei_ok",
    "ip_ok",
    "luhn_ok",
    "mobile_ok",
    "plate_ok",
    "residence_permit_ok",
    "resident_id_ok",
    "uscc_ok",
    "vin_ok",
]

_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # 2^(17-i) mod 11
_ID_OFFSET = 48 * sum(_ID_WEIGHTS)  # the digits are summed as ASCII codes
_ID_CHECKS = "10X98765432"
_USCC_VALUES = {char: value for value, char in enumerate("0123456789ABCDEFGHJKLMNPQRTUWXY")}
_USCC_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
_DOUBLED = {48 + digit: sum(divmod(2 * digit, 10)) for digit in range(10)}  # of Luhn, by ASCII code
_VIN_WEIGHTS = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
_VIN_VALUES = dict(zip("ABCDEFGHJKLMNPRSTUVWXYZ", map(int, "12345678123457923456789"), strict=True))
_FULL_STOP = re.compile("[ ]?[\\[(（{<]?[ ]?(?:[.。]|(?i:dot)|点)[ ]?[\\])）}>]?[ ]?")
_COLON = re.compile("：")
_MOBILE_UNALLOCATED = ("154", "160", "161", "163", "164", "168", "169", "179")


def resident_id_ok(number: str) -> bool:
    """GB 11643-1999: ISO 7064 MOD 11-2 over 17 digits, date of birth real. The 15-digit form (before 1999) has no
    check digit: its date decides."""
    if len(number) == 15:
        return _is_date(f"19{number[6:12]}")
    if len(number) != 18 or not number[:17].isdigit() or not _is_date(number[6:14]):
        return False
    total = sum(map(mul, _ID_WEIGHTS, number.encode())) - _ID_OFFSET
    return _ID_CHECKS[total % 11] == number[17]


def uscc_ok(code: str) -> bool:
    """GB 32100-2015: MOD 31-3 over 17 of 31 characters (no I, O, S, V, Z)."""
    values = [_USCC_VALUES.get(char, -1) for char in code]
    if len(values) != 18 or -1 in values:
        return False
    return bool(values[17] == -sum(map(mul, _USCC_WEIGHTS, values)) % 31)


def luhn_ok(number: str) -> bool:
    """ISO/IEC 7812-1 annex B."""
    digits = number.encode()[::-1]
    total: int = sum(digits[0::2]) - 48 * len(digits[0::2]) + sum(map(_DOUBLED.__getitem__, digits[1::2]))
    return total % 10 == 0


def card_ok(number: str) -> bool:
    """ISO/IEC 7812-1: fifteen to nineteen digits, the last by Luhn."""
    return 15 <= len(number) <= 19 and number.isdigit() and luhn_ok(number)


def plate_ok(plate: str) -> bool:
    """GA 36-2018: behind the province and the letter of the office five or six signs, not all of them letters."""
    return 7 <= len(plate) <= 8 and any(char.isdigit() for char in plate)


def imei_ok(number: str) -> bool:
    """3GPP TS 23.003: fifteen digits, the last by Luhn; not one digit repeated."""
    return len(number) == 15 and luhn_ok(number) and len(set(number)) > 2


def residence_permit_ok(number: str) -> bool:
    """The card of 2023: as an identity number; the older one: three letters (ISO 3166), province, year and month of
    issue or birth, and six digits more, of which the month decides."""
    if len(number) == 18:
        return resident_id_ok(number)
    return len(number) == 15 and number[:3].isalpha() and 1 <= int(number[9:11]) <= 12


def mobile_ok(number: str) -> bool:
    """A segment in use (MIIT numbering plan); a bare 1[3-9] number outside it is only shaped like one. A mantissa
    (``13812345678E+10``, its point squeezed out) has lost its trailing zeros."""
    mantissa, exponent, _ = number.partition("E")
    number = mantissa.ljust(11, "0") if exponent else number
    national = number.removeprefix("+").removeprefix("00")
    national = national.removeprefix("86") if len(national) > 11 else national
    national = national[1:] if len(national) == 12 and national[0] == "0" else national  # a trunk prefix
    return len(national) == 11 and not national.startswith(_MOBILE_UNALLOCATED)


def vin_ok(number: str) -> bool:
    """GB 16735-2019 annex A (as 49 CFR 565.15): MOD 11 over 17 characters, the check digit in the ninth place."""
    values = [int(char) if char.isdigit() else _VIN_VALUES.get(char) for char in number]
    if len(values) != 17 or None in values or sum(char.isalpha() for char in number) < 3:
        return False
    total = sum(weight * (value or 0) for weight, value in zip(_VIN_WEIGHTS, values, strict=True))
    return number[8] == "0123456789X"[total % 11]


def address(written: str) -> str:
    """A network address without what keeps it from being a link, or a port behind it."""
    return _FULL_STOP.sub(".", _COLON.sub(":", written)).strip(" []()")


def ip_ok(written: str) -> bool:
    """RFC 791 / RFC 4291 text form, as `address` gives it."""
    try:
        ip_address(written)
    except ValueError:
        return False
    return True


def _is_date(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return False
    return True
