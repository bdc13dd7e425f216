"""Catalogues from elsewhere that are broken or meant to do harm end in a named refusal, in bounded memory, asking nobody."""

from __future__ import annotations

import json
import socket
import tracemalloc
from typing import Any

import pytest

from catalog.errors import BadInput, TooLarge
from catalog.interchange.data_json import parse_data_json
from catalog.interchange.dcat import parse_dcat
from catalog.interchange.iso19139 import parse_iso19139
from catalog.interchange.limits import Limits
from catalog.interchange.parse import parse_catalogue
from catalog.interchange.schema_org import parse_schema_org_page

DCAT = "@prefix dcat: <http://www.w3.org/ns/dcat#> . @prefix dct: <http://purl.org/dc/terms/> ."
MB = 1 << 20

REFUSALS: dict[str, tuple[bytes, str]] = {
    "turtle cut off": (
        f"{DCAT} <http://a.example/1> a dcat:Dataset ; dct:title".encode(),
        "Malformed Turtle",
    ),
    "turtle in latin-1": (f'{DCAT} <http://a.example/1> dct:title "é" .'.encode("latin-1"), "Not UTF-8"),
    "json in gb18030": ('{"dataset": [{"title": "公交"}]}'.encode("gb18030"), "Not UTF-8"),
    "json cut off": (b'{"dataset": [', "Malformed JSON"),
    "json too deep": (b'{"dataset":' + b"[" * 100 + b"]" * 100 + b"}", "nested"),
    "no catalogue": (b'{"hello": 1}', "This is no JSON catalogue"),
    "xml cut off": (
        b"<?xml version='1.0'?><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>",
        "Malformed",
    ),
    "entities": (
        b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><rdf:RDF>&b;</rdf:RDF>',
        "DOCTYPE",
    ),
    "entities in utf-16": (
        '<?xml version="1.0" encoding="utf-16"?><!DOCTYPE r SYSTEM "file:///etc/passwd"><rdf:RDF/>'.encode(
            "utf-16"
        ),
        "DOCTYPE",
    ),
    "xml too deep": (b"<?xml version='1.0'?>" + b"<a>" * 100 + b"</a>" * 100, "nested"),
    "an unknown context": (
        b'{"@context": "https://evil.example/context.jsonld", "@graph": []}',
        "Unknown JSON-LD context: https://evil.example/context.jsonld",
    ),
    "an unknown context within a list": (
        b'{"@context": [{"a": "http://a/"}, "http://169.254.169.254/latest"], "@graph": []}',
        "Unknown JSON-LD context: http://169.254.169.254/latest",
    ),
    "a context within a context": (
        b'{"@context": {"x": {"@id": "http://a/x", "@context": "http://10.0.0.1/c"}}, "@graph": []}',
        "Unknown JSON-LD context: http://10.0.0.1/c",
    ),
    "an imported context": (
        b'{"@context": {"@version": 1.1, "@import": "http://10.0.0.1/c"}, "@graph": []}',
        "Unknown JSON-LD context: http://10.0.0.1/c",
    ),
}


@pytest.fixture(autouse=True)
def nobody_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError("a parser has opened a connection")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.mark.parametrize("name", REFUSALS)
def test_what_cannot_be_read_is_refused_by_name(name: str) -> None:
    body, why = REFUSALS[name]
    with pytest.raises(BadInput) as refused:
        parse_catalogue(body)
    assert why in refused.value.message.en
    assert refused.value.remedy.zh


def test_a_list_of_a_million_datasets_is_refused_before_they_are_read() -> None:
    body = b'{"dataset": [' + b'{"title":"a"},' * 999_999 + b'{"title":"a"}]}'
    tracemalloc.start()
    try:
        with pytest.raises(TooLarge) as refused:
            parse_data_json(body)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert "1,000,000 values" in refused.value.message.en or "50,000 datasets" in refused.value.message.en
    assert peak < 512 * MB


def test_triples_beyond_the_bound_are_not_stored() -> None:
    body = (DCAT + "".join(f'<http://a.example/{n}> dct:title "t" .' for n in range(2_000))).encode()
    with pytest.raises(TooLarge) as refused:
        parse_dcat(body, "turtle", limits=Limits(max_triples=1_000))
    assert refused.value.message.en == "The catalogue has more than 1,000 triples"


def test_bytes_beyond_the_bound_are_not_looked_at() -> None:
    with pytest.raises(TooLarge):
        parse_catalogue(b'{"dataset": []}' + b" " * 2_000, limits=Limits(max_bytes=1_000))


def test_an_organisation_above_itself_is_told_and_the_dataset_is_read() -> None:
    body = f"""{DCAT} @prefix org: <http://www.w3.org/ns/org#> . @prefix foaf: <http://xmlns.com/foaf/0.1/> .
    <http://a.example/1> a dcat:Dataset ; dct:title "Bus stops" ; dct:publisher <http://a.example/o1> .
    <http://a.example/o1> foaf:name "One" ; org:subOrganizationOf <http://a.example/o2> .
    <http://a.example/o2> foaf:name "Two" ; org:subOrganizationOf <http://a.example/o1> ."""
    found = parse_dcat(body.encode(), "turtle")
    assert found.records[0].publisher is not None
    assert [one.kind for one in found.problems] == ["cyclic-organisation"]


def test_an_organisation_that_names_itself_in_data_json_is_told() -> None:
    one = {"name": "A", "subOrganizationOf": {"name": "B", "subOrganizationOf": {"name": "A"}}}
    found = parse_data_json(
        json.dumps({"dataset": [{"title": "t", "identifier": "i", "publisher": one}]}).encode()
    )
    assert [problem.kind for problem in found.problems] == ["cyclic-organisation"]


def test_what_is_no_dataset_in_a_list_is_named_and_the_rest_is_read() -> None:
    found = parse_data_json(b'{"dataset": [1, {"title": "Parks", "identifier": "p", "issued": "soon"}, {}]}')
    assert [one.identifier for one in found.records] == ["p"]
    assert [(one.kind, one.record) for one in found.problems] == [
        ("not-a-dataset", "dataset[0]"),
        ("date", "p"),
        ("not-a-dataset", "dataset[2]"),
    ]


def test_problems_are_counted_when_there_are_too_many_to_list() -> None:
    body = b'{"dataset": [' + b",".join(b"1" for _ in range(300)) + b', {"title": "t", "identifier": "i"}]}'
    problems = parse_data_json(body).problems
    assert len(problems) == 201
    assert problems[-1].why == "100 more problems are not listed"


def test_relative_addresses_do_not_become_files_of_this_machine() -> None:
    body = f'{DCAT} <ds> a dcat:Dataset ; dct:title "t" ; dcat:landingPage <page> .'.encode()
    assert (
        parse_dcat(body, "turtle", "https://portal.example/x/").records[0].uri
        == "https://portal.example/x/ds"
    )
    assert "file:" not in repr(parse_dcat(body, "turtle").records)


def test_a_page_with_one_broken_script_gives_the_dataset_of_the_other() -> None:
    page = """<!doctype html><html><script type="application/ld+json">{"@context": </script>
    <script type="application/ld+json">{"@context": "https://schema.org/", "@type": "Dataset", "@id": "https://a.example/d",
    "name": "Parks", "license": "https://creativecommons.org/licenses/by/4.0/",
    "distribution": {"@type": "DataDownload", "contentUrl": "https://a.example/d.csv", "encodingFormat": "text/csv"}}
    </script></html>"""
    found = parse_schema_org_page(page.encode())
    assert found.records[0].titles == (("", "Parks"),)
    assert found.records[0].distributions[0].download_url == "https://a.example/d.csv"
    assert found.problems[0].property == "script[0]"


ISO = """<?xml version="1.0"?><csw:GetRecordsResponse xmlns:csw="http://www.opengis.net/cat/csw/2.0.2"
 xmlns:gmd="http://www.isotc211.org/2005/gmd" xmlns:gco="http://www.isotc211.org/2005/gco"><csw:SearchResults>
 <gmd:MD_Metadata><gmd:fileIdentifier><gco:CharacterString>abc-1</gco:CharacterString></gmd:fileIdentifier>
 <gmd:identificationInfo><gmd:MD_DataIdentification><gmd:citation><gmd:CI_Citation>
 <gmd:title><gco:CharacterString>Rivers</gco:CharacterString></gmd:title></gmd:CI_Citation></gmd:citation>
 <gmd:abstract><gco:CharacterString>All rivers.</gco:CharacterString></gmd:abstract>
 <gmd:extent><gmd:EX_Extent><gmd:geographicElement><gmd:EX_GeographicBoundingBox>
 <gmd:westBoundLongitude><gco:Decimal>120</gco:Decimal></gmd:westBoundLongitude>
 <gmd:eastBoundLongitude><gco:Decimal>121</gco:Decimal></gmd:eastBoundLongitude>
 <gmd:southBoundLatitude><gco:Decimal>30</gco:Decimal></gmd:southBoundLatitude>
 <gmd:northBoundLatitude><gco:Decimal>31</gco:Decimal></gmd:northBoundLatitude>
 </gmd:EX_GeographicBoundingBox></gmd:geographicElement></gmd:EX_Extent></gmd:extent>
 </gmd:MD_DataIdentification></gmd:identificationInfo>
 <gmd:distributionInfo><gmd:MD_Distribution><gmd:transferOptions><gmd:MD_DigitalTransferOptions><gmd:onLine>
 <gmd:CI_OnlineResource><gmd:linkage><gmd:URL>https://a.example/rivers.zip</gmd:URL></gmd:linkage>
 <gmd:name><gco:CharacterString>Shapefile</gco:CharacterString></gmd:name></gmd:CI_OnlineResource>
 </gmd:onLine></gmd:MD_DigitalTransferOptions></gmd:transferOptions></gmd:MD_Distribution></gmd:distributionInfo>
 </gmd:MD_Metadata><gmd:MD_Metadata/></csw:SearchResults></csw:GetRecordsResponse>"""


def test_an_answer_of_csw_is_read_and_what_is_no_dataset_in_it_is_named() -> None:
    found = parse_iso19139(ISO.encode())
    record = found.records[0]
    assert (record.identifier, record.titles) == ("abc-1", (("", "Rivers"),))
    assert record.spatial[0].box == (120.0, 30.0, 121.0, 31.0)
    assert record.distributions[0].access_url == "https://a.example/rivers.zip"
    assert [one.kind for one in found.problems] == ["not-a-dataset"]
    assert parse_catalogue(ISO.encode()).records == found.records


def test_a_page_of_ogc_records_is_read_and_names_the_next() -> None:
    page = {
        "type": "FeatureCollection",
        "features": [
            {
                "type": "Feature",
                "id": "urn:rivers",
                "geometry": {
                    "type": "Polygon",
                    "coordinates": [[[120, 30], [121, 30], [121, 31], [120, 30]]],
                },
                "time": {"interval": ["2020-01-01", ".."]},
                "properties": {"title": "Rivers", "keywords": ["water"], "language": {"code": "en"}},
                "links": [
                    {"rel": "enclosure", "href": "https://a.example/r.csv", "type": "text/csv"},
                    {"rel": "license", "href": "https://creativecommons.org/licenses/by/4.0/"},
                ],
            }
        ],
        "links": [{"rel": "next", "href": "https://a.example/items?offset=1"}],
    }
    found = parse_catalogue(json.dumps(page).encode())
    record = found.records[0]
    assert found.next_pages == ("https://a.example/items?offset=1",)
    assert record.temporal[0].start == "2020-01-01"
    assert record.distributions[0].media_type == "text/csv"
    assert record.licence is not None


@pytest.mark.parametrize("format_", ["rdf-xml", "iso19139"])
def test_xml_of_more_elements_than_the_bound_is_refused_before_it_is_held(format_: str) -> None:
    body = b"<a>" + b"<b/>" * 20 + b"</a>"
    with pytest.raises(TooLarge, match="elements"):
        parse_catalogue(body, format=format_, limits=Limits(max_triples=10))


def test_json_of_more_values_than_the_bound_is_refused() -> None:
    body = b'{"dataset": [' + b'"x",' * 30 + b'"x"]}'
    with pytest.raises(TooLarge, match="values"):
        parse_catalogue(body, format="data-json", limits=Limits(max_triples=10))
