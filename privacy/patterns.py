"""The patterns of identifiers, in the syntax RE2 and Python share (explicit classes, no shorthand, no dot), over folded text."""

from __future__ import annotations

__all__ = [
    "ALNUM",
    "BEFORE_CERTIFICATE",
    "CARD",
    "CARD_HAN",
    "CARD_HEAD",
    "CARD_LOOSE",
    "CENTURY",
    "COUNTRY",
    "DIGIT",
    "EMAIL",
    "EMAIL_ANY",
    "EMAIL_HASH",
    "EMAIL_IN_WORDS",
    "EMBEDDED_IMAGE",
    "EXTENSION",
    "GAP",
    "GATE_CERTIFICATE",
    "GATE_EMAIL",
    "GATE_EMAIL_ANY",
    "GATE_EMAIL_HASH",
    "GATE_EMAIL_IN_WORDS",
    "GATE_HAN_DIGITS",
    "GATE_IPV4",
    "GATE_IPV6",
    "GATE_LETTERED",
    "GATE_MAC",
    "GATE_MRZ",
    "HAN",
    "HAN_DIGIT",
    "HEX",
    "HOME",
    "ID15",
    "ID18",
    "ID18_HAN",
    "ID18_LOOSE",
    "ID18_PARTED",
    "IPV4",
    "IPV6",
    "LABEL_GAP",
    "MOBILE",
    "MOBILE_EXPONENT",
    "MOBILE_HAN",
    "MOBILE_UNEVEN",
    "MONTH_DAY",
    "MRZ",
    "OCTET",
    "OFFICER_CARD",
    "OFFICER_CARD_LABELLED",
    "PLATE",
    "PLATE_HEAD",
    "PLATE_LOOSE",
    "PROVINCE",
    "RESIDENCE_PERMIT",
    "RUNS",
    "SEP",
    "SIGN",
    "STOP",
    "USCC",
    "USCC_HEAD",
    "VIN",
    "VIN_LOOSE",
    "S",
    "digits",
    "run",
    "serial",
]

DIGIT = "[0-9]"
SEP = "[ \\-]{0,2}"
ALNUM = "0-9A-Za-z"
HAN = "一-龥"
HAN_DIGIT = "零〇○一二三四五六七八九幺壹贰叁肆伍陆柒捌玖貳參陸"


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
S = "[ ._/\\-]{0,3}"
"""A separator inside a labelled value."""
_SIGNS = ("[ ]{0,3}", "(?:[ ]?\\.[ ]?)?", "(?:[ ]?\\-[ ]?)?", "_?", "(?:[ ]?/[ ]?)?", "(?:[ ]?[,，、|][ ]?)?")
"""What stands between the digits of a number in any groups: one sign throughout."""


def loose(*units: str) -> str:
    """The units in any groups: only where a check digit speaks for the number."""
    return "|".join(sign.join(unit.replace(SEP, sign) for unit in units) for sign in _SIGNS)


ID18_LOOSE = loose(PROVINCE, *[DIGIT] * 4, CENTURY, DIGIT, DIGIT, MONTH_DAY, *[DIGIT] * 3, "[0-9Xx]")
ID15 = "|".join(
    f"{PROVINCE.replace(SEP, every)}{every}{every.join([DIGIT] * 4)}{part}{DIGIT}{every}{DIGIT}{part}"
    f"{MONTH_DAY.replace(SEP, every)}{part}{every.join([DIGIT] * 3)}"
    for every, part in (("", "[ _/.\\-]{0,2}"), ("[ ]{1,2}", "[ ]{1,3}"), ("\\-", "\\-"), ("\\.", "\\."))
)
"""Place, date of birth and number of the form before 1999, which has no check digit: in its parts or digit by digit."""

COUNTRY = "(?:[(（]?(?:(?:\\+|00)[ ]?)?86[)）]?[ .\\-]{0,3}(?:[(（]0[)）])?)?"
GAP = "[ .\\-]{1,3}"
_PART = "[ ]?[ ._/,，、|\\-][ ]?"
"""A sign between the parts of a number."""
MOBILE = (
    f"{COUNTRY}0?1[3-9](?:{DIGIT}{{9}}|{DIGIT}{_PART}{DIGIT}{{4}}{_PART}{DIGIT}{{4}}"
    f"|{DIGIT}{_PART}{DIGIT}{{3}}{_PART}{DIGIT}{{5}}|{DIGIT}{{2}}{_PART}{DIGIT}{{4}}{_PART}{DIGIT}{{3}}"
    f"|{DIGIT}{{2}}{_PART}{DIGIT}{{3}}{_PART}{DIGIT}{{4}}|{DIGIT}{_PART}{DIGIT}{{8}}"
    f"|{DIGIT}(?:{GAP}{DIGIT}{{2}}){{4}})"
)
MOBILE_UNEVEN = COUNTRY + (
    "(?:"
    + "|".join(
        f"0?1{sign}[3-9](?:{sign}{DIGIT}){{9}}" for sign in ("[ ]{0,3}", "[.]{0,3}", "\\-{0,3}", "_{0,3}")
    )
    + ")"
)
"""Eleven digits in any groups, between which one sign stands."""
MOBILE_EXPONENT = "1[.][3-9][0-9]{7,9}[eE][+]?10"
"""A mobile number as a spreadsheet writes a number: 1.3812345678E+10."""
CARD_HEAD = "(?:6[0289][0-9]{2}|4[0-9]{3}|5[1-5][0-9]{2}|35[0-9]{2})"
CARD = (
    f"6[0289]{DIGIT}{{14,17}}|(?:4{DIGIT}|5[1-5]|35){DIGIT}{{14,17}}"
    f"|{CARD_HEAD}(?:{_PART}{DIGIT}{{4}}){{3}}(?:{_PART}{DIGIT}{{1,3}})?"
    f"|{CARD_HEAD}{DIGIT}{{2}}{_PART}{DIGIT}{{4,10}}(?:{_PART}{DIGIT}{{3,7}}){{1,2}}"
)
CARD_LOOSE = "|".join(
    f"(?:6{sign}[0289]|4{sign}{DIGIT}|5{sign}[1-5]|3{sign}5)(?:{sign}{DIGIT}){{14,17}}" for sign in _SIGNS
)
"""A card number in any groups, to be checked."""
CARD_HAN = (
    f"(?:[六陆陸6][零〇○二八九贰捌玖貳0289]|[四肆4][{HAN_DIGIT}0-9]|[五伍5][一二三四五壹贰叁肆伍貳參幺1-5]|[三叁參3][五伍5])"
    f"[{HAN_DIGIT}0-9]{{14,17}}"
)
USCC_HEAD = "(?:1[1239]|2[19]|3[1-59]|41|5[1-59]|6[129]|7[129]|8[19]|9[123]|[Aa]1|[Nn][1239]|[Yy]1)"
USCC = f"(?!62[0-9]{{16}}){USCC_HEAD}{DIGIT}{{6}}[0-9A-HJ-NPQRTUWXYa-hj-npqrtuwxy]{{10}}"
PLATE_HEAD = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使]"
_PLATE_SIGN = "[0-9A-HJ-NP-Za-hj-np-z]"
_PLATE_OFFICE = "(?:[ ]?[A-HJ-NP-Z]|[a-hj-np-z])"
PLATE = f"{PLATE_HEAD}{_PLATE_OFFICE}[ .\\-]{{0,2}}{_PLATE_SIGN}{{4}}(?:{_PLATE_SIGN}{{1,2}}|[学警港澳挂领])"
PLATE_LOOSE = (
    f"{PLATE_HEAD}{S}[A-HJ-NP-Z](?:{S}[0-9A-HJ-NP-Z]){{4}}(?:(?:{S}[0-9A-HJ-NP-Z]){{1,2}}|{S}[学警港澳挂领])"
)
"""A plate in any groups, to be checked."""
OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
HEX = "[0-9A-Fa-f]{1,4}"
_LOCAL = "[A-Za-z0-9._%+\\-]{1,64}"
_TLD = "(?:[A-Za-z]{2,24})"
_AT = (
    "(?:@|[ ]?[(（\\[【<《{][ ]?(?i:at|@|a)[ ]?[)）\\]】>》}][ ]?|[ ]?艾特[ ]?|[ ]?小老鼠[ ]?|[ ]?圈[aA][ ]?)"
)
_DOT = "(?:\\.|[ ]?[(（\\[【<{][ ]?(?i:dot|\\.|点)[ ]?[)）\\]】>}][ ]?|[ ](?i:dot)[ ]|点)"
EMAIL = f"{_LOCAL}[ ]{{0,2}}{_AT}[ ]{{0,2}}(?:[A-Za-z0-9\\-]{{1,63}}[ ]?{_DOT}[ ]?){{1,5}}{_TLD}"
GATE_EMAIL = f"[A-Za-z0-9._%+\\-][ ]{{0,2}}{_AT}"
EMAIL_IN_WORDS = (
    f"[A-Za-z0-9._+\\-]{{1,64}}(?:[ ](?i:dot)[ ][A-Za-z0-9._+\\-]{{1,64}}){{0,3}}[ ](?i:at)[ ]"
    f"[A-Za-z0-9\\-]{{1,63}}(?:\\.[A-Za-z0-9\\-]{{1,63}}){{0,3}}(?:[ ](?i:dot)[ ][A-Za-z0-9\\-]{{1,63}}){{1,4}}"
    f"|(?:(?:[A-Za-z0-9]{{1,32}}[._+\\-]){{1,4}}[A-Za-z0-9]{{1,32}}|[A-Za-z]{{0,32}}[0-9]{{1,20}}[A-Za-z0-9]{{0,10}})"
    f"[ ](?i:at)[ ](?:[A-Za-z0-9\\-]{{1,63}}\\.){{1,4}}{_TLD}"
    f"|[A-Za-z0-9._+\\-]{{2,64}}在(?:[A-Za-z0-9\\-]{{1,63}}{_DOT}){{1,4}}(?:com|cn|net|org|edu|gov|me|cc|io|hk|tw)"
)
"""name at place dot com"""
GATE_EMAIL_IN_WORDS = "[ ](?i:at)[ ]|[0-9A-Za-z._+\\-]在[0-9A-Za-z\\-]"
EMAIL_ANY = (
    f"[A-Za-z0-9._%+\\-]{{1,64}}(?:[ ](?i:dot)[ ][A-Za-z0-9._+\\-]{{1,64}}){{0,3}}(?:[ ]{{0,2}}{_AT}[ ]{{0,2}}|[ ](?i:at)[ ]|[ ]?[#在*$&][ ]?)"
    f"(?:[A-Za-z0-9\\-]{{1,63}}[ ]?{_DOT}[ ]?){{1,5}}{_TLD}"
)
"""An address where its label or header announces one: any sign may stand for the @."""
EMAIL_HASH = f"{_LOCAL}#(?:[A-Za-z0-9\\-]{{1,63}}\\.){{1,5}}{_TLD}"
GATE_EMAIL_HASH = "[A-Za-z0-9._%+\\-]#[A-Za-z0-9\\-]"
GATE_EMAIL_ANY = "[A-Za-z]{2}"
STOP = "[ ]?[\\[(（{]?(?:[.。]|(?i:dot)|点)[\\])）}]?[ ]?"
"""Between the parts of an address, also of one so written that it is no link: [.], (dot), 。"""
IPV4 = f"(?:{OCTET}{STOP}){{3}}{OCTET}"
GATE_IPV4 = "[0-9](?:\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]|[ ]?(?:[\\[(（{.][ .。点dD]|[。点][0-9]|(?i:dot)|[.][ \\])）}]))"
_C = "[:：]"
IPV6 = (
    f"(?:{HEX}{_C}){{7}}{HEX}|(?:{HEX}{_C}){{1,6}}(?:{_C}{HEX}){{1,6}}"
    f"|(?:(?:{HEX}{_C}){{1,6}}{_C}|{_C}{{2}})(?:{HEX}{_C}){{0,5}}(?:{OCTET}\\.){{3}}{OCTET}"
)
_GAP_SIGN = f"[^0-9A-Za-z+{HAN}{HAN_DIGIT}]"
_GAP_WORD = (
    "(?:编号|号码|代号|代码|证号|卡号|账号|帐号|账户|帐户|识别码|地址|标识符?|序列号|[证卡号码为是系]"
    "|(?:[Nn][Oo]|[Nn]um(?:ber)?|NUMBER|[Ii][Dd]|[Cc]ode|CODE|value)(?![A-Za-z])"
    "|[12](?=[\"'\\\\=:：>]|[ ][A-Za-z\"'<]))"
)
LABEL_GAP = f"(?:{_GAP_SIGN}{{0,6}}{_GAP_WORD}){{0,3}}{_GAP_SIGN}{{0,14}}"
"""What may stand between a label and what it announces: 号码为：, _no":", </th><td>."""


def digits(least: int, most: int) -> str:
    """So many digits, with separators between them or not, in Chinese numerals too."""
    one = f"[0-9{HAN_DIGIT}]"
    return f"{one}(?:{S}{one}){{{least - 1},{most - 1}}}"


def serial(least: int, most: int, letters: int = 4) -> str:
    """Up to so many letters, then digits, as documents are numbered; a letter or two may end it."""
    return f"(?:[A-Za-z]{S}){{0,{letters}}}{digits(least, most)}(?:{S}[A-Za-z]){{0,2}}"


MRZ = "P[A-Z<][A-Z<]{3}[A-Z<]{5,39}[ ]{0,2}[A-Z0-9<]{9}[0-9<][A-Z<]{3}[0-9]{6}[0-9<][MFX<][0-9]{6}[0-9<][A-Z0-9<]{0,16}"
"""The machine-readable zone of a passport (ICAO 9303-4): two lines, with name, number, nationality, birth, sex, expiry."""
GATE_MRZ = "[A-Z<]{3}[0-9]{7}[MFX<][0-9]{7}"
_HAN_PROVINCE = "[一二三四五六七八壹贰叁肆伍陆柒捌貳參陸][零〇一二三四五六七壹贰叁肆伍陆柒貳參陸]"
ID18_HAN = f"{_HAN_PROVINCE}[{HAN_DIGIT}0-9]{{15}}[{HAN_DIGIT}0-9Xx]"
"""An identity number in Chinese numerals, or partly so."""
MOBILE_HAN = f"[1一幺壹][3-9三四五六七八九叁肆伍陆柒捌玖參陸][{HAN_DIGIT}0-9]{{9}}"
RESIDENCE_PERMIT = f"9{PROVINCE}{DIGIT}{{3}}{CENTURY}{DIGIT}{{2}}{MONTH_DAY}{DIGIT}{{3}}[0-9Xx]"
"""Foreigners' permanent residence identity card of 2023: 9, place of application, nationality, then as GB 11643."""
OFFICER_CARD = f"[军兵士文职警武海空北南西东中沈济成兰广政后装参战火联][ ]{{0,3}}字?[ ]{{0,3}}第[ ]{{0,3}}{digits(5, 9)}[ ]{{0,3}}号"
OFFICER_CARD_LABELLED = (
    f"(?:[{HAN}][ ]{{0,3}}字?[ ]{{0,3}})?(?:第[ ]{{0,3}})?{digits(5, 10)}(?:[ ]{{0,3}}号)?"
)
EMBEDDED_IMAGE = (
    "data:(?:image|audio|video)/[A-Za-z0-9.+\\-]{2,20};base64,[A-Za-z0-9+/]{24}|^[ ]*(?:/9j/4|iVBORw0KGgo"
    "|R0lGOD|UklGR)[A-Za-z0-9+/]{40}"
)
"""A picture or a recording in a cell: a data URL, or the Base64 of a JPEG's, PNG's, GIF's or RIFF's first bytes."""
_BETWEEN_DIGITS = "[ ._/,，、|()（）\\-]{0,3}"


def run(digits: int) -> str:
    """The gate of a number: that many digits, separators between them or not, whatever the digits are. A gate that
    looked at the digits themselves would be an automaton with a state for every run of digits it has seen."""
    return f"[0-9](?:{_BETWEEN_DIGITS}[0-9]){{{digits - 1}}}"


RUNS = {run(count): count for count in (6, 7, 11, 14)}
"""The gates of numbers, and how many digits each counts."""
GATE_HAN_DIGITS = f"[{HAN_DIGIT}][{HAN_DIGIT}0-9]{{4}}|[{HAN_DIGIT}0-9]{{4}}[{HAN_DIGIT}]"
GATE_LETTERED = f"[CDEGHKMPSWcdeghkmpsw]{S}[0-9A-Za-z](?:{S}[0-9]){{7}}"
BEFORE_CERTIFICATE = f"[{HAN}（(【\\[「《“\"'，,；;、|。 ]"
"""What stands in front of a certificate's number in a sentence or a line."""
GATE_CERTIFICATE = f"{BEFORE_CERTIFICATE}[CDEGHKMPSW][A-Z0-9][0-9]{{7}}"
GATE_MAC = "(?:[0-9A-Fa-f]{2}[:：\\-]){3}"
GATE_IPV6 = f"(?:{HEX}{_C}){{7}}|{_C}{{2}}[0-9A-Fa-f]"
EXTENSION = f"(?:[ ]?(?:\\-|转|分机号?|(?i:ext)[.]?|[#xX])[ :：]?{digits(1, 6)})?"
"""Behind a telephone number."""
VIN_LOOSE = f"[A-HJ-NPR-Z0-9](?:{S}[A-HJ-NPR-Z0-9]){{7}}{S}[0-9X](?:{S}[A-HJ-NPR-Z0-9]){{4}}(?:{S}[0-9]){{4}}"
"""A vehicle's number in any groups, to be checked."""
VIN = "[A-HJ-NPR-Za-hj-npr-z0-9]{8}[0-9Xx][A-HJ-NPR-Za-hj-npr-z0-9]{4}[0-9]{4}"
HOME = (
    f"(?:[(（]?(?:\\+|00)?86[)）]?{S}[(（]?[0零〇○]?[)）]?|[(（]?[0零〇○]){S}[1-9{HAN_DIGIT}]{S}{digits(1, 2)}[)）]?{S}{digits(7, 8)}{EXTENSION}"
    f"|[2-9{HAN_DIGIT}]{S}{digits(6, 7)}{EXTENSION}"
)
