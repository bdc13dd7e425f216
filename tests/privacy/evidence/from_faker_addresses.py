"""Addresses to the door, urban and rural, of real cities with roads and courts as they are called; and the ways in which
tables and notes hold them. A span begins with the first place name and ends with the last sign of the door."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.privacy.evidence.from_faker_form import Form, Frame, framed, statements
from tests.privacy.evidence.from_faker_numbers import words
from tests.privacy.evidence.from_faker_world import World
from tests.privacy.evidence.from_faker_writing import (
    as_it_is,
    base64_json,
    chinese_numerals,
    full_width_digits,
    html_references,
    percent_all,
    unicode_escapes,
    zero_width,
)

__all__ = ["FORMS"]

# Region, road, number, door: what blanks may part.
Parts = tuple[str, ...]

# Province ("" for the four municipalities), city, districts.
CITIES = (
    ("浙江省", "杭州市", ("西湖区", "拱墅区", "上城区", "滨江区", "余杭区", "萧山区")),
    ("浙江省", "宁波市", ("海曙区", "鄞州区", "江北区")),
    ("浙江省", "温州市", ("鹿城区", "瓯海区")),
    ("江苏省", "南京市", ("鼓楼区", "玄武区", "江宁区")),
    ("江苏省", "苏州市", ("姑苏区", "吴中区")),
    ("安徽省", "合肥市", ("蜀山区", "包河区")),
    ("福建省", "厦门市", ("思明区", "湖里区")),
    ("山东省", "青岛市", ("市南区", "崂山区")),
    ("河南省", "郑州市", ("金水区", "中原区")),
    ("湖北省", "武汉市", ("武昌区", "江岸区", "洪山区")),
    ("湖南省", "长沙市", ("岳麓区", "雨花区")),
    ("广东省", "广州市", ("天河区", "越秀区", "番禺区")),
    ("广东省", "深圳市", ("南山区", "福田区", "龙岗区")),
    ("四川省", "成都市", ("武侯区", "锦江区", "青羊区")),
    ("陕西省", "西安市", ("雁塔区", "碑林区")),
    ("辽宁省", "沈阳市", ("和平区", "皇姑区")),
    ("黑龙江省", "哈尔滨市", ("南岗区", "道里区")),
    ("广西壮族自治区", "南宁市", ("青秀区", "兴宁区")),
    ("内蒙古自治区", "呼和浩特市", ("赛罕区", "新城区")),
    ("新疆维吾尔自治区", "乌鲁木齐市", ("天山区", "沙依巴克区")),
    ("", "北京市", ("朝阳区", "海淀区", "丰台区", "西城区")),
    ("", "上海市", ("徐汇区", "浦东新区", "静安区", "杨浦区")),
    ("", "天津市", ("南开区", "河西区")),
    ("", "重庆市", ("渝北区", "江北区", "沙坪坝区")),
)
COUNTIES = (
    *(
        ("浙江省", "杭州市", "桐庐县"),
        ("浙江省", "丽水市", "缙云县"),
        ("安徽省", "六安市", "金寨县"),
        ("江西省", "赣州市", "于都县"),
    ),
    *(
        ("河南省", "周口市", "太康县"),
        ("湖北省", "恩施土家族苗族自治州", "巴东县"),
        ("湖南省", "怀化市", "溆浦县"),
    ),
    *(
        ("四川省", "达州市", "宣汉县"),
        ("贵州省", "毕节市", "织金县"),
        ("云南省", "昭通市", "镇雄县"),
        ("甘肃省", "定西市", "陇西县"),
    ),
    *(
        ("山东省", "菏泽市", "曹县"),
        ("河北省", "邯郸市", "魏县"),
        ("广西壮族自治区", "百色市", "田东县"),
        ("陕西省", "安康市", "旬阳市"),
    ),
)
TOWNS = words(
    "城关镇 河口镇 石桥镇 分水镇 白马镇 太平镇 龙泉镇 青山镇 双河乡 大坪乡 新店镇 马家乡 柳河镇 东关镇 三溪乡 横村镇"
)
VILLAGES = words(
    "王家井 石门 新庄 李家湾 大塘 前进 红旗 上坪 张庄 东山头 杨柳 桃源 下沙 高桥 长岭 后河 赵家沟 金竹 龙潭 小岭"
)
HAMLETS = words("上屋 下屋 老屋 河边 坡头 塘边 樟树下 新屋")
ROADS = words(
    "文三路 文一西路 中山路 中山北路 解放路 人民路 建国北路 体育场路 延安路 学院路 长江路 和平路 新华街 北京路 青年路 劳动路 "
    "滨江大道 天目山路 古墩路 凤起路 庆春路 南京西路 世纪大道 朝阳门外大街 民主路 胜利街 五一大道 科技园南路 环城东路 湖滨路"
)
STREETS = words("翠苑街道 古荡街道 文新街道 湖墅街道 北山街道 长河街道 五里亭街道 南湖街道 城东街道 新港街道")
COURTS = words(
    "古荡新村 翠苑一区 阳光花园 金色家园 府苑新村 万科城市花园 绿城桂花城 保利香槟国际 碧桂园 锦绣江南 恒大名都 水岸花苑 康乐小区 "
    "东方明珠花园 融创河滨之城 安居苑 御景湾 三里亭苑 和睦新村 丽景华庭 紫金庭园 星光小区 幸福里 名仕公寓"
)
ROMAN = (
    ("Wensan Road", "Xihu District", "Hangzhou"),
    ("Zhongshan Road", "Gulou District", "Nanjing"),
    ("Tianhe North Road", "Tianhe District", "Guangzhou"),
    ("Century Avenue", "Pudong New Area", "Shanghai"),
    ("Xueyuan Road", "Haidian District", "Beijing"),
    ("Keyuan South Road", "Nanshan District", "Shenzhen"),
)


def _road(world: World) -> str:
    return str(world.zh.street_name()) if world.rng.random() < 0.2 else world.rng.choice(ROADS)


def _room(rng: Random) -> str:
    return f"{rng.randint(1, 32)}{rng.randint(1, 8):02}"


def _region(rng: Random) -> Parts:
    """From the province, from the city or from the district on."""
    province, city, districts = rng.choice(CITIES)
    return (*rng.choice(((province, city), (province, city), (city,), ())), rng.choice(districts))


def _door(rng: Random) -> str:
    building, unit, room = rng.randint(1, 60), rng.randint(1, 4), _room(rng)
    return rng.choice(
        (
            f"{building}幢{unit}单元{room}室",
            f"{building}栋{unit}单元{room}",
            f"{building}号楼{unit}单元{room}室",
            f"{building}幢{room}室",
            f"{building}栋{room}房",
            f"{rng.choice('ABCD')}座{room}室",
        )
    )


def court(world: World) -> Parts:
    """A residential court with building and door, with or without its road."""
    rng = world.rng
    number = (_road(world), f"{rng.randint(1, 999)}号") if rng.random() < 0.5 else ()
    street = (rng.choice(STREETS),) if rng.random() < 0.25 else ()
    return (*_region(rng), *street, *number, rng.choice(COURTS), _door(rng))


def road(world: World) -> Parts:
    """A house on a road: number, lane, yard."""
    rng = world.rng
    tail = rng.choice(
        (
            (f"{rng.randint(1, 999)}号",),
            (f"{rng.randint(1, 999)}号", f"{_room(rng)}室"),
            (f"{rng.randint(2, 999)}弄", f"{rng.randint(1, 99)}号", f"{_room(rng)}室"),
            (
                f"{rng.randint(1, 99)}号院",
                f"{rng.randint(1, 20)}号楼",
                f"{rng.randint(1, 6)}门{_room(rng)}号",
            ),
            (f"{rng.randint(1, 999)}号", f"{rng.randint(1, 20)}幢{rng.randint(1, 4)}单元{_room(rng)}室"),
        )
    )
    return (*_region(rng), _road(world), *tail)


def rural(world: World) -> Parts:
    """A village with group, hamlet or house number."""
    rng = world.rng
    province, city, county = rng.choice(COUNTIES)
    village = rng.choice(VILLAGES)
    group = rng.choice((str(rng.randint(1, 18)), rng.choice("一二三四五六七八九十")))
    tail = rng.choice(
        (
            (f"{village}村", f"{group}组"),
            (f"{village}村", f"{group}组", f"{rng.randint(1, 199)}号"),
            (f"{village}村", f"{rng.randint(1, 399)}号"),
            (f"{village}村", rng.choice(HAMLETS), f"{rng.randint(1, 99)}号"),
            (f"{village}村委会", f"{rng.choice(HAMLETS)}组", f"{rng.randint(1, 99)}号"),
        )
    )
    return (*rng.choice(((province, city), (city,), (province,), ())), county, rng.choice(TOWNS), *tail)


def dashed(world: World) -> Parts:
    """Building, unit and door as three numbers."""
    rng = world.rng
    return (*_region(rng), rng.choice(COURTS), f"{rng.randint(1, 60)}-{rng.randint(1, 6)}-{_room(rng)}")


def without_region(world: World) -> Parts:
    rng = world.rng
    number = (_road(world), f"{rng.randint(1, 999)}号") if rng.random() < 0.5 else ()
    return (*number, rng.choice(COURTS), _door(rng))


def english(world: World) -> str:
    rng = world.rng
    street, district, city = rng.choice(ROMAN)
    room, number = _room(rng), rng.randint(1, 999)
    return rng.choice(
        (
            f"Room {room}, No. {number} {street}",
            f"Room {room}, No. {number} {street}, {district}, {city}",
            f"Rm {room}, Building {rng.randint(1, 30)}, {number} {street}, {district}, {city}",
        )
    )


def any_kind(world: World) -> Parts:
    return world.rng.choices((court, road, rural, dashed), weights=(4, 3, 3, 1))[0](world)


def anywhere(world: World) -> str:
    return "".join(any_kind(world))


def _spaced(world: World) -> str:
    """With blanks between its parts, as forms with several boxes are joined."""
    return world.rng.choice((" ", " ", "\u3000")).join(part for part in any_kind(world) if part)


def _plain(parts: Callable[[World], Parts]) -> Callable[[World], str]:
    return lambda world: "".join(parts(world))


HEADERS = ("家庭住址", "住址", "户籍地址", "通讯地址", "现住址", "联系地址", "address")
LABELS = ("家庭住址", "户籍地址", "现住址", "住址", "联系地址", "收货地址", "通讯地址")
KEYS = ("address", "homeAddress", "addr", "jtzz", "家庭住址")
BARE = framed(("«X»",), ("", *HEADERS))
LIVING = (
    "家住«X»",
    "现居住于«X»",
    "«name»家住«X»，«matter»",
    "户籍地址：«X»，现居住地不详",
    "«name»，住«X»。",
    "我住在«X»，«matter»",
)
PLACES = (*BARE, *framed(LIVING), *framed(statements(LABELS, ("：", ":"))))


def _sentence(name: str, *texts: str) -> Form:
    return Form(name, anywhere, as_it_is, framed(texts))


ADDRESSES = (
    Form("court_plain", _plain(court), as_it_is, framed(("«X»",))),
    Form("road_plain", _plain(road), as_it_is, framed(("«X»",))),
    Form("rural_plain", _plain(rural), as_it_is, framed(("«X»",))),
    Form("dashed_plain", _plain(dashed), as_it_is, framed(("«X»",))),
    Form("header_bare", anywhere, as_it_is, framed(("«X»",), HEADERS)),
    Form("header_without_region", _plain(without_region), as_it_is, framed(("«X»",), HEADERS)),
    Form("labelled", anywhere, as_it_is, framed(statements(LABELS))),
    Form("living_sentence", anywhere, as_it_is, framed(LIVING)),
    Form("living_without_region", _plain(without_region), as_it_is, framed(LIVING)),
    Form(
        "rural_sentence",
        _plain(rural),
        as_it_is,
        framed(("户主«name»，«X»，«subsidy»«amount»元", "«X»村民«name»反映«matter»", *LIVING)),
    ),
    _sentence(
        "hotline_note",
        "来电人«name»反映，«X»«matter»，要求处理",
        "【12345】«X»，«matter»，联系电话«mobile»",
        "市民称家住«X»，«matter»",
    ),
    _sentence("delivery", "请送至«X»，«name»收", "收货地址：«X» «name» «mobile»", "寄往«X»（«name»收）"),
    _sentence(
        "dispatch",
        "«time»接警，«X»有人被困电梯",
        "120出车至«X»，患者«name»",
        "«X»门口有流浪狗",
        "在«X»附近走失",
    ),
    _sentence("patient_note", "患者«name»，«sex»，«age»岁，住«X»，«complaint»", "流调：«name»居住地为«X»"),
    _sentence("name_beside", "«name» «X»", "«name»，«X»，«mobile»", "«X»（«name»）", "«mobile» «X»"),
    _sentence("identity_beside", "«name»,«sex»,«id»,«X»", "«name»|«id»|«X»"),
    _sentence(
        "company_register",
        "«company»，住所：«X»",
        "«company»，法定代表人«name»，住«X»",
        "经营者«name»，经营者住址«X»",
    ),
    _sentence("two_in_one", "户籍地址：«X»；现住址：«same»", "由«same»迁往«X»", "«X»、«same»"),
    _sentence("json", *(f'{{"name":"«name»","{key}":"«X»"}}' for key in KEYS)),
    _sentence("json_escaped", *(f'{{\\"{key}\\":\\"«X»\\"}}' for key in KEYS)),
    _sentence("xml", *(f"<{key}>«X»</{key}>" for key in KEYS)),
    _sentence(
        "html_cell", "<td>住址</td><td>«X»</td>", "<p>家庭住址：<b>«X»</b></p>", "<td>«name»</td><td>«X»</td>"
    ),
    _sentence(
        "csv_line",
        "«seq»,«name»,«X»,«mobile»",
        "«name»|«X»|«day»",
        "姓名,家庭住址\n«name»,«X»",
        "«name»\t«X»",
    ),
    _sentence("quoted", '"«X»"', "“«X»”", "「«X»」", "'«X»"),
    _sentence("bracketed", "«name»（«X»）", "【«X»】«matter»", "[«X»]", "（住址：«X»）"),
    _sentence("chat_line", "«name»: 我家在«X»，什么时候来修", "地址发你了：«X»", "«time» 用户：«X»，谢谢"),
    Form("spaced", _spaced, as_it_is, PLACES),
    Form("full_width_digits", anywhere, full_width_digits, PLACES),
    Form("chinese_numerals", _plain(court), chinese_numerals, PLACES),
    Form("zero_width", anywhere, zero_width, PLACES),
    Form("html_references", anywhere, html_references, PLACES),
    Form("unicode_escapes", anywhere, unicode_escapes, framed(f'{{"{key}":"«X»"}}' for key in KEYS)),
    Form(
        "percent_encoded",
        anywhere,
        percent_all,
        framed(("https://zwfw.example.gov.cn/q?address=«X»&tel=«mobile»", "addr=«X»")),
    ),
    Form("base64_json", anywhere, base64_json(*KEYS), (Frame("«X»"),)),
    Form(
        "english",
        english,
        as_it_is,
        framed(("«X»", "Address: «X»", "«name»，«X»", "Please deliver to «X»"), ("",)),
    ),
    Form("english_header", english, as_it_is, framed(("«X»",), ("Address", "家庭住址", "通讯地址"))),
)
FORMS: dict[str, tuple[Form, ...]] = {"ADDRESS": ADDRESSES}
