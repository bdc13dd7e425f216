"""Names of persons as columns, notes, lists and records hold them: Han, of the minorities, English; titles stay outside."""

from __future__ import annotations

from random import Random

from tests.privacy.evidence.from_faker_form import Form, framed
from tests.privacy.evidence.from_faker_world import ROLES, TITLES, World
from tests.privacy.evidence.from_faker_writing import (
    as_it_is,
    percent_all,
    unicode_escapes,
)

__all__ = ["FORMS"]


def _stretched(rng: Random, value: str) -> str:
    """A short name set to the width of three signs."""
    return value[0] + rng.choice((" ", "\u3000", "  ")) + value[1:]


NAME_HEADERS = (
    "姓名",
    "联系人",
    "申请人姓名",
    "户主姓名",
    "法定代表人",
    "监护人",
    "驾驶员",
    "患者姓名",
    "经办人",
    "name",
)
KIN = ("其子", "其女", "配偶", "父亲", "母亲", "丈夫", "妻子", "儿子")


def _name(name: str, *texts: str) -> Form:
    return Form(name, World.name, as_it_is, framed(texts))


NAMES = (
    Form("header_bare", World.name, as_it_is, framed(("«X»",), NAME_HEADERS)),
    Form("header_stretched", World.two_signs, _stretched, framed(("«X»",), NAME_HEADERS)),
    Form("header_long_surname", World.compound, as_it_is, framed(("«X»",), NAME_HEADERS)),
    Form("header_minority", World.minority, as_it_is, framed(("«X»",), NAME_HEADERS)),
    Form("header_tibetan", World.tibetan, as_it_is, framed(("«X»",), NAME_HEADERS)),
    Form("tibetan_role", World.tibetan, as_it_is, framed(f"{role}：«X»，«mobile»" for role in ROLES)),
    Form(
        "header_english", World.english, as_it_is, framed(("«X»",), ("Name", "姓名", "联系人", "Full Name"))
    ),
    Form(
        "header_two",
        World.name,
        as_it_is,
        framed(("«X»、«name»", "«name»，«X»", "«X» «name»", "«X»/«name»"), ("姓名", "联系人", "共有人")),
    ),
    Form(
        "header_with_title",
        World.name,
        as_it_is,
        framed(("«X»«title»", "«X»（«sex»）", "'«X»", "«X» "), ("姓名", "联系人")),
    ),
    Form(
        "role_colon", World.name, as_it_is, framed(f"{role}{colon}«X»" for role in ROLES for colon in "：:")
    ),
    Form(
        "role_colon_sentence",
        World.name,
        as_it_is,
        framed(f"«day»，{role}：«X»，反映«matter»" for role in ROLES),
    ),
    Form("role_glued", World.name, as_it_is, framed(f"{role}«X»，«matter»" for role in ROLES)),
    _name(
        "patient_glued",
        "患者«X»，«sex»，«age»岁，主诉«complaint»",
        "患者«X»因«complaint»入院",
        "病人«X»今日复诊，«complaint»",
    ),
    _name(
        "driver_glued",
        "驾驶员«X»因«offence»被查处",
        "驾驶人«X»驾驶«plate»，«offence»",
        "司机«X»«offence»，已处罚",
    ),
    Form("before_title", World.name, as_it_is, framed(f"«X»{title}来电反映«matter»" for title in TITLES)),
    Form(
        "before_title_inside",
        World.name,
        as_it_is,
        framed(f"«day»联系«X»{title}，答复«matter»已处理" for title in TITLES),
    ),
    _name("listed", "参加人员：«X»、«name»、«name»", "«name»、«X»、«name»等三人参会", "代表：«name»、«X»"),
    _name(
        "sex_and_birth_beside",
        "«X»，«sex»，«born»出生",
        "«X»,«sex»,«born»",
        "«X»（«sex»，«born»生）",
        "«X» «sex» «born»",
    ),
    _name(
        "mobile_beside",
        "«X» «mobile»",
        "«X»«mobile»",
        "«X»,«mobile»",
        "«mobile»«X»",
        "«X»（«mobile»）",
        "«X»-«mobile»",
    ),
    _name("identity_beside", "«X»，身份证号«id»", "«X» «id»", "«X»|«id»|«mobile»", "«X»（«id»）"),
    _name(
        "json_beside_number",
        '{"name":"«X»","phone":"«mobile»"}',
        '{"姓名":"«X»","身份证号":"«id»"}',
        '{"mobile":"«mobile»", "xm": "«X»"}',
    ),
    _name(
        "json_escaped",
        '{\\"name\\":\\"«X»\\",\\"phone\\":\\"«mobile»\\"}',
        '"{\\"contactName\\":\\"«X»\\",\\"tel\\":\\"«mobile»\\"}"',
    ),
    _name(
        "xml_beside_number",
        "<name>«X»</name><phone>«mobile»</phone>",
        '<person xm="«X»" sfzh="«id»"/>',
        "<姓名>«X»</姓名>",
    ),
    _name(
        "html_beside_number",
        "<td>«X»</td><td>«mobile»</td>",
        "<td>姓名</td><td>«X»</td>",
        "<p>联系人：<b>«X»</b> «mobile»</p>",
    ),
    _name(
        "csv_beside_number",
        "«seq»,«X»,«mobile»,«district»",
        "«X»|«id»|«day»",
        "«X»\t«mobile»",
        "序号,姓名,电话\n«seq»,«X»,«mobile»",
    ),
    _name(
        "kin",
        *(f"«name»（{kin}«X»）申请«subsidy»" for kin in KIN),
        *(f"{kin}«X»代为领取«subsidy»" for kin in KIN),
    ),
    _name(
        "signature", "经办人签字：«X»　«day»", "审核人：«X» 复核人：«name»", "«matter»，已核实。记录人：«X»"
    ),
    _name("card_holder", "开户名：«X»", "户名：«X»，开户行：农业银行", "补贴发放至户名«X»账户，«amount»元"),
    _name(
        "company_register",
        "«company»（法定代表人：«X»）",
        "«company»法定代表人«X»，«day»登记",
        "法定代表人由«name»变更为«X»",
    ),
    _name(
        "chat_speaker",
        "«X»: 请问«subsidy»到账了吗？",
        "«X» «time»\n收到，谢谢",
        "[«time»] «X»：«matter»怎么还没处理",
    ),
    _name(
        "bracketed", "（联系人«X»）", "「申请人：«X»」", "【联系人：«X»】«matter»", "«matter»（投诉人：«X»）"
    ),
    Form(
        "minority_sentence",
        World.minority,
        as_it_is,
        framed(("患者«X»，«sex»，«age»岁", "申请人：«X»，«mobile»", "户主«X»，«subsidy»")),
    ),
    Form(
        "long_surname_sentence",
        World.compound,
        as_it_is,
        framed(("投诉人：«X»，«mobile»", "«X»女士来电反映«matter»", "驾驶员«X»«offence»")),
    ),
    Form(
        "english_sentence",
        World.english,
        as_it_is,
        framed(("联系人：«X»，«mobile»", "外籍旅客«X»，护照号E12345678", "Name: «X», Tel: «mobile»")),
    ),
    Form("unicode_escapes", World.name, unicode_escapes, framed(('{"name":"«X»","phone":"«mobile»"}',))),
    Form(
        "url_query",
        World.name,
        percent_all,
        framed(("https://zwfw.example.gov.cn/q?name=«X»&tel=«mobile»", "name=«X»&idno=«id»")),
    ),
)


FORMS: dict[str, tuple[Form, ...]] = {"PERSON_NAME": NAMES}
