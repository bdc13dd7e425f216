"""Numbers under which persons are kept on file: medical records, social insurance and housing funds, accounts of services."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from tests.privacy.evidence.standards.carriers import CODES, FIELDS, Form, Kind, forms
from tests.privacy.evidence.standards.lists import lines
from tests.privacy.evidence.standards.numbers import digits
from tests.privacy.evidence.standards.people import PINYIN

__all__ = ["FORMS"]

MEDICAL_SENTENCES = lines("""
    患者{name}，{sex}，{age}岁，住院号{v}，因胸闷{n}天入院。
    {hospital}：病案号：{v}，诊断为2型糖尿病，{date}出院。
    门诊号 {v} {name} 复诊开药{money}元
    投诉人称{hospital}病历号{v}缺页，要求补印。
    经鉴定，{name}的病历号：{v}所载用药与医嘱不符。
    就诊卡号{v}余额{money}元，申请退卡
    检验科通知：病历号为{v}的患者血钾危急值，请立即联系医生
    医保稽核：{name}（住院号：{v}）分解住院
    标本条码遗失，补登病案号{v}，送检人{name}
""")
SOCIAL_SENTENCES = lines("""
    参保人{name}，社会保障号码{v}，{date}办理转移接续。
    {name}社保卡号：{v}，缴费{n}个月
    来电反映社保编号{v}缴费记录缺失，请市人社局核实。
    退休人员{name}，个人社保编号：{v}，养老金{money}元。
    医保卡号{v}，{hospital}结算{money}元
    职工{name}公积金账号{v}，提取{money}元用于租房
    {office}查询：社保卡号 {v} 状态为挂失
    城乡居民医保个人编号：{v}，{village}
    失业登记：{name}，社会保险号{v}，联系电话{mobile}
""")


def medical_record(rng: Random) -> str:
    return rng.choice(
        (
            digits(rng, rng.randrange(6, 11)),
            f"{rng.choice(('ZY', 'MZ', 'B', 'P', 'H', 'ZYH', 'BA'))}{digits(rng, rng.randrange(6, 11))}",
            f"20{rng.randrange(15, 26)}{digits(rng, 6)}",
            f"{rng.choice(('MZ', 'ZY'))}20{rng.randrange(15, 26)}{rng.randrange(1, 13):02d}{digits(rng, 5)}",
            f"{digits(rng, 8)}-{rng.randrange(1, 9)}",
        )
    )


MEDICAL = Kind(
    "MEDICAL_RECORD",
    medical_record,
    ("病历号", "住院号", "病案号", "门诊号", "就诊卡号", "病历编号"),
    ("病历号", "住院号", "病案号", "门诊号", "就诊卡号"),
    ("medical_record_no", "mrn", "zyh", "blh", "病案号"),
    MEDICAL_SENTENCES,
    ((2, 4, 4), (4, 4), (3, 3, 3)),
    carried=("header", "label", "sentence", "glued_han", "parentheses", *FIELDS),
    dressed=(
        "full_width",
        "full_width_partly",
        "spaces",
        "dashes",
        "nbsp",
        "zero_width",
        "other_script",
        "lower_case",
        *CODES,
    ),
)


def social_insurance(rng: Random) -> str:
    """A social security card's number (a letter and 8 digits, or 9), or a personal number of the insured (8 to 12)."""
    return rng.choice(
        (
            f"{rng.choice('ABCDEFGHJKLM')}{digits(rng, 8)}",
            f"{rng.choice('ABCDEF')}{digits(rng, 7)}X",
            digits(rng, rng.choice((8, 9, 10, 12))),
        )
    )


def _social(
    labels: tuple[str, ...], headers: tuple[str, ...], keys: tuple[str, ...], sentences: tuple[str, ...]
) -> Kind:
    return Kind(
        "SOCIAL_INSURANCE",
        social_insurance,
        labels,
        headers,
        keys,
        sentences,
        ((4, 4, 4), (3, 3, 3), (1, 4, 4)),
        carried=("header", "label", "sentence", "glued_han", "parentheses", *FIELDS),
        dressed=(
            "full_width",
            "full_width_partly",
            "spaces",
            "dashes",
            "nbsp",
            "zero_width",
            "other_script",
            *CODES,
        ),
    )


SOCIAL = _social(
    ("社保卡号", "社会保障卡号", "社保编号", "个人社保编号", "医保卡号", "社会保险号", "医保个人编号"),
    ("社保卡号", "社会保障卡号", "社保编号", "医保卡号"),
    ("social_security_no", "sbkh", "ybkh", "社保卡号"),
    SOCIAL_SENTENCES[:5] + SOCIAL_SENTENCES[6:],
)
HOUSING = _social(
    ("公积金账号", "个人公积金账号", "住房公积金账号"),
    ("公积金账号", "个人公积金账号"),
    ("gjjzh", "housing_fund_account", "公积金账号"),
    SOCIAL_SENTENCES[5:6],
)


def _housing_fund(name: str) -> Form:
    """A form of its own name: a housing fund is kept apart in the tables of results."""
    form = forms(HOUSING)[name]
    return lambda rng: replace(form(rng), form=f"housing_fund_{name}")


HOUSING_FORMS = {
    f"housing_fund_{name}": _housing_fund(name) for name in ("header", "label", "sentence", "json")
}


def _handle(rng: Random) -> str:
    """A name people give themselves: a letter, then 5 to 19 letters, digits, _ or -."""
    word = "".join(rng.choice(PINYIN[place]) for place in (0, 1))
    return rng.choice(
        (word.lower(), word, f"{word.lower()}_", f"wxid_{word.lower()[:4]}", f"{word.lower()}-")
    ) + digits(rng, rng.randrange(2, 7))


def _account(labels: str, headers: str, keys: str, sentences: str, *, numeric: bool = False) -> Kind:
    def make(rng: Random) -> str:
        return rng.choice("123456789") + digits(rng, rng.randrange(5, 10)) if numeric else _handle(rng)

    return Kind(
        "ACCOUNT",
        make,
        tuple(labels.split()),
        tuple(headers.split()),
        tuple(keys.split()),
        lines(sentences),
        ((3, 3, 4), (4, 3, 3)),
        carried=("header", "label", "sentence", "glued_han", "parentheses", *FIELDS),
        dressed=(
            "full_width",
            "zero_width",
            "base64_json",
            "percent_all",
            "html_references",
            "unicode_escapes",
        )
        + (("spaces", "dashes", "other_script", "han_numerals") if numeric else ()),
    )


WECHAT = _account(
    "微信 微信号 WeChat 微信账号",
    "微信号 微信",
    "wechat wxh 微信号",
    """
    卖家微信号：{v}，收款后失联，涉案{money}元。
    联系人{name}，微信{v}，{date}看房
    加微信 {v} 备注{county}
    受害人添加微信号{v}后被拉入投资群。
    患者{name}微信：{v}，线上复诊
    """,
)
QQ = _account(
    "QQ QQ号 QQ号码 qq",
    "QQ号 QQ",
    "qq qq_no QQ号",
    """
    嫌疑人使用QQ号{v}发布虚假信息，{date}被查处。
    联系人{name} QQ:{v} 电话{mobile}
    学生{name}QQ：{v}，{n}班
    加QQ{v}领取资料
    """,
    numeric=True,
)
OTHER = _account(
    "支付宝账号 抖音号 微博账号 登录账号 淘宝账号 用户名 快手号",
    "支付宝账号 登录账号 抖音号 用户名",
    "alipay username login_name 支付宝账号",
    """
    被害人{name}向支付宝账号{v}转账{money}元。
    主播抖音号：{v}，{date}被投诉虚假宣传
    用户名 {v} 连续{n}次登录失败，已锁定
    申请注销登录账号{v}，联系电话{mobile}
    """,
)

FORMS: dict[str, dict[str, Form]] = {
    "MEDICAL_RECORD": forms(MEDICAL),
    "SOCIAL_INSURANCE": forms(SOCIAL) | HOUSING_FORMS,
    "ACCOUNT": forms(WECHAT, QQ, OTHER),
}
