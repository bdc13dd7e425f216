"""Sources that are documents: one dataset each, or pages of them, and pages that never come to an end."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from gateway.exchange.source import Kind, RunState
from gateway.gate import Gate
from tests.gateway.exchange.conftest import Harvest
from tests.gateway.exchange.stub_ckan import Answering, Portal
from tests.gateway.exchange.test_harvest import records, told

ONE = {
    Kind.CROISSANT: {
        "@context": {"@vocab": "https://schema.org/"},
        "@type": "Dataset",
        "name": "河流 rivers",
        "url": "https://x.invalid/rivers",
        "distribution": [{"@type": "FileObject", "name": "r.csv", "contentUrl": "https://x.invalid/r.csv"}],
    },
    Kind.DATA_PACKAGE: {
        "name": "rivers",
        "title": "河流 rivers",
        "resources": [{"name": "r", "path": "r.csv", "format": "csv"}],
    },
}
RECORD = """<gmd:MD_Metadata><gmd:fileIdentifier><gco:CharacterString>r{0}</gco:CharacterString></gmd:fileIdentifier>
<gmd:identificationInfo><gmd:MD_DataIdentification><gmd:citation><gmd:CI_Citation><gmd:title>
<gco:CharacterString>河流 {0}</gco:CharacterString></gmd:title></gmd:CI_Citation></gmd:citation>
</gmd:MD_DataIdentification></gmd:identificationInfo></gmd:MD_Metadata>"""
SERVICE = "<gmd:MD_Metadata/>"
ANSWER = """<?xml version="1.0"?><csw:GetRecordsResponse xmlns:csw="http://www.opengis.net/cat/csw/2.0.2"
 xmlns:gmd="http://www.isotc211.org/2005/gmd" xmlns:gco="http://www.isotc211.org/2005/gco">
<csw:SearchResults numberOfRecordsMatched="{total}" numberOfRecordsReturned="{here}" nextRecord="{following}">
{entries}</csw:SearchResults></csw:GetRecordsResponse>"""


@pytest.mark.parametrize("kind", ONE)
@pytest.mark.parametrize("said", [True, False])
def test_a_document_of_one_dataset_is_harvested_whether_its_kind_is_said_or_found_out(
    gate: Gate, harvest: Harvest, portal: Portal, kind: Kind, said: bool
) -> None:
    portal.files["/about.json"] = json.dumps(ONE[kind]).encode()
    run = harvest(f"{portal.url}/about.json", kind if said else Kind.AUTO)
    assert (run.state, run.counts["new"], told(run)) == (RunState.COMPLETE, 1, [])
    assert list(records(gate).values()) == ["河流 rivers"]
    assert harvest(f"{portal.url}/about.json", kind if said else Kind.AUTO).counts["changed"] == 0


def asked(asking: Answering) -> dict[str, str]:
    return {name.lower(): several[0] for name, several in parse_qs(urlsplit(asking.path).query).items()}


def ogc(portal: Portal, total: int, page: int, said: int | None = None) -> None:
    """A server of OGC API Records with so many records."""

    def answer(asking: Answering) -> bool:
        start = int(asked(asking).get("offset", 0))
        numbers = range(start, min(start + page, total))
        link = {"rel": "next", "href": f"{portal.url}/items?offset={start + page}"}
        body = {
            "type": "FeatureCollection",
            "numberMatched": total if said is None else said,
            "features": [
                {"type": "Feature", "id": f"r{n}", "geometry": None, "properties": {"title": f"河流 {n}"}}
                for n in numbers
            ],
            "links": [link] if start + page < total else [],
        }
        asking.send(200, json.dumps(body).encode(), "application/geo+json")
        return True

    portal.before = answer


def csw(portal: Portal, total: int, page: int, said: int | None = None, stuck: str = "") -> None:
    """A CSW with so many records, the third of which is a service. `stuck`: "same" always answers the first page as if
    it were the one asked for, "self" names each page as its own next."""

    def answer(asking: Answering) -> bool:
        given = asked(asking)
        if given.get("request") != "GetRecords" or given.get("outputschema") is None:
            report = b'<ows:ExceptionReport xmlns:ows="http://www.opengis.net/ows" version="1.2.0"/>'
            asking.send(200, report, "application/xml")
            return True
        start = int(given["startposition"])
        following = start + page if start + page <= total else 0
        first = 1 if stuck == "same" else start
        numbers = range(first, min(first + page, total + 1))
        entries = "".join(SERVICE if n == 3 else RECORD.format(n) for n in numbers)
        body = ANSWER.format(
            total=total if said is None else said,
            here=len(numbers),
            following=start if stuck == "self" else following,
            entries=entries,
        )
        asking.send(200, body.encode(), "application/xml")
        return True

    portal.before = answer


def test_pages_of_ogc_records_are_followed_and_what_is_gone_is_marked(
    gate: Gate, harvest: Harvest, portal: Portal
) -> None:
    ogc(portal, 25, 10)
    run = harvest(f"{portal.url}/items", Kind.OGC)
    assert (run.state, run.counts["new"], run.expected) == (RunState.COMPLETE, 25, 25)
    ogc(portal, 24, 10)
    assert harvest(f"{portal.url}/items", Kind.OGC).counts["deleted"] == 1
    ogc(portal, 10, 10, said=24)  # it says there are more than it lists
    run = harvest(f"{portal.url}/items", Kind.OGC)
    assert (run.state, told(run), run.counts["deleted"]) == (RunState.PARTIAL, ["incomplete-listing"], 0)
    assert len(records(gate)) == 24


def test_pages_of_a_csw_are_followed_from_its_endpoint_alone(
    gate: Gate, harvest: Harvest, portal: Portal
) -> None:
    csw(portal, 25, 10)
    run = harvest(f"{portal.url}/csw?map=city", Kind.CSW)
    assert (run.state, run.counts["new"], told(run)) == (RunState.COMPLETE, 24, ["not-a-dataset"])
    assert portal.asked["/csw"] == 3
    csw(portal, 24, 10)
    assert harvest(f"{portal.url}/csw?map=city", Kind.CSW).counts["deleted"] == 1
    csw(portal, 10, 10, said=24)
    run = harvest(f"{portal.url}/csw?map=city", Kind.CSW)
    assert (run.state, run.counts["deleted"]) == (RunState.PARTIAL, 0)
    assert "incomplete-listing" in told(run)
    csw(portal, 0, 10)
    run = harvest(f"{portal.url}/csw?map=city", Kind.CSW)
    assert (told(run), len(records(gate))) == (["empty-listing"], 23)


@pytest.mark.parametrize("stuck", ["same", "self"])
def test_a_page_of_a_csw_that_repeats_for_ever_is_left_by_name(
    gate: Gate, harvest: Harvest, portal: Portal, stuck: str
) -> None:
    csw(portal, 1_000, 10, stuck=stuck)
    run = harvest(f"{portal.url}/csw", Kind.CSW)
    assert run.state is RunState.PARTIAL
    assert told(run)[-1] == "repeated-page"
    assert len(records(gate)) == 9
    assert portal.asked.total() <= 2


def test_an_exception_of_a_csw_is_told_by_name(harvest: Harvest, portal: Portal) -> None:
    csw(portal, 25, 10)
    run = harvest(f"{portal.url}/csw?request=GetCapabilities", Kind.CSW)
    assert (run.state, told(run)) == (RunState.PARTIAL, ["malformed"])
    assert "CSW" in str(run.problems[0]["message"])
