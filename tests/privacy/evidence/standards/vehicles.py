"""Vehicles and telephones of persons: plates (GA 36), vehicle identification numbers (GB 16735), IMEI (3GPP TS 23.003)."""

from __future__ import annotations

from tests.privacy.evidence.standards.carriers import CODES, FIELDS, MOSTLY, Form, Kind, forms, put, somewhere
from tests.privacy.evidence.standards.lists import lines
from tests.privacy.evidence.standards.numbers import imei, plate, vin

__all__ = ["FORMS"]

PLATE_SENTENCES = lines("""
    车辆{v}于{date} {time}在{road}违停。
    {name}驾驶{v}小型轿车行驶至{road}时与行人相撞。
    市民反映{v}长期占用消防通道，请交警大队处理。
    车牌号{v}，车主{name}，电话{mobile}
    司机{name} {v} 装货{n}吨 {date}发车
    查封被执行人{name}名下{v}号车辆一辆。
    救护车将驾驶人送医，肇事车{v}已扣留
    停车场{time}入场车牌{v}，收费{money}元
    货车{v}超限{n}吨，处罚款{money}元
    被告所有的{v}号牌车辆在保险期内
""")
VIN_SENTENCES = lines("""
    车辆识别代号{v}，所有人{name}，{date}注册登记。
    召回范围内车架号为{v}的车辆请到店检修。
    被盗抢车辆{plate}，车架号{v}，报案人{name}
    保单项下车辆VIN {v}，定损{money}元
    {name}申请过户，车辆识别代号：{v}。
    查封车辆一辆（车架号：{v}），保管于{office}。
    二手车{plate}，里程{n}万公里，车架{v}
    车主来电称合格证上的{v}与实车不符
""")
IMEI_SENTENCES = lines("""
    失主{name}手机IMEI：{v}，{date}在{road}被盗。
    涉案手机一部，IMEI号{v}，机主{mobile}
    保修登记：{name}，手机串号 {v}，屏幕更换{money}元
    勘验笔录载明手机串号为{v}，予以扣押。
    旅客遗失手机，IMEI码{v}，请拾到者联系{mobile}
    以旧换新补贴{money}元，设备IMEI：{v}
    终端IMEI={v}在{time}上线
    申请人{name}购机补贴，串号：{v}
""")
MAKES = ("common", "common", "common", "small_electric", "small_electric")


def _plate_make(make: str) -> Form:
    return lambda rng: put(somewhere(rng, PLATE), plate(rng, make), "PLATE", make)


PLATE = Kind(
    "PLATE",
    lambda rng: plate(rng, rng.choice(MAKES)),
    ("车牌", "车牌号", "号牌号码", "车牌号码", "车辆号牌", "机动车号牌"),
    ("车牌号", "号牌号码", "hphm", "车牌", "plate_no"),
    ("plate", "hphm", "cph", "车牌号"),
    PLATE_SENTENCES,
    ((2, 6), (2, 3, 3), (1, 7), (2, 6)),
    alone=True,
    carried=("bare", "label", "sentence", "glued_han", "parentheses", *FIELDS),
    dressed=(
        *MOSTLY,
        "full_width_partly",
        "middle_dots",
        "odd_spaces",
        "spaced_out",
        "lower_case",
        "soft_hyphens",
        *CODES,
        "base64_number",
    ),
    extra={
        make: _plate_make(make)
        for make in (
            "small_electric",
            "large_electric",
            "police",
            "trailer",
            "learner",
            "hong_kong_macao",
            "consulate",
        )
    },
)
VIN = Kind(
    "VIN",
    vin,
    ("车架号", "车辆识别代号", "VIN", "VIN码", "车辆识别码"),
    ("车架号", "车辆识别代号", "VIN", "clsbdh"),
    ("vin", "clsbdh", "cjh", "车架号"),
    VIN_SENTENCES,
    ((3, 6, 8), (3, 5, 1, 8), (4, 4, 4, 5), (8, 9)),
    alone=True,
    carried=("bare", "label", "sentence", "glued_han", "parentheses", *FIELDS),
    dressed=(
        *MOSTLY,
        "full_width_partly",
        "odd_spaces",
        "lower_case",
        "soft_hyphens",
        "tabs",
        *CODES,
        "base64_number",
    ),
)
IMEI = Kind(
    "IMEI",
    imei,
    ("IMEI", "IMEI号", "手机串号", "IMEI码", "手机IMEI", "串号"),
    ("IMEI", "手机串号", "imei号"),
    ("imei", "IMEI", "device_imei"),
    IMEI_SENTENCES,
    ((2, 6, 6, 1), (6, 2, 6, 1), (8, 6, 1), (3, 3, 3, 3, 3), (4, 4, 4, 3)),
    carried=("header", "label", "sentence", "glued_han", "parentheses", "json_number", *FIELDS),
    dressed=(*MOSTLY, "slashes", "full_width_partly", "odd_spaces", "han_numerals", "soft_hyphens", *CODES),
)

FORMS: dict[str, dict[str, Form]] = {"PLATE": forms(PLATE), "VIN": forms(VIN), "IMEI": forms(IMEI)}
