"""Columns of words that are nobody's: organisations, places, roads, rivers, species, dishes, schools, posts, books, lines."""

from __future__ import annotations

from random import Random

from tests.privacy.evidence.ordinary.codes import Maker
from tests.privacy.evidence.ordinary.codes import office_telephone as telephone
from tests.privacy.evidence.standards.lists import words
from tests.privacy.evidence.standards.numbers import uscc
from tests.privacy.evidence.standards.places import COUNTIES, ROADS

__all__ = ["WORDS", "bureau", "organisation", "road", "spot", "station"]

CITIES = tuple(dict.fromkeys(place.city for place in COUNTIES))
FIELDS_OF_TRADE = words(
    "网络科技 环保工程 建筑安装 医药 食品 物流 新能源 智能装备 纺织 农业开发 文化传媒 电子商务 水务 燃气"
)
FANCY = words(
    "远航 鼎盛 华瑞 中恒 东昇 瑞丰 天合 众诚 蓝海 金桥 宏图 盛世 新锐 恒信 百川 汇通 绿源 启明 正大 安泰"
)
BUREAUS = words(
    "市场监督管理局 人力资源和社会保障局 税务局 生态环境局 交通运输局 卫生健康委员会 教育局 财政局 民政局 住房和城乡建设局 "
    "农业农村局 水利局 数据局 应急管理局 行政审批局 统计局 司法局 退役军人事务局 医疗保障局 园林绿化局"
)
NATURE = words(
    "龙 凤 虎 马 牛 羊 白石 青山 黄泥 红岩 金沙 银杏 柳树 桃花 梅花 松林 竹山 莲花 荷塘 石桥 双溪 三江 五里 七星 八角 九曲 "
    "王家 张家 李家 陈家 周家 吴家 徐家 高家 林家 大河 小河 上坝 下湾 前进 新华 东风 太平 长安 永兴 和平"
)
TERRAIN = words("坪 岭 湾 沟 坡 坝 洼 岗 桥 井 塘 圩 垭 寨 堡 店 庄 屯 营 铺 渡 口 头 尾 溪 坑")


def village(rng: Random) -> str:
    return rng.choice(NATURE) + rng.choice(TERRAIN) + rng.choice(("村", "村", "社区", "村委会", ""))


def town(rng: Random) -> str:
    return rng.choice(NATURE) + rng.choice(TERRAIN) + rng.choice(("镇", "乡", "街道", "街道办事处"))


def road(rng: Random) -> str:
    name = rng.choice(NATURE) + rng.choice(("", *TERRAIN))
    return rng.choice(
        (rng.choice(ROADS), name + rng.choice(words("路 街 大道 巷 东路 西路 南街 北街 支路 高架 环路")))
    )


def river(rng: Random) -> str:
    return (
        rng.choice(NATURE)
        + rng.choice(("", *TERRAIN))
        + rng.choice(words("河 溪 江 港 湖 水库 浜 渠 运河 荡 断面"))
    )


def spot(rng: Random) -> str:
    return rng.choice(NATURE) + rng.choice(
        words("山森林公园 湖湿地 古镇 寺 塔 遗址公园 博物馆 纪念馆 植物园 峡谷 书院 海滩 温泉 风景名胜区")
    )


def station(rng: Random) -> str:
    return rng.choice((rng.choice(ROADS), village(rng), spot(rng))) + rng.choice(
        ("", "站", "地铁站", "公交站", "（东）")
    )


def organisation(rng: Random) -> str:
    city = rng.choice(CITIES)
    return rng.choice(
        (
            f"{city}{rng.choice(FANCY)}{rng.choice(FIELDS_OF_TRADE)}有限公司",
            f"{city[:-1]}{rng.choice(FANCY)}{rng.choice(FIELDS_OF_TRADE)}股份有限公司",
            f"{rng.choice(NATURE)}{rng.choice(('饭店', '超市', '诊所', '茶楼', '花店', '汽修厂', '农家乐', '幼儿园', '养殖专业合作社'))}",
            f"{city}{rng.choice(('第一', '第二', '中心', '中医', '妇幼保健', '肿瘤'))}医院",
            f"{city}{rng.choice(FIELDS_OF_TRADE)}行业协会",
        )
    )


def bureau(rng: Random) -> str:
    place = rng.choice(COUNTIES)
    return rng.choice((place.city, place.county, place.city + place.county)) + rng.choice(BUREAUS)


def species(rng: Random) -> str:
    common = words(
        "香樟 银杏 广玉兰 无患子 水杉 雪松 法国梧桐 国槐 垂柳 桂花 鸡爪槭 紫薇 樱花 石楠 枇杷 水稻 小麦 玉米 大豆 油菜 花生 棉花 甘蔗 茶树 柑橘 "
        "杨梅 白鹭 麻雀 黄鼬 中华秋沙鸭 鳙鱼 草鱼 鲢鱼 河蚬 马铃薯 高粱 胡麻 红薯 白及 杜仲 黄芪 党参 关山樱 金叶女贞 红叶李"
    )
    return (
        rng.choice(("", "", "大叶", "小叶", "早熟", "晚熟", "杂交", "红花", "金边", "重瓣"))
        + rng.choice(common)
        + rng.choice(("", "", "1号", "苗", "（野生）"))
    )


def dish(rng: Random) -> str:
    first = words("红烧 清蒸 糖醋 宫保 麻辣 葱油 白灼 酸菜 蒜蓉 干锅 鱼香 水煮 凉拌 油焖 西湖 东坡 剁椒 咖喱")
    second = words("肉 鲈鱼 排骨 鸡丁 豆腐 茄子 牛肉 大虾 鱼头 土豆丝 黄瓜 春笋 莲藕 肥肠 羊排 花菜 面 饭")
    return rng.choice(first) + rng.choice(second) + rng.choice(("", "", "（大份）", "套餐", "/例"))


def school(rng: Random) -> str:
    place = rng.choice(COUNTIES)
    return (
        place.county
        + rng.choice(("第一", "第二", "实验", "育才", "中山路", "逸夫", "新华", "外国语", "职业", "特殊教育"))
        + rng.choice(("小学", "中学", "高级中学", "学校", "初级中学", "幼儿园"))
    )


def office_address(rng: Random) -> str:
    """An office with its street and number; no door of a home."""
    place = rng.choice(COUNTIES)
    return rng.choice(
        (
            f"{bureau(rng)}，{place.county}{road(rng)}{rng.randrange(1, 999)}号",
            f"{organisation(rng)}（{place.city}{road(rng)}{rng.randrange(1, 999)}号）",
        )
    )


def post(rng: Random) -> str:
    level = rng.choice(words("一级 二级 三级 四级 副 高级 助理 初级 首席 见习 兼职"))
    return rng.choice(("", level)) + rng.choice(
        words(
            "主任科员 调研员 工程师 会计师 主治医师 护士长 教师 水质检测员 驾驶员 网格员 处长 科长 局长 书记员 社区工作者 消防员 统计员 档案管理员"
        )
    )


def department(rng: Random) -> str:
    first = words(
        "办公 人事 财务 法制 信息 综合 规划 执法 审批 监测 安全 质量 宣传 基建 后勤 数据资源 科技 医政 基层"
    )
    return rng.choice(first) + rng.choice(words("处 科 室 股 中心 大队 办公室 管理科 与法规处 协调处"))


def book(rng: Random) -> str:
    subject = words(
        "城市供水 公共数据 现代汉语 水稻栽培 高等数学 地方志 古典园林 数据结构 中医诊断 茶文化 桥梁工程 海洋生态 唐诗 航空史 儿童心理"
    )
    kind = words("概论 手册 研究 入门 十讲 图鉴 简史 年鉴 导读 教程 案例集 词典 选编 地图集")
    return rng.choice(("《{}》", "{}", "《{}（第二版）》", "{}（上册）")).format(
        rng.choice(subject) + rng.choice(kind)
    )


def bus_line(rng: Random) -> str:
    number = rng.choice(
        (
            f"{rng.randrange(1, 900)}路",
            f"B支{rng.randrange(1, 9)}路",
            f"地铁{rng.randrange(1, 19)}号线",
            f"夜{rng.randrange(200, 260)}路",
        )
    )
    first, last = f"{rng.randrange(5, 7):02d}:{rng.randrange(60):02d}", f"{rng.randrange(20, 24)}:00"
    return f"{number}：{station(rng)}—{station(rng)}，首班{first}，末班{last}，票价{rng.randrange(1, 6)}元"


def age_band(rng: Random) -> str:
    low = rng.randrange(0, 85, 5)
    return rng.choice(
        (
            f"{low}-{low + 4}岁",
            f"{low}～{low + 4}岁：{rng.randrange(100, 90000)}人",
            f"60岁以上占比{rng.uniform(5, 40):.1f}%",
            f"男{rng.randrange(100, 9000)}人，女{rng.randrange(100, 9000)}人",
            f"{low}岁组参保率{rng.uniform(70, 100):.2f}%",
        )
    )


def weather(rng: Random) -> str:
    wind = rng.choice(("东北风", "南风", "西北风", "静风", "东风"))
    return rng.choice(
        (
            f"{rng.uniform(-15, 40):.1f}℃",
            f"{wind}{rng.randrange(1, 7)}级",
            f"气压{rng.uniform(980, 1040):.1f}hPa 相对湿度{rng.randrange(15, 100)}%",
            f"24小时降水{rng.uniform(0, 120):.1f}mm",
            f"能见度{rng.uniform(0.2, 30):.1f}km，{wind}",
        )
    )


def credit_text(rng: Random) -> str:
    return rng.choice(
        (f"统一社会信用代码：{uscc(rng)}，{organisation(rng)}", f"{organisation(rng)}（{uscc(rng)}）")
    )


def office_line(rng: Random) -> str:
    return f"{bureau(rng)} {telephone(rng)}"


def project(rng: Random) -> str:
    work = rng.choice(words("综合整治 雨污分流改造 道路提升 绿化养护 智慧路灯 管网新建"))
    return f"{rng.choice(CITIES)}{road(rng)}{work}工程{rng.choice(('', '（二期）', '监理', '设计', 'EPC总承包'))}"


WORDS: dict[str, tuple[tuple[str, ...], Maker]] = {
    "organisation": (("单位名称", "企业名称"), organisation),
    "bureau": (("主管部门", "数据来源"), bureau),
    "town": (("乡镇（街道）", "所属街道"), town),
    "village": (("村名", "行政村"), village),
    "road": (("道路名称", "路段"), road),
    "river": (("河流名称", "水体"), river),
    "scenic_spot": (("景区名称", "景点"), spot),
    "station": (("站名", "站点名称"), station),
    "species": (("树种", "品种"), species),
    "dish": (("菜名", "菜品"), dish),
    "school": (("学校名称", "校名"), school),
    "office_address": (("办公地址", "机构地址"), office_address),
    "office_line": (("联系单位", "咨询方式"), office_line),
    "post": (("岗位名称", "职称"), post),
    "department": (("科室", "内设机构"), department),
    "book": (("题名", "书名"), book),
    "bus_line": (("线路信息", "运营信息"), bus_line),
    "age_band": (("年龄段", "统计口径"), age_band),
    "weather": (("观测值", "气象要素"), weather),
    "credit_text": (("备注", "主体信息"), credit_text),
    "project": (("项目名称", "工程名称"), project),
}
"""Form → (headers it may stand under, maker of one value)."""
