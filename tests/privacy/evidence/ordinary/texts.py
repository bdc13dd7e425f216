"""Columns of running text without a person: notices, citations of law, HTML, log lines of systems, standards, addresses of the web."""

from __future__ import annotations

from random import Random

from tests.privacy.evidence.ordinary.codes import (
    Maker,
    document_number,
    hexadecimal,
    hotline,
    moment,
    office_telephone,
)
from tests.privacy.evidence.ordinary.words import bureau, organisation, road, spot, station
from tests.privacy.evidence.standards.lists import lines, words
from tests.privacy.evidence.standards.numbers import digits

__all__ = ["TEXTS"]

NOTICES = lines("""
    因{road}管网改造，{date}8:00至17:00停水，请提前储水，咨询电话{tel}。
    {bureau}定于{date}开展燃气安全检查，请各单位配合。
    {station}临时撤除，乘客请到{station}候车，不便之处敬请谅解。
    {spot}自{date}起实行分时预约，每日限流{n}00人次。
    根据{doc}要求，现将{n}项行政许可事项予以公布。
    {road}与{road}交叉口信号灯调整配时，高峰绿灯延长{n}秒。
    {bureau}公开招聘编外人员{n}名，报名时间截至{date}，详见官网。
    {org}中标{road}整治项目，中标金额{n}8.6万元，公示期三日。
    本周空气质量指数{n}，首要污染物为臭氧，敏感人群减少户外活动。
    水质监测显示溶解氧{n}.2mg/L，高锰酸盐指数达到Ⅱ类标准。
    申请材料：营业执照副本、章程、验资报告各一份，办理时限{n}个工作日，热线{hot}。
    {date}数据更新：新增记录{n}条，修正{n}条，删除0条。
    限速标志更换为60公里/小时，涉及{road}全线{n}处。
    老旧小区加装电梯补助标准为每台{n}万元，由{bureau}受理。
    第{n}届运动会在{spot}举行，参赛代表队{n}支。
""")
LAWS = words(
    "数据安全法 个人信息保护法 行政许可法 政府信息公开条例 道路交通安全法 食品安全法 水污染防治法 档案法 统计法 民法典"
)
STANDARDS = words("GB/T GB GA/T DB33/T HJ YD/T JT/T WS/T SL CJJ ISO")


def notice(rng: Random) -> str:
    """Each blank is filled anew."""
    text = rng.choice(NOTICES)
    blanks: dict[str, Maker] = {
        "{road}": road,
        "{bureau}": bureau,
        "{station}": station,
        "{spot}": spot,
        "{org}": organisation,
        "{doc}": document_number,
        "{tel}": office_telephone,
        "{hot}": hotline,
        "{date}": lambda rng: f"{moment(rng):%Y年%m月%d日}",
        "{n}": lambda rng: str(rng.randrange(1, 99)),
    }
    for blank, make in blanks.items():
        while blank in text:
            text = text.replace(blank, make(rng), 1)
    return text


def citation(rng: Random) -> str:
    article, law = rng.randrange(1, 120), rng.choice(LAWS)
    return rng.choice(
        (
            f"《中华人民共和国{law}》第{article}条",
            f"依据《{law}》第{article}条第{rng.choice('一二三四')}款第（{rng.choice('一二三')}）项",
            f"（{rng.randrange(2015, 2025)}）浙01行初{rng.randrange(1, 900)}号",
            f"{law}（{rng.randrange(1995, 2024)}年修订）第{rng.choice('一二三四五六七')}章",
        )
    )


def standard(rng: Random) -> str:
    part = rng.choice(("", f".{rng.randrange(1, 9)}"))
    return f"{rng.choice(STANDARDS)} {rng.randrange(100, 49999)}{part}-{rng.randrange(1988, 2025)}"


def html(rng: Random) -> str:
    return rng.choice(
        (
            f"<tr><td>{station(rng)}</td><td>{rng.randrange(1, 300)}</td><td>{moment(rng):%Y-%m-%d}</td></tr>",
            f'<p class="intro">{notice(rng)}</p>',
            f"<li>{spot(rng)}&nbsp;{rng.randrange(10, 200)}元</li>",
            f'<img src="/img/{hexadecimal(rng, 16)}.png" width="{rng.randrange(100, 900)}" alt="{road(rng)}"/>',
        )
    )


def log_line(rng: Random) -> str:
    return (
        f"{moment(rng):%Y-%m-%d %H:%M:%S},{rng.randrange(1000):03d} {rng.choice(('INFO', 'WARN', 'ERROR'))} [worker-{rng.randrange(9)}] "
        f"{rng.choice(('job', 'task', 'batch'))}={hexadecimal(rng, 12)} rows={rng.randrange(10**6)} cost={rng.randrange(9000)}ms"
    )


def web_address(rng: Random) -> str:
    host = rng.choice(("www.example.gov.cn", "data.example.gov.cn", "tjj.example.gov.cn"))
    return rng.choice(
        (
            f"https://{host}/art/{moment(rng):%Y/%m/%d}/art_{digits(rng, 7)}_{digits(rng, 8)}.html",
            f"http://{host}/col/col{digits(rng, 7)}/index.html",
            f"https://{host}/api/v1/datasets/{hexadecimal(rng, 8)}?page={rng.randrange(99)}",
        )
    )


def file_name(rng: Random) -> str:
    name = rng.choice(words("年度报告 站点清单 空气质量日报 公示表 export backup"))
    return f"{name}_{moment(rng):%Y%m%d}{rng.choice(('', '_v2', '(1)'))}.{rng.choice(('xlsx', 'csv', 'pdf', 'zip'))}"


TEXTS: dict[str, tuple[tuple[str, ...], Maker]] = {
    "notice": (("公告内容", "备注"), notice),
    "citation": (("法律依据", "处罚依据"), citation),
    "standard": (("标准号", "执行标准"), standard),
    "html": (("正文", "html"), html),
    "log_line": (("日志", "message"), log_line),
    "web_address": (("链接", "来源网址"), web_address),
    "file_name": (("文件名", "附件"), file_name),
}
"""Form → (headers it may stand under, maker of one value)."""
