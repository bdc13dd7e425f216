"""How good the metadata of a dataset are: the points of the EU's metadata quality assessment, each with what is missing.

Indicators and points are those of the MQA methodology of data.europa.eu (https://data.europa.eu/mqa/methodology), 405 in
all. It measures a whole catalogue by the share of datasets; of one dataset an indicator about distributions counts by the
share of its distributions, every other wholly or not at all.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from catalog.interchange.conform import conforming
from catalog.interchange.vocabulary import (
    AUTHORITY,
    FILE_TYPE,
    MACHINE_READABLE,
    NON_PROPRIETARY,
    file_type_of,
    known_licence,
)
from catalog.record import CatalogueRecord, RecordDistribution
from catalog.text import Text

__all__ = ["EXCELLENT", "FULL", "INDICATORS", "Assessment", "Dimension", "Indicator", "Line", "assess"]

METHODOLOGY = "https://data.europa.eu/mqa/methodology"
FULL, EXCELLENT, GOOD, SUFFICIENT = 405, 351, 221, 121


class Dimension(StrEnum):
    """The five dimensions, which are those of the FAIR principles and the context."""

    FINDABILITY = "findability"
    ACCESSIBILITY = "accessibility"
    INTEROPERABILITY = "interoperability"
    REUSABILITY = "reusability"
    CONTEXTUALITY = "contextuality"


@dataclass(frozen=True, slots=True)
class Facts:
    """What is measured: the record, and whether its addresses answered when they were last asked."""

    record: CatalogueRecord
    answers: bool

    def share(self, has: Callable[[RecordDistribution], object]) -> float:
        """The share of distributions that have something; 0 without any."""
        several = self.record.distributions
        return sum(bool(has(one)) for one in several) / len(several) if several else 0.0


@dataclass(frozen=True, slots=True)
class Indicator:
    """One row of the methodology: `measure` gives the share 0..1 of `points`, `remedy` says what brings the rest,
    `source` is the property and section it is measured by."""

    id: str
    dimension: Dimension
    points: int
    name: Text
    measure: Callable[[Facts], float]
    remedy: Text
    source: str


@dataclass(frozen=True, slots=True)
class Line:
    indicator: Indicator
    points: float


@dataclass(frozen=True, slots=True)
class Assessment:
    """`points` of 405, rounded; `missing` are the lines that are not full, those with most to win first."""

    lines: tuple[Line, ...]

    @property
    def points(self) -> int:
        return round(sum(one.points for one in self.lines))

    @property
    def rating(self) -> Text:
        rated = (
            (EXCELLENT, Text("优秀", "excellent")),
            (GOOD, Text("良好", "good")),
            (SUFFICIENT, Text("合格", "sufficient")),
        )
        return next((word for least, word in rated if self.points >= least), Text("不合格", "bad"))

    @property
    def missing(self) -> tuple[Line, ...]:
        lacking = (one for one in self.lines if one.points < one.indicator.points)
        return tuple(sorted(lacking, key=lambda one: one.points - one.indicator.points))


def assess(record: CatalogueRecord, answers: bool) -> Assessment:
    """The points of a record. `answers` = its addresses answered when they were last asked."""
    facts = Facts(record, answers)
    return Assessment(tuple(Line(one, one.points * min(1.0, one.measure(facts))) for one in INDICATORS))


def _type(one: RecordDistribution) -> str | None:
    return file_type_of(one.format, one.media_type)


def _conforms(facts: Facts) -> float:
    """Nothing had to be filled in or dropped for DCAT-AP; what is rendered conforms (held to its shapes by tests)."""
    return float(not conforming(facts.record, "https://portal.invalid")[1])


def _from_vocabulary(uri: str | None) -> bool:
    return (uri or "").startswith(AUTHORITY)


_F, _A, _I, _R, _C = Dimension
_FORMAT = Text("给出文件类型", "Name the file type of every distribution")
_KNOWN = ", ".join(sorted({name for name in FILE_TYPE if FILE_TYPE[name] in MACHINE_READABLE})[:6])
INDICATORS: tuple[Indicator, ...] = (
    Indicator(
        "keywords", _F, 30, Text("关键词", "keywords"),
        lambda f: float(bool(f.record.keywords)),
        Text("发布时加 --keyword", "Give keywords when publishing (--keyword)"), "dcat:keyword",
    ),
    Indicator(
        "themes", _F, 30, Text("主题", "themes"),
        lambda f: float(any(_from_vocabulary(one.uri) for one in f.record.themes)),
        Text("用 --theme 选一个主题", "Choose a theme (--theme)"), "dcat:theme",
    ),
    Indicator(
        "spatial", _F, 20, Text("空间范围", "spatial coverage"),
        lambda f: float(bool(f.record.spatial)),
        Text("设 KAIZHA_PLACE 为数据所属区域", "Set KAIZHA_PLACE to the area the data are of"), "dct:spatial",
    ),
    Indicator(
        "temporal", _F, 20, Text("时间范围", "temporal coverage"),
        lambda f: float(bool(f.record.temporal)),
        Text("在合同中用 event_time 指明事件时间列", "Name the column of events in the contract (event_time)"), "dct:temporal",
    ),
    Indicator(
        "access-url", _A, 50, Text("访问地址可用", "access address answers"),
        lambda f: f.share(lambda one: one.access_url) * f.answers,
        Text("查看探测结果：kaizha counts", "See why it did not answer: kaizha counts"), "dcat:accessURL, reachable",
    ),
    Indicator(
        "download-url", _A, 20, Text("下载地址", "download address"),
        lambda f: f.share(lambda one: one.download_url),
        Text("提供可下载的文件", "Offer a file to download"), "dcat:downloadURL",
    ),
    Indicator(
        "download-answers", _A, 30, Text("下载地址可用", "download address answers"),
        lambda f: f.share(lambda one: one.download_url) * f.answers,
        Text("查看探测结果：kaizha counts", "See why it did not answer: kaizha counts"), "dcat:downloadURL, reachable",
    ),
    Indicator("format", _I, 20, Text("格式", "format"), lambda f: f.share(lambda one: one.format), _FORMAT, "dct:format"),
    Indicator(
        "media-type", _I, 10, Text("媒体类型", "media type"), lambda f: f.share(lambda one: one.media_type),
        Text("给出媒体类型", "Name the media type of every distribution"), "dcat:mediaType",
    ),
    Indicator(
        "format-vocabulary", _I, 10, Text("格式取自受控词表", "format from the vocabulary"),
        lambda f: f.share(lambda one: _type(one) and one.media_type),
        Text("使用欧盟文件类型词表中的格式", "Use file types of the EU's list"), "dct:format, dcat:mediaType in vocabularies",
    ),
    Indicator(
        "non-proprietary", _I, 20, Text("非专有格式", "non-proprietary format"),
        lambda f: float(any(_type(one) in NON_PROPRIETARY for one in f.record.distributions)),
        Text("至少提供一种开放格式", "Offer at least one open format"), "dct:format in the list of non-proprietary ones",
    ),
    Indicator(
        "machine-readable", _I, 20, Text("机器可读", "machine-readable"),
        lambda f: float(any(_type(one) in MACHINE_READABLE for one in f.record.distributions)),
        Text(f"至少提供一种：{_KNOWN}", f"Offer one of {_KNOWN}"), "dct:format in the list of machine-readable ones",
    ),
    Indicator(
        "dcat-ap", _I, 30, Text("符合 DCAT-AP", "conforms to DCAT-AP"), _conforms,
        Text("补全标题、说明与地址", "Fill in title, description and addresses"), "SHACL of DCAT-AP 3.0.1",
    ),
    Indicator(
        "licence", _R, 20, Text("许可协议", "licence"),
        lambda f: _licensed(f, lambda _: True),
        Text("用 --licence 给出许可协议", "Name a licence (--licence)"), "dct:license",
    ),
    Indicator(
        "licence-vocabulary", _R, 10, Text("许可协议取自词表", "licence from the vocabulary"),
        lambda f: _licensed(f, known_licence),
        Text("选用通行协议，如 CC-BY-4.0", "Choose a common licence, such as CC-BY-4.0"), "dct:license in the vocabulary",
    ),
    Indicator(
        "access-rights", _R, 10, Text("访问权限", "access rights"),
        lambda f: float(bool(f.record.access_rights)),
        Text("给出开放属性 --access", "Say who may have it (--access)"), "dct:accessRights",
    ),
    Indicator(
        "access-rights-vocabulary", _R, 5, Text("访问权限取自词表", "access rights from the vocabulary"),
        lambda f: float(_from_vocabulary(f.record.access_rights)),
        Text("给出开放属性 --access", "Say who may have it (--access)"), "dct:accessRights in the vocabulary",
    ),
    Indicator(
        "contact", _R, 20, Text("联系方式", "contact"),
        lambda f: float(any(one.email or one.url for one in f.record.contacts)),
        Text("设 KAIZHA_CONTACT 为答复提问的邮箱或页面", "Set KAIZHA_CONTACT to where questions are answered"), "dcat:contactPoint",
    ),
    Indicator(
        "publisher", _R, 10, Text("发布者", "publisher"),
        lambda f: float(f.record.publisher is not None),
        Text("用 --publisher 给出发布者", "Name the publisher (--publisher)"), "dct:publisher",
    ),
    Indicator(
        "rights", _C, 5, Text("权利声明", "rights"), lambda f: f.share(lambda one: one.rights),
        Text("给出权利声明", "State the rights of every distribution"), "dct:rights",
    ),
    Indicator(
        "byte-size", _C, 5, Text("文件大小", "size in bytes"), lambda f: f.share(lambda one: one.bytes_ is not None),
        Text(
            "仅 Parquet 的大小是已知的；其余格式按请求生成", "Known of the Parquet only; other forms are made when asked for"
        ),
        "dcat:byteSize",
    ),
    Indicator(
        "issued", _C, 5, Text("发布日期", "date of issue"), lambda f: float(bool(f.record.issued)),
        Text("给出发布日期", "Say when it was issued"), "dct:issued",
    ),
    Indicator(
        "modified", _C, 5, Text("更新日期", "date of change"), lambda f: float(bool(f.record.modified)),
        Text("给出更新日期", "Say when it was changed"), "dct:modified",
    ),
)  # fmt: skip


def _licensed(facts: Facts, fits: Callable[[str], bool]) -> float:
    """The licence of each distribution, else that of the dataset."""
    whole = facts.record.licence

    def licensed(one: RecordDistribution) -> bool:
        licence = one.licence or whole
        return licence is not None and fits(licence.uri or "")

    return facts.share(licensed)
