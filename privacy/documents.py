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
    HAN_DIGIT,
    ID15,
    ID18,
    ID18_HAN,
    ID18_PARTED,
    LABEL_END,
    OFFICER_CARD,
    RESIDENCE_PERMIT,
    USCC,
    run,
)
from privacy.recogniser import GBT_35273_B, GBT_45574, PIPL_28, Recogniser, Shape

__all__ = ["DOCUMENTS"]

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
            Shape(ID18, gate=run(14)),
            Shape(ID18_PARTED, gate=run(14)),
            Shape(ID15, not_after=ALNUM, gate=run(14)),
            Shape(ID18_HAN, not_before=f"0-9{HAN_DIGIT}", not_after=f"0-9{HAN_DIGIT}", gate=GATE_HAN_DIGITS),
        ),
        validate=resident_id_ok,
        header_zh="身份证(?!明)|公民身份|居民证号|证件号|证照号码|身份号码",
        header_en=(
            "id card|identity card|identity (?:no|number)|resident id|idcard|idno|id no|id number"
            "|citizen id|national id|sfzh|sfzhm|zjhm|gmsfhm|sfz"
        ),
        opaque="[0-9](?:[^0-9]{0,3}[0-9]){7}",
        near=("身份证", "证件", "公民身份", "idcard", "sfzh", "idno"),
    ),
    Recogniser(
        "USCC",
        Text("统一社会信用代码", "unified social credit code"),
        False,
        FieldRole.NONE,
        Grade.L1,
        MaskOperator.KEEP,
        ("GB 32100-2015",),
        shapes=(Shape(USCC, "[0-9A-Za-z]{18}", not_before=ALNUM, not_after=ALNUM),),
        validate=uscc_ok,
        header_zh="社会信用代码|信用代码",
        header_en="uscc|credit code|tyshxydm|shxydm",
    ),
    Recogniser(
        "RESIDENCE_PERMIT",
        Text("外国人永久居留身份证号", "foreigner's permanent residence card"),
        True,
        FieldRole.IDENTIFIER,
        Grade.L3,
        MaskOperator.DROP,
        (PIPL_28, GBT_35273_B),
        shapes=(Shape(RESIDENCE_PERMIT, not_after=ALNUM, gate=run(14)),),
        bare=(Shape("[A-Z]{3}[0-9]{12}", "[A-Z]{3}[0-9]{7}", not_before=ALNUM, not_after=ALNUM),),
        validate=residence_permit_ok,
        only_valid=True,
        header_zh="永久居留|居留证",
        header_en="residence permit|permanent residence",
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
            Shape(
                "[A-Za-z][A-Za-z]?[0-9]{7,8}",
                before=f"(?:护照|[Pp]assport|PASSPORT)[^{ALNUM}]{{0,12}}(?:(?:[Nn]o|NO)[ .:]{{0,3}})?",
                not_before="",
                not_after=ALNUM,
                gate="护照|[Pp]assport|PASSPORT",
            ),
        ),
        bare=(
            Shape(
                "[EGDSPHKegdsphk](?:[0-9]{8}|[A-Za-z][0-9]{7})",
                GATE_LETTERED,
                not_before=ALNUM,
                not_after=ALNUM,
            ),
        ),
        bare_alone=True,
        header_zh="护照",
        header_en="passport|hzh|hzhm",
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
            Shape(
                "[HMCWhmcw][A-Za-z]?[0-9]{7,10}",
                gate="港澳|通行证|回乡证|[Pp]ermit",
                before=f"(?:港澳|通行证|回乡证|[Pp]ermit)[^{ALNUM}]{{0,14}}",
                not_before="",
                not_after=ALNUM,
            ),
        ),
        bare=(
            Shape(
                "[HMChmc](?:[0-9]{10}|[0-9]{8}|[A-Za-z][0-9]{7})",
                GATE_LETTERED,
                not_before=ALNUM,
                not_after=ALNUM,
            ),
        ),
        bare_alone=True,
        header_zh="港澳.{0,8}(?:通行证|居民证)|回乡证",
        header_en="home return permit|hk macao permit|hong kong permit",
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
            Shape(
                "[TLtl]?[0-9]{8}(?:[0-9]{2}(?:\\([A-Za-z]\\))?)?",
                gate="台胞|台湾",
                before=f"(?:台胞证|台湾.{{0,8}}通行证|台胞)[^{ALNUM}]{{0,12}}",
                not_before="",
                not_after=ALNUM,
            ),
        ),
        bare=(Shape("[TLtl]?[0-9]{8}(?:[0-9]{2})?", run(7), not_before=ALNUM, not_after=ALNUM),),
        header_zh="台胞证|台湾.{0,8}通行证",
        header_en="taiwan permit|taiwan compatriot permit",
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
        shapes=(Shape(OFFICER_CARD, not_before="", not_after="", gate="第[ ]?[0-9]{5}"),),
        header_zh="军官证|士兵证|警官证|军人证|文职证",
        header_en="officer card|military id",
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
            Shape(
                "[A-Za-z]{0,4}[0-9][0-9A-Za-z\\-]{4,19}",
                gate="(?:病历|病案|住院|门诊|急诊|就诊卡?|诊疗卡|体检)(?:编?号|[Nn]o)",
                before=f"(?:病历|病案|住院|门诊|急诊|就诊卡?|诊疗卡|体检)(?:编?号码?|[Nn]o){LABEL_END}",
                not_before="",
                not_after=ALNUM,
            ),
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
            Shape(
                "[A-Za-z]{0,3}[0-9][0-9A-Za-z\\-]{6,19}",
                gate="(?:社保|保障|保险|医保|公积金)(?:个人)?卡?(?:编号|账|帐|卡号|号)",
                before=(
                    "(?:社保|社会保障|社会保险|医保|医疗保险|养老保险|公积金)(?:个人)?卡?"
                    f"(?:编号|账号|帐号|卡号|账户|号码|号){LABEL_END}"
                ),
                not_before="",
                not_after=ALNUM,
            ),
        ),
        header_zh="(?:社保|社会保障|社会保险|医保|医疗保险|养老保险|公积金)(?:个人)?卡?(?:编号|账号|帐号|卡号|账户|号码|号)|参保编?号",
        header_en="social security (?:no|number)|ssn|insurance no|medical insurance no|provident fund account|sbh|sbkh|ybh|gjjzh",
        values="[0-9A-Za-z]{6}",
        sure_in_text=True,
    ),
)
