"""Chinese surnames as one pattern: the single ones of the Hundred Family Surnames (百家姓) and those in use since, and the
compound ones, of the Manchu and other peoples too."""

from __future__ import annotations

__all__ = ["COMPOUND", "ORDINARY", "SINGLE", "SURNAME", "SURNAME_BEGINS"]

SINGLE = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖萧田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石"
    "金韦贾夏付傅方邹熊白孟秦邱侯江尹薛闫阎段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向常汤康易乔赖文樊兰殷施洪翟安颜倪牛温芦季俞章"
    "鲁葛伍申尤毕聂柴焦齐梅庄辛管祝左涂谷祁时舒耿卜路詹关苗凌费纪靳盛童欧甄项曲成游阳裴席卫查屈鲍位霍翁隋植甘景薄单包司柏宁柯阮桂"
    "闵解强丛华车冉房边辜吉饶刁瞿戚丘古米池滕晋苑邬臧畅宫来嵺苟全褚廉简娄盖符奚木穆党燕郎邸冀谈姬屠连郜晏栾郁商蒙计喻揭窦迟宇敖糜"
    "鄢冷卓花仇艾蓝都巩稽井练仲乐虞卞封竺冼原官衣楚佟栗匡宗应台巫鞠僧桑荆谌银扬明沙伏岑习胥保和蔺水云昌凤酆皮卡嵇宓蓬郗班仰秋仓暴"
    "甫厉戎束幸韶郏浦尚农别晁慕茹宦鱼容慎戈终居衡步满弘寇广禄东殳沃利蔚越隆师厍勾敢融訾阚那空毋况於仉夔谯鹿斛佼鄂赏有公邴富柳堵汲"
    "干咸籍劳堪骆岳牟佘帅荀麦支茅蒲祖朴邰随旷狄钮庹仝亓逄粟竹信展占尧户蒿但洛敬腾滑惠湛锺撒暨茆菅郄郇旻贝贡苌缑豆隽佴呙禤阙折乜养"
    "须丰巢相红权逯区邝钦芮靖麻储巴弓牧隗山宣贲杭诸裘缪昝嵩郦雍濮卻璩扈冒元平禹庞危经邢荣羊家羿松乌伊钭蓟印宿怀从索阴鬱能苍双闻莘"
    "扶宰郤寿通充庾国后益桓法汝亢琴伯墨哈笪年爱言福仵蔄矫卯盘奉卿漆青淡蹇代税修慈呼拜虎洒妥锁刀岩玉召罕黑底綦褟杞佀员贠郸酒鄞招英"
    "訚昔达依檀皇雲閆郐承战肇晨楼闾悦普撖亶庆戢鲜昂丹海仁喜春颉彦牙羌咎南候门督斜朔蒯冶闭智母尉斯初玄千太铁买侬寸闪沐琚遆骈虢释炎"
)
ORDINARY = frozenset(
    "有公和但别终居通能从后国法双年爱言益普家经元平来位信保官门相查空充原都全应解干代玉青黑漆淡税修战招昔皇春海支展户须养山水银花"
    "米鱼车房路商宣计单强占旷红游权盖丰区勾利步东沃越师暴毋那呼拜锁妥洒虎刀岩盘奉晨悦昂丹慈苍索阴寿怀荣宿松员达依承南候底召庆喜牙"
    "英乐贡折敬边连习农景督斜闭智母斯初千太铁买寸闪"
)
"""Surnames that are far more often the first character of an ordinary word: alone they say little."""
_COMPOUND = (
    "博尔济吉特 伊尔根觉罗 爱新觉罗 叶赫那拉 阿不都 钮祜禄 瓜尔佳 赫舍里 索绰罗 舒穆禄 侯莫陈 欧阳 太史 端木 "
    "上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 "
    "慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 令狐 单于 淳于 公西 漆雕 乐正 壤驷 公良 夹谷 宰父 谷梁 "
    "段干 东门 南荣 仲长 第五 百里 呼延 东郭 南门 西门 轩辕 拓跋 完颜 纳兰 亓官 司寇 仉督 子车 颛孙 巫马 "
    "归海 羊舌 微生 梁丘 左丘 阳佟 公仪 公仲 公山 公玉 姑布 东里 子桑 即墨 达奚 褚师 富察 乌雅 佟佳 叶赫 "
    "那拉 纳喇 贺兰 贺若 耶律 哥舒 斛律 尔朱 契苾 高车 锺离 司鸿 右师 毌丘 相里 西乞 叔孙 季孙 孟孙 臧孙 "
    "北宫 胡母 伊祁 张廖 范姜 陆费 "
)
COMPOUND = tuple(_COMPOUND.split())

SURNAME = f"(?:{'|'.join(COMPOUND)}|[{''.join(sorted(set(SINGLE)))}])"
SURNAME_BEGINS = "".join(sorted({*SINGLE, *(surname[0] for surname in COMPOUND)}))
"""What a surname may begin with, as the inside of a class: for gates, which have no room for the whole pattern."""
