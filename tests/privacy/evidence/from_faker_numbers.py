"""Numbers of persons and things as their standards make them, check digits included, so that a generated cell is as good as
a real one. Every function takes its randomness; none looks at what a detector would want."""

from __future__ import annotations

import string
from datetime import date, timedelta
from random import Random

__all__ = [
    "PROVINCES",
    "bank_card",
    "birth",
    "digits",
    "foreign_passport",
    "hk_macao_permit",
    "home_phone",
    "home_return_permit",
    "imei",
    "medical_record",
    "mobile",
    "officer_card",
    "old_resident_id",
    "passport",
    "permanent_residence",
    "plate",
    "qq",
    "residence_permit",
    "resident_id",
    "social_insurance",
    "taiwan_permit",
    "to_taiwan_permit",
    "vin",
    "wechat",
    "words",
]


def words(text: str) -> tuple[str, ...]:
    """A list written as one text, so that it takes few lines."""
    return tuple(text.split())


# GB/T 2260: counties and districts of every part of the country.
REGIONS = words("""110101 110105 110108 120101 120104 130102 130203 130402 140105 140211 150102 150203 210102 210203 220102 220203
230102 230103 310101 310104 310115 320102 320106 320205 320507 330102 330104 330106 330108 330110 330203 330302 330402 330702
331002 331121 340102 340202 350102 350203 360102 360702 370102 370202 370302 410102 410302 420102 420106 430102 430602 440103
440305 440403 450102 450302 460105 500103 500112 510104 510105 520102 530102 540102 610102 610113 620102 630102 640104 650102
""")
# Heads in use of the ministry's numbering plan (MIIT), those of virtual operators (162 165 167 170 171) too.
SEGMENTS = words("""130 131 132 133 134 135 136 137 138 139 145 147 149 150 151 152 153 155 156 157 158 159 162 165 166 167 170 171
172 173 175 176 177 178 180 181 182 183 184 185 186 187 188 189 190 191 192 193 195 196 197 198 199""")
# Issuer heads (ISO/IEC 7812) of banks in the country, with the length of the whole number.
CARD_HEADS = (
    *(
        (head, 19)
        for head in ("622202", "621226", "622208", "622700", "621700", "622848", "623052", "622841")
    ),
    *(
        (head, 19)
        for head in ("621660", "621661", "456351", "622260", "622262", "622188", "621799", "621098")
    ),
    *(
        (head, 16)
        for head in ("622588", "621483", "622609", "622575", "625908", "622690", "622622", "622155")
    ),
    *((head, 16) for head in ("439225", "518710", "622580", "622662", "622630")),
    ("622908", 18),
)
AREAS_8 = words(
    "010 020 021 022 023 024 025 027 028 029 0311 0371 0431 0451 0512 0531 0532 0571 0574 0577 0591 0755 0757"
)
AREAS_7 = words("0570 0578 0580 0352 0417 0937 0971 0991")
MAKERS = words("LSV LFV LVS LGX LRW LBV LE4 LHG LVG LSG LGW LB3 LJ8 LZW L6T")
PROVINCES = "京津冀晋蒙辽吉黑沪苏浙皖闽赣鲁豫鄂湘粤桂琼渝川贵云藏陕甘青宁新"
NO_I_O = "ABCDEFGHJKLMNPQRSTUVWXYZ"
NATIONS = {"USA": "840", "GBR": "826", "JPN": "392", "KOR": "410", "FRA": "250", "DEU": "276", "CAN": "124"}


def digits(rng: Random, count: int, first: str = string.digits) -> str:
    return rng.choice(first) + "".join(rng.choices(string.digits, k=count - 1))


def birth(rng: Random, first: int = 1935, last: int = 2018) -> date:
    begin = date(first, 1, 1)
    return begin + timedelta(days=rng.randrange((date(last, 12, 31) - begin).days + 1))


def mod_11_2(body: str) -> str:
    """The last sign of GB 11643 for seventeen digits."""
    return "10X98765432"[sum(int(sign) * pow(2, 17 - place, 11) for place, sign in enumerate(body)) % 11]


def luhn_digit(body: str) -> str:
    """The digit that ISO/IEC 7812 appends."""
    doubled = [int(sign) * (2 if place % 2 == 0 else 1) for place, sign in enumerate(reversed(body))]
    return str(-sum(value // 10 + value % 10 for value in doubled) % 10)


def resident_id(rng: Random, last: str = "") -> str:
    """GB 11643-1999; with `last`, one whose check sign is that."""
    while True:
        body = rng.choice(REGIONS) + birth(rng).strftime("%Y%m%d") + f"{rng.randint(1, 999):03}"
        if last in ("", mod_11_2(body)):
            return body + mod_11_2(body)


def old_resident_id(rng: Random) -> str:
    """GB 11643-1989: fifteen digits, year of two, no check."""
    return rng.choice(REGIONS) + birth(rng, 1935, 1999).strftime("%y%m%d") + f"{rng.randint(1, 999):03}"


def mobile(rng: Random) -> str:
    return rng.choice(SEGMENTS) + digits(rng, 8)


def bank_card(rng: Random) -> str:
    head, length = rng.choice(CARD_HEADS)
    body = head + digits(rng, length - 7)
    return body + luhn_digit(body)


def passport(rng: Random) -> str:
    """Ordinary (E, G) and for public affairs (D, S, P with E), as issued since 1997."""
    made = (
        lambda: "E" + digits(rng, 8),
        lambda: "E" + rng.choice(NO_I_O) + digits(rng, 7),
        lambda: "G" + digits(rng, 8),
        lambda: rng.choice("DSP") + "E" + digits(rng, 7),
    )
    return rng.choices(made, weights=(5, 3, 3, 1))[0]()


def foreign_passport(rng: Random) -> str:
    return rng.choice(("TK", "AB", "XN", "MZ", "YA", "C", "M", "K")) + digits(rng, 7)


def home_return_permit(rng: Random) -> str:
    """Of Hong Kong (H) and Macao (M) residents coming in: eight digits, at times two of the issue."""
    return rng.choice("HM") + digits(rng, 8) + rng.choice(("", f"{rng.randint(0, 4):02}"))


def hk_macao_permit(rng: Random) -> str:
    """Of residents of the mainland going to Hong Kong and Macao: C and eight digits, or C, a letter and seven."""
    return rng.choice(("C" + digits(rng, 8), "C" + rng.choice(NO_I_O) + digits(rng, 7)))


def taiwan_permit(rng: Random) -> str:
    """Of Taiwan residents coming in: eight digits, at times two of the issue."""
    return digits(rng, 8) + rng.choice(("", f"{rng.randint(1, 5):02}"))


def to_taiwan_permit(rng: Random) -> str:
    """Of residents of the mainland going to Taiwan."""
    return rng.choice("LT") + digits(rng, 8)


def residence_permit(rng: Random) -> str:
    """Of Hong Kong (81), Macao (82) and Taiwan (83) residents living here; the check sign is that of GB 11643."""
    return _checked(rng, rng.choice(("810000", "820000", "830000")))


def permanent_residence(rng: Random) -> str:
    """Of foreigners for good: nation, division, serial, birth in fifteen signs; since December 2023 eighteen from 9, with
    the check sign of GB 11643."""
    nation, province = rng.choice(sorted(NATIONS)), rng.choice(REGIONS)[:2]
    if rng.random() < 0.5:
        return nation + province + digits(rng, 4) + birth(rng, 1950, 1999).strftime("%y%m%d")
    return _checked(rng, "9" + province + NATIONS[nation])


def _checked(rng: Random, area: str) -> str:
    body = area + birth(rng, 1950, 2010).strftime("%Y%m%d") + f"{rng.randint(1, 999):03}"
    return body + mod_11_2(body)


def officer_card(rng: Random) -> str:
    return rng.choice("军南北沈兰成济广海空参政后装武士文") + "字第" + digits(rng, rng.randint(6, 8)) + "号"


def medical_record(rng: Random) -> str:
    made = (
        lambda: digits(rng, 8),
        lambda: f"{rng.randint(2012, 2026)}{rng.randint(1, 12):02}" + digits(rng, 4),
        lambda: rng.choice(("ZY", "MZ", "BA", "P", "M")) + digits(rng, rng.randint(7, 10)),
    )
    return rng.choice(made)()


def social_insurance(rng: Random) -> str:
    made = (
        lambda: rng.choice(NO_I_O) + digits(rng, 8),
        lambda: digits(rng, 10),
        lambda: digits(rng, 9),
        lambda: digits(rng, 12),
    )
    return rng.choice(made)()


def home_phone(rng: Random) -> tuple[str, str]:
    """Area code and local number."""
    area = rng.choice(rng.choice((AREAS_8, AREAS_8, AREAS_7)))
    return area, digits(rng, 7 if area in AREAS_7 else 8, "2345678")


def plate(rng: Random) -> str:
    """GA 36: five signs with at most two letters; new energy six, D or F before (small) or behind (large)."""
    head = rng.choice(PROVINCES) + rng.choice(NO_I_O)
    kind = rng.random()
    if kind < 0.15:
        return head + rng.choice("DFABCEGHJK") + rng.choice(string.digits + "DF") + digits(rng, 4)
    if kind < 0.2:
        return head + digits(rng, 5) + rng.choice("DF")
    tail = list(digits(rng, 5))
    for place in rng.sample(range(5), rng.choice((0, 0, 1, 1, 2))):
        tail[place] = rng.choice(NO_I_O)
    return head + "".join(tail)


def vin(rng: Random) -> str:
    """GB 16735: the ninth sign is the remainder by eleven of the weighted others."""
    values = dict(
        zip("ABCDEFGHJKLMNPRSTUVWXYZ", (*range(1, 9), *range(1, 6), 7, 9, *range(2, 10)), strict=True)
    )
    signs = "ABCDEFGHJKLMNPRSTUVWXYZ" + string.digits
    head = rng.choice(MAKERS) + "".join(rng.choices(signs, k=5))
    tail = rng.choice("BCDEFGHJKLMNPRST") + rng.choice("ABCDEFGH12345") + digits(rng, 6)
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 9, 8, 7, 6, 5, 4, 3, 2)
    total = sum(w * (values[s] if s in values else int(s)) for w, s in zip(weights, head + tail, strict=True))
    return head + "0123456789X"[total % 11] + tail


def imei(rng: Random) -> str:
    """3GPP TS 23.003: type allocation code, serial, Luhn digit."""
    body = rng.choice(("86", "35", "99")) + digits(rng, 12)
    return body + luhn_digit(body)


def qq(rng: Random) -> str:
    return digits(rng, rng.randint(6, 10), "123456789")


def wechat(rng: Random) -> str:
    """Six to twenty letters, digits, _ and -, a letter first; or the one given at first, wxid_ and fourteen signs."""
    lower = string.ascii_lowercase
    if rng.random() < 0.25:
        return "wxid_" + "".join(rng.choices(lower + string.digits, k=14))
    return (
        rng.choice(lower)
        + "".join(rng.choices(lower, k=rng.randint(3, 8)))
        + rng.choice(("_", "-", ""))
        + digits(rng, 3)
    )
