"""Recognisers of cards, telephones, plates, devices and accounts."""

from __future__ import annotations

from catalog.decision import MaskOperator
from catalog.finding import FieldRole, Grade
from catalog.text import Text
from privacy.checksums import card_ok, imei_ok, ip_ok, mobile_ok, plate_ok, vin_ok
from privacy.patterns import (
    ALNUM,
    CARD,
    CARD_HAN,
    CARD_LOOSE,
    COUNTRY,
    EMAIL,
    EMAIL_ANY,
    EMAIL_HASH,
    EMAIL_IN_WORDS,
    GATE_EMAIL,
    GATE_EMAIL_ANY,
    GATE_EMAIL_HASH,
    GATE_EMAIL_IN_WORDS,
    GATE_HAN_DIGITS,
    GATE_IPV4,
    GATE_IPV6,
    GATE_MAC,
    HAN,
    HAN_DIGIT,
    HOME,
    IPV4,
    IPV6,
    MOBILE,
    MOBILE_EXPONENT,
    MOBILE_HAN,
    MOBILE_UNEVEN,
    PLATE,
    PLATE_HEAD,
    PLATE_LOOSE,
    VIN,
    VIN_LOOSE,
    S,
    digits,
    run,
)
from privacy.recogniser import (
    GBT_35273,
    GBT_35273_B,
    GBT_45574,
    PIPL_4,
    PIPL_28,
    Recogniser,
    Shape,
    labelled,
    under_header,
)

__all__ = ["IDENTIFIERS"]

_GATE_PLATE = f"{PLATE_HEAD}{S}[A-Za-z]"
_HEX_ID = "[0-9A-Fa-f](?:[ .:：\\-]{0,2}[0-9A-Fa-f]){11,63}"
_HANDLE = "[A-Za-z][A-Za-z0-9_.\\-]{4,30}[A-Za-z0-9_\\-]"
"""How a person is called in an online service."""
_NUMBERED_HANDLE = "[A-Za-z][A-Za-z.]{0,24}[0-9_\\-][A-Za-z0-9_.\\-]{0,24}[A-Za-z0-9_\\-]"
"""The same behind a label that announces other things too: not a word."""
_ACCOUNT_GAP = f"(?:名称?|编号|号码|[号为是系])?[^0-9A-Za-z{HAN}_./#\\-]{{0,12}}"
_HASH_IS_AT = "(?=.{0,60}#.{0,8}@)"
"""A note that says what stands for the sign."""

IDENTIFIERS: tuple[Recogniser, ...] = (
    Recogniser(
        "BANK_CARD",
        Text("银行卡号", "bank card number"),
        True,
        FieldRole.IDENTIFIER,
        Grade.L4,
        MaskOperator.DROP,
        (PIPL_28, GBT_35273_B, GBT_45574, "JR/T 0171-2020"),
        shapes=(
            Shape(CARD, run(14)),
            Shape(CARD_LOOSE, run(14), checked=True),
            Shape(CARD_HAN, GATE_HAN_DIGITS, not_before=f"0-9{HAN_DIGIT}", not_after=f"0-9{HAN_DIGIT}"),
            labelled(
                digits(15, 19),
                "银行卡|银行账|银行帐|收款账|收款卡|发放账|存折|卡号|账号|帐号|账户|信用卡|借记卡|储蓄卡|工资卡|补贴卡|开户行",
                "bank|card[ _]?(?:no|num)|account|acct|yhkh|yhzh",
            ),
        ),
        bare=(Shape(digits(12, 22), run(7)), Shape(digits(15, 19), GATE_HAN_DIGITS)),
        validate=card_ok,
        only_valid=True,
        header_zh="银行卡|银行账[号户]|卡号|银行帐号|收款账[号户]|发放账[号户]|借记卡|信用卡号",
        header_en="bank card|card no|card number|bank account|account number|account no|iban|yhkh|yhzh",
        opaque="[0-9](?:[^0-9]{0,3}[0-9]){7}",
        near=("账户", "账号", "帐号", "卡号", "银行", "户名", "card", "account"),
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
            Shape(MOBILE, run(11)),
            Shape(MOBILE_UNEVEN, run(11), not_before=ALNUM, checked=True),
            labelled(
                f"{COUNTRY}0?[1一幺壹]{S}[3-9三四五六七八九叁肆伍陆柒捌玖參陸]{S}{digits(9, 9)}",
                "手机|移动电话|联系电话|联系方式|电话",
                "mobile|cell[ _]?phone|phone|telephone",
                "tel|cell|sj|sjh|sjhm|lxdh|lxsj|lxfs|dh|dhhm",
            ),
            Shape(MOBILE_EXPONENT, "1[.][3-9][0-9]{7}"),
            Shape("1[3-9][0-9Oo]{9}", "[0-9][Oo]", not_before=ALNUM, not_after=ALNUM),
            Shape(MOBILE_HAN, GATE_HAN_DIGITS, not_before=f"0-9{HAN_DIGIT}"),
        ),
        bare=(Shape(f"{COUNTRY}0?1{S}[3-9]{S}{digits(9, 9)}", run(11)),),
        validate=mobile_ok,
        header_zh="手机|移动电话",
        header_en="mobile|cell ?phone|cell|handphone|sjh|sjhm|lxsj",
        opaque="[0-9](?:[^0-9]{0,3}[0-9]){6}",
        near=("电话", "手机", "联系", "致电", "拨打", "微信", "tel", "phone", "mobile", "lxdh", "call"),
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
            labelled(
                HOME,
                "(?:家庭|住宅|家里|家中|家|宅)(?:固定)?(?:电话|座机|号码)|宅电|固定电话|固话|座机",
                "home[ _]?(?:phone|tel)|landline|fixed[ _]?(?:line|phone)",
                "jtdh|zzdh|gddh|zdh|zj",
            ),
        ),
        bare=(Shape(HOME, run(7)), Shape(HOME, GATE_HAN_DIGITS)),
        header_zh="家庭电话|住宅电话|宅电|家庭座机|家庭固定",
        header_en="home (?:phone|tel|telephone)(?: no| number)?|jtdh|zzdh",
        near=("家庭", "住宅", "home"),
        sure_in_text=True,
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
                "[(（]?0[1-9][0-9]{1,2}[)）]?[ \\-]{0,3}[2-9][0-9]{6,7}",
                "0[1-9][0-9]{1,2}[)）]?[ \\-]{0,3}[2-9][0-9]{6}",
                not_before="0-9.",
                not_after="0-9.",
            ),
        ),
        bare=(Shape(HOME, run(7)), Shape(HOME, GATE_HAN_DIGITS)),
        header_zh="电话|联系方式|座机|固话",
        header_en="phone|telephone|tel|contact no|contact number|lxdh|dhhm",
        near=("家庭", "住宅"),
    ),
    Recogniser(
        "PLATE",
        Text("机动车号牌", "vehicle plate"),
        True,
        FieldRole.IDENTIFIER,
        Grade.L3,
        MaskOperator.DROP,
        (PIPL_4, GBT_35273),
        shapes=(
            Shape(PLATE, _GATE_PLATE, not_before=ALNUM, not_after=f"{ALNUM}@"),
            Shape(PLATE_LOOSE, _GATE_PLATE, not_before=ALNUM, not_after=f"{ALNUM}@", checked=True),
        ),
        validate=plate_ok,
        header_zh="车牌|号牌号|车辆号码",
        header_en="plate|plate number|plate no|license plate|licence plate|cph|cphm|hphm",
        opaque="[A-Za-z][ .\\-]{0,2}[0-9A-Za-z]{4}",
        near=("车", "牌", "驾驶", "违停", "plate", "vehicle"),
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
            Shape(VIN, "[0-9A-Za-z]{17}", not_before=ALNUM, not_after=ALNUM),
            Shape(
                VIN_LOOSE,
                f"[0-9A-Z](?:{S}[0-9A-Z]){{16}}",
                not_before=f"{ALNUM}\\-_/",
                not_after=f"{ALNUM}\\-_/",
                checked=True,
            ),
            labelled(
                f"[0-9A-Za-z](?:{S}[0-9A-Za-z]){{12}}(?:{S}[0-9]){{4}}",
                "车架|车辆识别|大架号",
                "chassis|frame[ _]?no|vehicle[ _]?id",
                "vin|cjh|cjhm|clsbdh|clsbdm",
            ),
        ),
        bare=(
            Shape(
                f"[0-9A-Za-z](?:{S}[0-9A-Za-z]){{16}}",
                f"[0-9A-Za-z](?:{S}[0-9A-Za-z]){{16}}",
                not_after=ALNUM,
            ),
        ),
        validate=vin_ok,
        only_valid=True,
        header_zh="车架号|车辆识别|大架号",
        header_en=(
            "vin(?: no| number| code)?|chassis(?: no| number)?|frame no"
            "|vehicle identification number|cjhm?|clsbd[hm]"
        ),
        opaque="[0-9A-Za-z]{8}",
    ),
    Recogniser(
        "IMEI",
        Text("移动设备识别码", "IMEI of a mobile device"),
        True,
        FieldRole.IDENTIFIER,
        Grade.L3,
        MaskOperator.DROP,
        (PIPL_4, GBT_35273),
        shapes=(labelled(digits(15, 17), "串号|串码|手机识别码|移动设备识别码|国际移动设备|IMEI码", "imei"),),
        bare=under_header(digits(15, 17)),
        alone=(Shape("(?:35|86|01|99)[0-9]{13}", run(14), not_before=ALNUM, not_after=ALNUM),),
        validate=imei_ok,
        only_valid=True,
        header_zh="IMEI|imei|串号|串码|手机识别码|移动设备识别码",
        header_en="imei[12]?|imei(?: no| number| code| 1| 2)",
        opaque="[0-9]{8}",
        sure_in_text=True,
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
            Shape(
                "(?:[0-9A-Fa-f]{2}[:：]){5}[0-9A-Fa-f]{2}",
                GATE_MAC,
                not_before=ALNUM,
                not_after="0-9A-Za-z:.",
                before="(?<![0-9A-Fa-f]{2}[:：])",
            ),
            Shape(
                "(?:[0-9A-Fa-f]{2}-){5}[0-9A-Fa-f]{2}",
                GATE_MAC,
                not_before="0-9A-Za-z\\-",
                not_after="0-9A-Za-z\\-",
            ),
            Shape(
                "(?:[0-9A-Fa-f]{4}[.]){2}[0-9A-Fa-f]{4}",
                "[0-9A-Fa-f]{4}[.][0-9A-Fa-f]{4}[.][0-9A-Fa-f]{4}",
                not_before="0-9A-Za-z.",
                not_after="0-9A-Za-z.",
            ),
            Shape(
                "[0-9A-Fa-f]{2}(?:[ ][0-9A-Fa-f]{2}){5}",
                "[0-9A-Fa-f]{2}(?:[ ][0-9A-Fa-f]{2}){5}",
                not_before=f"{ALNUM} ",
                not_after=f"{ALNUM} ",
            ),
            labelled(
                _HEX_ID,
                "设备识别码|设备标识|设备唯一|设备号|设备[Ii][Dd]|终端标识|终端号|终端[Ii][Dd]|物理地址|网卡|安卓[ ]?[Ii][Dd]|广告标识",
                "android[ _]?id|device[ _]?(?:id|uuid|mac|no)|advertising[ _]?id",
                "mac|wifimac|btmac|idfa|idfv|oaid|aaid|vaid|gaid|udid|imsi|iccid|macdz|sbh",
            ),
        ),
        bare=(
            Shape("[0-9]{14,20}", run(14)),
            Shape(
                _HEX_ID,
                "[0-9A-Fa-f](?:[ .:：\\-]{0,2}[0-9A-Fa-f]){11}",
                not_before=ALNUM,
                not_after=ALNUM,
            ),
        ),
        header_zh="设备识别码|设备唯一标识|安卓[ ]?[Ii][Dd]|网卡|物理地址|(?i:(?:mac|idf[av]|oaid|udid|aaid))",
        header_en=(
            "imsi|iccid|mac|mac addr(?:ess)?|(?:wifi|bt|device|bluetooth) mac|idf[av]|[ovg]aid"
            "|aaid|udid|android id|device (?:id|uuid)|advertising id"
        ),
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
        shapes=(
            labelled(
                _HANDLE,
                "微信|薇信|徽信|威信|加微|加[vV]|支付宝|微博|抖音|快手|淘宝|闲鱼|小红书|知乎|钉钉|飞书|陌陌|豆瓣|旺旺"
                "|京东账|美团账|哔哩哔哩|[Bb]站",
                "we[ _]?chat|wei[ _]?xin|wxid|alipay|weibo|douyin|kuaishou|taobao|dingtalk|xiaohongshu"
                "|telegram|whatsapp|twitter|facebook|instagram|tiktok",
            ),
            labelled(_HANDLE, "", "", "vx|wx|wxh|wxhm|zfb|zfbzh|wbzh|dyh|ksh|tbzh|xhsh", _ACCOUNT_GAP),
            labelled(
                _NUMBERED_HANDLE,
                "账号|帐号|账户名|帐户名|账户|用户名|登录名|登陆名|用户账|网名|昵称|用户[Ii][Dd]",
                "user[ _]?name|login[ _]?(?:name|id)?|user[ _]?(?:id|account)|account|nick[ _]?name"
                "|screen[ _]?name",
                "uid|yhm|dlm|dlzh|zh|nick",
                _ACCOUNT_GAP,
            ),
            labelled(
                f"{digits(5, 11)}|[MNO][0-9A-Za-z]{{7,15}}",
                "扣扣|企鹅号",
                "tencent[ _]?(?:no|id)",
                "qq|qqh|qqhm|oicq",
            ),
            Shape("wxid_[0-9A-Za-z]{6,20}", "wxid_", not_before=ALNUM, not_after=ALNUM),
        ),
        bare=(
            Shape(_HANDLE, "[A-Za-z]", not_before=ALNUM, not_after=ALNUM),
            Shape(digits(5, 11), "[0-9]", not_after=ALNUM),
            Shape(digits(5, 11), GATE_HAN_DIGITS, not_after=ALNUM),
        ),
        header_zh=(
            "微信(?!公众)|^QQ|^qq|扣扣|支付宝(?:账|帐|号)|(?:微博|抖音|快手|淘宝|小红书|知乎|钉钉|陌陌|闲鱼|[Bb]站)(?:账|帐|号|[Ii][Dd]|昵称)"
            "|(?:登录|登陆|用户|网络|个人)(?:账号|帐号|账户名)|用户名|登录名|登陆名|网名"
        ),
        header_en=(
            "wechat|wechat (?:id|no|account)|qq|qq (?:no|number)|weixin|wx|wxh|alipay|alipay (?:id|account)"
            "|weibo|douyin|kuaishou|taobao|(?:weibo|douyin|kuaishou|taobao) (?:id|account)"
            "|user ?name|login(?: name| id| account)?|user account|nick ?name"
        ),
        opaque="[^ *]{5}",
        sure_in_text=True,
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
            Shape(EMAIL, GATE_EMAIL, not_before="A-Za-z0-9._%+\\-", not_after="A-Za-z"),
            Shape(EMAIL_IN_WORDS, GATE_EMAIL_IN_WORDS, not_before="A-Za-z0-9._%+\\-", not_after="A-Za-z"),
            labelled(EMAIL_ANY, "邮箱|电子邮件|电邮|邮件", "e[ _\\-]?mail|mailbox", "mail|yx|yxdz|dzyx|dzyj"),
            Shape(
                EMAIL_HASH,
                GATE_EMAIL_HASH,
                not_before="A-Za-z0-9._%+\\-",
                not_after="A-Za-z",
                after=_HASH_IS_AT,
            ),
        ),
        bare=(Shape(EMAIL_ANY, GATE_EMAIL_ANY, not_before="A-Za-z0-9._%+\\-", not_after="A-Za-z"),),
        header_zh="邮箱|电子邮件|电邮|邮件地址",
        header_en="e ?mail|e ?mail (?:addr|address)|mail|mailbox|yx|yxdz|dzyx|dzyj",
        opaque="@",
        near=("邮箱", "邮件", "mail"),
        sure_in_text=True,
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
            Shape(IPV4, GATE_IPV4, not_before="0-9A-Za-z.", not_after="0-9A-Za-z\\-", after="(?![.][0-9])"),
            Shape(IPV6, GATE_IPV6, not_before=ALNUM, not_after="0-9A-Za-z:", before="(?<![0-9A-Fa-f:][:：])"),
            labelled(f"{IPV4}|{IPV6}", "网络地址|[Ii][Pp]", "", "ip|ipv4|ipv6|ipaddr|remoteip|clientip"),
        ),
        bare=(Shape(f"{IPV4}|{IPV6}", f"{GATE_IPV4}|{GATE_IPV6}", not_before=ALNUM, not_after=ALNUM),),
        validate=ip_ok,
        only_valid=True,
        header_zh="[Ii][Pp](?:地址)?$|网络地址",
        header_en="ip|ip addr(?:ess)?|ipaddr|(?:client|login|remote|user|source|src|last) ip|ipv4|ipv6",
        near=("登录", "访问", "ip"),
    ),
)
