"""Numbers by which persons are reached and paid: mobile telephones (MIIT plan), bank cards (ISO/IEC 7812), home telephones."""

from __future__ import annotations

from random import Random

from tests.privacy.evidence.cell import Cell
from tests.privacy.evidence.standards.carriers import CODES, FIELDS, Form, Kind, forms, put, somewhere
from tests.privacy.evidence.standards.dress import OPEN
from tests.privacy.evidence.standards.lists import lines
from tests.privacy.evidence.standards.numbers import AREA_CODES, card, digits, mobile

__all__ = ["FORMS"]

MOBILE_SENTENCES = lines("""
    市民{name}来电，联系电话{v}，反映{road}夜间施工扰民，请{office}处理后回复。
    收件人：{name} {v} {county}{town}快递驿站
    请联系{name} Tel:{v}（微信同号）
    {date}接报警，报警人电话{v}，称{road}发生两车追尾。
    患者家属{name}（{v}）要求复印病历。
    {village}种植户 {name} {v} 水稻{n}亩 补贴{money}元
    原告代理人{name}，手机{v}，邮寄送达确认。
    回访{v}三次均无人接听，工单于{date}退回
    骑手{name}，手机号为{v}，取件码见短信
    家长{name}，电话：{v}，孩子在{n}班
    如有疑问致电{v}找{name}，{time}前有效
    转给{v}，让他{date}带材料来{office}
    出租房东{v}，月租{money}，押一付三
""")
CARD_SENTENCES = lines("""
    补贴发放账户：{v}，户名{name}，开户行{bank}
    受害人{name}于{date} {time}向卡号{v}转账{money}元，后发现被骗。
    {village} {name} 一卡通 {v} {money}
    被执行人{name}名下{bank}账户{v}，冻结金额{money}元。
    请将退费打入本人{bank}卡{v}，姓名{name}，电话{mobile}
    医疗救助金汇至{v}（{bank}），患者{name}。
    货款代收，付款卡号：{v}，单号见面单
    工资卡由原卡变更为{v}，自{date}起生效
    银行卡号 {v} 已解绑，验证码请勿告诉他人
    申请人{name}，收款账号{v}，开户行：{bank}
""")
HOME_SENTENCES = lines("""
    户主{name}，家庭电话{v}，住{village}。
    患者{name}出院随访，家庭电话：{v}，无人接听。
    学生{name}，家长姓名{name}，住宅电话 {v}
    来电人{name}家庭座机{v}，反映{road}停水{n}小时。
    被访人宅电：{v}，手机{mobile}
    收件人{name} 家里电话{v} 请工作日送货
    独居老人{name}，{age}岁，家庭电话为{v}，由社区每日问候。
    当事人住宅电话{v}，多次送达未果
""")
MOBILE = Kind(
    "MOBILE",
    mobile,
    ("手机", "手机号", "手机号码", "联系电话", "电话", "Tel", "移动电话", "联系方式"),
    ("手机号", "联系电话", "lxdh", "联系方式", "mobile", "电话号码"),
    ("mobile", "phone", "lxdh", "sjh", "tel", "手机号"),
    MOBILE_SENTENCES,
    ((3, 4, 4), (3, 4, 4), (4, 3, 4), (3, 3, 5), (5, 6), (4, 4, 3)),
    alone=True,
    carried=("bare", "label", "sentence", "glued_han", "glued_latin", "parentheses", "json_number", *FIELDS),
    dressed=(
        *(n for n in OPEN if n != "lower_case"),
        *CODES,
        "base64_number",
        "percent_separators",
        "html_spaces",
    ),
)


def _international(rng: Random) -> Cell:
    """E.164 with the code of the country as people write it, the number grouped or not."""
    head = rng.choice(
        (
            "+86",
            "+86 ",
            "+86-",
            "0086",
            "0086-",
            "0086 ",
            "86-",
            "(+86)",
            "（+86）",
            "(86)",
            "＋８６",
            "+86 (0)",
            "00 86 ",
        )
    )
    number = mobile(rng)
    number = rng.choice(
        (
            number,
            number,
            f"{number[:3]} {number[3:7]} {number[7:]}",
            f"{number[:3]}-{number[3:7]}-{number[7:]}",
        )
    )
    return put(somewhere(rng, MOBILE), head + number, "MOBILE", "international")


def _trunk_zero(rng: Random) -> Cell:
    return put(somewhere(rng, MOBILE), "0" + mobile(rng), "MOBILE", "trunk_zero")


def _telephone_uri(rng: Random) -> Cell:
    """RFC 3966; the scheme is no part of the number."""
    before, after = rng.choice(
        (
            ('<a href="tel:', '">拨打</a>'),
            ("tel:", ""),
            ("sms:", "?body=hi"),
            ("TEL;TYPE=CELL:", "\nEND:VCARD"),
        )
    )
    return put((before, after, ""), rng.choice(("", "+86", "+86-")) + mobile(rng), "MOBILE", "telephone_uri")


def _exponent(rng: Random) -> Cell:
    """The spreadsheet's scientific notation with all digits."""
    number = mobile(rng).rstrip("0") if rng.random() < 0.1 else mobile(rng)[:10] + rng.choice("123456789")
    text = f"{number[0]}.{number[1:]}E+10"
    return put(("", "", rng.choice(MOBILE.headers)), text, "MOBILE", "exponent")


def _float(rng: Random) -> Cell:
    return put(
        ("", "", rng.choice(("", *MOBILE.headers))),
        mobile(rng) + rng.choice((".0", ".00")),
        "MOBILE",
        "spreadsheet_float",
    )


def _two(rng: Random) -> Cell:
    before = mobile(rng) + rng.choice(("/", "，", "、", " ", ";", "或", "\n", ","))
    return put((before, "", rng.choice(("", "联系电话"))), mobile(rng), "MOBILE", "two_in_a_cell")


MOBILE_FORMS: dict[str, Form] = {
    "international": _international,
    "trunk_zero": _trunk_zero,
    "telephone_uri": _telephone_uri,
    "exponent": _exponent,
    "spreadsheet_float": _float,
    "two_in_a_cell": _two,
}

CARD = Kind(
    "BANK_CARD",
    card,
    ("银行卡号", "卡号", "银行账号", "收款账号", "一卡通卡号", "工资卡号", "信用卡号"),
    ("银行卡号", "开户账号", "卡号", "yhkh", "bank_card", "社保一卡通银行账号"),
    ("bankCard", "card_no", "yhkh", "yhzh", "卡号"),
    CARD_SENTENCES,
    ((4, 4, 4, 4), (6, 4, 4, 4), (4, 4, 4, 4), (6, 13)),
    alone=True,
    carried=("bare", "label", "sentence", "glued_han", "glued_latin", "parentheses", "json_number", *FIELDS),
    dressed=(
        *(n for n in OPEN if n not in ("lower_case", "han_spoken", "keycap_digits")),
        *CODES,
        "base64_number",
        "percent_separators",
        "html_spaces",
    ),
)


def _card_float(rng: Random) -> Cell:
    return put(("", "", rng.choice(CARD.headers)), card(rng) + ".0", "BANK_CARD", "spreadsheet_float")


def home_phone(rng: Random) -> str:
    area, length = rng.choice(AREA_CODES)
    return f"{area}-{rng.choice('2345678')}{digits(rng, length - 1)}"


HOME = Kind(
    "HOME_PHONE",
    home_phone,
    ("家庭电话", "住宅电话", "家庭座机", "宅电", "家里电话", "家庭固定电话"),
    ("家庭电话", "住宅电话", "宅电", "home_phone"),
    ("home_phone", "jtdh", "zzdh", "家庭电话"),
    HOME_SENTENCES,
    carried=("header", "label", "sentence", "glued_han", "parentheses", *FIELDS),
    dressed=("full_width", "full_width_partly", "zero_width", "other_script", "circled_digits", *CODES),
)


def _home_written(form: str, *styles: str) -> Form:
    """`{a}` area code, `{z}` area code without 0, `{l}` local number, `{h}` and `{t}` its halves, `{x}` an extension."""

    def make(rng: Random) -> Cell:
        area, local = home_phone(rng).split("-")
        half = len(local) - 4
        parts = {
            "a": area,
            "z": area[1:],
            "l": local,
            "h": local[:half],
            "t": local[half:],
            "x": digits(rng, 3),
        }
        return put(somewhere(rng, HOME), rng.choice(styles).format(**parts), "HOME_PHONE", form)

    return make


HOME_FORMS: dict[str, Form] = {
    "parenthesised_area": _home_written(
        "parenthesised_area", "({a}){l}", "（{a}）{l}", "({a}) {l}", "({a}){h}-{t}"
    ),
    "glued_area": _home_written("glued_area", "{a}{l}"),
    "spaced": _home_written("spaced", "{a} {l}", "{a} {h} {t}", "{a}-{h} {t}", "{a}\u00a0{l}", "{a} - {l}"),
    "dashes": _home_written("dashes", "{a}-{h}-{t}", "{a}－{l}", "{a}—{l}", "{a}–{l}", "{a}/{l}"),
    "dots": _home_written("dots", "{a}.{l}", "{a}.{h}.{t}"),
    "international": _home_written(
        "international", "+86-{z}-{l}", "+86 {z} {l}", "0086-{z}-{l}", "+86{z}{l}", "(+86){z}-{l}"
    ),
    "extension": _home_written("extension", "{a}-{l}-{x}", "{a}-{l}转{x}"),
    "local_only": _home_written("local_only", "{l}", "{h}-{t}", "{h} {t}"),
    "line_break": _home_written("line_break", "{a}-\n{l}", "{a}\n{l}"),
}

FORMS: dict[str, dict[str, Form]] = {
    "MOBILE": forms(MOBILE) | MOBILE_FORMS,
    "BANK_CARD": forms(CARD) | {"spreadsheet_float": _card_float},
    "HOME_PHONE": forms(HOME) | HOME_FORMS,
}
