"""Names of invented persons: surnames common, rare and compound, characters of given names by generation, names of
other peoples of China. The lists are our own, written from the Hundred Family Surnames and common knowledge."""

from __future__ import annotations

from random import Random

from tests.privacy.evidence.standards.lists import words

__all__ = ["COMPOUND", "SURNAMES", "given_name", "other_people", "person", "pinyin", "rare_person"]

COMMON = tuple(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆"
    "范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常"
)
RARE = tuple(
    "汤康易乔赖文樊殷颜庄欧洪温季牛鲁葛岳齐梅章庞安伍聂翟阮俞鲍路詹祝霍焦柳关舒倪骆蒙左耿靳管辛齐苗项凌尤费符包喻"
    "蓝窦应时宗裴柯阎瞿冉游柴邢景申连蒲麦甘童艾谷司阳苟边嵇卞单车褚盛桑桂窦娄储宁翁荀羊於惠甄曲封芮羿靳汲邴糜松井富巫"
    "乌焦巴弓牧隗山宓蓬全郗班仰秋仲伊宫仇栾暴斜厉戎祖束郜黎蓟薄印宿怀从鄂索咸籍卓蔺屠池胥能苍双闻莘党贡劳逄姬扶堵冉宰郦"
    "雍璩濮寿通扈燕冀郏浦尚农别晏充慕茹习宦鱼容慎戈庾终暨居衡步都满弘匡国寇广禄阙东沃利蔚越夔隆师巩厍晁勾敖融冷訾阚那简"
    "饶空沙乜养鞠须丰巢蒯相查后荆红竺权逯盖益桓公仉督晋楚法汝鄢涂钦岳帅缑亢况有琴商牟佘佴伯赏墨哈谯笪年爱佟言福揭普原危"
    "邝粟冼麻苑占敬楼冀佀撒皮迟鹿卜花兰代闵席强米解应明臧计伏成谈茅柏水章云凤酆鲜喻窦雲"
)
COMPOUND = words(
    "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 令狐 慕容 宇文 长孙 司徒 司空 夏侯 端木 百里 轩辕 钟离 闻人 南宫 西门 独孤 "
    "拓跋 澹台 公冶 宗政 濮阳 淳于 单于 太叔 申屠 仲孙 鲜于 闾丘 亓官 呼延 赫连 完颜 纳兰 东郭 梁丘 左丘 谷梁 段干"
)
SURNAMES = tuple(dict.fromkeys((*COMMON, *RARE, *COMPOUND)))

# (men, women) by generation: characters given before 1965, 1965-1990, after 1990.
GIVEN = (
    (
        "国建军志明德福贵财根生荣华富永发寿庭祥顺喜满义忠厚炳兆",
        "秀桂兰英珍凤玉花梅芳翠香莲淑素琴娥巧银彩云菊芝",
    ),
    (
        "伟强勇军磊涛斌波辉刚健峰鹏杰超平林海兵东文武宏庆利民新春胜",
        "丽敏静艳娟霞燕红玲芬萍莉娜慧婷颖洁琳晶蓉雪丹倩",
    ),
    (
        "浩宇轩子涵睿泽俊博宸奕辰铭皓翔嘉逸彦昊天翊煜卓然哲恒",
        "欣怡梓萱诗雨思琪佳语桐可心若曦梦瑶依诺芷晴婉沐妍玥",
    ),
)
UNCOMMON_GIVEN = tuple("彧翀赟昶隽珺琬璟翯骞犇淼垚焱喆堃頔祎旻劼翾昱朔蕤瑢懿晟曌翛峣琰")

OTHER_HEADS = words(
    "阿卜杜拉 买买提 艾合买提 古丽娜尔 阿依古丽 热依汗 吐尔逊 努尔兰 阿不都热西提 玉素甫 木合塔尔 帕提古丽 迪丽努尔"
)
OTHER_TAILS = words("买买提 吐尔地 艾山 阿布拉 司马义 卡德尔 热合曼 依明 肉孜 托合提 塔依尔 尼牙孜 巴拉提")
UNDOTTED = words(
    "扎西次仁 次仁卓玛 洛桑旦增 格桑德吉 丹增曲扎 索朗多吉 白玛央金 乌云其木格 巴特尔夫 额尔敦巴图 其其格玛 斯琴高娃 "
    "阿鲁木扎 吉克阿依 沙马拉毅 阿苦伍果 曲比阿乌 且正拉姆 才让东智 拉毛措吉"
)
PINYIN = (
    words(
        "Wang Li Zhang Liu Chen Yang Zhao Huang Zhou Wu Xu Sun Hu Zhu Gao Lin He Guo Ma Luo Ouyang Zheng Xie"
    ),
    words(
        "Wei Xiaoming Jianguo Lihua Yuxin Haoran Meiling Guoqiang Zihan Xiulan Jiayi Tingting Zhiqiang Minghui Siqi"
    ),
)


def given_name(rng: Random) -> str:
    """One or two characters as one generation gives them."""
    men, women = rng.choice(GIVEN)
    characters = rng.choice((men, women))
    first = rng.choice(UNCOMMON_GIVEN) if rng.random() < 0.04 else rng.choice(characters)
    return first if rng.random() < 0.22 else first + rng.choice(characters)


def person(rng: Random) -> str:
    """A Han name of 2 to 4 characters: two thirds with a surname of the hundred most frequent."""
    draw = rng.random()
    if draw < 0.66:
        return rng.choice(COMMON) + given_name(rng)
    if draw < 0.95:
        return rng.choice(RARE) + given_name(rng)
    return rng.choice(COMPOUND) + given_name(rng)


def rare_person(rng: Random) -> str:
    """A name with a rare surname and an uncommon character."""
    return rng.choice(RARE) + rng.choice(UNCOMMON_GIVEN) + (given_name(rng)[0] if rng.random() < 0.6 else "")


def other_people(rng: Random) -> str:
    """A name of another people of China: with a middle dot (Uyghur, Kazakh) or without (Tibetan, Mongolian, Yi)."""
    if rng.random() < 0.4:
        return rng.choice(UNDOTTED)
    return rng.choice(OTHER_HEADS) + rng.choice("··•．") + rng.choice(OTHER_TAILS)


def pinyin(rng: Random) -> str:
    """A name as passports and English papers write it."""
    surname, given = rng.choice(PINYIN[0]), rng.choice(PINYIN[1])
    return rng.choice((f"{surname} {given}", f"{given} {surname}", f"{surname.upper()} {given.upper()}"))
