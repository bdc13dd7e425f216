"""The patterns of identifiers, in the syntax RE2 and Python share (explicit classes, no shorthand, no dot), over folded text."""

from __future__ import annotations

__all__ = [
    "ALNUM",
    "CARD",
    "CARD_HEAD",
    "CENTURY",
    "COUNTRY",
    "DIGIT",
    "EMBEDDED_IMAGE",
    "GAP",
    "GATE_HAN_DIGITS",
    "GATE_IPV6",
    "GATE_LETTERED",
    "GATE_MAC",
    "HAN",
    "HAN_DIGIT",
    "HEX",
    "HOME",
    "ID15",
    "ID18",
    "ID18_HAN",
    "ID18_PARTED",
    "IPV6",
    "LABEL_GAP",
    "MOBILE",
    "MOBILE_EXPONENT",
    "MOBILE_HAN",
    "MONTH_DAY",
    "OCTET",
    "OFFICER_CARD",
    "PLATE",
    "PLATE_HEAD",
    "PROVINCE",
    "RESIDENCE_PERMIT",
    "SEP",
    "SIGN",
    "USCC",
    "USCC_HEAD",
    "VIN",
    "S",
    "digits",
    "run",
    "serial",
]

DIGIT = "[0-9]"
SEP = "[ \\-]{0,2}"
ALNUM = "0-9A-Za-z"
HAN = "一-龥"
HAN_DIGIT = "零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖貳參陸"


def _spaced(*units: str) -> str:
    return SEP.join(units)


PROVINCE = (
    "(?:"
    + "|".join(
        f"{tens}{SEP}[{ones}]"
        for tens, ones in (
            ("1", "1-5"),
            ("2", "1-3"),
            ("3", "1-7"),
            ("4", "1-6"),
            ("5", "0-4"),
            ("6", "1-5"),
            ("7", "1"),
            ("8", "1-3"),
        )
    )
    + ")"
)
CENTURY = f"(?:1{SEP}[89]|2{SEP}0)"
MONTH_DAY = f"(?:0{SEP}[1-9]|1{SEP}[0-2]){SEP}(?:0{SEP}[1-9]|[12]{SEP}{DIGIT}|3{SEP}[01])"
ID18 = _spaced(
    PROVINCE, DIGIT, DIGIT, DIGIT, DIGIT, CENTURY, DIGIT, DIGIT, MONTH_DAY, DIGIT, DIGIT, DIGIT, "[0-9Xx]"
)
SIGN = "[ ]?[._/,，、|][ ]?"
"""A separator that stands between the parts of a number (not between any two digits of it)."""
ID18_PARTED = SIGN.join(
    (f"{PROVINCE}{DIGIT}{{4}}", f"{CENTURY}{DIGIT}{{2}}(?:{SIGN})?{MONTH_DAY}", f"{DIGIT}{{3}}[0-9Xx]")
)
ID15 = _spaced(PROVINCE, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, DIGIT, MONTH_DAY, DIGIT, DIGIT, DIGIT)

COUNTRY = "(?:[(（]?(?:\\+|00)?86[)）]?[ .\\-]{0,3}(?:[(（]0[)）])?)?"
GAP = "[ .\\-]{1,3}"
_PART = "[ ]?[ ._/,，、|\\-][ ]?"
"""A sign between the parts of a number."""
MOBILE = (
    f"{COUNTRY}0?1[3-9](?:{DIGIT}{{9}}|{DIGIT}{_PART}{DIGIT}{{4}}{_PART}{DIGIT}{{4}}"
    f"|{DIGIT}{_PART}{DIGIT}{{3}}{_PART}{DIGIT}{{5}}|{DIGIT}{{2}}{_PART}{DIGIT}{{4}}{_PART}{DIGIT}{{3}}"
    f"|{DIGIT}{{2}}{_PART}{DIGIT}{{3}}{_PART}{DIGIT}{{4}}|{DIGIT}{_PART}{DIGIT}{{8}}"
    f"|{DIGIT}{{1,6}}[ ._\\-]{{1,3}}{DIGIT}{{3,8}}|{DIGIT}{{1,5}}[ _\\-]{{1,3}}{DIGIT}{{1,6}}[ _\\-]{{1,3}}{DIGIT}{{1,6}}|{DIGIT}(?:{GAP}{DIGIT}{{2}}){{4}})"
    f"|1(?:[ .\\-]{{1,3}}{DIGIT}){{10}}"
)
MOBILE_EXPONENT = "1[.][3-9][0-9]{7,9}[eE][+]?10"
"""A mobile number as a spreadsheet writes a number: 1.3812345678E+10."""
CARD_HEAD = "(?:6[0289][0-9]{2}|4[0-9]{3}|5[1-5][0-9]{2}|35[0-9]{2})"
CARD = (
    f"6[0289]{DIGIT}{{14,17}}|(?:4{DIGIT}|5[1-5]|35){DIGIT}{{14,17}}"
    f"|{CARD_HEAD}(?:{_PART}{DIGIT}{{4}}){{3}}(?:{_PART}{DIGIT}{{1,3}})?"
    f"|{CARD_HEAD}{DIGIT}{{2}}{_PART}{DIGIT}{{4,10}}(?:{_PART}{DIGIT}{{3,7}}){{1,2}}"
)
USCC_HEAD = "(?:1[1239]|2[19]|3[1-59]|41|5[1239]|6[129]|7[129]|8[19]|9[123]|[Aa]1|[Nn][1239]|[Yy]1)"
USCC = f"{USCC_HEAD}{DIGIT}{{6}}[0-9A-HJ-NPQRTUWXYa-hj-npqrtuwxy]{{10}}"
PLATE_HEAD = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使]"
PLATE = f"{PLATE_HEAD}[ ]?[A-HJ-NP-Za-hj-np-z][ .\\-]{{0,2}}[0-9A-HJ-NP-Za-hj-np-z]{{4}}(?:[0-9A-HJ-NP-Za-hj-np-z]{{1,2}}|[学警港澳挂领])"
OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
HEX = "[0-9A-Fa-f]{1,4}"
IPV6 = f"(?:{HEX}:){{7}}{HEX}|(?:{HEX}:){{1,6}}(?::{HEX}){{1,6}}"
_GAP_SIGN = f"[^0-9A-Za-z{HAN}{HAN_DIGIT}]"
_GAP_WORD = "(?:编号|号码|证号|卡号|账号|帐号|账户|帐户|识别码|[证卡号码为是系]|[Nn][Oo]|[Nn]um(?:ber)?|NUMBER|[Ii][Dd]|[Cc]ode|CODE|value|[12](?=[\"'\\\\=:： ]))"
LABEL_GAP = f"(?:{_GAP_SIGN}{{0,6}}{_GAP_WORD}){{0,3}}{_GAP_SIGN}{{0,14}}"
"""What may stand between a label and what it announces: 号码为：, _no":", </th><td>."""
S = "[ ._/\\-]{0,3}"
"""A separator inside a labelled value."""


def digits(least: int, most: int) -> str:
    """So many digits, with separators between them or not, in Chinese numerals too."""
    one = f"[0-9{HAN_DIGIT}]"
    return f"{one}(?:{S}{one}){{{least - 1},{most - 1}}}"


def serial(least: int, most: int, letters: int = 4) -> str:
    """Up to so many letters, then digits, as documents are numbered; a letter or two may end it."""
    return f"(?:[A-Za-z]{S}){{0,{letters}}}{digits(least, most)}(?:{S}[A-Za-z]){{0,2}}"


_HAN_PROVINCE = "[一二三四五六七八壹贰叁肆伍陆柒捌貳參陸][零〇一二三四五六七壹贰叁肆伍陆柒貳參陸]"
ID18_HAN = f"{_HAN_PROVINCE}[{HAN_DIGIT}0-9]{{15}}[{HAN_DIGIT}0-9Xx]"
"""An identity number in Chinese numerals, or partly so."""
MOBILE_HAN = f"[1一幺壹][3-9三四五六七八九叁肆伍陆柒捌玖參陸][{HAN_DIGIT}0-9]{{9}}"
RESIDENCE_PERMIT = f"9{PROVINCE}{DIGIT}{{3}}{CENTURY}{DIGIT}{{2}}{MONTH_DAY}{DIGIT}{{3}}[0-9Xx]"
"""Foreigners' permanent residence identity card of 2023: 9, place of application, nationality, then as GB 11643."""
OFFICER_CARD = f"[军兵士文职警武海空北南西东中沈济成兰广政后装参战火联][ ]?字?[ ]?第[ ]?{digits(5, 9)}[ ]?号"
EMBEDDED_IMAGE = "data:(?:image|audio|video)/[A-Za-z0-9.+\\-]{2,20};base64,[A-Za-z0-9+/]{24}|^[ ]*(?:/9j/4|iVBORw0KGgo|R0lGOD|UklGR)[A-Za-z0-9+/]{40}"
"""A picture or a recording in a cell: a data URL, or the Base64 of a JPEG's, PNG's, GIF's or RIFF's first bytes."""
_BETWEEN_DIGITS = "[ ._/,，、|()（）\\-]{0,3}"


def run(digits: int) -> str:
    """The gate of a number: that many digits, separators between them or not, whatever the digits are. A gate that
    looked at the digits themselves would be an automaton with a state for every run of digits it has seen."""
    return f"[0-9](?:{_BETWEEN_DIGITS}[0-9]){{{digits - 1}}}"


GATE_HAN_DIGITS = f"[{HAN_DIGIT}][{HAN_DIGIT}0-9]{{4}}|[{HAN_DIGIT}0-9]{{4}}[{HAN_DIGIT}]"
GATE_LETTERED = "[CDEGHKMPScdeghkmps][0-9A-Za-z][0-9]{7}"
GATE_MAC = "(?:[0-9A-Fa-f]{2}[:\\-]){3}"
GATE_IPV6 = f"(?:{HEX}:){{7}}|[0-9A-Fa-f]::[0-9A-Fa-f]"
VIN = "[A-HJ-NPR-Za-hj-npr-z0-9]{8}[0-9Xx][A-HJ-NPR-Za-hj-npr-z0-9]{4}[0-9]{4}"
HOME = (
    f"(?:[(（]?(?:\\+|00)?86[)）]?{S})?[(（]?[0零〇][1-9{HAN_DIGIT}]{digits(1, 2)}[)）]?{S}{digits(7, 8)}"
    f"|[2-9{HAN_DIGIT}]{S}{digits(6, 7)}"
)
