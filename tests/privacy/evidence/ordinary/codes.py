"""Columns of numbers and codes that are nobody's: orders, batches, times, stations, organisations, hashes, goods."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random
from urllib.parse import quote
from uuid import UUID

from tests.privacy.evidence.standards.lists import words
from tests.privacy.evidence.standards.numbers import (
    AREA_CODES,
    CARD_HEADS,
    digits,
    ean13,
    organisation_code,
    uscc,
)
from tests.privacy.evidence.standards.places import COUNTIES

__all__ = ["CODES", "Maker", "document_number", "hexadecimal", "hotline", "moment", "office_telephone"]

Maker = Callable[[Random], str]

UPPER = "ABCDEFGHJKLMNPQRSTUVWXYZ"
BEGIN = datetime(2015, 1, 1, tzinfo=UTC)


def moment(rng: Random) -> datetime:
    """A moment from 2015 to 2025, microseconds included."""
    return BEGIN + timedelta(seconds=rng.randrange(345_000_000), microseconds=rng.randrange(1_000_000))


def hexadecimal(rng: Random, count: int) -> str:
    return f"{rng.getrandbits(4 * count):0{count}x}"


def order_letters(rng: Random) -> str:
    head = rng.choice(words("DD SO PO ZF JY BX WX XSDD CGRK TK"))
    return f"{head}{rng.choice(('', '-'))}{moment(rng):%Y%m%d%H%M%S}{digits(rng, rng.choice((4, 6)))}"


def order_labelled(rng: Random) -> str:
    return f"{rng.choice(('流水号', '订单号', '受理编号', '业务单号'))}{rng.choice(':：')}{moment(rng):%Y%m%d%H%M%S}{digits(rng, 4)}"


def snowflake(rng: Random) -> str:
    """A 63-bit id: milliseconds, machine, sequence."""
    milliseconds = int((moment(rng) - datetime(2010, 11, 4, tzinfo=UTC)).total_seconds() * 1000)
    return str(milliseconds << 22 | rng.getrandbits(22))


def batch(rng: Random) -> str:
    day = moment(rng)
    return rng.choice(
        (
            f"{day:%Y%m%d}{rng.choice(UPPER)}{rng.randrange(1, 99):02d}",
            f"LOT-{day:%y%m}-{digits(rng, 4)}",
            f"批次{day:%y%m%d}-{digits(rng, 3)}",
        )
    )


def tracking(rng: Random) -> str:
    return rng.choice(
        (
            f"SF{digits(rng, 13)}",
            f"YT{digits(rng, 13)}",
            f"JDVA{digits(rng, 11)}",
            f"7{rng.choice('58')}{digits(rng, 10)}",
            f"{rng.choice('ELRC')}{rng.choice(UPPER)}{digits(rng, 9)}CN",
            f"46{digits(rng, 11)}",
        )
    )


def station_pair(rng: Random) -> str:
    lon, lat = rng.uniform(75, 134), rng.uniform(19, 52)
    places = rng.choice((4, 6, 6, 8))
    return f"{lon:.{places}f},{lat:.{places}f}"


def wkt(rng: Random) -> str:
    lon, lat = rng.uniform(118, 122), rng.uniform(28, 32)
    points = [
        f"{lon + rng.uniform(0, 0.05):.6f} {lat + rng.uniform(0, 0.05):.6f}"
        for _ in range(rng.randrange(3, 6))
    ]
    return rng.choice(
        (
            f"POINT({points[0]})",
            f"LINESTRING({', '.join(points)})",
            f"POLYGON(({', '.join((*points, points[0]))}))",
        )
    )


def uuid(rng: Random) -> str:
    return str(UUID(int=rng.getrandbits(128), version=4))


def model(rng: Random) -> str:
    letters = "".join(rng.choices(UPPER, k=rng.randrange(2, 5)))
    return f"{letters}{rng.choice(('-', '', '/'))}{rng.randrange(10, 9999)}{rng.choice(('', 'A', 'Pro', '-II', 'L/380V', 'GW', ' Plus'))}"


def english_product(rng: Random) -> str:
    return " ".join(
        (
            rng.choice(words("Ultra Smart Eco Industrial Portable Digital Solar Stainless Compact Wireless")),
            rng.choice(words("Water Air Traffic Street Soil Noise Power Fire Parking Waste")),
            rng.choice(words("Meter Sensor Camera Pump Valve Gateway Monitor Controller Filter Lamp")),
            f"{rng.choice(UPPER)}{rng.randrange(10, 999)}",
        )
    )


def isbn(rng: Random) -> str:
    whole = ean13(rng, "9787")
    return rng.choice((whole, f"{whole[:3]}-{whole[3]}-{whole[4:7]}-{whole[7:12]}-{whole[12]}"))


def card_headed(rng: Random) -> str:
    """A batch number that begins as cards do; `guard` throws away the one in ten that would pass for one."""
    head, length = rng.choice(CARD_HEADS)
    return rng.choice(("", "批次号", "序号")) + head + digits(rng, length - len(head))


def serial(rng: Random) -> str:
    return rng.choice(
        (
            f"SN{digits(rng, rng.randrange(12, 18))}",
            f"设备号：10{rng.choice('5678')}{digits(rng, 8)}",
            f"ZC-{digits(rng, 10)}",
        )
    )


def amount(rng: Random) -> str:
    value = rng.uniform(0, 10 ** rng.randrange(3, 10))
    return rng.choice(
        (f"{value:.2f}", f"{value:,.2f}", f"¥{value:,.2f}", f"{value / 10000:.4f}万元", f"-{value:.2f}")
    )


def long_decimal(rng: Random) -> str:
    return rng.choice(
        (
            f"{rng.uniform(0, 1e6):.{rng.randrange(5, 13)}f}",
            repr(rng.random()),
            f"{rng.uniform(0, 100):.11f}",
            f"{rng.random():.15e}",
        )
    )


def budget_code(rng: Random) -> str:
    return rng.choice(
        (
            f"2{rng.randrange(1, 33):02d}{rng.randrange(1, 30):02d}{rng.randrange(1, 99):02d}",
            f"{rng.randrange(101, 999)}{digits(rng, 3)}-{digits(rng, 4)}",
            f"国库集中支付账户{rng.choice(('33', '12', '95'))}{digits(rng, rng.choice((10, 12)))}",
            f"{rng.randrange(1000, 6999)}.{rng.randrange(1, 99):02d}.{rng.randrange(1, 99):02d}",
        )
    )


def document_number(rng: Random) -> str:
    office = rng.choice(
        words(
            "浙政发 杭政办函 国办发 发改价格 财库 人社厅发 苏教规 沪府规 粤环函 川卫发 京建发 鲁政字 杭数局"
        )
    )
    opening, closing = rng.choice(("〔〕", "[]", "（）"))
    return f"{office}{opening}{rng.randrange(1998, 2026)}{closing}{rng.randrange(1, 400)}号"


def version(rng: Random) -> str:
    return rng.choice(
        (
            f"v{rng.randrange(20)}.{rng.randrange(30)}.{rng.randrange(99)}",
            f"{rng.randrange(9)}.{rng.randrange(20)}.{rng.randrange(20)}-beta.{rng.randrange(9)}",
            f"V{rng.randrange(9)}.{rng.randrange(9)}R{rng.randrange(99)}",
            f"release-{moment(rng):%Y.%m.%d}",
        )
    )


def address_like_version(rng: Random) -> str:
    return f"{rng.choice(('', 'V', '版本'))}{rng.randrange(1, 16)}.{rng.randrange(20)}.{rng.randrange(200)}.{rng.randrange(255)}"


def office_telephone(rng: Random) -> str:
    area, length = rng.choice(AREA_CODES)
    local = f"{rng.choice('2345678')}{digits(rng, length - 1)}"
    return rng.choice(
        (f"{area}-{local}", f"（{area}）{local}", f"{area}-{local}转{digits(rng, 3)}", f"{area} {local}")
    )


def hotline(rng: Random) -> str:
    short = words(
        "12345 12315 110 119 120 122 95598 95588 10086 10000 10010 12306 12329 12333 12366 96196 114"
    )
    return rng.choice(
        (
            rng.choice(short),
            f"400-{digits(rng, 3)}-{digits(rng, 4)}",
            f"400{digits(rng, 7)}客服",
            f"800-{digits(rng, 3)}-{digits(rng, 4)}",
            f"热线：{rng.choice(short)}",
        )
    )


def masked(rng: Random) -> str:
    surname = rng.choice("张王李赵陈刘杨黄周吴")
    return rng.choice(
        (
            f"1{rng.choice('3578')}{rng.randrange(10)}****{digits(rng, 4)}",
            f"{surname}**",
            f"{surname}*",
            f"{rng.choice(COUNTIES).code}********{digits(rng, 2)}**",
            f"6222 **** **** {digits(rng, 4)}",
            "1**********",
            f"浙{rng.choice('ABCDE')}***{digits(rng, 2)}",
            f"{rng.choice('abcdefgh')}***@qq.com",
            f"{rng.choice(COUNTIES).county}**路**号",
        )
    )


def sensor_json(rng: Random) -> str:
    return (
        f'{{"dev":"AQ-{digits(rng, 4)}","ts":{int(moment(rng).timestamp()) * rng.choice((1, 1000))},'
        f'"pm25":{rng.randrange(5, 180)},"temp":{rng.uniform(-10, 40):.1f},"rh":{rng.randrange(10, 100)}}}'
    )


def base64_json(rng: Random) -> str:
    body = f'{{"station":"S{digits(rng, 3)}","level":{rng.uniform(0, 9):.2f},"flow":{rng.uniform(0, 900):.1f},"unit":"m3/s"}}'
    return b64encode(body.encode()).decode()


def encoded_place(rng: Random) -> str:
    place = rng.choice(COUNTIES)
    return rng.choice(("", "/map?area=", "https://data.example.gov.cn/list?region=")) + quote(
        f"{place.city}{place.county}"
    )


def parcel_of_land(rng: Random) -> str:
    return f"{rng.choice(COUNTIES).code}{digits(rng, 6)}{rng.choice(('GB', 'JC', 'JA'))}{digits(rng, 5)}{rng.choice(('', 'F00010001'))}"


CODES: dict[str, tuple[tuple[str, ...], Maker]] = {
    "order_dated_18": (
        ("订单号", "流水号", "order_no"),
        lambda rng: f"{moment(rng):%Y%m%d%H%M%S}{digits(rng, 4)}",
    ),
    "order_dated_20": (("业务流水号", "订单编号"), lambda rng: f"{moment(rng):%Y%m%d%H%M%S}{digits(rng, 6)}"),
    "order_dated_17": (("受理编号", "工单编号"), lambda rng: f"{moment(rng):%y%m%d}{digits(rng, 11)}"),
    "order_letters": (("订单号", "支付单号"), order_letters),
    "order_labelled": (("说明", ""), order_labelled),
    "order_15": (("订单编号", "order_id"), lambda rng: f"9{rng.randrange(10)}{digits(rng, 13)}"),
    "order_snowflake": (("id", "记录ID"), snowflake),
    "payment_28": (
        ("交易流水号", "支付流水"),
        lambda rng: f"42000{digits(rng, 5)}{moment(rng):%Y%m%d}{digits(rng, 10)}",
    ),
    "random_16": (("编号", "序列号"), lambda rng: str(rng.randrange(10**15, 10**16))),
    "random_18": (("编号", "业务编码"), lambda rng: str(rng.randrange(10**17, 10**18))),
    "random_19": (("编号", "凭证号"), lambda rng: str(rng.randrange(10**18, 10**19))),
    "card_headed": (("批次号", "备注编码"), card_headed),
    "batch": (("批次号", "生产批号"), batch),
    "tracking": (("运单号", "物流单号"), tracking),
    "epoch_seconds": (("timestamp", "更新时间戳"), lambda rng: str(int(moment(rng).timestamp()))),
    "epoch_milliseconds": (("ts", "create_time"), lambda rng: f"{moment(rng).timestamp() * 1000:.0f}"),
    "epoch_microseconds": (("ts_us", "采集时间戳"), lambda rng: f"{moment(rng).timestamp() * 1_000_000:.0f}"),
    "compact_14": (("采集时间", "gxsj"), lambda rng: f"{moment(rng):%Y%m%d%H%M%S}"),
    "compact_17": (("入库时间", "sjc"), lambda rng: f"{moment(rng):%Y%m%d%H%M%S}{rng.randrange(1000):03d}"),
    "time_written": (("发布时间", "更新时间"), lambda rng: f"{moment(rng):%Y-%m-%d %H:%M:%S}"),
    "station_pair": (("站点坐标", "坐标"), station_pair),
    "station_longitude": (("经度", "lng"), lambda rng: f"{rng.uniform(75, 134):.{rng.choice((5, 6, 8))}f}"),
    "station_latitude": (("纬度", "lat"), lambda rng: f"{rng.uniform(19, 52):.{rng.choice((5, 6, 8))}f}"),
    "geometry": (("geometry", "空间范围"), wkt),
    "credit_code": (("统一社会信用代码", "tyshxydm"), uscc),
    "organisation_code": (("组织机构代码", "机构代码"), organisation_code),
    "md5": (("文件MD5", "md5"), lambda rng: hexadecimal(rng, 32)),
    "sha1": (("sha1", "commit"), lambda rng: hexadecimal(rng, 40)),
    "sha256": (("文件指纹", "sha256"), lambda rng: hexadecimal(rng, 64)),
    "uuid": (("记录ID", "uuid"), uuid),
    "model": (("规格型号", "产品型号"), model),
    "english_product": (("product_name", "产品英文名"), english_product),
    "barcode": (("商品条码", "条形码"), lambda rng: ean13(rng, str(rng.randrange(690, 700)))),
    "isbn": (("ISBN", "书号"), isbn),
    "serial": (("设备编号", "资产编号"), serial),
    "meter": (("水表编号", "电表局号"), lambda rng: f"33{digits(rng, 10)}"),
    "amount": (("金额", "中标价（元）"), amount),
    "long_decimal": (("系数", "权重"), long_decimal),
    "budget_code": (("预算科目编码", "账户编码"), budget_code),
    "document_number": (("文号", "发文字号"), document_number),
    "version": (("版本", "软件版本"), version),
    "address_like_version": (("固件版本", "版本号"), address_like_version),
    "office_telephone": (("办公电话", "咨询电话"), office_telephone),
    "hotline": (("服务热线", "投诉热线"), hotline),
    "masked": (("申请人（脱敏）", "脱敏信息"), masked),
    "sensor_json": (("payload", "数据"), sensor_json),
    "base64_json": (("数据", "content"), base64_json),
    "encoded_place": (("链接", "行政区（编码）"), encoded_place),
    "parcel_of_land": (("宗地代码", "不动产单元号"), parcel_of_land),
    "area_code_12": (
        ("行政区划代码", "区划码"),
        lambda rng: f"{rng.choice(COUNTIES).code}{rng.randrange(1, 30):03d}{rng.randrange(0, 99):03d}",
    ),
}
"""Form → (headers it may stand under, maker of one value)."""
