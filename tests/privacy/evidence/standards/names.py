"""Names of persons where they occur: alone in a column, behind roles and labels, before titles, in lists, beside numbers."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from tests.privacy.evidence.cell import Cell
from tests.privacy.evidence.standards.carriers import CARRIERS, Around, Form, Kind, put
from tests.privacy.evidence.standards.dress import CODED
from tests.privacy.evidence.standards.fill import Fill
from tests.privacy.evidence.standards.lists import lines, words
from tests.privacy.evidence.standards.numbers import birth, card, mobile, resident_id
from tests.privacy.evidence.standards.people import other_people, person, pinyin, rare_person

__all__ = ["FORMS"]

HEADERS = words(
    "姓名 xm 申请人 联系人 负责人 户主姓名 患者姓名 学生姓名 法定代表人 当事人 投诉人 收件人 经办人 驾驶员 参保人姓名 "
    "监护人 持卡人 name"
)
LABELS = words(
    "姓名 联系人 申请人 当事人 法定代表人 户主 收件人 持卡人 开户名 户名 负责人 经办人 监护人 联系人姓名"
)

ROLE_SENTENCES = lines("""
    驾驶员{v}在{road}与非机动车发生追尾
    村民{v}举报噪声扰民
    当事人{v}对处罚决定不服，申请复议
    来电人{v}反映{road}路灯不亮
    患者{v}因胸痛{n}小时入院
    原告{v}诉称，被告拖欠货款{money}元
    被告{v}经传票传唤无正当理由拒不到庭
    犯罪嫌疑人{v}已被刑事拘留
    被害人{v}的陈述与监控一致
    户主{v}，家庭人口{n}人，享受低保
    法定代表人{v}，注册资本{money}万元
    收件人{v}已签收，投递员未留影
    业主{v}要求物业公开账目
    被执行人{v}未履行生效法律文书确定的义务
    申请人{v}符合补贴条件，公示{n}天
    报警人{v}称手机丢失
    护士{v}为其测量体温
    受害人{v}转账{money}元
    学生{v}因病缺课{n}天
    委托代理人{v}，律师
    失联人员{v}最后出现在{road}
    证人{v}当庭作证
    贫困户{v}领取化肥{n}袋
    承办法官{v}，书记员另行通知
""")
TITLE_SENTENCES = lines("""
    {v}医生建议复查
    请找{v}老师办理转学手续
    {v}先生来电咨询公积金提取
    感谢{v}女士的配合
    由{v}律师出庭
    {v}局长带队检查{road}工地
    联系{v}同志领取证书
    {v}警官出具回执
    {v}主任未到场
    {v}师傅上门维修
    投诉{v}护士态度不好
    {v}书记走访{village}
""")
ACTION_SENTENCES = lines("""
    经查，{v}（{sex}，{age}岁）系{village}人
    {date}，{v}到{office}申请办理居住证
    {v}，{sex}，{age}岁，{village}人
    {v}，{sex}，汉族，住{county}{town}
    {village}第{n}组{v} {money}元
    授权{v}代为签收，电话{mobile}
    本人{v}，承诺所填信息属实
    我叫{v}，今年{age}岁
""")
NAME = Kind(
    "PERSON_NAME",
    person,
    LABELS,
    tuple(HEADERS),
    ("name", "xm", "userName", "real_name", "姓名", "contact"),
    ROLE_SENTENCES,
)


def _in(form: str, *templates: str) -> Form:
    def make(rng: Random) -> Cell:
        before, after = rng.choice(templates).split("{v}")
        fill = Fill(rng)
        around = (before.format_map(fill), after.format_map(fill), rng.choice(("", "", "备注", "诉求内容")))
        return put(around, person(rng), "PERSON_NAME", form)

    return make


def _header(form: str, make: Callable[[Random], str]) -> Form:
    return lambda rng: put(("", "", rng.choice(HEADERS)), make(rng), "PERSON_NAME", form)


def _spaced(rng: Random) -> str:
    """Two characters set wide, to stand under names of three; three apart as forms have them."""
    name = person(rng)
    gap = rng.choice((" ", "  ", "\u3000", "\u00a0"))
    return gap.join(name) if len(name) == 2 or rng.random() < 0.3 else f"{name[0]}{gap}{name[1:]}"


def _hidden(rng: Random) -> str:
    return rng.choice(("\u200b", "\u200d", "\ufeff")).join(person(rng))


def _listed(rng: Random) -> Cell:
    """Several names; one of them is meant."""
    names = [person(rng) for _ in range(rng.randrange(2, 7))]
    mark, place = rng.choice(("、", "，", ",", " ", "；", "\n", "/")), rng.randrange(len(names))
    before = "".join(name + mark for name in names[:place])
    after = "".join(mark + name for name in names[place + 1 :])
    opening, closing = rng.choice(
        (
            ("", ""),
            ("", ""),
            ("参会人员：", ""),
            ("抄送：", ""),
            ("获奖学生：", "等同学"),
            ("公示名单：", "。"),
        )
    )
    header = "" if opening else rng.choice(("名单", "参会人员", "共有人", "家庭成员姓名"))
    return put((opening + before, after + closing, header), names[place], "PERSON_NAME", "listed")


def _numbered(rng: Random) -> Cell:
    place = rng.randrange(1, 30)
    after = f" {place + 1}.{person(rng)} {place + 2}.{person(rng)}"
    return put(
        (rng.choice(("名单：", "入围人员：")) + f"{place}.", after, ""),
        person(rng),
        "PERSON_NAME",
        "numbered_list",
    )


def _beside(rng: Random) -> Cell:
    """Beside sex, date of birth, identity, card or mobile number, in fields that some sign parts."""
    mark = rng.choice((" ", "|", ",", "\t", "，", "/", "-", "  "))
    others = (
        (rng.choice("男女"), resident_id(rng)),
        (mobile(rng),),
        (rng.choice("男女"), birth(rng).isoformat()),
        (resident_id(rng), mobile(rng)),
        (card(rng),),
        (rng.choice("男女"), f"{rng.randrange(20, 80)}岁"),
    )
    return put(("", mark + mark.join(rng.choice(others)), ""), person(rng), "PERSON_NAME", "beside_numbers")


def _after_number(rng: Random) -> Cell:
    before = rng.choice((mobile(rng), resident_id(rng))) + rng.choice((" ", "，", "|", ",", "\t", "（"))
    return put(
        (before, "）" if before.endswith("（") else "", ""), person(rng), "PERSON_NAME", "after_number"
    )


def _carried(name: str, *, of: Callable[[Random], str] = person) -> Form:
    def around(rng: Random) -> Around:
        before, after, head = CARRIERS[name](rng, NAME)
        return before, after, head

    return lambda rng: put(around(rng), of(rng), "PERSON_NAME", name)


def _coded(name: str) -> Form:
    places = ("header",) if name == "base64_json" else ("json", "url", "header", "log_line", "key_values")

    def form(rng: Random) -> Cell:
        text = CODED[name](rng, person(rng), ((1, 1, 1),), rng.choice(NAME.keys))
        return put(CARRIERS[rng.choice(places)](rng, NAME), text, "PERSON_NAME", name)

    return form


def _label_line(rng: Random) -> Cell:
    mark = rng.choice(("：", ":", ": ", "=", " "))
    after = rng.choice(
        (
            "",
            f"；电话：{mobile(rng)}",
            f"\n性别：{rng.choice('男女')}",
            f"，身份证号：{resident_id(rng)}",
            "。",
        )
    )
    return put((rng.choice(LABELS) + mark, after, ""), person(rng), "PERSON_NAME", "label")


def _rare_in_text(rng: Random) -> Cell:
    before, after = rng.choice(ROLE_SENTENCES).split("{v}")
    fill = Fill(rng)
    return put(
        (before.format_map(fill), after.format_map(fill), ""),
        rare_person(rng),
        "PERSON_NAME",
        "rare_after_role",
    )


def _other_in_text(rng: Random) -> Cell:
    before, after = (
        rng.choice(("当事人", "患者", "申请人：", "姓名：", "村民")),
        rng.choice(("，男，住", "，女，", "，身份证号")) + resident_id(rng),
    )
    return put((before, after, ""), other_people(rng), "PERSON_NAME", "other_people_after_role")


def _mail_name(rng: Random) -> Cell:
    return put(
        ("", f" <user{rng.randrange(100, 999)}@example.com>", ""),
        person(rng),
        "PERSON_NAME",
        "before_mailbox",
    )


def _bracketed(rng: Random) -> Cell:
    before, after = rng.choice(
        (
            ("（联系人：", "）"),
            ("【经办人：", "】"),
            ("（签字）申请人：", ""),
            ("签收：", "（本人）"),
            ("（法定代表人：", "）"),
        )
    )
    return put((before, after, ""), person(rng), "PERSON_NAME", "in_brackets")


FORMS: dict[str, dict[str, Form]] = {
    "PERSON_NAME": {
        "header": _header("header", person),
        "rare_under_header": _header("rare_under_header", rare_person),
        "other_people_under_header": _header("other_people_under_header", other_people),
        "spaced_under_header": _header("spaced_under_header", _spaced),
        "zero_width_under_header": _header("zero_width_under_header", _hidden),
        "pinyin_under_header": lambda rng: put(
            ("", "", rng.choice(("姓名拼音", "name", "Name", "Full name"))),
            pinyin(rng),
            "PERSON_NAME",
            "pinyin_under_header",
        ),
        "label": _label_line,
        "after_role": _in("after_role", *ROLE_SENTENCES),
        "before_title": _in("before_title", *TITLE_SENTENCES),
        "in_a_sentence": _in("in_a_sentence", *ACTION_SENTENCES),
        "rare_after_role": _rare_in_text,
        "other_people_after_role": _other_in_text,
        "listed": _listed,
        "numbered_list": _numbered,
        "beside_numbers": _beside,
        "after_number": _after_number,
        "before_mailbox": _mail_name,
        "in_brackets": _bracketed,
        **{
            name: _carried(name)
            for name in ("json", "escaped_json", "xml", "html", "csv_lines", "log_line", "url", "key_values")
        },
        **{
            name: _coded(name)
            for name in ("percent_all", "html_references", "unicode_escapes", "base64_json")
        },
    }
}
