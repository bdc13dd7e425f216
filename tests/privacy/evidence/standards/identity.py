"""Papers of persons: identity numbers (GB 11643), passports (ICAO 9303, GA), travel and residence permits, officers' cards."""

from __future__ import annotations

from random import Random

from tests.privacy.evidence.cell import Cell
from tests.privacy.evidence.standards.carriers import CODES, FIELDS, MOSTLY, Form, Kind, forms, put
from tests.privacy.evidence.standards.carriers import label as behind_label
from tests.privacy.evidence.standards.dress import OPEN
from tests.privacy.evidence.standards.lists import lines, words
from tests.privacy.evidence.standards.numbers import (
    birth,
    digits,
    gb11643_check,
    icao_check,
    residence_card_2023,
    residence_card_old,
    resident_id,
    resident_id_15,
)
from tests.privacy.evidence.standards.people import pinyin

__all__ = ["FORMS", "bad_checksum"]

ID_SENTENCES = lines("""
    当事人{name}，公民身份号码：{v}，于{date}申请公租房。
    来电人{name}（身份证号{v}）反映{village}低保金未到账，请{office}核实。
    被执行人{name}，{sex}，汉族，住{county}，公民身份号码{v}，限你于本公告之日起三十日内履行义务。
    患者{name}，{sex}，{age}岁，身份证{v}，因发热{n}天由{hospital}收治。
    {date} {time}，民警在{road}查获违法嫌疑人{name}，身份证号码为{v}，现依法传唤。
    {village}第{n}组 {name} {v} 种粮补贴{money}元
    寄件人{name} 实名证件{v} 已核验，单号见面单
    申请人{name}与{name}系夫妻，后者证件号{v}，二人名下无房。
    工单{date}：市民要求更正社保系统中身份证 {v} 的出生日期。
    原告：{name}，{sex}，身份证号：{v}。被告未到庭。
    学籍系统中{name}证件号码误录为{v}，申请修改
    经公安比对，{v} 与户籍信息一致，准予通过
    监护人{name},ID:{v},tel:{mobile}
""")
PASSPORT_SENTENCES = lines("""
    旅客{name}持护照{v}于{date}自浦东机场入境。
    当事人{name}（护照号码：{v}）逾期居留{n}日，处警告。
    Passport No. {v} issued on 12 MAR 2019, holder {name}
    出国团组成员{name}，因私护照号 {v}，有效期至2029年。
    酒店登记：{name}，护照{v}，入住{n}天
    申请人遗失护照，证号为{v}，声明作废。
    公证书载明{name}之护照号为{v}，与原件相符。
    请为{name}办理签证，护照号码{v}，电话{mobile}
""")
HK_SENTENCES = lines("""
    港澳居民{name}，港澳居民来往内地通行证号码{v}，现住{county}。
    {name}持回乡证{v}于{date}在{office}办理居住登记。
    赴港人员{name}，往来港澳通行证{v}，签注有效期{n}天。
    寄件人实名：{name}，回乡证号：{v}
    患者{name}（港澳通行证{v}）在{hospital}就诊
    被告{name}，澳门居民，通行证号码：{v}，下落不明。
    投资者{name}，港澳居民来往内地通行证 {v}，认缴{money}万元
    请更正港澳通行证号为{v}，联系人{mobile}
""")
TAIWAN_SENTENCES = lines("""
    台湾居民{name}，台湾居民来往大陆通行证号码{v}，住{county}{road}。
    台胞{name}持台胞证{v}于{date}在{office}申领居住证。
    {name}，往来台湾通行证{v}，随团赴台{n}日。
    患者{name}，台胞证号：{v}，{hospital}门诊就诊
    投资人{name}（台胞证{v}）出资{money}万元
    被申请人{name}，台湾地区居民，台胞证号码为{v}。
    学生{name}台胞证 {v}，入学手续已办
    旅客台湾通行证号{v}与姓名{name}不符
""")
RESIDENCE_SENTENCES = lines("""
    外籍人才{name}，外国人永久居留身份证号码{v}，在{county}就业。
    {date}为{name}换发五星卡，永居证号：{v}。
    申请人持外国人永久居留证{v}办理公积金提取，金额{money}元。
    患者{name}，永久居留证号 {v}，{hospital}住院
    原告{name}，永久居留身份证：{v}，委托代理人{name}。
    经核验，永居证{v}真实有效，有效期十年
    购房人{name}，永久居留身份证号码：{v}，购{road}房屋一套
    外国人永久居留身份证号{v}，持有人{name}，电话{mobile}
""")
OFFICER_SENTENCES = lines("""
    现役军人{name}，军官证号{v}，{date}办理购房资格审核。
    优抚对象{name}，军官证：{v}，{county}{town}发放优待金{money}元
    患者{name}持军官证{v}在{hospital}优先就诊。
    旅客{name}，证件类型军官证，军官证号码：{v}
    被告人{name}系某部干部，军官证号为{v}，暂予移送。
    军属{name}，配偶军官证 {v}，申请随军落户{county}。
    士兵证{v}持有人{name}，由{office}接收安置
    登记军官证号{v}，联系电话{mobile}
""")

ID_DRESSES = tuple(name for name in OPEN if name not in ("han_spoken", "lower_case"))


def bad_checksum(rng: Random) -> Cell:
    """A number with region and date of birth as they must be, one digit at the end mistyped."""
    right = resident_id(rng)
    wrong = right[:17] + rng.choice([c for c in "0123456789X" if c != right[17]])
    around = rng.choice((("", "", ""), ("", "", "身份证号"), behind_label(rng, RESIDENT)))
    return put(around, wrong, "RESIDENT_ID", "bad_checksum")


def _other_x(rng: Random) -> Cell:
    """The check character X as it is typed: small, full-width, the multiplication sign, Cyrillic or Greek."""
    body = next(body for body in iter(lambda: resident_id(rng)[:17], "") if gb11643_check(body) == "X")
    return put(
        rng.choice((("", "", "证件号码"), behind_label(rng, RESIDENT))),
        body + rng.choice("xＸｘ×ХΧ"),
        "RESIDENT_ID",
        "other_x",
    )


def _old_number(rng: Random) -> Cell:
    around = rng.choice((("", "", ""), ("", "", "身份证号"), behind_label(rng, RESIDENT)))
    return put(around, resident_id_15(rng), "RESIDENT_ID", "old_15_digits")


def _two(rng: Random) -> Cell:
    """Two in one cell; the second is meant."""
    before = resident_id(rng) + rng.choice(("、", "/", "，", ";", " ", "\n"))
    return put((before, "", rng.choice(("", "身份证号"))), resident_id(rng), "RESIDENT_ID", "two_in_a_cell")


def _float(rng: Random) -> Cell:
    """What a spreadsheet's number becomes as text."""
    body = next(value for value in iter(lambda: resident_id(rng), "") if value.isdigit())
    return put(
        ("", "", rng.choice(("", "身份证号", "证件号码"))),
        body + rng.choice((".0", ".00")),
        "RESIDENT_ID",
        "spreadsheet_float",
    )


RESIDENT = Kind(
    "RESIDENT_ID",
    resident_id,
    ("身份证号", "身份证号码", "身份证", "公民身份号码", "证件号码", "居民身份证号", "ID", "证件号"),
    ("身份证号", "证件号码", "公民身份号码", "sfzh", "法人身份证号", "ID_NO"),
    ("sfzh", "idcard", "id_no", "zjhm", "身份证号"),
    ID_SENTENCES,
    ((6, 8, 4), (6, 4, 4, 4), (3, 3, 4, 4, 4), (6, 4, 2, 2, 4), (4, 4, 4, 4, 2), (6, 6, 6), (14, 4)),
    alone=True,
    carried=("bare", "label", "sentence", "glued_han", "glued_latin", "parentheses", *FIELDS),
    dressed=(*ID_DRESSES, *CODES, "base64_number", "percent_separators", "html_spaces"),
    extra={
        "other_x": _other_x,
        "old_15_digits": _old_number,
        "two_in_a_cell": _two,
        "spreadsheet_float": _float,
    },
)


def passport(rng: Random) -> str:
    """Passports of the People's Republic: ordinary E, EA-EZ, G, 14/15 of old; official S, SE; service P, PE; diplomatic D,
    DE; of Hong Kong H, K and HJ, KJ; of Macao MA, MB."""
    letter = rng.choice("ABCDEFGHJKLMNPQRSTUVWXYZ")
    make = rng.choice(
        (
            "E",
            "E",
            "E",
            "EA",
            "EA",
            "G",
            "G",
            "14",
            "15",
            "D",
            "S",
            "P",
            "DE",
            "SE",
            "PE",
            "K",
            "H",
            "KJ",
            "HJ",
            "MA",
        )
    )
    if make == "EA":
        return f"E{letter}{digits(rng, 7)}"
    return make + digits(rng, 9 - len(make))


def _zone(rng: Random) -> Cell:
    """The second line of a passport's machine-readable zone (ICAO 9303 part 4): the number is its first nine characters."""
    number = f"{rng.choice('EG')}{digits(rng, 8)}"
    first = f"POCHN{pinyin(rng).upper().replace(' ', '<<')}".ljust(44, "<")
    born, until = (
        f"{birth(rng):%y%m%d}",
        f"{rng.randrange(25, 36)}{rng.randrange(1, 13):02d}{rng.randrange(1, 29):02d}",
    )
    rest = f"{icao_check(number)}CHN{born}{icao_check(born)}{rng.choice('MF')}{until}{icao_check(until)}{'<' * 14}0"
    whole = number + rest
    return put(
        (f"护照机读码：{first}\n", rest + icao_check(whole[:10] + whole[13:20] + whole[21:43]), ""),
        number,
        "PASSPORT",
        "mrz",
    )


PASSPORT = Kind(
    "PASSPORT",
    passport,
    ("护照号", "护照号码", "护照", "Passport No", "因私护照号", "中国护照号码"),
    ("护照号", "护照号码", "passport_no", "旅行证件号码（护照）"),
    ("passport", "passport_no", "hzhm", "护照号码"),
    PASSPORT_SENTENCES,
    ((1, 4, 4), (1, 8), (2, 7), (3, 3, 3)),
    carried=("header", "label", "sentence", "glued_han", "parentheses", *FIELDS),
    dressed=(*MOSTLY, "full_width_partly", "lower_case", "spaced_out", *CODES),
    extra={"mrz": _zone},
)
HK_PERMIT = Kind(
    "HK_MACAO_PERMIT",
    lambda rng: rng.choice("HM") + digits(rng, rng.choice((8, 8, 10))),
    ("港澳居民来往内地通行证", "港澳居民来往内地通行证号码", "回乡证", "回乡证号"),
    ("港澳居民来往内地通行证号", "回乡证号", "港澳通行证号码"),
    ("hk_permit", "gatxz", "回乡证号"),
    HK_SENTENCES,
    ((1, 4, 4), (1, 8), (3, 3, 3), (1, 2, 3, 3)),
    carried=("header", "label", "sentence", "glued_han", "parentheses", *FIELDS),
    dressed=(*MOSTLY, "full_width_partly", "lower_case", *CODES),
)
TO_HK = Kind(
    "HK_MACAO_PERMIT",
    lambda rng: rng.choice(
        (f"C{digits(rng, 8)}", f"W{digits(rng, 8)}", f"C{rng.choice('ABCDEFGH')}{digits(rng, 7)}")
    ),
    ("往来港澳通行证", "往来港澳通行证号码", "港澳通行证", "港澳通行证号"),
    ("往来港澳通行证号", "港澳通行证号"),
    ("wlgatxz", "ga_permit", "港澳通行证号"),
    HK_SENTENCES[2:3],
    ((1, 4, 4), (1, 8), (3, 3, 3)),
    carried=("header", "label", "sentence", "glued_han", "json", "csv_lines"),
    dressed=("full_width", "spaces", "dashes", "zero_width", "lower_case"),
)
TAIWAN = Kind(
    "TAIWAN_PERMIT",
    lambda rng: digits(rng, rng.choice((8, 8, 8, 10))),
    ("台湾居民来往大陆通行证", "台湾居民来往大陆通行证号码", "台胞证", "台胞证号"),
    ("台胞证号", "台湾居民来往大陆通行证号码", "台胞证"),
    ("tbz", "taiwan_permit", "台胞证号"),
    TAIWAN_SENTENCES[:2] + TAIWAN_SENTENCES[3:7],
    ((4, 4), (2, 3, 3), (3, 5)),
    carried=("header", "label", "sentence", "glued_han", "parentheses", *FIELDS),
    dressed=(*MOSTLY, "full_width_partly", "han_numerals", "han_capitals", *CODES),
)
TO_TAIWAN = Kind(
    "TAIWAN_PERMIT",
    lambda rng: rng.choice("LT") + digits(rng, 8),
    ("往来台湾通行证", "往来台湾通行证号码", "大陆居民往来台湾通行证号", "台湾通行证号"),
    ("往来台湾通行证号", "台湾通行证号码"),
    ("wltwtxz", "tw_permit", "台湾通行证号"),
    (TAIWAN_SENTENCES[2], TAIWAN_SENTENCES[7]),
    ((1, 4, 4), (1, 8)),
    carried=("header", "label", "sentence", "glued_han", "json", "csv_lines"),
    dressed=("full_width", "spaces", "dashes", "zero_width", "lower_case"),
)


def residence(rng: Random) -> str:
    return rng.choice((residence_card_2023, residence_card_2023, residence_card_old))(rng)


RESIDENCE = Kind(
    "RESIDENCE_PERMIT",
    residence,
    ("外国人永久居留身份证", "外国人永久居留身份证号码", "永居证号", "永久居留证号", "永久居留身份证号"),
    ("外国人永久居留身份证号", "永居证号", "永久居留证号码"),
    ("yjjlz", "permanent_residence_no", "永居证号"),
    RESIDENCE_SENTENCES,
    ((3, 4, 4, 4), (6, 8, 4), (3, 3, 8, 4)),
    carried=("header", "label", "sentence", "glued_han", "parentheses", *FIELDS),
    dressed=(*MOSTLY, "full_width_partly", "odd_spaces", "soft_hyphens", *CODES),
)


def officer_card(rng: Random) -> str:
    """A card's number: arm or region, 字第, seven or eight digits, 号."""
    arm = rng.choice(words("南 北 东 西 中 军 海 空 政 后 装 参 战 火 兰 沈 济 成 广 武 士 文"))
    return f"{arm}字第{digits(rng, rng.choice((7, 7, 8)))}号"


def _bare_officer(rng: Random) -> Cell:
    """Written short: without 第, without 号, or with neither."""
    value = officer_card(rng)
    short = rng.choice((value.replace("第", ""), value[:-1], value.replace("第", "")[:-1]))
    return put(behind_label(rng, OFFICER), short, "OFFICER_CARD", "short")


OFFICER = Kind(
    "OFFICER_CARD",
    officer_card,
    ("军官证", "军官证号", "军官证号码", "警官证号", "士兵证号", "文职干部证号"),
    ("军官证号", "军官证号码", "士官证号", "军官证"),
    ("jgz", "officer_card_no", "军官证号"),
    OFFICER_SENTENCES,
    ((3, 4, 4), (3, 7), (3, 3, 3)),
    carried=("header", "label", "sentence", "glued_han", "parentheses", *FIELDS),
    dressed=(
        "full_width",
        "spaces",
        "nbsp",
        "zero_width",
        "other_script",
        "han_numerals",
        "han_capitals",
        "odd_spaces",
        *CODES,
    ),
    extra={"short": _bare_officer},
)

FORMS: dict[str, dict[str, Form]] = {
    "RESIDENT_ID": forms(RESIDENT),
    "PASSPORT": forms(PASSPORT),
    "HK_MACAO_PERMIT": forms(HK_PERMIT, TO_HK),
    "TAIWAN_PERMIT": forms(TAIWAN, TO_TAIWAN),
    "RESIDENCE_PERMIT": forms(RESIDENCE),
    "OFFICER_CARD": forms(OFFICER),
}
