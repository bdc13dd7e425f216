"""Devices of persons and their addresses on networks: MAC (IEEE 802), advertising and system ids, mailboxes (RFC 5321), IP
addresses (RFC 791, RFC 4291)."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from random import Random
from uuid import UUID

from tests.privacy.evidence.cell import Cell
from tests.privacy.evidence.standards.carriers import CODES, FIELDS, Form, Kind, forms, put, somewhere
from tests.privacy.evidence.standards.dress import full_width
from tests.privacy.evidence.standards.lists import lines
from tests.privacy.evidence.standards.numbers import digits
from tests.privacy.evidence.standards.people import PINYIN

__all__ = ["FORMS"]

DEVICE_SENTENCES = lines("""
    用户{name}设备{l} {v}，{date} {time}登录。
    涉案手机{l}为{v}，机主{mobile}。
    投诉人称账号在陌生设备（{l}：{v}）登录。
    采集到{l} {v}，位于{road}商场
    骑手{name}终端{l}：{v}，已解绑
    学生平板{l}={v}，领用人{name}
    {hospital}移动护理终端使用人{name}，{l}：{v}
    患者穿戴设备{l} {v}上传心率
""")
MAIL_SENTENCES = lines("""
    联系人{name}，邮箱{v}，电话{mobile}。
    请将材料发送至{v}，{date}前有效
    作者{name}，E-mail: {v}，收稿日期{date}
    原告确认电子送达地址为{v}。
    患者{name}检查报告已发至{v}，请查收
    收件人 {name} <{v}>
    投诉人留的邮箱是{v}，请{office}书面答复
    报名表（{name}，{v}）已收到
""")
IP_SENTENCES = lines("""
    用户{name}于{date} {time}从{v}登录。
    涉案账号最近一次登录IP为{v}，归属{county}。
    投诉人账号在{v}异地登录，验证手机{mobile}
    {time} Accepted password for zhangsan from {v} port 52211 ssh2
    网安部门查明发帖IP地址：{v}，发帖人{name}。
    学生{name}在线考试IP {v} 切屏{n}次
    宽带用户{name}，分配地址{v}
    登录IP={v}，设备为手机
""")


def _mac(rng: Random) -> str:
    """A unicast address of IEEE 802."""
    octets = [rng.randrange(256) & 0xFE, *(rng.randrange(256) for _ in range(5))]
    return ":".join(f"{octet:02X}" for octet in octets)


def _hexadecimal(rng: Random, count: int) -> str:
    return f"{rng.getrandbits(4 * count):0{count}x}"


def _uuid(rng: Random) -> str:
    return str(UUID(int=rng.getrandbits(128), version=4))


def _device(
    labels: str, keys: str, value: Callable[[Random], str], *carried: str, dressed: tuple[str, ...] = ()
) -> Kind:
    names = tuple(labels.split())
    texts = tuple(text.replace("{l}", name) for text in DEVICE_SENTENCES for name in names)
    return Kind(
        "DEVICE_ID",
        value,
        names,
        names,
        tuple(keys.split()),
        texts,
        carried=("header", "label", "sentence", "glued_han", "parentheses", *carried),
        dressed=dressed,
    )


SYSTEM_IDS = (
    _device(
        "AndroidID Android_ID 安卓ID",
        "android_id androidId",
        lambda rng: _hexadecimal(rng, 16),
        *FIELDS,
        dressed=("full_width", *CODES),
    ),
    _device(
        "IDFA 广告标识符IDFA",
        "idfa IDFA",
        lambda rng: _uuid(rng).upper(),
        *FIELDS,
        dressed=("lower_case", "zero_width", *CODES),
    ),
    _device("IDFV GAID AAID", "idfv gaid", _uuid, "json", "url", "log_line"),
    _device(
        "OAID 设备OAID",
        "oaid OAID",
        lambda rng: _hexadecimal(rng, rng.choice((16, 32, 64))),
        "json",
        "url",
        "csv_lines",
    ),
    _device(
        "UDID 设备UDID",
        "udid",
        lambda rng: f"0000{rng.randrange(8020, 8130)}-{_hexadecimal(rng, 16).upper()}",
        "json",
        "xml",
    ),
)
MAC = _device(
    "MAC MAC地址 mac地址 网卡地址",
    "mac mac_addr wifi_mac",
    _mac,
    *FIELDS,
    dressed=("full_width", "zero_width", "lower_case", *CODES),
)


def _mac_written(form: str, separator: str, size: int) -> Form:
    def make(rng: Random) -> Cell:
        value = _mac(rng).replace(":", "")
        text = separator.join(value[place : place + size] for place in range(0, 12, size))
        return put(somewhere(rng, MAC), rng.choice((text, text.lower())), "DEVICE_ID", form)

    return make


MAC_FORMS: dict[str, Form] = {
    "mac_alone": lambda rng: put(("", "", ""), _mac(rng), "DEVICE_ID", "mac_alone"),
    "mac_dashes": _mac_written("mac_dashes", "-", 2),
    "mac_dotted": _mac_written("mac_dotted", ".", 4),
    "mac_unbroken": _mac_written("mac_unbroken", "", 12),
    "mac_spaces": _mac_written("mac_spaces", " ", 2),
}


def mailbox(rng: Random) -> str:
    """A mailbox of RFC 5321 as people have them: dots, digits, plus signs, hosts of several levels."""
    surname, given = rng.choice(PINYIN[0]).lower(), rng.choice(PINYIN[1]).lower()
    local = rng.choice(
        (
            surname + given,
            f"{given}.{surname}",
            f"{surname}_{given}{digits(rng, 2)}",
            f"{surname}{digits(rng, rng.randrange(2, 7))}",
            f"{given}-{surname}",
            f"{surname}.{given}+gov",
            digits(rng, rng.randrange(6, 11)),
            mobile_like(rng),
            f"{surname[0].upper()}{surname[1:]}.{given.title()}",
        )
    )
    host = "qq.com 163.com 126.com gmail.com sina.com foxmail.com outlook.com 139.com 189.cn yeah.net hotmail.com aliyun.com sohu.com"
    return f"{local}@{rng.choice((*host.split(), 'zju.edu.cn', 'mail.tsinghua.edu.cn', 'vip.sina.com', 'hust.edu.cn', 'xx-tech.com.cn'))}"


def mobile_like(rng: Random) -> str:
    return f"1{rng.choice('3578')}{digits(rng, 9)}"


def _mail_written(form: str, write: dict[str, str], after: str = "") -> Form:
    """`write` replaces signs of the address as people do against harvesters."""

    def make(rng: Random) -> Cell:
        text = mailbox(rng)
        for sign, instead in write.items():
            text = text.replace(sign, rng.choice(instead.split("|")))
        before, behind, head = somewhere(rng, MAIL)
        return put((before, behind + after, head), text, "EMAIL", form)

    return make


def _mailto(rng: Random) -> Cell:
    return put(('<a href="mailto:', '">联系作者</a>', ""), mailbox(rng), "EMAIL", "mailto")


def _full_width_at(rng: Random) -> Cell:
    text = mailbox(rng).replace("@", "＠")
    return put(somewhere(rng, MAIL), text, "EMAIL", "full_width_at")


MAIL = Kind(
    "EMAIL",
    mailbox,
    ("邮箱", "电子邮箱", "E-mail", "Email", "电子邮件", "邮箱地址"),
    ("电子邮箱", "邮箱", "email", "E-mail"),
    ("email", "mail", "yx", "电子邮箱"),
    MAIL_SENTENCES,
    alone=True,
    carried=("bare", "label", "sentence", "glued_han", "parentheses", *FIELDS),
    dressed=("full_width", "zero_width", *CODES, "base64_number"),
    extra={
        "at_in_brackets": _mail_written("at_in_brackets", {"@": "[at]|(at)|（at）|{at}|<at>|[AT]|【at】"}),
        "at_in_words": _mail_written("at_in_words", {"@": " at | AT ", ".": " dot |.| DOT "}),
        "hash_for_at": _mail_written("hash_for_at", {"@": "#"}, "（请将#换成@）"),
        "spaces_around_at": _mail_written("spaces_around_at", {"@": " @ |@ | @"}),
        "percent_at": _mail_written("percent_at", {"@": "%40"}),
        "reference_at": _mail_written("reference_at", {"@": "&#64;|&#x40;|&commat;"}),
        "full_width_at": _full_width_at,
        "mailto": _mailto,
    },
)


def ipv4(rng: Random) -> str:
    """A public unicast address of blocks given to networks in China."""
    head = rng.choice(
        (
            36,
            39,
            42,
            58,
            60,
            61,
            101,
            106,
            111,
            112,
            113,
            115,
            117,
            120,
            121,
            122,
            125,
            180,
            182,
            183,
            202,
            210,
            218,
            221,
            222,
        )
    )
    return f"{head}.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(1, 255)}"


def ipv6(rng: Random) -> ipaddress.IPv6Address:
    head = rng.choice((0x2408, 0x2409, 0x240E, 0x2001, 0x240C))
    subnet, host = rng.getrandbits(48), rng.choice((rng.getrandbits(64), rng.getrandbits(16)))
    return ipaddress.IPv6Address((head << 112) | (subnet << 64) | host)


def _ip(form: str, write: Callable[[Random], str], before: str = "", after: str = "") -> Form:

    def make(rng: Random) -> Cell:
        left, right, head = somewhere(rng, ADDRESS_OF_NET)
        return put((left + before, after + right, head), write(rng), "IP", form)

    return make


ADDRESS_OF_NET = Kind(
    "IP",
    ipv4,
    ("IP", "登录IP", "IP地址", "客户端IP", "访问IP", "来源IP"),
    ("登录IP", "IP地址", "client_ip", "访问IP", "用户IP"),
    ("ip", "client_ip", "login_ip", "remote_addr"),
    IP_SENTENCES,
    alone=True,
    carried=("bare", "label", "sentence", "glued_han", "parentheses", *FIELDS),
    dressed=("full_width", "zero_width", *CODES, "base64_number"),
    extra={
        "with_port": _ip("with_port", ipv4, after=":52211"),
        "in_url": lambda rng: put(("http://", ":8080/index", ""), ipv4(rng), "IP", "in_url"),
        "forwarded_list": _ip("forwarded_list", ipv4, "10.0.0.3, "),
        "defanged": _ip(
            "defanged", lambda rng: ipv4(rng).replace(".", rng.choice(("[.]", "(.)", "。", "．")))
        ),
        "v6_compressed": _ip("v6_compressed", lambda rng: ipv6(rng).compressed),
        "v6_full": _ip("v6_full", lambda rng: ipv6(rng).exploded),
        "v6_upper": _ip("v6_upper", lambda rng: ipv6(rng).compressed.upper()),
        "v6_bracketed": lambda rng: put(
            ("http://[", "]:8080/", ""), ipv6(rng).compressed, "IP", "v6_bracketed"
        ),
        "v4_mapped": _ip("v4_mapped", lambda rng: f"::ffff:{ipv4(rng)}"),
        "v6_full_width": _ip("v6_full_width", lambda rng: full_width(rng, ipv6(rng).compressed, (), "")),
    },
)

FORMS: dict[str, dict[str, Form]] = {
    "DEVICE_ID": forms(MAC, *SYSTEM_IDS) | MAC_FORMS,
    "EMAIL": forms(MAIL),
    "IP": forms(ADDRESS_OF_NET),
}
