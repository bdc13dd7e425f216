"""Numbers as their standards define them, with their check characters: GB 11643, ISO/IEC 7812, GB 16735, 3GPP TS 23.003,
GB 32100, GB 11714, GS1. Dates of birth lie between 1935 and 2015."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from tests.privacy.evidence.standards.lists import words
from tests.privacy.evidence.standards.places import COUNTIES, PROVINCES

__all__ = [
    "AREA_CODES",
    "CARD_HEADS",
    "MOBILE_HEADS",
    "birth",
    "card",
    "digits",
    "ean13",
    "gb11643_check",
    "icao_check",
    "imei",
    "luhn_digit",
    "mobile",
    "organisation_code",
    "plate",
    "residence_card_2023",
    "residence_card_old",
    "resident_id",
    "resident_id_15",
    "uscc",
    "vin",
]

ALNUM = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
PLATE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ"
VIN_ALPHABET = "0123456789ABCDEFGHJKLMNPRSTUVWXYZ"
USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"

# MIIT numbering plan: heads of public mobile numbers (data-only and IoT heads are left out).
MOBILE_HEADS = words(
    "130 131 132 133 134 135 136 137 138 139 145 147 148 149 150 151 152 153 155 156 157 158 159 162 165 166 167 170 171 "
    "172 173 175 176 177 178 180 181 182 183 184 185 186 187 188 189 190 191 192 193 195 196 197 198 199"
)

# Issuer heads in use by Chinese banks, with the length of their cards (debit 16-19, credit 16).
CARD_HEADS = tuple(
    (head, int(length))
    for head, length in (
        item.split(":")
        for item in words(
            "622202:19 622208:19 621226:19 621225:19 622203:19 621558:19 622848:19 622845:19 622846:19 623052:19 621700:19 "
            "622700:19 436742:19 621284:19 621660:19 621661:19 621663:19 456351:19 621785:19 622260:19 622262:19 621799:19 "
            "622188:19 622150:19 621098:19 622588:16 622609:16 621483:16 621485:16 621486:16 622580:16 621771:16 622696:16 "
            "622690:16 622660:16 622662:16 622622:16 622617:16 622908:18 622909:18 622521:16 622522:16 622568:19 622630:16 "
            "622632:16 622298:16 622155:16 621626:19 602969:16 621030:16 622309:19 622425:16 621777:19 622310:16 "
            "625912:16 625330:16 628288:16 622230:16 622836:16 622750:16 622575:16 518710:16 427020:16 552599:16 356885:16"
        )
    )
)

# Area codes of fixed telephones with the length of the local number.
EIGHT_DIGITS = words("010 020 021 022 023 024 025 027 028 029 0371 0411 0431 0451 0531 0532 0571 0574 0591")
AREA_CODES = tuple(
    (code, 8 if code in EIGHT_DIGITS else 7)
    for code in words(
        "010 020 021 022 023 024 025 027 028 029 0311 0315 0351 0371 0379 0411 0431 0451 0471 0531 0532 0536 0551 0558 0571 "
        "0574 0591 0595 0631 0717 0736 0771 0791 0797 0816 0817 0851 0870 0898 0912 0931 0951 0971 0991 0998"
    )
)


def digits(rng: Random, count: int) -> str:
    return "".join(rng.choices("0123456789", k=count))


def birth(rng: Random) -> date:
    return date(1935, 1, 1) + timedelta(days=rng.randrange(29_500))


def gb11643_check(body: str) -> str:
    """The 18th character of GB 11643-1999 (ISO 7064 MOD 11-2) for 17 digits."""
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(body, weights, strict=True)) % 11]


def resident_id(rng: Random) -> str:
    """A citizen's number; one in fifty is that of a residence permit for Hong Kong, Macao, Taiwan people (81, 82, 83)."""
    region = rng.choice(("810000", "820000", "830000")) if rng.random() < 0.02 else rng.choice(COUNTIES).code
    body = f"{region}{birth(rng):%Y%m%d}{rng.randrange(1, 1000):03d}"
    return body + gb11643_check(body)


def resident_id_15(rng: Random) -> str:
    """A number of the first generation (GB 11643-1989): two digits of the year, no check digit."""
    born = date(1935, 1, 1) + timedelta(days=rng.randrange(21_900))
    return f"{rng.choice(COUNTIES).code}{born:%y%m%d}{rng.randrange(1, 1000):03d}"


def residence_card_2023(rng: Random) -> str:
    """The foreigner's permanent residence card of 2023: 9, province, nation (ISO 3166 numeric), birth, sequence, check."""
    nation = rng.choice(words("840 826 124 036 392 410 276 250 643 702 458 764 356 586 528 752 380 724 076"))
    body = f"9{rng.choice(list(PROVINCES))}{nation}{birth(rng):%Y%m%d}{rng.randrange(1, 1000):03d}"
    return body + gb11643_check(body)


def residence_card_old(rng: Random) -> str:
    """The card before 2023: three letters of the nation (ISO 3166 alpha-3), place, birth, sequence: 12 digits."""
    nation = rng.choice(words("USA GBR CAN AUS JPN KOR DEU FRA RUS SGP MYS THA IND PAK NLD SWE ITA ESP BRA"))
    return f"{nation}{rng.choice(list(PROVINCES))}00{birth(rng):%y%m%d}{digits(rng, 2)}"


def luhn_digit(body: str) -> str:
    """The last digit that makes `body` pass ISO/IEC 7812-1 annex B."""
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def card(rng: Random) -> str:
    head, length = rng.choice(CARD_HEADS)
    body = head + digits(rng, length - len(head) - 1)
    return body + luhn_digit(body)


def imei(rng: Random) -> str:
    """3GPP TS 23.003: type allocation (35 or 86 for what is sold here), serial number, Luhn digit."""
    body = rng.choice(("35", "86")) + digits(rng, 12)
    return body + luhn_digit(body)


def mobile(rng: Random) -> str:
    return rng.choice(MOBILE_HEADS) + digits(rng, 8)


def vin(rng: Random) -> str:
    """GB 16735-2019: maker, description, check character in place 9, year, works, serial number."""
    makers = words(
        "LSV LFV LBV LVS LGB LHG LDC LSG LB3 LGX LC0 LRW LNB LVG LFM LJD LZW LS5 LVV LBE LMG LNA LSJ LFP LE4 LGW LJ1 LK6 LLV "
        "WBA WDD WVW WAU JTE JHM KNA KMH 1G1 5YJ SAL YV1 VF3 ZFF"
    )
    year, works = rng.choice("ABCDEFGHJKLMNPRSTVWXY123456789"), rng.choice(VIN_ALPHABET)
    body = f"{rng.choice(makers)}{''.join(rng.choices(VIN_ALPHABET, k=5))}0{year}{works}{rng.choice('0123')}{digits(rng, 5)}"
    values = dict(
        zip("0123456789ABCDEFGHJKLMNPRSTUVWXYZ", map(int, "012345678912345678123457923456789"), strict=True)
    )
    weights = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)
    rest = sum(values[character] * weight for character, weight in zip(body, weights, strict=True)) % 11
    return f"{body[:8]}{'X' if rest == 10 else rest}{body[9:]}"


def _serial(rng: Random, count: int) -> str:
    """A plate's serial: mostly digits, at most two letters without I and O (GA 36)."""
    serial = list(digits(rng, count))
    for place in rng.sample(range(count), k=rng.choice((0, 0, 1, 1, 2))):
        serial[place] = rng.choice(PLATE_LETTERS)
    return "".join(serial)


def plate(rng: Random, make: str) -> str:
    """A number plate of GA 36 of the make named: common, new energy (small, large), police, trailer, …"""
    home = rng.choice(list(PROVINCES.values()))[1] + rng.choice("ABCDEFGHJKLMN")
    match make:
        case "small_electric":
            return (
                f"{home}{rng.choice('DFABCEGHJK')}{rng.choice(PLATE_LETTERS + '0123456789')}{digits(rng, 4)}"
            )
        case "large_electric":
            return f"{home}{digits(rng, 5)}{rng.choice('DF')}"
        case "police" | "trailer" | "learner":
            return home + _serial(rng, 4) + {"police": "警", "trailer": "挂", "learner": "学"}[make]
        case "hong_kong_macao":
            return f"粤Z{_serial(rng, 4)}{rng.choice('港澳')}"
        case "consulate":
            return f"{home}{digits(rng, 4)}领"
        case _:
            return home + _serial(rng, 5)


def uscc(rng: Random) -> str:
    """A unified social credit code with its check character (GB 32100-2015)."""
    head = rng.choice(("91", "91", "91", "92", "11", "12", "13", "51", "52", "53", "54", "93"))
    body = head + rng.choice(COUNTIES).code + organisation_code(rng).replace("-", "")
    total = sum(USCC_ALPHABET.index(c) * pow(3, place, 31) for place, c in enumerate(body))
    return body + USCC_ALPHABET[-total % 31]


def organisation_code(rng: Random) -> str:
    """An organisation code of GB 11714-1997 (digits; letters of USCC_ALPHABET in one of three)."""
    alphabet = USCC_ALPHABET if rng.random() < 0.33 else "0123456789"
    body = "".join(rng.choices(alphabet, k=8))
    weights = (3, 7, 9, 10, 5, 8, 4, 2)
    values = [int(c) if c.isdigit() else ord(c) - 55 for c in body]
    check = 11 - sum(value * weight for value, weight in zip(values, weights, strict=True)) % 11
    if check == 10:
        return organisation_code(rng)  # X does not exist in a credit code
    return f"{body}-{0 if check == 11 else check}"


def ean13(rng: Random, head: str) -> str:
    body = head + digits(rng, 12 - len(head))
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(body))
    return body + str(-total % 10)


def icao_check(field: str) -> str:
    """The check digit of ICAO 9303 part 3 over a field of the machine-readable zone."""
    values = [0 if c == "<" else int(c, 36) for c in field]
    return str(sum(value * (7, 3, 1)[place % 3] for place, value in enumerate(values)) % 10)
