"""The controlled vocabularies that catalogues share, as tables: themes, frequencies, file types, access rights, licences.

Addresses are those of the EU Publications Office (http://publications.europa.eu/resource/authority/), which DCAT-AP 3.0.1
names, and of IANA for media types.
"""

from __future__ import annotations

from collections.abc import Mapping

from catalog.record import Licence

__all__ = [
    "ACCESS_PUBLIC",
    "ACCESS_RESTRICTED",
    "AUTHORITY",
    "AVAILABLE",
    "FILE_TYPE",
    "FREQUENCY",
    "FREQUENCY_OF_CYCLE",
    "IANA",
    "LANGUAGE",
    "LICENCES",
    "MACHINE_READABLE",
    "MEDIA_TYPE_OF",
    "NON_PROPRIETARY",
    "PUBLISHER_TYPE",
    "THEMES_OF_OURS",
    "cycle_of",
    "file_type_of",
    "format_words",
    "iana",
    "known_licence",
    "licence_of",
    "our_theme",
]

AUTHORITY = "http://publications.europa.eu/resource/authority"
ACCESS_PUBLIC = f"{AUTHORITY}/access-right/PUBLIC"
ACCESS_RESTRICTED = f"{AUTHORITY}/access-right/RESTRICTED"
AVAILABLE = f"{AUTHORITY}/planned-availability/AVAILABLE"
PUBLISHER_TYPE = "http://purl.org/adms/publishertype/LocalAuthority"
IANA = "http://www.iana.org/assignments/media-types"

THEMES_OF_OURS: Mapping[str, str] = {
    theme: f"{AUTHORITY}/data-theme/{code}"
    for theme, code in {
        "agriculture": "AGRI",
        "credit": "ECON",
        "culture": "EDUC",
        "education": "EDUC",
        "energy": "ENER",
        "enterprise": "ECON",
        "environment": "ENVI",
        "finance": "ECON",
        "health": "HEAL",
        "housing": "SOCI",
        "judicial": "JUST",
        "mapping": "REGI",
        "meteorology": "ENVI",
        "other": "OP_DATPRO",
        "public_security": "JUST",
        "social": "SOCI",
        "social_security": "SOCI",
        "statistics": "GOVE",
        "transport": "TRAN",
        "water": "ENVI",
    }.items()
}
"""Our themes (`catalog.dataset.THEMES`) as data themes: the nearest one."""

_BACK = {
    "AGRI": "agriculture",
    "ECON": "finance",
    "EDUC": "education",
    "ENER": "energy",
    "ENVI": "environment",
    "GOVE": "statistics",
    "HEAL": "health",
    "JUST": "judicial",
    "REGI": "mapping",
    "SOCI": "social",
    "TRAN": "transport",
}

FREQUENCY: Mapping[str, str] = {
    code: f"{AUTHORITY}/frequency/{code}"
    for code in (
        *("CONT", "UPDATE_CONT", "HOURLY", "BIHOURLY", "TRIHOURLY", "DAILY", "DAILY_2", "WEEKLY", "WEEKLY_2"),
        *("WEEKLY_3", "BIWEEKLY", "MONTHLY", "MONTHLY_2", "MONTHLY_3", "BIMONTHLY", "QUARTERLY", "ANNUAL"),
        *("ANNUAL_2", "ANNUAL_3", "BIENNIAL", "TRIENNIAL", "QUADRENNIAL", "QUINQUENNIAL", "DECENNIAL"),
        *("IRREG", "NEVER", "OTHER", "UNKNOWN", "NOT_PLANNED", "AS_NEEDED"),
    )
}
FREQUENCY_OF_CYCLE: Mapping[str, str] = {
    "realtime": FREQUENCY["UPDATE_CONT"],
    "daily": FREQUENCY["DAILY"],
    "weekly": FREQUENCY["WEEKLY"],
    "monthly": FREQUENCY["MONTHLY"],
    "quarterly": FREQUENCY["QUARTERLY"],
    "half-yearly": FREQUENCY["ANNUAL_2"],
    "yearly": FREQUENCY["ANNUAL"],
    "irregular": FREQUENCY["IRREG"],
}
# How others spell a cycle: EU codes, Dublin Core frequency terms, ISO 8601 of DCAT-US, ISO 19115 codes, English.
_CYCLES = {
    "realtime": "cont update_cont continuous continual realtime real-time hourly bihourly trihourly r/pt1s r/pt1h pt1h",
    "daily": "daily daily_2 r/p1d p1d",
    "weekly": "weekly weekly_2 weekly_3 semiweekly threetimesaweek r/p1w r/p7d r/p3.5d p1w",
    "monthly": "monthly monthly_2 monthly_3 biweekly fortnightly semimonthly threetimesamonth r/p1m r/p2w r/p0.5m p1m",
    "quarterly": "quarterly bimonthly r/p3m r/p2m p3m",
    "half-yearly": "annual_2 annual_3 semiannual biannually half-yearly threetimesayear r/p6m r/p4m p6m",
    "yearly": "annual annually yearly r/p1y p1y",
}
_CYCLE_OF = {word: cycle for cycle, words in _CYCLES.items() for word in words.split()}

FILE_TYPE: Mapping[str, str] = {
    name: f"{AUTHORITY}/file-type/{code}"
    for name, code in {
        "Atom": "ATOM",
        "CSV": "CSV",
        "DBF": "DBF",
        "DOC": "DOC",
        "DOCX": "DOCX",
        "GML": "GML",
        "GPKG": "GPKG",
        "GRID": "GRID",
        "GZIP": "GZIP",
        "GeoJSON": "GEOJSON",
        "GeoTIFF": "TIFF",
        "HDF": "HDF",
        "HTML": "HTML",
        "JPEG": "JPEG",
        "JSON": "JSON",
        "JSON-LD": "JSON_LD",
        "KML": "KML",
        "KMZ": "KMZ",
        "MDB": "MDB",
        "N3": "N3",
        "NDJSON": "JSON",
        "NetCDF": "NETCDF",
        "ODS": "ODS",
        "ODT": "ODT",
        "PDF": "PDF",
        "PNG": "PNG",
        "Parquet": "PARQUET",
        "RDF/XML": "RDF_XML",
        "RSS": "RSS",
        "SHP": "SHP",
        "SPARQL": "SPARQLQ",
        "SQL": "SQL",
        "TAR": "TAR",
        "TIFF": "TIFF",
        "TSV": "TSV",
        "TXT": "TXT",
        "Turtle": "RDF_TURTLE",
        "WFS": "WFS_SRVC",
        "WMS": "WMS_SRVC",
        "XLS": "XLS",
        "XLSX": "XLSX",
        "XML": "XML",
        "ZIP": "ZIP",
    }.items()
}

MEDIA_TYPE_OF: Mapping[str, str] = {
    "Atom": "application/atom+xml",
    "CSV": "text/csv",
    "GML": "application/gml+xml",
    "GPKG": "application/geopackage+sqlite3",
    "GZIP": "application/gzip",
    "GeoJSON": "application/geo+json",
    "HTML": "text/html",
    "JPEG": "image/jpeg",
    "JSON": "application/json",
    "JSON-LD": "application/ld+json",
    "KML": "application/vnd.google-earth.kml+xml",
    "NetCDF": "application/netcdf",
    "ODS": "application/vnd.oasis.opendocument.spreadsheet",
    "PDF": "application/pdf",
    "PNG": "image/png",
    "Parquet": "application/vnd.apache.parquet",
    "RDF/XML": "application/rdf+xml",
    "TIFF": "image/tiff",
    "TSV": "text/tab-separated-values",
    "TXT": "text/plain",
    "Turtle": "text/turtle",
    "XLS": "application/vnd.ms-excel",
    "XLSX": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "XML": "application/xml",
    "ZIP": "application/zip",
}
_NAME_OF_TYPE = {media.lower(): name for name, media in MEDIA_TYPE_OF.items()} | {
    "application/rss+xml": "RSS",
    "application/x-ndjson": "NDJSON",
    "application/vnd.apache.arrow.stream": "Arrow",
    "application/x-netcdf": "NetCDF",
    "text/xml": "XML",
    "application/n-triples": "N3",
    "application/x-parquet": "Parquet",
    "application/vnd.geo+json": "GeoJSON",
}
_NAME_OF_WORD = {name.lower(): name for name in FILE_TYPE} | {
    "excel": "XLSX",
    "shapefile": "SHP",
    "ttl": "Turtle",
    "rdf": "RDF/XML",
    "jsonld": "JSON-LD",
    "json lines": "NDJSON",
    "jsonl": "NDJSON",
    "geotiff": "GeoTIFF",
    "tab": "TSV",
    "text": "TXT",
    "zipped csv": "ZIP",
    "zipped shapefile": "SHP",
}

_OPEN_FORMS = (
    "Atom CSV GML GPKG GZIP GeoJSON HDF HTML JSON JSON-LD KML N3 NetCDF ODS ODT PDF PNG Parquet RDF/XML RSS SPARQL SQL TAR"
    " TSV TXT Turtle WFS WMS XLSX XML ZIP"
)
_MACHINE_FORMS = (
    "Atom CSV DBF GML GPKG GeoJSON HDF JSON JSON-LD KML KMZ N3 NetCDF ODS Parquet RDF/XML RSS SHP SPARQL SQL TSV Turtle WFS"
    " WMS XLS XLSX XML"
)
NON_PROPRIETARY = frozenset(FILE_TYPE[name] for name in _OPEN_FORMS.split())
"""File types whose specification is open, by address: what MQA counts as non-proprietary."""
MACHINE_READABLE = frozenset(FILE_TYPE[name] for name in _MACHINE_FORMS.split())
"""File types that a program can read values from, by address."""

# Licences by the names they go under (SPDX and what portals write): address, and the name of the EU's licence list.
_LICENCES = {
    "CC-BY-4.0": ("https://creativecommons.org/licenses/by/4.0/", "CC_BY_4_0"),
    "CC-BY-SA-4.0": ("https://creativecommons.org/licenses/by-sa/4.0/", "CC_BYSA_4_0"),
    "CC-BY-NC-4.0": ("https://creativecommons.org/licenses/by-nc/4.0/", "CC_BYNC_4_0"),
    "CC-BY-ND-4.0": ("https://creativecommons.org/licenses/by-nd/4.0/", "CC_BYND_4_0"),
    "CC-BY-3.0": ("https://creativecommons.org/licenses/by/3.0/", "CC_BY_3_0"),
    "CC0-1.0": ("https://creativecommons.org/publicdomain/zero/1.0/", "CC0"),
    "ODC-BY-1.0": ("https://opendatacommons.org/licenses/by/1-0/", "ODC_BY"),
    "ODbL-1.0": ("https://opendatacommons.org/licenses/odbl/1-0/", "ODC_BL"),
    "PDDL-1.0": ("https://opendatacommons.org/licenses/pddl/1-0/", "ODC_PDDL"),
    "Apache-2.0": ("https://www.apache.org/licenses/LICENSE-2.0", "APACHE_2_0"),
    "MIT": ("https://opensource.org/licenses/MIT", "MIT"),
}
LICENCES: Mapping[str, str] = {
    **{name: uri for name, (uri, _) in _LICENCES.items()},
}
"""SPDX name → canonical address."""
_EU_LICENCE = {f"{AUTHORITY}/licence/{code}": name for name, (_, code) in _LICENCES.items()}
_NAME_OF_LICENCE = {name.lower(): name for name in LICENCES}

LANGUAGE: Mapping[str, str] = {
    tag: f"{AUTHORITY}/language/{code}"
    for tag, code in {
        "ca": "CAT", "cs": "CES", "da": "DAN", "de": "DEU", "el": "ELL", "en": "ENG", "es": "SPA", "et": "EST",
        "eu": "EUS", "fi": "FIN", "fr": "FRA", "gl": "GLG", "hu": "HUN", "it": "ITA", "ja": "JPN", "ko": "KOR",
        "nl": "NLD", "no": "NOR", "pl": "POL", "pt": "POR", "ro": "RON", "ru": "RUS", "sk": "SLK", "sl": "SLV",
        "sv": "SWE", "zh": "ZHO",
    }.items()
}  # fmt: skip


def licence_of(name: str) -> Licence | None:
    """A licence by its name or address: the canonical address where the name is a known one. None for a blank."""
    asked = name.strip()
    if not asked:
        return None
    known = _NAME_OF_LICENCE.get(asked.lower()) or _EU_LICENCE.get(asked)
    if known:
        return Licence(LICENCES[known], known)
    return Licence(asked, None) if asked.lower().startswith(("http://", "https://")) else Licence(None, asked)


def known_licence(uri: str) -> bool:
    """Whether an address is one of a licence in the tables, `http` or `https`, with or without a final slash."""
    plain = uri.split("://", 1)[-1].rstrip("/").removesuffix("/legalcode").removeprefix("www.")
    return plain in _PLAIN_LICENCES or uri.startswith(f"{AUTHORITY}/licence/")


_PLAIN_LICENCES = {uri.split("://", 1)[-1].rstrip("/").removeprefix("www.") for uri in LICENCES.values()}


def iana(media_type: str) -> str:
    """The address of a media type."""
    return f"{IANA}/{media_type}"


def format_words(format_: str | None, media_type: str | None) -> str | None:
    """The name of a file type as in `FILE_TYPE`, from an address, words, or the media type; the words as they are where
    they name none; None where nothing is said."""
    if format_:
        asked = format_.rstrip("/").rsplit("/", 1)[-1] if "://" in format_ else format_.strip().lstrip(".")
        for name, uri in FILE_TYPE.items():
            if uri == format_:
                return name
        found = _NAME_OF_WORD.get(asked.lower()) or _NAME_OF_TYPE.get(format_.lower())
        if found:
            return found
    kind = (media_type or "").split(";")[0].strip().lower()
    return _NAME_OF_TYPE.get(kind, format_)


def file_type_of(format_: str | None, media_type: str | None) -> str | None:
    """The address of the file type; None where it is none of the vocabulary's."""
    if format_ and format_.startswith(f"{AUTHORITY}/file-type/"):
        return format_
    return FILE_TYPE.get(format_words(format_, media_type) or "")


def cycle_of(frequency: str | None) -> str:
    """The update cycle of ours (`catalog.dataset.UPDATE_CYCLES`) that a frequency means, "irregular" for any other."""
    if not frequency:
        return "irregular"
    word = frequency.rsplit("/", 1)[-1] if "://" in frequency else frequency
    return _CYCLE_OF.get(word.rsplit("#", 1)[-1].strip().lower(), "irregular")


def our_theme(uri: str) -> str | None:
    """The theme of ours that a data theme of the EU is nearest to; None for any other address."""
    return _BACK.get(uri.rsplit("/", 1)[-1]) if uri.startswith(f"{AUTHORITY}/data-theme/") else None
