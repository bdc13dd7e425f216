"""Ways to reach a person: mobile and home phones, mail, WeChat and QQ, and the addresses of their machines."""

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
    full_width_digits,
    grouped,
    percent_reserved,
)

__all__ = ["FORMS"]

MOBILE = Kind(
    make=lambda world: numbers.mobile(world.rng),
    labels=("电话", "手机号", "联系电话", "联系方式", "手机", "手机号码", "Tel"),
    headers=("手机号", "联系电话", "电话", "phone", "lxdh"),
    keys=("phone", "mobile", "tel", "lxdh", "contactPhone", "联系电话"),
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
EMAIL = Kind(
    make=World.email,
    labels=("邮箱", "电子邮箱", "邮箱地址", "E-mail", "电子邮件"),
    headers=("邮箱", "电子邮箱", "email"),
    keys=("email", "mail", "e_mail", "contactEmail", "邮箱"),
    alone=True,
    apart=False,
    scenes=("hotline_note", "chat_line", "remark", "register_note"),
)
IP = Kind(
    make=lambda world: str(world.zh.ipv4_public()),
    labels=("IP", "登录IP", "IP地址", "客户端IP", "来源IP"),
    headers=("IP地址", "登录IP", "client_ip"),
    keys=("ip", "clientIp", "client_ip", "remote_addr", "loginIp", "登录IP"),
    alone=True,
    apart=False,
    scenes=("hotline_note", "chat_line", "remark"),
)
WECHAT = Kind(
    make=lambda world: numbers.wechat(world.rng),
    labels=("微信号", "微信", "微信账号", "VX", "WeChat"),
    headers=("微信号", "微信", "wechat"),
    keys=("wechat", "weixin", "wechatId", "wx_id", "微信号"),
    alone=False,
    apart=False,
    scenes=("hotline_note", "chat_line", "remark"),
)
QQ = replace(
    WECHAT,
    make=lambda world: numbers.qq(world.rng),
    labels=("QQ", "QQ号", "QQ号码", "扣扣号", "扣扣"),
    headers=("QQ号", "QQ", "qq"),
    keys=("qq", "QQ", "qqNo", "qq_number", "QQ号"),
)


def _joined(area_and_number: tuple[str, str], joint: str) -> str:
    return joint.join(area_and_number)


HOME = Kind(
    make=lambda world: _joined(numbers.home_phone(world.rng), "-"),
    labels=("家庭电话", "住宅电话", "宅电", "座机", "固定电话", "家里电话"),
    headers=("家庭电话", "住宅电话", "座机", "固定电话"),
    keys=("家庭电话", "homePhone", "home_tel", "landline", "座机"),
    alone=False,
    apart=False,
    scenes=("hotline_note", "chat_line", "remark", "subsidy_note"),
)


def _halves(rng: Random, value: str) -> str:
    """0571-8765 4321 and the like."""
    area, number = value.split("-")
    return area + rng.choice("- ") + number[:-4] + rng.choice(" -") + number[-4:]


def _round_brackets(rng: Random, value: str) -> str:
    area, number = value.split("-")
    return rng.choice((f"({area}){number}", f"（{area}）{number}", f"({area}) {number}"))


# The country's code stands before the span: what tells a person apart begins behind it.
COUNTRY = (
    "+86«X»",
    "+86 «X»",
    "+86-«X»",
    "0086«X»",
    "0086-«X»",
    "(86)«X»",
    "(+86)«X»",
    "（+86）«X»",
    "86-«X»",
    "＋86«X»",
)
DIGITS = framed(statements(MOBILE.labels))
MOBILE_OWN = (
    Form("country_code", MOBILE.make, as_it_is, framed(COUNTRY, ("", "手机号"))),
    Form(
        "country_code_grouped",
        MOBILE.make,
        grouped(" ", "-"),
        framed(("+86 «X»", "+86-«X»", "0086 «X»", "(86) «X»")),
    ),
    Form(
        "country_code_labelled",
        MOBILE.make,
        as_it_is,
        framed(f"联系电话：{text}，«name»" for text in COUNTRY),
    ),
    Form("full_width_digits", MOBILE.make, full_width_digits, places(MOBILE)),
    Form("formal_numerals", MOBILE.make, formal_numerals, DIGITS),
    Form(
        "spoken_one", MOBILE.make, lambda rng, value: chinese_numerals(rng, value).replace("一", "幺"), DIGITS
    ),
    Form("trunk_zero", MOBILE.make, as_it_is, framed(("0«X»", "电话0«X»"), ("", "联系电话"))),
    Form(
        "bidi_marks", MOBILE.make, as_it_is, framed(("\u202d«X»\u202c", "\u200e«X»", "\u202a+86 «X»\u202c"))
    ),
    Form(
        "name_beside",
        MOBILE.make,
        as_it_is,
        framed(("«name»«X»", "«name» «X»", "«X»（«name»）", "«name»/«X»", "«X»«name»")),
    ),
    Form(
        "same_as_wechat",
        MOBILE.make,
        as_it_is,
        framed(("联系人：«name» 电话«X»（微信同号）", "微信同手机«X»", "V电同步«X»")),
    ),
    Form("identity_beside", MOBILE.make, as_it_is, framed(("«id»,«X»", "«name»|«id»|«X»", "«X»/«id»"))),
    Form("tel_link", MOBILE.make, as_it_is, framed(('<a href="tel:«X»">拨打</a>', "tel:+86«X»", "sms:«X»"))),
    Form("grouped_zero_width", MOBILE.make, grouped("\u200b", "\u2060", "\ufeff"), places(MOBILE)),
)


def _bracketed_at(rng: Random, value: str) -> str:
    return value.replace("@", rng.choice(("[at]", "(at)", " (at) ", " [at] ")))


EMAIL_OWN = (
    Form("upper_case", EMAIL.make, lambda rng, value: value.upper(), places(EMAIL)),
    Form("full_width_at", EMAIL.make, lambda rng, value: value.replace("@", "＠"), places(EMAIL)),
    Form("bracketed_at", EMAIL.make, _bracketed_at, framed(statements(EMAIL.labels))),
    Form(
        "spaced_at",
        EMAIL.make,
        lambda rng, value: value.replace("@", rng.choice((" @ ", " @", "@ "))),
        framed(statements(EMAIL.labels)),
    ),
    Form(
        "at_percent",
        EMAIL.make,
        percent_reserved,
        framed(("https://mail.example.cn/u?email=«X»&lang=zh", "mail=«X»", "«X»")),
    ),
    Form(
        "mailto_link",
        EMAIL.make,
        as_it_is,
        framed(('<a href="mailto:«X»">«name»</a>', "mailto:«X»?subject=咨询")),
    ),
    Form(
        "angle_brackets",
        EMAIL.make,
        as_it_is,
        framed(('"«name»" <«X»>', "«name»<«X»>", "发件人：«name» <«X»>；")),
    ),
    Form(
        "tagged",
        lambda world: f"{world.en.user_name()}+{world.rng.choice(('hz', 'gov', 'work'))}@gmail.com",
        as_it_is,
        places(EMAIL),
    ),
    Form(
        "name_beside",
        EMAIL.make,
        as_it_is,
        framed(("«name» «X» «mobile»", "«name»,«mobile»,«X»", "请发送至«X»，联系人«name»")),
    ),
)


# Blocks of the three operators of the country and one of the rest of the world.
V6_HEADS = ("2408", "2409", "240e", "2001")


def _compressed(world: World) -> str:
    """An IPv6 address with a run of zeros left out (RFC 5952)."""
    parts = [f"{world.rng.randint(1, 0xFFFF):x}" for _ in range(3)]
    return f"{world.rng.choice(V6_HEADS)}:{parts[0]}:{parts[1]}::{parts[2]}"


def _full_v6(world: World) -> str:
    return ":".join((world.rng.choice(V6_HEADS), *str(world.zh.ipv6()).split(":")[1:]))


V6_PLACES = (
    *framed(("«X»",), ("", *IP.headers)),
    *framed(("IP：«X»", "登录IP:«X»", "客户端IP «X»", "ip=«X»")),
)
IP_OWN = (
    Form(
        "with_port",
        IP.make,
        as_it_is,
        framed(("«X»:8080", "http://«X»:8443/login", "来源IP：«X»:52110", "tcp://«X»:3306")),
    ),
    Form(
        "private",
        lambda world: str(world.zh.ipv4_private()),
        as_it_is,
        framed(("登录IP：«X»", "«X»", "终端«X»下线"), ("", "IP地址")),
    ),
    Form(
        "access_log",
        IP.make,
        as_it_is,
        framed(('«X» - - [12/Mar/2025:10:21:33 +0800] "GET /index.html HTTP/1.1" 200 1024',)),
    ),
    Form(
        "forwarded",
        IP.make,
        as_it_is,
        framed(("X-Forwarded-For: «X», 10.0.0.8", "X-Real-IP: «X»", "for=«X»;proto=https")),
    ),
    Form("full_width_digits", IP.make, full_width_digits, places(IP)),
    Form(
        "full_stops",
        IP.make,
        lambda rng, value: value.replace(".", rng.choice("．。")),
        framed(statements(IP.labels)),
    ),
    Form(
        "user_beside",
        IP.make,
        as_it_is,
        framed(("«name» «X» «day» «time» 登录成功", "«mobile»,«X»,«time»", "用户«name»从«X»登录")),
    ),
    Form("v6_full", _full_v6, as_it_is, V6_PLACES),
    Form("v6_compressed", _compressed, as_it_is, V6_PLACES),
    Form(
        "v6_bracketed",
        _compressed,
        as_it_is,
        framed(("[«X»]:443", "http://[«X»]/index", "https://[«X»]:8443/api")),
    ),
    Form("v6_upper", _full_v6, lambda rng, value: value.upper(), V6_PLACES),
    Form("v6_json", _compressed, as_it_is, framed(f'{{"{key}":"«X»","port":443}}' for key in IP.keys)),
)
HOME_PLACES = places(HOME)
HOME_OWN = (
    Form("halves", HOME.make, _halves, HOME_PLACES),
    Form("area_in_brackets", HOME.make, _round_brackets, HOME_PLACES),
    Form("area_glued", lambda world: _joined(numbers.home_phone(world.rng), ""), as_it_is, HOME_PLACES),
    Form(
        "area_spaced",
        HOME.make,
        lambda rng, value: value.replace("-", rng.choice((" ", "\u00a0", " - "))),
        HOME_PLACES,
    ),
    Form("no_area", lambda world: numbers.home_phone(world.rng)[1], as_it_is, HOME_PLACES),
    Form("no_area_grouped", lambda world: numbers.home_phone(world.rng)[1], grouped(" ", "-"), HOME_PLACES),
    Form(
        "country_code",
        lambda world: _joined(numbers.home_phone(world.rng), "-").lstrip("0"),
        as_it_is,
        framed(("宅电：+86-«X»", "家庭电话+86 «X»", "座机：0086-«X»", "住宅电话：(86)«X»")),
    ),
    Form(
        "chinese_numerals",
        lambda world: _joined(numbers.home_phone(world.rng), ""),
        chinese_numerals,
        HOME_PLACES,
    ),
    Form("dash_kinds", HOME.make, lambda rng, value: value.replace("-", rng.choice("–—－―")), HOME_PLACES),
    Form(
        "mobile_beside",
        HOME.make,
        as_it_is,
        framed(("家庭电话：«X»，手机：«mobile»", "宅电«X»/«mobile»", "固定电话«X» 手机«mobile»")),
    ),
)
CHAT = framed(
    ("加我微信«X»", "微信：«X»（«name»）", "我的微信号是«X»，通过一下", "VX: «X» 备注来意", "wx：«X»")
)
ACCOUNT_OWN = (
    Form("wechat_add_me", WECHAT.make, as_it_is, CHAT),
    Form(
        "wechat_mobile_beside",
        WECHAT.make,
        as_it_is,
        framed(("手机«mobile»，微信«X»", "微信号：«X»/电话：«mobile»")),
    ),
    Form(
        "wechat_upper",
        WECHAT.make,
        lambda rng, value: value.capitalize(),
        framed(statements(WECHAT.labels, ("：", ":", " "))),
    ),
    Form(
        "qq_add_me",
        QQ.make,
        as_it_is,
        framed(("加QQ«X»发资料", "QQ群主«name»，QQ：«X»", "我QQ是«X»", "有事Q我，QQ:«X»")),
    ),
    Form("qq_spaced", QQ.make, grouped(" ", "-"), framed(statements(QQ.labels, ("：", ":")))),
    Form("qq_full_width_digits", QQ.make, full_width_digits, (*places(QQ), Frame("ＱＱ：«X»"))),
)


FORMS: dict[str, tuple[Form, ...]] = {
    "MOBILE": (*standard(MOBILE), *numeric(MOBILE), *MOBILE_OWN),
    "EMAIL": (*standard(EMAIL), *EMAIL_OWN),
    "IP": (*standard(IP), *IP_OWN),
    "HOME_PHONE": (*standard(HOME), *HOME_OWN),
    "ACCOUNT": (
        *named("wechat", standard(WECHAT)),
        *named("qq", (*standard(QQ), *numeric(QQ))),
        *ACCOUNT_OWN,
    ),
}
