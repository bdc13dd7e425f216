"""Recognisers of documents and registrations: what the state, a hospital or an insurer numbers a person by."""

from __future__ import annotations

from catalog.decision import MaskOperator
from catalog.finding import FieldRole, Grade
from catalog.text import Text
from privacy.checksums import residence_permit_ok, resident_id_ok, uscc_ok
from privacy.patterns import (
    ALNUM,
    GATE_HAN_DIGITS,
    GATE_LETTERED,
    GATE_MRZ,
    HAN_DIGIT,
    ID15,
    ID18,
    ID18_HAN,
    ID18_LOOSE,
    ID18_PARTED,
    MRZ,
    OFFICER_CARD,
    OFFICER_CARD_LABELLED,
    RESIDENCE_PERMIT,
    USCC,
    S,
    digits,
    run,
    serial,
)
from privacy.recogniser import (
    GBT_35273_B,
    GBT_45574,
    PIPL_28,
    Recogniser,
    Shape,
    in_sentence,
    labelled,
    under_header,
)

__all__ = ["DOCUMENTS"]

_ID_LIKE = f"{digits(15, 18)}(?:{S}[Xx])?"

DOCUMENTS: tuple[Recogniser, ...] = (
    Recogniser(
        "RESIDENT_ID",
        Text("居民身份证号", "resident identity number"),
        True,
        FieldRole.IDENTIFIER,
        Grade.L3,
        MaskOperator.DROP,
        (PIPL_28, GBT_35273_B, GBT_45574),
        shapes=(
            Shape(ID18, run(14)),
            Shape(ID18_PARTED, run(14)),
            Shape(ID15, run(14), not_before=ALNUM, not_after=ALNUM),
            Shape(ID18_LOOSE, run(14), checked=True),
            Shape(ID18_HAN, GATE_HAN_DIGITS, not_before=f"0-9{HAN_DIGIT}", not_after=f"0-9{HAN_DIGIT}"),
            labelled(
                _ID_LIKE,
                "身份证|居住证|证件号|证照号|公民身份|身份号码",
                "id[ _]?card|id[ _]?no|identity|sfz(?:hm?)?|zjhm|gmsfhm?|citizen[ _]?id"
                "|national[ _]?id|cert(?:ificate)?[ _]?no",
                "jzz|jzzh|zjh|id",
            ),
        ),
        bare=(Shape(_ID_LIKE, run(14), not_after=ALNUM), Shape(_ID_LIKE, GATE_HAN_DIGITS, not_after=ALNUM)),
        validate=resident_id_ok,
        header_zh="身份证(?!明)|公民身份|居民证号|居住证|证件号|证照号码|身份号码",
        header_en=(
            "id card|identity card|identity (?:no|number)|resident id|idcard|idno|id no|id number"
            "|citizen id|national id|sfzh|sfzhm|zjhm|gmsfhm|sfz"
        ),
        opaque="[0-9](?:[^0-9]{0,3}[0-9]){7}",
        near=("身份证", "证件", "公民身份", "idcard", "sfzh", "idno"),
    ),
    Recogniser(
        "RESIDENCE_PERMIT",
        Text("外国人永久居留身份证号", "foreigner's permanent residence card"),
        True,
        FieldRole.IDENTIFIER,
        Grade.L3,
        MaskOperator.DROP,
        (PIPL_28, GBT_35273_B),
        shapes=(
            Shape(RESIDENCE_PERMIT, run(14), not_after=ALNUM),
            labelled(
                serial(12, 18, 3),
                "永久居留|永居证|永居|居留证|居留身份证|居留许可|五星卡|绿卡",
                "residen(?:ce|t)[ _]?(?:permit|card)|permanent[ _]?residen",
                "yjjl|yjjlz|yjjlzh|yjjlsfz|yjjlsfzh|yjz|yjzh|jlz|jlzh|jlxk",
            ),
        ),
        bare=under_header(serial(12, 18, 3)),
        validate=residence_permit_ok,
        only_valid=True,
        header_zh="永久居留|永居|居留证|居留许可",
        header_en=(
            "residen(?:ce|t) (?:permit|card)(?: no| number)?|permanent residen(?:ce|t)(?: no| number| card| id)?"
            "|yjjlz?h?|yjjlsfzh?|yjzh?|jlzh?"
        ),
        opaque="[0-9]{6}",
    ),
    Recogniser(
        "PASSPORT",
        Text("护照号", "passport number"),
        True,
        FieldRole.IDENTIFIER,
        Grade.L3,
        MaskOperator.DROP,
        (PIPL_28, GBT_35273_B),
        shapes=(
            labelled(
                serial(6, 10, 2),
                "护照|旅行证件",
                "passport|travel[ _]?doc(?:ument)?[ _]?(?:no|num)",
                "hz|hzh|hzhm|ppno",
            ),
            Shape(MRZ, GATE_MRZ, not_before=ALNUM, not_after=ALNUM),
            in_sentence(
                "(?:[EG](?!20[0-4][0-9](?:0[1-9]|1[0-2]))[0-9]{8}|(?:E[A-HJ-NP-Z]|[DSP]E|MA|K[A-Z])[0-9]{7})"
            ),
        ),
        bare=under_header(serial(6, 10, 3)),
        alone=(
            Shape(
                f"[EGDSPHKegdsphk](?:{S}[0-9](?:{S}[0-9]){{7}}|[A-Za-z][0-9]{{7}})"
                f"|(?:[Ee]{S}[A-HJ-NP-Za-hj-np-z]|[DSPdsp]{S}[Ee]|[Mm]{S}[Aa])(?:{S}[0-9]){{7}}",
                GATE_LETTERED,
                not_before=ALNUM,
                not_after=ALNUM,
            ),
        ),
        header_zh="护照|旅行证件号",
        header_en="passport(?: no| number| num| id)?|travel doc(?:ument)? (?:no|number)|hzh?|hzhm",
        opaque="[0-9]{6}",
        sure_in_text=True,
    ),
    Recogniser(
        "HK_MACAO_PERMIT",
        Text("港澳通行证号", "Hong Kong and Macao travel permit"),
        True,
        FieldRole.IDENTIFIER,
        Grade.L3,
        MaskOperator.DROP,
        (PIPL_28, GBT_35273_B),
        shapes=(
            labelled(
                serial(7, 11, 3),
                "港澳|通行证|回乡证",
                "home[ _]?return|(?:hk|hong[ _]?kong|macao|exit|travel|ga|hkm)[ _a-z]{0,12}permit"
                "|permit[ _]?no",
                "gatxz|gatxzh|wlgatxz|wlgatxzh|gajm|gajmlw|hxz|hxzh|hxzhm|txz|txzh|txzhm|gatxzhm",
            ),
            in_sentence(
                "(?:[HM](?:[0-9]{10}|[0-9]{8})|C[A-HJ-NP-Z][0-9]{7}|[CW](?!20[0-4][0-9](?:0[1-9]|1[0-2]))[0-9]{8})"
            ),
        ),
        bare=under_header(serial(7, 11, 3)),
        alone=(
            Shape(
                f"[HMCWhmcw](?:{S}[0-9](?:(?:{S}[0-9]){{9}}|(?:{S}[0-9]){{7}})|[A-Za-z][0-9]{{7}})"
                f"|[Cc]{S}[A-HJ-NP-Za-hj-np-z](?:{S}[0-9]){{7}}",
                GATE_LETTERED,
                not_before=ALNUM,
                not_after=ALNUM,
            ),
        ),
        header_zh="港澳.{0,8}(?:通行证|居民证|证件?号)|回乡证|往来港澳|出入境通行证",
        header_en=(
            "home return(?: permit)?(?: no| number)?|(?:hk|hkm|hong kong|macao|ga|exit entry)(?: and)?(?: macao| mo)?(?: travel)?"
            " permit(?: no| number)?"
            "|(?:wl)?gatxz(?:h|hm)?|hxzh?m?"
        ),
        opaque="[0-9]{6}",
    ),
    Recogniser(
        "TAIWAN_PERMIT",
        Text("台湾居民通行证号", "Taiwan travel permit"),
        True,
        FieldRole.IDENTIFIER,
        Grade.L3,
        MaskOperator.DROP,
        (PIPL_28, GBT_35273_B),
        shapes=(
            labelled(
                f"{serial(7, 11, 2)}(?:\\([A-Za-z0-9]{{1,2}}\\))?",
                "台胞证?|台湾.{0,10}通行证|台湾通行证|往来台湾|台湾",
                "taiwan|tw[ _]?permit|mtp",
                "tbz|tbzh|twtxz|wltwtxz|twtxzh|wltwtxzh|twjm",
            ),
        ),
        bare=under_header(f"{serial(7, 11, 2)}(?:\\([A-Za-z0-9]{{1,2}}\\))?"),
        header_zh="台胞证|台湾.{0,8}通行证|往来台湾",
        header_en=(
            "(?:taiwan|tw)(?: compatriot| resident)?s?(?: travel)? permit(?: no| number)?|tbzh?"
            "|(?:wl)?twtxzh?"
        ),
        opaque="[0-9]{6}",
    ),
    Recogniser(
        "OFFICER_CARD",
        Text("军人或警官证件号", "military or police officer's card"),
        True,
        FieldRole.IDENTIFIER,
        Grade.L3,
        MaskOperator.DROP,
        (PIPL_28, GBT_35273_B),
        shapes=(
            Shape(OFFICER_CARD, f"第[ ]?[0-9{HAN_DIGIT}]", not_before="", not_after=""),
            labelled(
                OFFICER_CARD_LABELLED,
                "(?:军官|士兵|警官|军人|文职(?:干部|人员)?|义务兵|士官|军士|武警|学员|离休干部|警员|人民警察)证",
                "(?:officer|soldier)[ _]?(?:card|id|no)|military[ _]?(?:id|card|no)|police[ _]?(?:no|id|card)",
                "jgz|jgzh|sbz|sbzh|wzz|wzzh|jrz|jrzh",
            ),
        ),
        bare=under_header(OFFICER_CARD_LABELLED),
        header_zh="(?:军官|士兵|警官|军人|文职(?:干部|人员)?|义务兵|士官|军士|武警|警员|人民警察)证",
        header_en="(?:officer|soldier|military|police)(?: id)? (?:card|id|no|number)|jgzh?|sbzh?|wzzh?|jrzh?",
        opaque="[0-9]{5}",
        sure_in_text=True,
    ),
    Recogniser(
        "MEDICAL_RECORD",
        Text("病历或就诊卡号", "medical record number"),
        True,
        FieldRole.IDENTIFIER,
        Grade.L4,
        MaskOperator.DROP,
        (PIPL_28, GBT_35273_B, GBT_45574),
        shapes=(
            labelled(
                serial(4, 19),
                "(?:病历|病案|住院|门诊|急诊|就诊|诊疗|体检|住院登记)(?:卡|登记)?(?:编?号|[Nn]o|[Ii][Dd])|就诊卡|诊疗卡",
                "medical[ _]?record|patient[ _]?(?:id|no)|(?:in|out)patient|admission",
                "mrn|zyh|mzh|blh|bah|bahm|jzkh|jzk|tjh|zlkh",
            ),
        ),
        bare=(
            Shape(serial(4, 19), "[0-9]", not_after=ALNUM),
            Shape(serial(4, 19), GATE_HAN_DIGITS, not_after=ALNUM),
        ),
        header_zh="病历(?:编?号|[Ii][Dd])|病案号|住院号|门诊号|急诊号|就诊卡|诊疗卡|体检编?号",
        header_en="medical record|mrn|patient id|patient no|inpatient no|outpatient no|zyh|mzh|blh",
        values="[0-9A-Za-z]{4}",
        sure_in_text=True,
    ),
    Recogniser(
        "SOCIAL_INSURANCE",
        Text("社保、医保或公积金账号", "social insurance or housing fund number"),
        True,
        FieldRole.IDENTIFIER,
        Grade.L3,
        MaskOperator.DROP,
        (PIPL_28, GBT_35273_B),
        shapes=(
            labelled(
                serial(6, 20),
                "(?:社保|社会保障|社会保险|医保|医疗保险|养老保险|公积金|参保)(?:个人|人)?卡?(?:编号|账号|帐号|卡号"
                "|账户|帐户|号码|号)|社保卡|医保卡|社会保障卡",
                "social[ _]?(?:security|insurance)|medical[ _]?insurance|insurance[ _]?(?:no|id|card)"
                "|(?:provident|housing)[ _]?fund",
                "ssn|sbh|sbkh|sbbh|sbzh|ybh|ybkh|ybbh|ybzh|gjjzh|gjjh|grbh|shbzh|shbzkh|shbzhm",
            ),
        ),
        bare=(
            Shape(serial(6, 20), "[0-9]", not_after=ALNUM),
            Shape(serial(6, 20), GATE_HAN_DIGITS, not_after=ALNUM),
        ),
        header_zh="(?:社保|社会保障|社会保险|医保|医疗保险|养老保险|公积金)(?:个人)?卡?(?:编号|账号|帐号|卡号|账户|号码|号)|参保编?号",
        header_en=(
            "social security (?:no|number)|ssn|insurance no|medical insurance no"
            "|provident fund account|sbh|sbkh|ybh|gjjzh"
        ),
        values="[0-9A-Za-z]{6}",
        sure_in_text=True,
    ),
    Recogniser(
        "USCC",
        Text("统一社会信用代码", "unified social credit code"),
        False,
        FieldRole.NONE,
        Grade.L1,
        MaskOperator.KEEP,
        ("GB 32100-2015",),
        shapes=(Shape(USCC, "[0-9A-Za-z]{17}", not_before=ALNUM, not_after=ALNUM),),
        validate=uscc_ok,
        header_zh="社会信用代码|信用代码",
        header_en="uscc|credit code|tyshxydm|shxydm",
    ),
)
