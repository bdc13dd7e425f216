"""Recognisers of what is said of a person: names, addresses, dates, and the sensitive kinds of PIPL article 28."""

from __future__ import annotations

from catalog.decision import MaskOperator
from catalog.finding import FieldRole, Grade
from catalog.text import Text
from privacy.patterns import DATE, DOOR, HAN, NAME_TRIGGER, PAIR, ROAD_EN, ROOM_EN, YEAR
from privacy.recogniser import GBT_35273, GBT_35273_B, GBT_45574, PIPL_4, PIPL_28, Recogniser, Shape
from privacy.surnames import SURNAME

__all__ = ["ATTRIBUTES"]

ATTRIBUTES: tuple[Recogniser, ...] = (
    Recogniser(
        "ADDRESS",
        Text("详细住址", "door-level address"),
        True,
        FieldRole.QUASI_IDENTIFIER,
        Grade.L3,
        MaskOperator.GENERALISE_DISTRICT,
        (PIPL_4, GBT_35273_B),
        shapes=(
            Shape(
                f"[{HAN}][{HAN}0-9A-Za-z]{{0,40}}?(?:{DOOR})",
                not_before="",
                not_after="0-9",
                gate=f"(?:{DOOR})",
            ),
            Shape(f"{ROOM_EN}[^;\\n]{{0,40}}{ROAD_EN}", not_before="A-Za-z", not_after="A-Za-z"),
            Shape(f"{ROAD_EN}[^;\\n]{{0,40}}{ROOM_EN}", not_before="A-Za-z", not_after="0-9A-Za-z"),
        ),
        header_zh="家庭.{0,2}[住地]址|居住地址|现住址|住址|户籍地址|户口所在地|常住地址|户籍所在地|通讯地址|收货地址",
        header_en="home address|residential address|residence|mailing address|zz|jtzz|hjdz|xzz",
        opaque=f"[{HAN}](?:路|街|巷|弄|里|村|组|号|室|幢|栋)[0-9]|[0-9](?:号|室|幢|栋|弄|组)|^ *[0-9]+[A-Za-z]? +[A-Za-z]",
        near=("住", "地址", "户籍", "居", "address"),
    ),
    Recogniser(
        "BIRTH_DATE",
        Text("出生日期", "date of birth"),
        True,
        FieldRole.QUASI_IDENTIFIER,
        Grade.L2,
        MaskOperator.GENERALISE_YEAR,
        (PIPL_4, GBT_35273),
        shapes=(
            Shape(
                DATE,
                before="(?:出生日期|出生年月日?|出生时间|出生于|生于|生日|[Bb]orn(?: on)?|DOB|[Dd]ate of [Bb]irth)[ :：是为]{0,4}",
            ),
            Shape(f"{DATE}[ ]?(?:出)?生", not_after=""),
        ),
        header_zh="出生(?:日期|年月|时间)|^出生$|生日|出生日",
        header_en="birth ?date|date of birth|birthday|dob|born|csrq|csny|sr",
        values=f"^ *(?:{YEAR}[年.\\-/ ]{{0,2}}[0-9]{{1,2}}(?:[月.\\-/ ]{{0,2}}[0-9]{{1,2}})?.*|[0-9]{{1,2}}[/.\\-][0-9]{{1,2}}[/.\\-]{YEAR}.*)$",
    ),
    Recogniser(
        "BIRTH_YEAR",
        Text("出生年份", "year of birth"),
        False,
        FieldRole.QUASI_IDENTIFIER,
        Grade.L1,
        MaskOperator.KEEP,
        (GBT_35273,),
        header_zh="出生|生日",
        header_en="birth|birth ?year|birth ?date|date of birth|birthday|dob|csrq|csny|year of birth",
        values=f"^ *{YEAR}年?(?:\\.0)? *$",
        context=True,
    ),
    Recogniser(
        "PERSON_NAME",
        Text("姓名", "personal name"),
        True,
        FieldRole.IDENTIFIER,
        Grade.L3,
        MaskOperator.PARTIAL,
        (PIPL_4, GBT_35273),
        shapes=(
            Shape(
                f"{SURNAME}[{HAN}]{{1,3}}",
                before=f'{NAME_TRIGGER}[ \u3000\u00a0:：是"]{{0,5}}',
                not_before="",
                not_after="",
                gate=f"{SURNAME}[{HAN}]",
            ),
            Shape(f"{SURNAME}[{HAN}]{{1,2}}(?:同志|先生|女士|小姐)", not_before="", not_after=""),
            Shape(
                f"{SURNAME}[{HAN}]{{1,2}}(?:负责|牵头|承办|跟进)", before="由", not_before="", not_after=""
            ),
        ),
        header_zh="^姓$|^名$|姓名|联系人|负责人|经办人|法定代表人|法人代表|法人姓名|户主|申请人|患者|投诉人|举报人|当事人|持有人|权利人|被执行人|学生名|教师名|受益人|监护人",
        header_en=(
            "full name|first name|last name|surname|given name|family name|person name"
            "|contact person|contact name|patient name|student name|applicant|patient|passenger"
            "|owner name|customer name|employee name|given|person|staff|resident|guest|tenant|participant|xm|lxr|fddbr"
        ),
        opaque=f"^ *[{HAN}]{{1,2}} *$",
    ),
    Recogniser(
        "AGE",
        Text("年龄", "age"),
        True,
        FieldRole.QUASI_IDENTIFIER,
        Grade.L2,
        MaskOperator.GENERALISE_BAND,
        (PIPL_4,),
        header_zh="年龄|周岁|岁数",
        header_en="age|nl",
        values="^ *(?:1[01][0-9]|120|[1-9]?[0-9])(?:\\.0+)? *(?:岁|周岁)? *$",
        context=True,
    ),
    Recogniser(
        "SEX",
        Text("性别", "sex"),
        True,
        FieldRole.QUASI_IDENTIFIER,
        Grade.L2,
        MaskOperator.KEEP,
        (PIPL_4,),
        header_zh="性别",
        header_en="sex|gender|xb",
        values="^ *(?:男|女|男性|女性|未知|[MFmf]|[Mm]ale|[Ff]emale|MALE|FEMALE|[0129]) *$",
        context=True,
    ),
    Recogniser(
        "ETHNICITY",
        Text("民族", "ethnicity"),
        True,
        FieldRole.QUASI_IDENTIFIER,
        Grade.L2,
        MaskOperator.DROP,
        (PIPL_4, GBT_45574),
        header_zh="民族|族别",
        header_en="ethnicity|ethnic group|race|mz",
        values=f"^ *(?:[{HAN}]{{1,6}}族|汉|回|满|壮|苗|[A-Za-z]{{2,30}}) *$",
        context=True,
    ),
    Recogniser(
        "BIOMETRIC",
        Text("生物识别信息", "biometric data"),
        True,
        FieldRole.SENSITIVE,
        Grade.L4,
        MaskOperator.DROP,
        (PIPL_28, GBT_45574),
        header_zh="人脸|面部特征|指纹|虹膜|声纹|掌纹|步态|基因|DNA|耳廓",
        header_en=(
            "face (?:feature|vector|embedding|image|template)|fingerprint|iris (?:code|template"
            "|feature|scan)|voice ?print|palm ?print|gait|dna|gene sequence|biometric"
        ),
        values="^.{24}",
        opaque="[^* ]",
    ),
    Recogniser(
        "HEALTH",
        Text("健康与医疗信息", "health and medical data"),
        True,
        FieldRole.SENSITIVE,
        Grade.L4,
        MaskOperator.DROP,
        (PIPL_28, GBT_35273_B, GBT_45574),
        header_zh="诊断|病情|病名|疾病|病种|病史|症状|血型|过敏史|残疾|处方|检验结果|体检结果|手术名|用药|传染病|健康状况|患病|主诉",
        header_en=(
            "diagnosis|disease|illness|symptom|symptoms|blood type|allergy|disability|prescription"
            "|medical history|icd|icd10|hiv"
        ),
        values="^[^*]*[^* /\\-][^*]*$",
        context=True,
    ),
    Recogniser(
        "RELIGION",
        Text("宗教信仰", "religious belief"),
        True,
        FieldRole.SENSITIVE,
        Grade.L4,
        MaskOperator.DROP,
        (PIPL_28, GBT_45574, "《征信业管理条例》第十四条 Credit Reporting Regulation art. 14"),
        header_zh="宗教|信仰",
        header_en="religion|religious belief|faith",
        values="^[^*]*[^* /\\-][^*]*$",
        context=True,
    ),
    Recogniser(
        "INCOME",
        Text("个人收入与财产", "income and property of a person"),
        True,
        FieldRole.SENSITIVE,
        Grade.L4,
        MaskOperator.DROP,
        (PIPL_28, GBT_35273_B, GBT_45574),
        header_zh="收入|工资|薪酬|薪资|月薪|年薪|存款|余额|贷款|负债|补贴金额|救助金额|低保金|纳税额|缴费基数|公积金|房产价值|信用分",
        header_en="income|salary|wage|wages|deposit|balance|loan|debt|credit score|pension|tax paid",
        values="[0-9]",
        context=True,
    ),
    Recogniser(
        "COORDINATES",
        Text("经纬度", "coordinates"),
        False,
        FieldRole.NONE,
        Grade.L1,
        MaskOperator.KEEP,
        ("《测绘法》 Surveying Law",),
        anywhere=PAIR,
        header_zh="经度|纬度|经纬度|坐标",
        header_en="lat|lng|lon|latitude|longitude|coordinates?|location|jd|wd|x|y",
        values="^ *\\(?-?[0-9]{1,3}\\.[0-9]{2,}(?:[ ,;]{1,3}-?[0-9]{1,3}\\.[0-9]{2,})?\\)? *$",
        context=True,
    ),
)
