"""Numbers that an institution or a factory gave: cards, patients' and insured persons' numbers, vehicles, devices."""

from __future__ import annotations

from random import Random

from tests.privacy.evidence import from_faker_numbers as numbers
from tests.privacy.evidence.from_faker_form import (
    Form,
    Frame,
    Kind,
    framed,
    numeric,
    places,
    standard,
    statements,
)
from tests.privacy.evidence.from_faker_writing import (
    as_it_is,
    base64_json,
    full_width_digits,
    grouped,
    lower_case,
)

__all__ = ["FORMS"]

CARD = Kind(
    make=lambda world: numbers.bank_card(world.rng),
    labels=("银行卡号", "卡号", "银行账号", "补贴发放账户", "收款账号", "开户账号"),
    headers=("银行卡号", "收款账号", "卡号", "bank_card"),
    keys=("bankCard", "cardNo", "bank_card_no", "yhkh", "acctNo", "银行卡号"),
    alone=True,
    scenes=("hotline_note", "chat_line", "remark", "subsidy_note", "register_note"),
)
MEDICAL = Kind(
    make=lambda world: numbers.medical_record(world.rng),
    labels=("病历号", "病案号", "住院号", "门诊号", "就诊卡号", "病历编号"),
    headers=("病历号", "住院号", "病案号", "门诊号", "就诊卡号"),
    keys=("病历号", "medicalRecordNo", "medical_record_no", "住院号", "mrn"),
    alone=False,
    scenes=("patient_note", "remark", "hotline_note", "chat_line"),
)
SOCIAL = Kind(
    make=lambda world: numbers.social_insurance(world.rng),
    labels=("社保卡号", "社会保障卡号", "社保编号", "医保卡号", "社保号", "医保编号"),
    headers=("社保卡号", "社会保障卡号", "社保编号", "医保卡号"),
    keys=("社保卡号", "socialSecurityNo", "social_insurance_no", "医保卡号", "社保编号"),
    alone=False,
    scenes=("hotline_note", "chat_line", "remark", "subsidy_note", "patient_note"),
)
PLATE = Kind(
    make=lambda world: numbers.plate(world.rng),
    labels=("车牌号", "车牌", "号牌号码", "车辆号牌", "车牌号码"),
    headers=("车牌号", "号牌号码", "plate_no"),
    keys=("plate", "plateNo", "car_no", "hphm", "车牌号"),
    alone=True,
    apart=False,
    scenes=("incident_note", "hotline_note", "chat_line", "remark"),
)
VIN = Kind(
    make=lambda world: numbers.vin(world.rng),
    labels=("车架号", "车辆识别代号", "车辆识别代码", "VIN", "VIN码"),
    headers=("车架号", "车辆识别代号", "VIN"),
    keys=("vin", "VIN", "frameNo", "clsbdh", "车架号"),
    alone=True,
    scenes=("incident_note", "hotline_note", "chat_line", "remark"),
)
IMEI = Kind(
    make=lambda world: numbers.imei(world.rng),
    labels=("IMEI", "IMEI号", "手机串号", "手机IMEI", "IMEI码"),
    headers=("IMEI", "手机IMEI", "imei"),
    keys=("imei", "IMEI", "imei1", "deviceImei", "手机IMEI"),
    alone=False,
    scenes=("hotline_note", "chat_line", "remark", "subsidy_note"),
)
DEVICE = Kind(
    make=lambda world: str(world.zh.mac_address()),
    labels=("MAC地址", "设备MAC", "MAC", "网卡地址", "设备号"),
    headers=("MAC地址", "mac", "设备MAC"),
    keys=("mac", "macAddress", "mac_addr", "deviceMac", "MAC地址"),
    alone=True,
    apart=False,
    scenes=("hotline_note", "chat_line", "remark"),
)


def _dot_plate(rng: Random, value: str) -> str:
    return value[:2] + rng.choice("·•.・") + value[2:]


def _spaced_plate(rng: Random, value: str) -> str:
    return value[:2] + rng.choice((" ", "  ", "\u3000", "\u00a0")) + value[2:]


def _dashed_plate(rng: Random, value: str) -> str:
    return value[:2] + rng.choice("-—－") + value[2:]


def _fanned_plate(rng: Random, value: str) -> str:
    return value[0] + " " + value[1] + " " + value[2:]


def _plain_hex(rng: Random, value: str) -> str:
    return rng.choice((value.replace(":", ""), value.replace(":", "").upper()))


def _dots(rng: Random, value: str) -> str:
    """As switches print it: three groups of four."""
    plain = value.replace(":", "")
    return ".".join((plain[:4], plain[4:8], plain[8:]))


PLATE_OWN = (
    Form("middle_dot", PLATE.make, _dot_plate, places(PLATE)),
    Form("spaced", PLATE.make, _spaced_plate, places(PLATE)),
    Form("dashed", PLATE.make, _dashed_plate, places(PLATE)),
    Form("fanned", PLATE.make, _fanned_plate, places(PLATE)),
    Form("lower_case", PLATE.make, lower_case, places(PLATE)),
    Form("full_width_digits", PLATE.make, full_width_digits, places(PLATE)),
    Form(
        "colour_beside",
        PLATE.make,
        as_it_is,
        framed(("蓝牌«X»小型轿车", "白色大众«X»停在消防通道", "绿牌«X»占用充电桩")),
    ),
    Form(
        "hong_kong_macao",
        lambda world: "粤Z" + numbers.digits(world.rng, 4) + world.rng.choice("港澳"),
        as_it_is,
        places(PLATE),
    ),
    Form(
        "trailer_or_learner",
        lambda world: (
            world.rng.choice(numbers.PROVINCES)
            + world.rng.choice("ABCDEF")
            + numbers.digits(world.rng, 4)
            + world.rng.choice("挂学")
        ),
        as_it_is,
        places(PLATE),
    ),
)
CARD_OWN = (
    Form(
        "bank_beside",
        CARD.make,
        as_it_is,
        framed(("工商银行«X»", "农行«X»，户名«name»", "«name» 建设银行西湖支行 «X»", "开户行：中国银行 «X»")),
    ),
    Form(
        "holder_behind",
        CARD.make,
        as_it_is,
        framed(("补贴发放账户：«X»，户名«name»", "«X»（«name»）«amount»元", "打到«X»«name»卡上")),
    ),
    Form("narrow_no_break", CARD.make, grouped("\u2009", "\u202f", "\u2060"), places(CARD)),
    Form("full_width_digits", CARD.make, full_width_digits, places(CARD)),
    Form("line_broken", CARD.make, grouped("\n"), framed(statements(CARD.labels))),
)
MEDICAL_OWN = (
    Form(
        "ward_sentence",
        MEDICAL.make,
        as_it_is,
        framed(("«name»（病历号«X»）拟行手术", "三病区12床«name»，住院号«X»，«complaint»")),
    ),
    Form(
        "in_brackets_after_label",
        MEDICAL.make,
        as_it_is,
        framed(("病案号（«X»）", "门诊号[«X»]", "病历号【«X»】")),
    ),
    Form(
        "numbered_label",
        MEDICAL.make,
        as_it_is,
        framed(("1.病历号：«X»；2.姓名：«name»", "病历号No.«X»", "病历号#«X»")),
    ),
)
SOCIAL_OWN = (
    Form(
        "transfer_sentence",
        SOCIAL.make,
        as_it_is,
        framed(
            ("«name»社保编号«X»转入«day»", "医保卡号«X»报销«amount»元", "参保人«name»，社保卡号«X»，停保")
        ),
    ),
    Form("in_brackets_after_label", SOCIAL.make, as_it_is, framed(("社会保障卡号（«X»）", "医保编号[«X»]"))),
    Form(
        "numbered_label", SOCIAL.make, as_it_is, framed(("1.社保卡号：«X»；2.姓名：«name»", "社保卡号#«X»"))
    ),
)
VIN_OWN = (
    Form("lower_case", VIN.make, lower_case, places(VIN)),
    Form("full_width_digits", VIN.make, full_width_digits, places(VIN)),
    Form(
        "plate_beside",
        VIN.make,
        as_it_is,
        framed(("«plate» «X»", "«plate»/«X»", "车辆«plate»，车架号«X»，年检", "«X»,«plate»,«name»")),
    ),
)
IMEI_OWN = (
    Form(
        "type_and_serial_apart",
        IMEI.make,
        grouped("-", " ", "/", sizes=(2, 6, 6, 1)),
        framed(statements(IMEI.labels)),
    ),
    Form("serial_apart", IMEI.make, grouped("-", " ", sizes=(8, 6, 1)), framed(statements(IMEI.labels))),
    Form("full_width_digits", IMEI.make, full_width_digits, places(IMEI)),
    Form(
        "lost_phone_sentence",
        IMEI.make,
        as_it_is,
        framed(("«name»手机被盗，串号IMEI：«X»", "旧机回收 IMEI «X» «amount»元", "*#06# IMEI1:«X»")),
    ),
)
DEVICE_OWN = (
    Form("upper_case", DEVICE.make, lambda rng, value: value.upper(), places(DEVICE)),
    Form("dashes", DEVICE.make, lambda rng, value: value.replace(":", "-").upper(), places(DEVICE)),
    Form("cisco_dots", DEVICE.make, _dots, places(DEVICE)),
    Form(
        "no_separators",
        DEVICE.make,
        _plain_hex,
        (*framed(("«X»",), DEVICE.headers), *framed(("MAC地址：«X»", "MAC:«X»", "mac=«X»"))),
    ),
    Form(
        "spaced_pairs",
        DEVICE.make,
        lambda rng, value: value.replace(":", " "),
        framed(statements(DEVICE.labels)),
    ),
    Form(
        "probe_log",
        DEVICE.make,
        as_it_is,
        framed(("«time» AP-12 STA «X» associated rssi=-61", "dhcpd: DHCPACK to «X» via eth0")),
    ),
    Form(
        "advertising_id",
        lambda world: str(world.zh.uuid4()),
        lambda rng, value: rng.choice((value, value.upper())),
        (
            *framed(("IDFA：«X»", "idfa=«X»", '{"oaid":"«X»"}', "OAID: «X»", "设备ID：«X»")),
            Frame("«X»", "IDFA"),
            Frame("«X»", "OAID"),
        ),
    ),
    Form(
        "android_id",
        lambda world: f"{world.rng.getrandbits(64):016x}",
        as_it_is,
        (
            *framed(("android_id=«X»", '{"androidId":"«X»"}', "AndroidID：«X»", "设备号：«X»")),
            Frame("«X»", "android_id"),
        ),
    ),
    Form(
        "advertising_id_base64_json",
        lambda world: str(world.zh.uuid4()),
        base64_json("idfa", "oaid", "deviceId"),
        (Frame("«X»"),),
    ),
)
FORMS: dict[str, tuple[Form, ...]] = {
    "BANK_CARD": (*standard(CARD), *numeric(CARD), *CARD_OWN),
    "MEDICAL_RECORD": (*standard(MEDICAL), *MEDICAL_OWN),
    "SOCIAL_INSURANCE": (*standard(SOCIAL), *SOCIAL_OWN),
    "PLATE": (*standard(PLATE), *PLATE_OWN),
    "VIN": (*standard(VIN), *VIN_OWN),
    "IMEI": (*standard(IMEI), *numeric(IMEI), *IMEI_OWN),
    "DEVICE_ID": (*standard(DEVICE), *DEVICE_OWN),
}
