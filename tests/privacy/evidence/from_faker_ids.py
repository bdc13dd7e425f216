"""Identity documents: the resident number and its damaged sisters, passports, permits, officers' cards."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from tests.privacy.evidence import from_faker_numbers as numbers
from tests.privacy.evidence.from_faker_form import (
    Form,
    Frame,
    Kind,
    framed,
    named,
    numeric,
    places,
    standard,
    statements,
)
from tests.privacy.evidence.from_faker_world import World
from tests.privacy.evidence.from_faker_writing import (
    as_it_is,
    chinese_numerals,
    formal_numerals,
    full_width,
    full_width_digits,
    grouped,
    lower_case,
)

__all__ = ["FORMS"]

RESIDENT = Kind(
    make=lambda world: numbers.resident_id(world.rng),
    labels=("身份证号", "身份证号码", "公民身份号码", "身份证", "证件号码", "居民身份证号"),
    headers=("身份证号", "公民身份号码", "证件号码", "sfzh", "id_no"),
    keys=("idCard", "idno", "id_card_no", "sfzh", "certNo", "身份证号"),
    alone=True,
    scenes=(
        "hotline_note",
        "chat_line",
        "remark",
        "subsidy_note",
        "incident_note",
        "patient_note",
        "register_note",
    ),
)
PASSPORT = Kind(
    make=lambda world: numbers.passport(world.rng),
    labels=("护照号", "护照号码", "护照", "护照编号", "Passport No."),
    headers=("护照号", "护照号码", "passport_no"),
    keys=("passport", "passportNo", "passport_no", "hzhm", "护照号"),
    alone=True,
    scenes=("hotline_note", "chat_line", "remark", "register_note"),
)
TRAVEL = ("hotline_note", "chat_line", "remark", "register_note")
HOME_RETURN = Kind(
    make=lambda world: numbers.home_return_permit(world.rng),
    labels=("港澳居民来往内地通行证", "回乡证", "回乡证号", "港澳居民通行证号"),
    headers=("港澳居民来往内地通行证", "回乡证号"),
    keys=("回乡证号", "homeReturnPermit", "home_return_permit_no", "港澳居民来往内地通行证"),
    alone=False,
    scenes=TRAVEL,
)
TO_HK_MACAO = Kind(
    make=lambda world: numbers.hk_macao_permit(world.rng),
    labels=("港澳通行证", "往来港澳通行证号", "港澳通行证号码", "往来港澳通行证"),
    headers=("港澳通行证号", "往来港澳通行证"),
    keys=("港澳通行证", "hkMacaoPermit", "hk_macao_permit_no", "往来港澳通行证号"),
    alone=False,
    scenes=TRAVEL,
)
TAIWAN = Kind(
    make=lambda world: numbers.taiwan_permit(world.rng),
    labels=("台胞证", "台胞证号", "台湾居民来往大陆通行证", "台胞证号码"),
    headers=("台胞证号", "台湾居民来往大陆通行证"),
    keys=("台胞证号", "taiwanPermit", "taiwan_permit_no", "台胞证"),
    alone=False,
    scenes=TRAVEL,
)
TO_TAIWAN = Kind(
    make=lambda world: numbers.to_taiwan_permit(world.rng),
    labels=("台湾通行证号", "大陆居民往来台湾通行证", "往来台湾通行证", "台湾通行证"),
    headers=("台湾通行证", "大陆居民往来台湾通行证"),
    keys=("台湾通行证", "toTaiwanPermit", "taiwan_pass_no", "往来台湾通行证号"),
    alone=False,
    scenes=TRAVEL,
)
RESIDENCE = Kind(
    make=lambda world: numbers.residence_permit(world.rng),
    labels=("居住证号", "港澳台居民居住证", "居住证", "居住证号码"),
    headers=("居住证号", "港澳台居民居住证"),
    keys=("居住证号", "residencePermit", "residence_permit_no", "港澳台居民居住证"),
    alone=False,
    scenes=TRAVEL,
)
PERMANENT = Kind(
    make=lambda world: numbers.permanent_residence(world.rng),
    labels=("外国人永久居留身份证", "永久居留证号", "永久居留身份证号码", "外国人永久居留证"),
    headers=("永久居留身份证号", "外国人永久居留证"),
    keys=("永久居留证号", "permanentResidence", "permanent_residence_no", "外国人永久居留身份证"),
    alone=False,
    scenes=TRAVEL,
)
OFFICER = Kind(
    make=lambda world: numbers.officer_card(world.rng),
    labels=("军官证", "军官证号", "士官证号", "军官证号码", "士兵证", "文职干部证"),
    headers=("军官证号", "军官证", "士官证号"),
    keys=("军官证号", "officerCard", "officer_card_no", "军官证"),
    alone=False,
    apart=False,
    scenes=("hotline_note", "chat_line", "remark", "subsidy_note"),
)


def one_digit_wrong(rng: Random, value: str, first: int, last: int) -> str:
    """Another digit at one place from `first` to `last` (0 … 17), so that the check sign is certainly false: a single
    substitution always changes the remainder by eleven."""
    place = rng.randint(first, last)
    other = rng.choice([sign for sign in "0123456789" if sign != value[place]])
    return value[:place] + other + value[place + 1 :]


def _bad(world: World) -> str:
    """Wrong in the sequence or the check digit: it still has the shape, as a typing mistake would leave it."""
    return one_digit_wrong(world.rng, numbers.resident_id(world.rng), 14, 17)


def _bad_region(world: World) -> str:
    """Wrong in the last digit of the division code."""
    return one_digit_wrong(world.rng, numbers.resident_id(world.rng), 5, 5)


def _bad_anywhere(world: World) -> str:
    """Wrong at any place, the date too: only the label says what it is."""
    return one_digit_wrong(world.rng, numbers.resident_id(world.rng), 1, 17)


def _all_digits(world: World) -> str:
    return numbers.resident_id(world.rng, world.rng.choice("0123456789"))


def _old(world: World) -> str:
    return numbers.old_resident_id(world.rng)


def _ends_in_x(world: World) -> str:
    return numbers.resident_id(world.rng, "X")


LABELLED = framed(statements(RESIDENT.labels))
RESIDENT_OWN = (
    Form("x_lower", _ends_in_x, lower_case, places(RESIDENT)),
    Form("x_upper", _ends_in_x, as_it_is, places(RESIDENT)),
    Form("x_full_width", _ends_in_x, full_width, places(RESIDENT)),
    Form("x_after_chinese_numerals", _ends_in_x, chinese_numerals, LABELLED),
    Form("full_width_digits", RESIDENT.make, full_width_digits, places(RESIDENT)),
    Form("formal_numerals", _all_digits, formal_numerals, LABELLED),
    Form("grouped_zero_width", RESIDENT.make, grouped("\u200b", "\ufeff"), places(RESIDENT)),
    Form("line_broken", RESIDENT.make, grouped("\n", "\r\n"), LABELLED),
    Form("old_plain", _old, as_it_is, framed(("«X»",), ("", *RESIDENT.headers))),
    Form("old_labelled", _old, as_it_is, LABELLED),
    Form("old_full_width", _old, full_width, LABELLED),
    Form("old_spaced", _old, grouped(" "), LABELLED),
    Form(
        "old_sentence",
        _old,
        as_it_is,
        framed(("老身份证«X»，已换发", "«name»（旧证«X»）来访", "原15位身份证«X»升位")),
    ),
    Form(
        "name_beside",
        RESIDENT.make,
        as_it_is,
        framed(("«name»«X»", "«name» «X» «mobile»", "«X»«name»", "«name»/«X»")),
    ),
    Form("mobile_glued", RESIDENT.make, as_it_is, framed(("«X»,«mobile»", "«X»/«mobile»", "«mobile»|«X»"))),
    Form("bad_checksum_plain", _bad, as_it_is, framed(("«X»",), ("", *RESIDENT.headers))),
    Form("bad_checksum_labelled", _bad_anywhere, as_it_is, LABELLED),
    Form(
        "bad_checksum_region", _bad_region, as_it_is, framed(("«X»", "«name»«X»", "'«X»"), ("", "身份证号"))
    ),
    Form(
        "bad_checksum_sentence",
        _bad,
        as_it_is,
        framed(("投诉人«name»，公民身份号码：«X»，情况属实。", "«name»身份证«X»核验不通过")),
    ),
    Form("bad_checksum_json", _bad_anywhere, as_it_is, framed(f'{{"{key}":"«X»"}}' for key in RESIDENT.keys)),
    Form("bad_checksum_full_width", _bad, full_width, places(RESIDENT)),
    Form("bad_checksum_spaced", _bad, grouped(" ", "-"), places(RESIDENT)),
    Form("bad_checksum_csv", _bad, as_it_is, framed(("«seq»,«name»,«X»,«day»", "«name»|«X»|«mobile»"))),
    Form("bad_checksum_header", _bad_anywhere, as_it_is, framed(("«X»",), RESIDENT.headers)),
)
PASSPORT_OWN = (
    Form("lower_case", PASSPORT.make, lower_case, framed(statements(PASSPORT.labels))),
    Form("full_width_digits", PASSPORT.make, full_width_digits, places(PASSPORT)),
    Form(
        "foreign_labelled",
        lambda world: numbers.foreign_passport(world.rng),
        as_it_is,
        framed(("外籍旅客，护照号：«X»，«day»入住", "护照号码：«X»", "Passport No. «X»", "护照«X»")),
    ),
    Form(
        "old_digits_labelled",
        lambda world: "1" + numbers.digits(world.rng, 8, "45"),
        as_it_is,
        framed(("护照号：«X»", "护照«X»")),
    ),
    Form(
        "travel_sentence",
        PASSPORT.make,
        as_it_is,
        framed(("«name»持护照«X»于«day»出境", "旅客«name»(«X»)未登机")),
    ),
)


def _travel(kind: Kind, *texts: str) -> tuple[Form, ...]:
    """The forms of a permit: the standard ones, small letters, the sentences of `texts`."""
    brackets = framed(f"{label}{body}" for label in kind.labels for body in ("（«X»）", "[«X»]", "【«X»】"))
    return (
        *standard(kind),
        Form("lower_case", kind.make, lower_case, framed(statements(kind.labels))),
        Form("full_width_digits", kind.make, full_width_digits, places(kind)),
        Form("in_brackets_after_label", kind.make, as_it_is, brackets),
        Form("own_sentence", kind.make, as_it_is, framed(texts)),
    )


OFFICER_OWN = (
    Form(
        "spaced_parts",
        OFFICER.make,
        lambda rng, value: value.replace("字第", rng.choice((" 字第 ", "字 第", "字第 "))),
        framed(("«X»",), OFFICER.headers) + framed(statements(OFFICER.labels)),
    ),
    Form("chinese_numerals", OFFICER.make, chinese_numerals, framed(statements(OFFICER.labels))),
    Form(
        "priority_sentence",
        OFFICER.make,
        as_it_is,
        framed(("现役军人«name»出示军官证«X»，优先办理", "«name»（军官证«X»）免票")),
    ),
    Form(
        "police_labelled",
        lambda world: numbers.digits(world.rng, 6),
        as_it_is,
        (*framed(("警官证号：«X»", "警官证«X»", "出示警官证（«X»）")), Frame("«X»", "警官证号")),
    ),
)
FORMS: dict[str, tuple[Form, ...]] = {
    "RESIDENT_ID": (*standard(RESIDENT), *numeric(replace(RESIDENT, make=_all_digits)), *RESIDENT_OWN),
    "PASSPORT": (*standard(PASSPORT), *PASSPORT_OWN),
    "HK_MACAO_PERMIT": (
        *named(
            "in",
            _travel(
                HOME_RETURN, "香港居民«name»，回乡证«X»，入住«day»", "«name»持港澳居民来往内地通行证«X»购票"
            ),
        ),
        *named(
            "out", _travel(TO_HK_MACAO, "«name»持港澳通行证«X»于«day»出境", "续签：«name»，往来港澳通行证«X»")
        ),
    ),
    "TAIWAN_PERMIT": (
        *named(
            "in",
            _travel(TAIWAN, "台湾居民«name»，台胞证«X»，入住«day»", "«name»持台湾居民来往大陆通行证«X»办理"),
        ),
        *named(
            "out",
            _travel(
                TO_TAIWAN, "«name»持大陆居民往来台湾通行证«X»于«day»出境", "«name»，台湾通行证«X»，团队旅游"
            ),
        ),
    ),
    "RESIDENCE_PERMIT": (
        *named(
            "residence",
            _travel(RESIDENCE, "学生«name»持港澳台居民居住证«X»申请入学", "«name»，居住证«X»，随迁"),
        ),
        *named(
            "permanent",
            _travel(
                PERMANENT, "外籍专家«name»，永久居留证号«X»，受聘«company»", "凭外国人永久居留身份证«X»办理"
            ),
        ),
    ),
    "OFFICER_CARD": (*standard(OFFICER), *OFFICER_OWN),
}
