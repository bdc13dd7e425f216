"""Every page, in both languages: what it shows, what it may never show, and that it stands by itself."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from fastapi import FastAPI, Request, Response
from starlette.testclient import TestClient

from catalog.dataset import Dataset
from catalog.text import Text
from gateway.portal import error_page

PAGES = (
    "/",
    "/?q=2001",
    "/?q=nothing-like-this",
    "/?theme=transport&publisher=x",
    "/datasets/bus-stops",
    "/datasets/hostile",
    "/datasets/air-quality",
    "/datasets/bus-stops/privacy",
    "/datasets/hostile/privacy",
    "/datasets/air-quality/privacy",
    "/datasets/bus-stops/risk",
    "/datasets/hostile/risk",
    "/datasets/air-quality/risk",
    "/datasets/bus-stops/quality",
    "/datasets/unknown/quality",
    "/datasets/unknown/risk",
    "/counts",
    "/counts?as_of=2026-05-15",
    "/counts?as_of=nonsense",
    "/datasets/unknown",
)
GIVEN_BY_DATA = {"https://creativecommons.org/licenses/by/4.0/", "https://data.example.org/stops?a=1&b=2"}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", PAGES)
def test_every_page_is_well_formed_labelled_and_self_contained(
    reader: TestClient, markup: ModuleType, path: str, language: str
) -> None:
    answer = reader.get(path, params={"lang": language, **dict(_query(path))})
    page = markup.Page(answer.text)
    assert page.faults == []
    assert page.having("html", lang="zh-CN" if language == "zh" else "en")
    outside = {link for link in page.links() if link.startswith(("http", "//"))}
    assert outside <= GIVEN_BY_DATA
    shown = re.sub(
        r'<pre.*?</pre>|<script type="application/ld\+json">.*?</script>', "", answer.text, flags=re.DOTALL
    )
    assert set(re.findall(r"https?://[^\s\"'<]+", shown)) - {"https://example.org"} <= {
        address.replace("&", "&amp;") for address in GIVEN_BY_DATA
    }


@pytest.mark.parametrize("path", PAGES)
def test_every_page_forbids_what_is_not_ours_and_is_asked_for_again(reader: TestClient, path: str) -> None:
    answer = reader.get(path)
    assert answer.headers["content-security-policy"].startswith("default-src 'self';")
    assert answer.headers["cache-control"] == "no-cache"
    assert "Accept-Language" in answer.headers["vary"]
    if answer.status_code == 200:
        again = reader.get(path, headers={"if-none-match": f'"other", {answer.headers["etag"]}'})
        assert (again.status_code, again.content) == (304, b"")
        assert reader.get(path, headers={"if-none-match": '"other"'}).status_code == 200


def test_both_languages_say_different_words_but_leave_titles_alone(reader: TestClient) -> None:
    zh, en = (reader.get("/datasets/bus-stops", params={"lang": one}).text for one in ("zh", "en"))
    assert "未开放的字段" in zh
    assert "未开放的字段" not in en
    assert "Fields that are withheld" in en
    assert "Fields that are withheld" not in zh
    assert "公交站点" in zh
    assert "公交站点" in en


def test_chinese_is_the_default_and_the_browser_is_heard(reader: TestClient, markup: ModuleType) -> None:
    for header, lang in (("fr", "zh-CN"), ("en-US,en;q=0.9", "en")):
        page = markup.Page(reader.get("/", headers={"accept-language": header}).text)
        assert page.having("html", lang=lang)


def test_a_language_asked_for_is_kept_in_every_link_of_ours(reader: TestClient, markup: ModuleType) -> None:
    for path in ("/", "/datasets/bus-stops", "/counts"):
        page = markup.Page(reader.get(path, params={"lang": "en"}).text)
        pages = [one for one in page.links() if one.startswith("/") and not one.startswith("/api/")]
        assert len(pages) >= 4
        assert all("lang=" in one for one in pages), path
        assert len([one for one in pages if "lang=zh" in one]) == 1
    assert page.having("input", type="hidden", name="lang", value="en")


def test_the_language_switch_keeps_the_search(reader: TestClient, markup: ModuleType) -> None:
    page = markup.Page(reader.get("/?q=停车&theme=transport").text)
    (switch,) = [link for link in page.links() if "lang=zh" in link]
    assert reader.get(switch).text.count('class="card"') == 20


# --- hostile input


def test_a_hostile_title_is_text(reader: TestClient, markup: ModuleType, city: ModuleType) -> None:
    for path in ("/", "/?q=script", "/datasets/hostile", "/counts"):
        answer = reader.get(path)
        of_ours = '<script src="/static/try.js?v='
        ours = answer.text.count(of_ours)
        rest = answer.text.replace(of_ours, "").replace('<script type="application/ld+json">', "", 1)
        assert "<script" not in rest
        assert answer.text.count("</script>") == ours + (path == "/datasets/hostile")
        assert "<img" not in answer.text
        assert "<svg onload" not in answer.text
    page = markup.Page(reader.get("/datasets/hostile").text)
    for shown in (
        city.HOSTILE.title,
        city.HOSTILE.publisher,
        city.HOSTILE_COLUMN,
        "<script>alert(6)</script>",
    ):
        assert shown in page.text
    assert "{{ 7 * 7 }}" in page.text


def test_a_source_or_licence_that_runs_is_no_link(reader: TestClient, markup: ModuleType) -> None:
    answer = reader.get("/datasets/hostile")
    assert not [link for link in markup.Page(answer.text).links() if "javascript" in link.lower()]
    assert "javascript:alert(4)//https://example.org" in markup.Page(answer.text).text


@pytest.mark.parametrize(
    "q", ["<script>x</script>", '"><b>', "%00\x00", "a" * 5000, "' OR 1=1 --", "%_", "\u202e"]
)
def test_a_hostile_search_is_answered(reader: TestClient, markup: ModuleType, q: str) -> None:
    answer = reader.get("/", params={"q": q, "theme": q, "publisher": q, "after": q})
    assert answer.status_code == 200
    assert markup.Page(answer.text).faults == []
    assert not re.search("[\x00\u202e]", answer.text), "what a database need not take is not passed on"


def test_a_hostile_host_is_not_repeated_in_what_people_paste(reader: TestClient) -> None:
    answer = reader.get("/datasets/bus-stops", headers={"host": "a';curl evil.example;'"})
    assert "evil.example" not in answer.text


# --- catalogue


def test_paging_shows_every_dataset_once(reader: TestClient, markup: ModuleType, city: ModuleType) -> None:
    address, seen, pages = "/?lang=en", [], 0
    while address:
        page = markup.Page(reader.get(address).text)
        pages += 1
        seen += [link.split("?")[0] for link in page.links() if link.startswith("/datasets/")]
        address = next((found["href"] for found in page.having("a", rel="next")), "")
    assert pages == 2
    assert len(seen) == len(set(seen)) == city.PARKINGS + 4
    assert seen == sorted(seen)


def test_a_card_says_what_is_masked_and_what_is_withheld(reader: TestClient, markup: ModuleType) -> None:
    text = markup.Page(reader.get("/?q=bus-stops").text).text
    for said in (
        "1 dataset",
        "12 rows",
        "5 fields",
        "1 field masked",
        "1 field withheld",
        "Grade L1",
        "2026-05-01",
    ):
        assert said in text
    assert "CSV JSON NDJSON XLSX PARQUET ARROW" in text


def test_filters_count_what_choosing_them_shows(reader: TestClient, markup: ModuleType) -> None:
    page = markup.Page(reader.get("/?q=停车场").text)
    chosen = [link for link in page.links() if "publisher=" in link and "after=" not in link]
    assert len(chosen) == 13
    for link in chosen[:3]:
        found = markup.Page(reader.get(link).text)
        (number,) = re.findall(r"(\d+) datasets", found.text)
        assert int(number) == 2
    themes = re.findall(r"Transport (\d+)", markup.Page(reader.get("/?theme=other").text).text)
    assert themes == ["26"], "a theme's count does not depend on the theme chosen"


def test_the_headline_shows_the_counts_against_the_targets(reader: TestClient, markup: ModuleType) -> None:
    text = markup.Page(reader.get("/").text).text
    assert "Datasets 28 of 1,600 · 1.8%" in text
    assert "Data APIs 0 of 4,000 · 0%" in text
    assert "of 45,000" in text


def test_an_empty_catalogue_says_what_to_do(small: Any, markup: ModuleType) -> None:
    with TestClient(small.app()) as client:
        page = markup.Page(client.get("/?lang=en").text)
    assert page.faults == []
    assert "Nothing has been opened yet" in page.text
    assert "kaizha publish" in page.text


def test_a_search_without_result_offers_the_way_back(reader: TestClient, markup: ModuleType) -> None:
    page = markup.Page(reader.get("/?q=nothing-like-this").text)
    assert "No dataset matches" in page.text
    assert "Clear search and filters" in page.text


# --- dataset


def test_a_withheld_field_is_named_with_entry_basis_and_remedy(
    reader: TestClient, markup: ModuleType
) -> None:
    text = markup.Page(reader.get("/datasets/bus-stops").text).text
    for said in (
        "负责人身份证",
        "CN-PERSONAL-ID",
        "identity number",
        "Resident identity numbers may not be opened",
        "PIPL, article 28",
        "《个人信息保护法》第二十八条",
        "Leave the column out, or publish counts",
    ):
        assert said in text
    assert "居民身份证号码不得开放" in reader.get("/datasets/bus-stops?lang=zh").text


def test_kept_back_rows_and_other_findings_are_told(reader: TestClient, markup: ModuleType) -> None:
    text = markup.Page(reader.get("/datasets/bus-stops").text).text
    assert "About 30 rows were kept back (rounded to 10)." in text
    assert "Some rows Stops beside protected sites are kept back CN-SITES" in text
    assert text.count("CN-PERSONAL-ID") == 1, "a withheld field's reason is told once"


def test_fields_are_explained(reader: TestClient, markup: ModuleType) -> None:
    text = markup.Page(reader.get("/datasets/bus-stops").text).text
    assert "longitude Longitude 经度 Number deg" in text
    assert "Data element DE00021" in text
    assert "Partly hidden: only some characters are kept" in text
    assert "75%" in text, "three of twelve dates are missing"


def test_the_preview_shows_the_first_rows_of_the_release(reader: TestClient, markup: ModuleType) -> None:
    text = markup.Page(reader.get("/datasets/bus-stops").text).text
    assert "S0001 湖滨1站 120.01 null 138****0001" in text
    assert "S0010" in text
    assert "S0011" not in text
    wide = markup.Page(reader.get("/datasets/air-quality").text).text
    assert "Only the first 30 fields are shown" in wide


def test_calls_and_downloads_name_this_address(reader: TestClient, markup: ModuleType) -> None:
    page = markup.Page(reader.get("/datasets/bus-stops").text)
    api = "/api/v1/datasets/bus-stops"
    for code in (
        f"curl 'http://testserver{api}/records?limit=10'",
        "pd.read_parquet(",
        "FROM read_parquet(",
        "fetch(",
    ):
        assert code in page.text
    for ending in ("csv", "json", "ndjson", "xlsx", "parquet", "arrow"):
        assert f"{api}/export.{ending}" in page.links()
    assert f"{api}/openapi.json" in page.links()


def test_a_release_can_be_traced(reader: TestClient, markup: ModuleType) -> None:
    text = markup.Page(reader.get("/datasets/bus-stops").text).text
    assert re.search(r"Release [0-9a-f]{64}", text)
    assert "Ledger entry 0" in text
    assert "97.3" in text


def test_first_opened_stays_when_a_dataset_is_released_again(
    small: Any, city: ModuleType, markup: ModuleType
) -> None:
    stops = Dataset("stops", "Stops", "P", "other")
    small.open(stops, [city.kept("a")], "SELECT 'x' AS a", at=city.MAY)
    small.open(stops, [city.kept("a")], "SELECT 'y' AS a", at=city.JUNE)
    with TestClient(small.app()) as client:
        text = markup.Page(client.get("/datasets/stops?lang=en").text).text
    assert "First opened 2026-05-01 Last update 2026-06-01 08:00 UTC" in text


@pytest.mark.parametrize(
    "name", ["unknown", "refused-one", "held-one", "UPPER", "a%00b", "..", "x" * 300, "<script>"]
)
def test_what_is_not_open_is_not_found(reader: TestClient, markup: ModuleType, name: str) -> None:
    for language, said in (("zh", "没有这个开放数据集"), ("en", "There is no such open dataset")):
        answer = reader.get(f"/datasets/{name}", params={"lang": language})
        assert answer.status_code == (404 if name != ".." else 200)
        if name != "..":
            assert said in answer.text
            assert markup.Page(answer.text).faults == []


def test_a_withdrawn_dataset_leaves_every_page(small: Any, city: ModuleType) -> None:
    small.open(Dataset("stops", "Stops here", "P", "other"), [city.kept("a")], "SELECT 'x' AS a")
    app = small.app()
    with TestClient(app) as client:
        before = [client.get(path).text for path in ("/", "/datasets/stops")]
        assert all("Stops here" in text for text in before)
        assert 'goal-count">1<' in before[0]
        small.withdraw("stops")
        app.state.context.shelf.renew()
        assert "Stops here" not in client.get("/").text
        assert 'goal-count">1<' not in client.get("/").text
        assert client.get("/datasets/stops").status_code == 404


# --- counts


def test_every_exclusion_stands_with_its_reason(reader: TestClient, markup: ModuleType) -> None:
    page = markup.Page(reader.get("/counts").text)
    assert "Dataset silent no machine-readable distribution answers" in page.text
    assert (
        "Data item air-quality measured_value_01 bound to no data element and without a definition"
        in page.text
    )
    assert "Data item bus-stops 联系电话 masked: counted apart" in page.text
    listed = len(re.findall(r"Data item (?:air-quality|bus-stops) ", page.text))
    assert listed == 22 + 1 + 1, "22 undefined measurements, one undefined stop field, one masked"


def test_the_chart_has_words_and_a_table(reader: TestClient, markup: ModuleType) -> None:
    page = markup.Page(reader.get("/counts").text)
    assert "Datasets: 28 of 1,600, 1.8%; Data APIs: 0 of 4,000, 0%" in page.text
    assert "Datasets 28 1,600 1.8%" in page.text
    bars = [found["width"] for found in page.having("rect", **{"class": "fill"})]
    assert bars[0] == "1.750%"


def test_what_is_counted_apart_and_what_is_held_is_shown(reader: TestClient, markup: ModuleType) -> None:
    text = markup.Page(reader.get("/counts").text).text
    assert "Generic row APIs One per dataset; not a purpose-built API 28" in text
    assert "Masked data items Their values were masked before release 1" in text
    assert "Open 29 Granted only 0 Refused 1 Pending 1 Registered only 0 Registered in all 31" in text


def test_the_counts_of_a_past_day_are_of_that_day(reader: TestClient, markup: ModuleType) -> None:
    page = markup.Page(reader.get("/counts?as_of=2026-05-15").text)
    assert "Datasets 27 1,600" in page.text
    assert "air-quality" not in page.text
    assert page.having("input", name="as_of", value="2026-05-15")
    assert "Always as it is now" in page.text
    before = markup.Page(reader.get("/counts?as_of=2026-04-30").text)
    assert "Datasets 0 1,600 0%" in before.text


def test_a_day_to_come_is_counted_now(reader: TestClient, markup: ModuleType) -> None:
    text = markup.Page(reader.get("/counts?as_of=2999-01-01").text).text
    assert "Counted at 2026-07-01 08:00 UTC" in text


def test_what_is_no_date_is_refused_with_the_way_to_write_it(reader: TestClient) -> None:
    answer = reader.get("/counts?as_of=<i>x</i>")
    assert answer.status_code == 400
    assert "ISO 8601" in answer.text
    assert "<i>" not in answer.text


def test_long_lists_of_exclusions_are_paged_completely(
    small: Any, city: ModuleType, markup: ModuleType
) -> None:
    names = [f"c{n:03d}" for n in range(230)]
    columns = [city.kept(name, defined=False) for name in names]
    small.open(
        Dataset("wide", "Wide", "P", "other"), columns, "SELECT " + ", ".join(f"'x' AS {n}" for n in names)
    )
    address, seen = "/counts?lang=en", []
    with TestClient(small.app()) as client:
        while address:
            page = markup.Page(client.get(address).text)
            seen += re.findall(r"Data item wide (c\d{3})", page.text)
            address = next((found["href"] for found in page.having("a", rel="next")), "")
    assert seen == names


@pytest.mark.parametrize("first", ["-1", "x", "99999999999", "²", "1e3"])
def test_a_nonsense_position_shows_the_beginning(reader: TestClient, first: str) -> None:
    answer = reader.get("/counts", params={"from": first})
    assert answer.status_code == 200
    assert "silent" in answer.text


# --- errors and what pages load


def test_an_error_page_needs_no_registry(markup: ModuleType) -> None:
    app = FastAPI()

    @app.get("/")
    def away(request: Request) -> Response:
        return error_page(request, 503, Text("登记库不应答", "<b>No answer"), Text("稍后再试", "Try again"))

    with TestClient(app) as client:
        for language, heading in (("zh", "暂时无法提供"), ("en", "Not available now")):
            answer = client.get("/", params={"lang": language})
            assert answer.status_code == 503
            page = markup.Page(answer.text)
            assert page.faults == []
            assert heading in page.text
            assert "<b>No answer" in page.text or language == "zh"
            assert "etag" not in answer.headers


def test_a_registry_that_does_not_answer_is_503_in_the_same_look(small: Any) -> None:
    clock = iter([0.0])
    app = small.app(lambda: next(clock, 1.0))  # renewed once; then the lease has run out
    app.state.context.shelf._registry.close()  # an open connection would go on reading the deleted file
    with TestClient(app) as client:
        for file in Path(small.home, "registry").iterdir():
            file.unlink()
        for path in ("/", "/datasets/x", "/counts"):
            answer = client.get(path, params={"lang": "en"})
            assert answer.status_code == 503, path
            assert "Not available now" in answer.text
        assert client.get("/datasets/NO%00ID").status_code == 404, (
            "what cannot be an id asks nothing of the registry"
        )


def test_pages_load_only_files_of_ours_that_exist(reader: TestClient, markup: ModuleType) -> None:
    page = markup.Page(reader.get("/").text)
    loaded = [found["href"] for found in page.having("link")]
    assert len(loaded) == 2
    for address in loaded:
        answer = reader.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert reader.get(address, headers={"if-none-match": answer.headers["etag"]}).status_code == 304
        assert reader.get(address.split("?")[0]).headers["cache-control"] == "no-cache"
        assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)|@import|url\(", answer.text)


@pytest.mark.parametrize("name", ["unknown.css", "..%2frender.py", "%2e%2e/words.py", "kaizha.css%00"])
def test_no_other_file_is_served(reader: TestClient, name: str) -> None:
    assert reader.get(f"/static/{name}").status_code == 404


def _query(path: str) -> list[tuple[str, str]]:
    return [
        (name, value)
        for name, _, value in (one.partition("=") for one in path.partition("?")[2].split("&") if one)
    ]
