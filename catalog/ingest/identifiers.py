"""Headers under which digits name something instead of counting it: codes, certificates, telephones, places.

Such columns stay text, whatever their digits would cast to: a sum of postal codes means nothing, a lost zero is damage.
"""

from __future__ import annotations

import re

__all__ = ["says_code", "says_number"]

# Headers whose digits name something: always text (`_CODE`), or where all values have one length (`_NUMBER`).
_CODE_WORDS = frozenset(
    {
        "adcode",
        "areacode",
        "barcode",
        "cellphone",
        "citycode",
        "code",
        "codes",
        "ean",
        "fax",
        "fips",
        "iban",
        "iccid",
        "imei",
        "imsi",
        "insee",
        "isbn",
        "issn",
        "mcc",
        "mobile",
        "passport",
        "phone",
        "plate",
        "postal",
        "postcode",
        "siren",
        "siret",
        "sku",
        "ssn",
        "tel",
        "telephone",
        "upc",
        "vin",
        "zip",
        "zipcode",
    }
)
_NUMBER_WORDS = frozenset(
    {
        "city",
        "country",
        "county",
        "district",
        "fid",
        "gid",
        "id",
        "identifier",
        "ids",
        "key",
        "no",
        "num",
        "number",
        "oid",
        "pid",
        "prefecture",
        "province",
        "region",
        "town",
        "uid",
        "village",
    }
)
_CODE_HAN = re.compile(
    "编码|代码|代號|证号|证件号|身份证|号码|電話|电话|手机|手機|邮编|郵編|邮政|传真|傳真|车牌|車牌|账号|帳號|卡号|区号|信用码|区划码"
    "|学号|工号|户号|档案号|许可证|文号|条码|热线"
)
_NUMBER_HAN = re.compile(
    r"编号|標識|标识|序列号|单号|案号|码$|区划$|(?:省|市|区|县|区县|街道|乡镇|村|社区|国家|地区)$"
)
_AMOUNT_HAN = re.compile(r"(?:数|量|费|额|价|率|比|值|人口|面积|长度)(?:[(（].*)?$")


def says_code(name: str) -> bool:
    """The header says that digits below it are a code: postal, phone, division, certificate… (not how many)."""
    words = _words(name) or [""]
    coded = words[-1] in _CODE_WORDS or words[0] in ("code", "codes")
    numbered = words[-1] in _NUMBER_WORDS and not _CODE_WORDS.isdisjoint(words)
    return coded or numbered or bool(_CODE_HAN.search(name) and not _AMOUNT_HAN.search(name))


def says_number(name: str) -> bool:
    """The header says identifier, number, or a kind of place: a code where all values have one length."""
    words = _words(name) or [""]
    return words[-1] in _NUMBER_WORDS or bool(_NUMBER_HAN.search(name) and not _AMOUNT_HAN.search(name))


def _words(name: str) -> list[str]:
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", name)
    return [word.lower() for word in re.findall(r"[A-Za-z]+", spaced)]
