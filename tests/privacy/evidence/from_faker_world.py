"""The city that the cells speak of: its people (from faker's Chinese and English locales and lists of our own) and the small
matters around them, each drawn from one seed."""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random

from faker import Faker

from tests.privacy.evidence import from_faker_numbers as numbers
from tests.privacy.evidence.from_faker_numbers import words

__all__ = ["ROLES", "TITLES", "World"]

COMPOUND_SURNAMES = (
    "欧阳",
    "上官",
    "司马",
    "诸葛",
    "皇甫",
    "尉迟",
    "令狐",
    "东方",
    "慕容",
    "司徒",
    "夏侯",
    "公孙",
    "端木",
)
# Signs usual in given names; two of them, or one, make a given name as parents in any decade might.
GIVEN = (
    "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂英华玉兰红春梅建国志文海燕秀珍雪琴晓东林峰宇浩然子涵梓轩欣怡佳琪思雨"
    "诗婷雅慧颖淑云凤莲翠萍金龙振宏永福德生庆根土水木火山川江河松柏柳荷菊竹冬夏秋月星辰晨曦昊天博学仁义礼智信诚"
)
# Uygur and Kazakh names: one's own, then the father's.
OWN_NAMES = words(
    "阿依古丽 买买提江 古丽娜尔 迪丽热巴 艾力 努尔兰 吐尔逊 热依汗 帕尔哈提 阿不都拉 玛依拉 艾尼瓦尔 祖丽胡玛尔 叶尔波力"
)
FATHERS_NAMES = words(
    "买买提 吾守尔 阿不都热依木 迪力木拉提 肉孜 哈山 艾合买提 托合提 吐尔地 玉素甫 库尔班 依明 赛买提 阿布都"
)
# Tibetan names: two words of two signs, no surname.
TIBETAN = words("扎西 顿珠 索朗 卓玛 次仁 平措 央金 达瓦 旺堆 拉姆 丹增 格桑 洛桑 白玛 多吉 德吉")
MATTERS = (
    *(
        "小区楼下烧烤店油烟扰民",
        "路灯三天不亮",
        "供水管道漏水",
        "公交站牌被撞歪",
        "电梯频繁故障",
        "工地夜间施工噪音大",
    ),
    *(
        "低保金本月未到账",
        "培训机构不退费",
        "房产证迟迟未办",
        "社保转移进度",
        "车位被占用",
        "快递丢失",
        "暖气不热",
    ),
)
COMPLAINTS = (
    "反复咳嗽一周",
    "右膝疼痛半年",
    "头晕伴恶心三天",
    "体检发现血糖升高",
    "腰痛加重",
    "发热待查",
    "胸闷气短",
)
OFFENCES = ("违反禁止标线指示", "不按规定停车", "超速百分之二十以上", "闯红灯", "未系安全带", "占用应急车道")
OFFICES = ("社区居委会", "城管局", "卫健委", "交警大队", "民政办", "人社局", "住建局", "市场监管所", "派出所")
SUBSIDIES = (
    "高龄津贴",
    "耕地地力保护补贴",
    "残疾人两项补贴",
    "低保金",
    "稳岗补贴",
    "农机购置补贴",
    "危房改造补助",
)
ROLES = (
    "投诉人",
    "患者",
    "户主",
    "驾驶员",
    "联系人",
    "申请人",
    "经办人",
    "法定代表人",
    "监护人",
    "当事人",
    "来电人",
    "承租人",
)
TITLES = ("女士", "先生", "同志", "老师", "医生", "主任", "阿姨", "师傅", "书记", "经理")
DISTRICTS = (
    "西湖区",
    "拱墅区",
    "滨江区",
    "余杭区",
    "鼓楼区",
    "海淀区",
    "浦东新区",
    "天河区",
    "武侯区",
    "江岸区",
)


class World:
    """Draws persons and matters; the same seed draws the same ones in the same order."""

    def __init__(self, seed: int | str) -> None:
        self.rng = Random(seed)
        self.zh = Faker("zh_CN")
        self.en = Faker("en_US")
        self.zh.seed_instance(self.rng.getrandbits(64))
        self.en.seed_instance(self.rng.getrandbits(64))
        rng = self.rng
        self._words: dict[str, Callable[[], str]] = {
            "age": lambda: str(rng.randint(1, 98)),
            "amount": lambda: f"{rng.randint(50, 9000)}.{rng.choice(('00', '50', '25'))}",
            "born": lambda: self.written_day(1935, 2018),
            "company": lambda: str(self.zh.company()),
            "complaint": lambda: rng.choice(COMPLAINTS),
            "day": lambda: self.written_day(2021, 2026),
            "district": lambda: rng.choice(DISTRICTS),
            "id": lambda: numbers.resident_id(rng),
            "matter": lambda: rng.choice(MATTERS),
            "mobile": lambda: numbers.mobile(rng),
            "name": self.name,
            "offence": lambda: rng.choice(OFFENCES),
            "office": lambda: rng.choice(OFFICES),
            "plate": lambda: numbers.plate(rng),
            "seq": lambda: str(rng.randint(1, 9999)),
            "sex": lambda: rng.choice("男女"),
            "subsidy": lambda: rng.choice(SUBSIDIES),
            "time": lambda: f"{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:{rng.randint(0, 59):02}",
            "title": lambda: rng.choice(TITLES),
        }

    def name(self) -> str:
        """A Han name of two or three signs, half from faker, half from our own signs; one in forty with a long surname."""
        if self.rng.random() < 0.5:
            return str(self.zh.name())
        surname = str(self.zh.last_name())
        if self.rng.random() < 0.05:
            surname = self.rng.choice(COMPOUND_SURNAMES)
        return surname + "".join(self.rng.choices(GIVEN, k=self.rng.choice((1, 2, 2))))

    def two_signs(self) -> str:
        """A name of one sign and one, which typists stretch to three places."""
        surname = str(self.zh.last_name())
        return (surname if len(surname) == 1 else "王") + self.rng.choice(GIVEN)

    def compound(self) -> str:
        return self.rng.choice(COMPOUND_SURNAMES) + "".join(
            self.rng.choices(GIVEN, k=self.rng.choice((1, 2)))
        )

    def minority(self) -> str:
        return f"{self.rng.choice(OWN_NAMES)}·{self.rng.choice(FATHERS_NAMES)}"

    def tibetan(self) -> str:
        return "".join(self.rng.sample(TIBETAN, 2))

    def english(self) -> str:
        return f"{self.en.first_name()} {self.en.last_name()}"

    def email(self) -> str:
        rng = self.rng
        made: tuple[Callable[[], str], ...] = (
            lambda: str(self.zh.ascii_free_email()),
            lambda: str(self.en.ascii_free_email()),
            lambda: str(self.zh.company_email()),
            lambda: numbers.qq(rng) + "@qq.com",
            lambda: numbers.mobile(rng) + "@" + rng.choice(("139.com", "163.com", "189.cn")),
            lambda: (
                f"{self.en.user_name()}@"
                + rng.choice(("163.com", "126.com", "sina.com", "foxmail.com", "hz.gov.cn"))
            ),
            lambda: f"{self.en.first_name()}.{self.en.last_name()}@{self.en.domain_name()}".lower(),
        )
        return rng.choice(made)()

    def written_day(self, first: int, last: int) -> str:
        day = numbers.birth(self.rng, first, last)
        return day.isoformat() if self.rng.random() < 0.5 else f"{day.year}年{day.month}月{day.day}日"

    def fill(self, frame: str) -> str:
        """The frame with each «word» drawn anew."""
        return re.sub(r"«(\w+)»", lambda found: self._words[found[1]](), frame)
