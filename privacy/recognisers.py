"""The recognisers as data: what each kind of personal information looks like, and what law and practice say of it.

One row each. A pattern is written once; the RE2 gate and the exact Python finder are both made from it
(`privacy.recognise`), so they cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from catalog.decision import MaskOperator
from catalog.finding import FieldRole, Grade
from catalog.text import Text
from privacy.checksums import ip_ok, luhn_ok, mobile_ok, resident_id_ok, uscc_ok, vin_ok
from privacy.surnames import SURNAME

__all__ = ["BY_ENTITY", "RECOGNISERS", "Recogniser", "Shape"]

PIPL_4 = "《个人信息保护法》第四条 PIPL art. 4"
PIPL_28 = "《个人信息保护法》第二十八条 PIPL art. 28"
GBT_35273 = "GB/T 35273-2020 附录A annex A"
GBT_35273_B = "GB/T 35273-2020 附录B annex B"
GBT_45574 = "GB/T 45574-2025 敏感个人信息 sensitive personal information"


@dataclass(frozen=True, slots=True)
class Shape:
    """One form of an entity, over folded text (`privacy.alphabet`), in the syntax RE2 and Python share:
    explicit classes, no shorthand, no dot.

    `core` is the span; `before` (consumed, not part of the span) must stand in front of it; `not_before` and
    `not_after` are classes of characters that may not touch it. `gate`, where given, is a looser core for the engine:
    it must match wherever `core` does.
    """

    core: str
    before: str = ""
    not_before: str = "0-9"
    not_after: str = "0-9"
    gate: str = ""


@dataclass(frozen=True, slots=True)
class Recogniser:
    """One kind of information.

    `shapes` are found in any text; `bare` ones only where the header says what the column holds, or (with
    `bare_alone`) where one is the whole cell. `validate` takes a squeezed span; with `only_valid` an invalid span
    outside a hinted column is no finding, otherwise it is reported as shaped like the entity. `values` is an RE2
    pattern for column-level entities: what a cell must hold, under a header that hints the entity; `anywhere` one that
    counts under any header. `opaque`: what an unreadable cell under a hinting header must at least hold to be a question.
    `context`: the table must be about persons for the field to be personal.
    """

    entity: str
    title: Text
    personal: bool
    role: FieldRole
    grade: Grade
    operator: MaskOperator
    basis: tuple[str, ...]
    shapes: tuple[Shape, ...] = ()
    bare: tuple[Shape, ...] = ()
    bare_alone: bool = False
    validate: Callable[[str], bool] | None = field(default=None, compare=False)
    only_valid: bool = False
    header_zh: str = ""
    header_en: str = ""
    values: str = ""
    anywhere: str = ""
    opaque: str = ""
    context: bool = False


_D = "[0-9]"
_SEP = "[ \\-]{0,2}"
_ALNUM = "0-9A-Za-z"
_HAN = "一-龥"
_HAN_DIGIT = "零〇一二三四五六七八九幺壹贰叁肆伍陆柒捌玖貳參陸"


def _spaced(*units: str) -> str:
    return _SEP.join(units)


_PROVINCE = (
    "(?:"
    + "|".join(
        f"{tens}{_SEP}[{ones}]"
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
_CENTURY = f"(?:1{_SEP}[89]|2{_SEP}0)"
_MONTH_DAY = f"(?:0{_SEP}[1-9]|1{_SEP}[0-2]){_SEP}(?:0{_SEP}[1-9]|[12]{_SEP}{_D}|3{_SEP}[01])"
_ID18 = _spaced(_PROVINCE, _D, _D, _D, _D, _CENTURY, _D, _D, _MONTH_DAY, _D, _D, _D, "[0-9Xx]")
_SIGN = "[ ]?[._/,，、|][ ]?"
"""A separator that stands between the parts of a number (not between any two digits of it)."""
_ID18_PARTED = _SIGN.join(
    (f"{_PROVINCE}{_D}{{4}}", f"{_CENTURY}{_D}{{2}}(?:{_SIGN})?{_MONTH_DAY}", f"{_D}{{3}}[0-9Xx]")
)
_ID15 = _spaced(_PROVINCE, _D, _D, _D, _D, _D, _D, _MONTH_DAY, _D, _D, _D)

_COUNTRY = "(?:[(（]?(?:\\+|00)?86[)）]?[ .\\-]{0,3})?"
_GAP = "[ .\\-]{1,3}"
_MOBILE = (
    f"{_COUNTRY}1[3-9](?:{_D}{{9}}|{_D}{_GAP}{_D}{{4}}{_GAP}{_D}{{4}}|{_D}{_GAP}{_D}{{3}}{_GAP}{_D}{{5}}"
    f"|{_D}{{2}}[ \\-]{{1,3}}{_D}{{4}}[ \\-]{{1,3}}{_D}{{3}}|{_D}(?:{_GAP}{_D}{{2}}){{4}})"
    f"|1(?:[ \\-]{{1,2}}{_D}){{10}}"
    f"|1[3-9]{_D}{_SIGN}{_D}{{4}}{_SIGN}{_D}{{4}}"
)
_MOBILE_EXPONENT = "1[.][3-9][0-9]{7,9}[eE][+]?10"
"""A mobile number as a spreadsheet writes a number: 1.3812345678E+10."""
_CARD_HEAD = "(?:6[0289][0-9]{2}|4[0-9]{3}|5[1-5][0-9]{2}|35[0-9]{2})"
_CARD = (
    f"6[0289]{_D}{{14,17}}|(?:4{_D}|5[1-5]|35){_D}{{14}}"
    f"|{_CARD_HEAD}(?:{_GAP}{_D}{{4}}){{3}}(?:{_GAP}{_D}{{1,3}})?"
)
_USCC_HEAD = "(?:1[1239]|2[19]|3[1-59]|41|5[1239]|6[129]|7[129]|8[19]|9[123]|[Aa]1|[Nn][1239]|[Yy]1)"
_USCC = f"{_USCC_HEAD}{_D}{{6}}[0-9A-HJ-NPQRTUWXYa-hj-npqrtuwxy]{{10}}"
_PLATE_HEAD = "[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼使]"
_PLATE = f"{_PLATE_HEAD}[ ]?[A-HJ-NP-Za-hj-np-z][ .\\-]{{0,2}}[0-9A-HJ-NP-Za-hj-np-z]{{4}}(?:[0-9A-HJ-NP-Za-hj-np-z]{{1,2}}|[学警港澳挂领])"
_OCTET = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_HEX = "[0-9A-Fa-f]{1,4}"
_IPV6 = f"(?:{_HEX}:){{7}}{_HEX}|(?:{_HEX}:){{1,6}}(?::{_HEX}){{1,6}}"
_YEAR = "(?:1[89]|20)[0-9]{2}"
_DATE = f"{_YEAR}[年.\\-/ ]{{1,2}}[0-9]{{1,2}}[月.\\-/ ]{{1,2}}[0-9]{{1,2}}日?"
_DOOR = (
    f"[{_HAN}0-9][0-9]{{1,5}}(?:号楼|号院|号|弄|幢|栋|座|单元|[ ]?[#\\-])[{_HAN}]{{0,8}}[0-9A-Za-z]{{0,5}}"
    f"(?:号楼|幢|栋|座|单元|层|楼|号|\\-)?[{_HAN}]{{0,2}}[0-9A-Za-z]{{0,5}}(?:单元|层|楼|\\-)?[0-9]{{1,5}}(?:室|户|房)"
    f"|[{_HAN}][0-9]{{1,4}}(?:幢|栋|号楼|座)[{_HAN}0-9]{{0,4}}(?:单元|门)[{_HAN}]{{0,2}}[0-9]{{0,5}}"
    f"|[村屯庄寨][0-9一二三四五六七八九十]{{1,4}}(?:组|社|队)[0-9]{{1,4}}号"
    f"|[村屯庄寨组][0-9]{{1,4}}号"
    f"|[{_HAN}][0-9]{{1,3}}\\-[0-9]{{1,2}}\\-[0-9]{{3,4}}"
)
_ROOM_EN = "(?:[Rr]oom|[Rr]m|[Aa]pt|[Aa]partment|[Uu]nit|[Ff]lat)[ .#]{1,3}[0-9]{1,5}[A-Za-z]?"
_ROAD_EN = "(?:[Rr]oad|Rd|[Ss]treet|St|[Aa]venue|Ave|[Ll]ane|[Bb]uilding|Bldg|[Bb]lock)"
_PAIR = (
    "^[ (（\\[]*(?:(?:7[3-9]|[89][0-9]|1[0-2][0-9]|13[0-5])[.][0-9]{3,}[ ,，;/]{1,3}(?:[1-4][0-9]|5[0-4])[.][0-9]{3,}"
    "|(?:[1-4][0-9]|5[0-4])[.][0-9]{3,}[ ,，;/]{1,3}(?:7[3-9]|[89][0-9]|1[0-2][0-9]|13[0-5])[.][0-9]{3,})[ )）\\]]*$"
)
"""Longitude and latitude inside China, in one cell."""
_NAME_TRIGGER = (
    "(?:联系人|负责人|经办人|投诉人|举报人|申请人|当事人|受害人|被害人|报案人|来访人|反映人|承租人|法定代表人|法人代表|法人"
    '|户主|户名|业主|车主|患者|病人|村民|居民|市民|学生|家长|低保对象|救助对象|嫌疑人|监护人|死者|伤者|姓名|"xm"|"name"|"(?:user|real|full|contact|person|patient|student|owner|customer)_?[Nn]ame"'
    "|有事找|请联系|请找)"
)

RECOGNISERS: tuple[Recogniser, ...] = (
    Recogniser(
        "RESIDENT_ID",
        Text("居民身份证号", "resident identity number"),
        True,
        FieldRole.IDENTIFIER,
        Grade.L3,
        MaskOperator.DROP,
        (PIPL_28, GBT_35273_B, GBT_45574),
        shapes=(Shape(_ID18), Shape(_ID18_PARTED), Shape(_ID15, not_after=_ALNUM)),
        validate=resident_id_ok,
        header_zh="身份证(?!明)|公民身份|居民证号|证件号|证照号码|身份号码",
        header_en=(
            "id card|identity card|identity (?:no|number)|resident id|idcard|idno|id no|id number"
            "|citizen id|national id|sfzh|sfzhm|zjhm|gmsfhm|sfz"
        ),
        opaque="[0-9](?:[^0-9]{0,3}[0-9]){7}",
    ),
    Recogniser(
        "USCC",
        Text("统一社会信用代码", "unified social credit code"),
        False,
        FieldRole.NONE,
        Grade.L1,
        MaskOperator.KEEP,
        ("GB 32100-2015",),
        shapes=(Shape(_USCC, not_before=_ALNUM, not_after=_ALNUM),),
        validate=uscc_ok,
        header_zh="社会信用代码|信用代码",
        header_en="uscc|credit code|tyshxydm|shxydm",
    ),
    Recogniser(
        "BANK_CARD",
        Text("银行卡号", "bank card number"),
        True,
        FieldRole.IDENTIFIER,
        Grade.L4,
        MaskOperator.DROP,
        (PIPL_28, GBT_35273_B, GBT_45574, "JR/T 0171-2020"),
        shapes=(Shape(_CARD),),
        bare=(Shape("[0-9]{12,22}"), Shape("[0-9]{4}(?:[ \\-]{1,2}[0-9]{3,4}){3,4}")),
        validate=luhn_ok,
        only_valid=True,
        header_zh="银行卡|银行账[号户]|卡号|银行帐号|收款账[号户]|发放账[号户]|借记卡|信用卡号",
        header_en="bank card|card no|card number|bank account|account number|account no|iban|yhkh|yhzh",
        opaque="[0-9](?:[^0-9]{0,3}[0-9]){7}",
    ),
    Recogniser(
        "MOBILE",
        Text("手机号", "mobile number"),
        True,
        FieldRole.IDENTIFIER,
        Grade.L3,
        MaskOperator.DROP,
        (PIPL_4, GBT_35273),
        shapes=(
            Shape(_MOBILE),
            Shape(_MOBILE_EXPONENT),
            Shape("1[3-9][0-9Oo]{9}", not_before=_ALNUM, not_after=_ALNUM),
            Shape(
                f"[一幺壹][三四五六七八九叁肆伍陆柒捌玖參陸][{_HAN_DIGIT}]{{9}}",
                not_before=_HAN_DIGIT,
                not_after=_HAN_DIGIT,
            ),
        ),
        validate=mobile_ok,
        header_zh="手机|移动电话",
        header_en="mobile|cell ?phone|cell|handphone|sjh|sjhm|lxsj",
        opaque="[0-9](?:[^0-9]{0,3}[0-9]){6}",
    ),
    Recogniser(
        "HOME_PHONE",
        Text("家庭电话", "home telephone"),
        True,
        FieldRole.IDENTIFIER,
        Grade.L3,
        MaskOperator.DROP,
        (PIPL_4, GBT_35273),
        shapes=(
            Shape(
                "(?:[(（]?0[1-9][0-9]{1,2}[)）]?[ \\-]{0,3})?[2-9][0-9]{6,7}",
                before="(?:家庭|住宅|家里|家中|宅|[Hh]ome)(?:固定)?(?:电话|座机|号码|[ ]?(?:[Pp]hone|[Tt]el))?[ :：是为.]{0,4}",
            ),
        ),
        bare=(Shape("(?:[(（]?0[1-9][0-9]{1,2}[)）]?[ \\-]{0,3})?[2-9][0-9]{6,7}"),),
        header_zh="家庭电话|住宅电话|宅电|家庭座机",
        header_en="home phone|home tel|home telephone|jtdh",
    ),
    Recogniser(
        "LANDLINE",
        Text("固定电话", "landline number"),
        False,
        FieldRole.IDENTIFIER,
        Grade.L2,
        MaskOperator.DROP,
        (PIPL_4, GBT_35273),
        shapes=(
            Shape(
                "[(（]?0[1-9][0-9]{1,2}[)）]?[ \\-]{0,3}[2-9][0-9]{6,7}", not_before="0-9.", not_after="0-9."
            ),
        ),
        header_zh="电话|联系方式|座机",
        header_en="phone|telephone|tel|contact no|contact number|lxdh|dhhm",
    ),
    Recogniser(
        "PASSPORT",
        Text("护照号", "passport number"),
        True,
        FieldRole.IDENTIFIER,
        Grade.L3,
        MaskOperator.DROP,
        (PIPL_28, GBT_35273_B),
        shapes=(
            Shape(
                "[A-Za-z][A-Za-z]?[0-9]{7,8}",
                before=f"(?:护照|[Pp]assport|PASSPORT)[^{_ALNUM}]{{0,12}}(?:(?:[Nn]o|NO)[ .:]{{0,3}})?",
                not_before="",
                not_after=_ALNUM,
            ),
        ),
        bare=(Shape("[EGDSPHKegdsphk](?:[0-9]{8}|[A-Za-z][0-9]{7})", not_before=_ALNUM, not_after=_ALNUM),),
        bare_alone=True,
        header_zh="护照",
        header_en="passport|hzh|hzhm",
        opaque="[0-9]{6}",
    ),
    Recogniser(
        "HK_MACAO_PERMIT",
        Text("港澳通行证号", "Hong Kong and Macao travel permit"),
        True,
        FieldRole.IDENTIFIER,
        Grade.L3,
        MaskOperator.DROP,
        (PIPL_28, GBT_35273_B),
        shapes=(
            Shape(
                "[HMCWhmcw][A-Za-z]?[0-9]{7,10}",
                before=f"(?:港澳|通行证|回乡证|[Pp]ermit)[^{_ALNUM}]{{0,14}}",
                not_before="",
                not_after=_ALNUM,
            ),
        ),
        bare=(Shape("[HMChmc](?:[0-9]{10}|[0-9]{8}|[A-Za-z][0-9]{7})", not_before=_ALNUM, not_after=_ALNUM),),
        bare_alone=True,
        header_zh="港澳.{0,8}(?:通行证|居民证)|回乡证",
        header_en="home return permit|hk macao permit|hong kong permit",
        opaque="[0-9]{6}",
    ),
    Recogniser(
        "TAIWAN_PERMIT",
        Text("台湾居民通行证号", "Taiwan travel permit"),
        True,
        FieldRole.IDENTIFIER,
        Grade.L3,
        MaskOperator.DROP,
        (PIPL_28, GBT_35273_B),
        shapes=(
            Shape(
                "[TLtl]?[0-9]{8}(?:[0-9]{2}(?:\\([A-Za-z]\\))?)?",
                before=f"(?:台胞证|台湾.{{0,8}}通行证|台胞)[^{_ALNUM}]{{0,12}}",
                not_before="",
                not_after=_ALNUM,
            ),
        ),
        bare=(Shape("[TLtl]?[0-9]{8}(?:[0-9]{2})?", not_before=_ALNUM, not_after=_ALNUM),),
        header_zh="台胞证|台湾.{0,8}通行证",
        header_en="taiwan permit|taiwan compatriot permit",
        opaque="[0-9]{6}",
    ),
    Recogniser(
        "PLATE",
        Text("机动车号牌", "vehicle plate"),
        True,
        FieldRole.IDENTIFIER,
        Grade.L3,
        MaskOperator.DROP,
        (PIPL_4, GBT_35273),
        shapes=(Shape(_PLATE, not_before=_ALNUM, not_after=_ALNUM),),
        header_zh="车牌|号牌号|车辆号码",
        header_en="plate|plate number|plate no|license plate|licence plate|cph|cphm|hphm",
        opaque="[A-Za-z][ .\\-]{0,2}[0-9A-Za-z]{4}",
    ),
    Recogniser(
        "VIN",
        Text("车辆识别代号", "vehicle identification number"),
        True,
        FieldRole.IDENTIFIER,
        Grade.L3,
        MaskOperator.DROP,
        (PIPL_4, GBT_35273),
        shapes=(
            Shape("[A-HJ-NPR-Z0-9]{8}[0-9X][A-HJ-NPR-Z0-9]{4}[0-9]{4}", not_before=_ALNUM, not_after=_ALNUM),
        ),
        validate=vin_ok,
        only_valid=True,
        header_zh="车架号|车辆识别",
        header_en="vin|chassis number",
        opaque="[0-9A-Za-z]{8}",
    ),
    Recogniser(
        "DEVICE_ID",
        Text("终端设备标识", "identifier of a personal device"),
        True,
        FieldRole.IDENTIFIER,
        Grade.L3,
        MaskOperator.DROP,
        (PIPL_4, GBT_35273),
        shapes=(
            Shape("(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2}", not_before="0-9A-Za-z:.", not_after="0-9A-Za-z:."),
            Shape(
                "(?:[0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2}", not_before="0-9A-Za-z\\-", not_after="0-9A-Za-z\\-"
            ),
        ),
        bare=(Shape("[0-9]{14,16}"), Shape("[0-9A-Fa-f]{12}", not_before=_ALNUM, not_after=_ALNUM)),
        header_zh="设备识别码|IMEI|imei",
        header_en="imei|imsi|mac|mac address|idfa|oaid|android id",
        opaque="[0-9A-Fa-f]{8}",
    ),
    Recogniser(
        "ACCOUNT",
        Text("个人网络账号", "account of a person with an online service"),
        True,
        FieldRole.IDENTIFIER,
        Grade.L3,
        MaskOperator.DROP,
        (PIPL_4, GBT_35273),
        header_zh="微信(?!公众)|^QQ|^qq|支付宝账",
        header_en="wechat|qq|weixin|wx|alipay account",
        opaque="[^ *]{5}",
    ),
    Recogniser(
        "EMAIL",
        Text("电子邮箱", "e-mail address"),
        True,
        FieldRole.IDENTIFIER,
        Grade.L3,
        MaskOperator.DROP,
        (PIPL_4, GBT_35273),
        shapes=(
            Shape(
                "[A-Za-z0-9._%+\\-]+[ ]?(?:@|\\(at\\)|\\[at\\])[ ]?(?:[A-Za-z0-9\\-]+\\.)+[A-Za-z]{2,24}",
                not_before="A-Za-z0-9._%+\\-",
                not_after="A-Za-z",
            ),
        ),
        header_zh="邮箱|电子邮件|电邮",
        header_en="email|e mail|mailbox|yx|dzyx",
        opaque="@",
    ),
    Recogniser(
        "IP",
        Text("网络地址", "IP address"),
        True,
        FieldRole.QUASI_IDENTIFIER,
        Grade.L2,
        MaskOperator.DROP,
        (PIPL_4, GBT_35273),
        shapes=(
            Shape(f"(?:{_OCTET}\\.){{3}}{_OCTET}", not_before="0-9A-Za-z.", not_after="0-9A-Za-z.\\-"),
            Shape(_IPV6, not_before="0-9A-Za-z:.", not_after="0-9A-Za-z:."),
        ),
        validate=ip_ok,
        only_valid=True,
        header_zh="IP地址|ip地址|网络地址",
        header_en="ip|ip address|client ip|ipv4|ipv6",
    ),
    Recogniser(
        "ADDRESS",
        Text("详细住址", "door-level address"),
        True,
        FieldRole.QUASI_IDENTIFIER,
        Grade.L3,
        MaskOperator.GENERALISE_DISTRICT,
        (PIPL_4, GBT_35273_B),
        shapes=(
            Shape(
                f"[{_HAN}][{_HAN}0-9A-Za-z]{{0,40}}?(?:{_DOOR})",
                not_before="",
                not_after="0-9",
                gate=f"(?:{_DOOR})",
            ),
            Shape(f"{_ROOM_EN}[^;\\n]{{0,40}}{_ROAD_EN}", not_before="A-Za-z", not_after="A-Za-z"),
            Shape(f"{_ROAD_EN}[^;\\n]{{0,40}}{_ROOM_EN}", not_before="A-Za-z", not_after="0-9A-Za-z"),
        ),
        header_zh="家庭.{0,2}[住地]址|居住地址|现住址|住址|户籍地址|户口所在地|常住地址|户籍所在地|通讯地址|收货地址",
        header_en="home address|residential address|residence|mailing address|zz|jtzz|hjdz|xzz",
        opaque=f"[{_HAN}](?:路|街|巷|弄|里|村|组|号|室|幢|栋)[0-9]|[0-9](?:号|室|幢|栋|弄|组)|^ *[0-9]+[A-Za-z]? +[A-Za-z]",
    ),
    Recogniser(
        "BIRTH_DATE",
        Text("出生日期", "date of birth"),
        True,
        FieldRole.QUASI_IDENTIFIER,
        Grade.L2,
        MaskOperator.GENERALISE_YEAR,
        (PIPL_4, GBT_35273),
        shapes=(
            Shape(
                _DATE,
                before="(?:出生日期|出生年月日?|出生时间|出生于|生于|生日|[Bb]orn(?: on)?|DOB|[Dd]ate of [Bb]irth)[ :：是为]{0,4}",
            ),
            Shape(f"{_DATE}[ ]?(?:出)?生", not_after=""),
        ),
        header_zh="出生(?:日期|年月|时间)|^出生$|生日|出生日",
        header_en="birth ?date|date of birth|birthday|dob|born|csrq|csny|sr",
        values=f"^ *(?:{_YEAR}[年.\\-/ ]{{0,2}}[0-9]{{1,2}}(?:[月.\\-/ ]{{0,2}}[0-9]{{1,2}})?.*|[0-9]{{1,2}}[/.\\-][0-9]{{1,2}}[/.\\-]{_YEAR}.*)$",
    ),
    Recogniser(
        "BIRTH_YEAR",
        Text("出生年份", "year of birth"),
        False,
        FieldRole.QUASI_IDENTIFIER,
        Grade.L1,
        MaskOperator.KEEP,
        (GBT_35273,),
        header_zh="出生|生日",
        header_en="birth|birth ?year|birth ?date|date of birth|birthday|dob|csrq|csny|year of birth",
        values=f"^ *{_YEAR}年?(?:\\.0)? *$",
        context=True,
    ),
    Recogniser(
        "PERSON_NAME",
        Text("姓名", "personal name"),
        True,
        FieldRole.IDENTIFIER,
        Grade.L3,
        MaskOperator.PARTIAL,
        (PIPL_4, GBT_35273),
        shapes=(
            Shape(
                f"{SURNAME}[{_HAN}]{{1,3}}",
                before=f'{_NAME_TRIGGER}[ \u3000\u00a0:：是"]{{0,5}}',
                not_before="",
                not_after="",
                gate=f"{SURNAME}[{_HAN}]",
            ),
            Shape(f"{SURNAME}[{_HAN}]{{1,2}}(?:同志|先生|女士|小姐)", not_before="", not_after=""),
            Shape(
                f"{SURNAME}[{_HAN}]{{1,2}}(?:负责|牵头|承办|跟进)", before="由", not_before="", not_after=""
            ),
        ),
        header_zh="^姓$|^名$|姓名|联系人|负责人|经办人|法定代表人|法人代表|法人姓名|户主|申请人|患者|投诉人|举报人|当事人|持有人|权利人|被执行人|学生名|教师名|受益人|监护人",
        header_en=(
            "full name|first name|last name|surname|given name|family name|person name"
            "|contact person|contact name|patient name|student name|applicant|patient|passenger"
            "|owner name|customer name|employee name|given|person|staff|resident|guest|tenant|participant|xm|lxr|fddbr"
        ),
        opaque=f"^ *[{_HAN}]{{1,2}} *$",
    ),
    Recogniser(
        "AGE",
        Text("年龄", "age"),
        True,
        FieldRole.QUASI_IDENTIFIER,
        Grade.L2,
        MaskOperator.GENERALISE_BAND,
        (PIPL_4,),
        header_zh="年龄|周岁|岁数",
        header_en="age|nl",
        values="^ *(?:1[01][0-9]|120|[1-9]?[0-9])(?:\\.0+)? *(?:岁|周岁)? *$",
        context=True,
    ),
    Recogniser(
        "SEX",
        Text("性别", "sex"),
        True,
        FieldRole.QUASI_IDENTIFIER,
        Grade.L2,
        MaskOperator.KEEP,
        (PIPL_4,),
        header_zh="性别",
        header_en="sex|gender|xb",
        values="^ *(?:男|女|男性|女性|未知|[MFmf]|[Mm]ale|[Ff]emale|MALE|FEMALE|[0129]) *$",
        context=True,
    ),
    Recogniser(
        "ETHNICITY",
        Text("民族", "ethnicity"),
        True,
        FieldRole.QUASI_IDENTIFIER,
        Grade.L2,
        MaskOperator.DROP,
        (PIPL_4, GBT_45574),
        header_zh="民族|族别",
        header_en="ethnicity|ethnic group|race|mz",
        values=f"^ *(?:[{_HAN}]{{1,6}}族|汉|回|满|壮|苗|[A-Za-z]{{2,30}}) *$",
        context=True,
    ),
    Recogniser(
        "BIOMETRIC",
        Text("生物识别信息", "biometric data"),
        True,
        FieldRole.SENSITIVE,
        Grade.L4,
        MaskOperator.DROP,
        (PIPL_28, GBT_45574),
        header_zh="人脸|面部特征|指纹|虹膜|声纹|掌纹|步态|基因|DNA|耳廓",
        header_en=(
            "face (?:feature|vector|embedding|image|template)|fingerprint|iris (?:code|template"
            "|feature|scan)|voice ?print|palm ?print|gait|dna|gene sequence|biometric"
        ),
        values="^.{24}",
        opaque="[^* ]",
    ),
    Recogniser(
        "HEALTH",
        Text("健康与医疗信息", "health and medical data"),
        True,
        FieldRole.SENSITIVE,
        Grade.L4,
        MaskOperator.DROP,
        (PIPL_28, GBT_35273_B, GBT_45574),
        header_zh="诊断|病情|病名|疾病|病种|病史|症状|血型|过敏史|残疾|处方|检验结果|体检结果|手术名|用药|传染病|健康状况|患病|主诉",
        header_en=(
            "diagnosis|disease|illness|symptom|symptoms|blood type|allergy|disability|prescription"
            "|medical history|icd|icd10|hiv"
        ),
        values="^[^*]*[^* /\\-][^*]*$",
        context=True,
    ),
    Recogniser(
        "RELIGION",
        Text("宗教信仰", "religious belief"),
        True,
        FieldRole.SENSITIVE,
        Grade.L4,
        MaskOperator.DROP,
        (PIPL_28, GBT_45574, "《征信业管理条例》第十四条 Credit Reporting Regulation art. 14"),
        header_zh="宗教|信仰",
        header_en="religion|religious belief|faith",
        values="^[^*]*[^* /\\-][^*]*$",
        context=True,
    ),
    Recogniser(
        "INCOME",
        Text("个人收入与财产", "income and property of a person"),
        True,
        FieldRole.SENSITIVE,
        Grade.L4,
        MaskOperator.DROP,
        (PIPL_28, GBT_35273_B, GBT_45574),
        header_zh="收入|工资|薪酬|薪资|月薪|年薪|存款|余额|贷款|负债|补贴金额|救助金额|低保金|纳税额|缴费基数|公积金|房产价值|信用分",
        header_en="income|salary|wage|wages|deposit|balance|loan|debt|credit score|pension|tax paid",
        values="[0-9]",
        context=True,
    ),
    Recogniser(
        "COORDINATES",
        Text("经纬度", "coordinates"),
        False,
        FieldRole.NONE,
        Grade.L1,
        MaskOperator.KEEP,
        ("《测绘法》 Surveying Law",),
        anywhere=_PAIR,
        header_zh="经度|纬度|经纬度|坐标",
        header_en="lat|lng|lon|latitude|longitude|coordinates?|location|jd|wd|x|y",
        values="^ *\\(?-?[0-9]{1,3}\\.[0-9]{2,}(?:[ ,;]{1,3}-?[0-9]{1,3}\\.[0-9]{2,})?\\)? *$",
        context=True,
    ),
)

BY_ENTITY: dict[str, Recogniser] = {row.entity: row for row in RECOGNISERS}
