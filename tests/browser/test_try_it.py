"""The forms that try an interface out, in a real browser: the same address with and without the script, and what came back."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from catalog.ingest import local
from gateway.access import OWNER
from gateway.app import create_app
from gateway.gate import Gate, open_gate
from gateway.publish.jobs import run_jobs
from gateway.publish.request import Metadata, Request
from gateway.publish.stages import Stages
from gateway.publish.submit import submit
from gateway.services.lifecycle import declare
from gateway.settings import GateSettings, ServeSettings
from tests.browser.conftest import serving

STOPS = "站名,区县,线路数\n" + "".join(f"站{n},区{n % 5},{n % 7}\n" for n in range(100))
SERVICE = """
id: stops-of-district
version: 1.0.0
title: {zh: 区县的站点, en: Stops of a district}
description: {zh: 一个区县的站点, en: All stops of one district}
dataset: stops
parameters:
  - name: district
    column: 区县
    required: true
    description: {zh: 区县, en: its name}
    example: 区1
select: [站名, 区县]
"""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a whole application with a dataset and a service."""
    folder: Path = tmp_path_factory.mktemp("house")
    gate: Gate = open_gate(GateSettings(home=folder / "home"))
    (folder / "stops.csv").write_text(STOPS, "utf-8")
    source = local(folder / "stops.csv", 1 << 30)
    about = Metadata(dataset_id="stops", title="站点", theme="transport", publisher="测试局")
    assert submit(gate, OWNER, source, Request(source.name, source.sha256, about, yes=True), Stages()).release
    run_jobs(gate)
    with ThreadPoolExecutor(1) as elsewhere:  # playwright has an event loop running in this thread
        elsewhere.submit(declare, gate, OWNER, SERVICE.encode(), "service.yaml").result()
    with serving(create_app(ServeSettings(home=folder / "home"))) as url:
        yield url
    gate.registry.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 390, "height": 900}, locale="en-GB")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    yield opened
    context.close()
    # the browser itself reports the status of a refusal
    assert [one for one in complaints if "status of 400" not in one] == []


def fill(form: object, values: dict[str, str]) -> None:
    for name, value in values.items():
        field = form.locator(f'[name="{name}"]')  # type: ignore[attr-defined]
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        else:
            field.fill(value)


FILLED = {
    "limit": "3",
    "sort": "-线路数",
    "try.column.1": "区县",
    "try.operator.1": "__in",
    "try.value.1": "区1,区2 & (x)",
    "try.column.2": "线路数",
    "try.operator.2": "__gte",
    "try.value.2": "2",
    "try.form": "ndjson",
}


def test_a_form_shows_the_address_that_it_leads_to_without_a_script(
    page: Page, browser: Browser, house: str
) -> None:
    page.goto(f"{house}/datasets/stops?lang=en")
    form = page.locator("#try-rows")
    fill(form, FILLED)
    shown = page.locator("#try-rows + .try-shown .try-url").text_content() or ""
    context = browser.new_context(java_script_enabled=False)
    plain = context.new_page()
    plain.goto(f"{house}/datasets/stops?lang=en")
    fill(plain.locator("#try-rows"), FILLED)
    with plain.expect_response(lambda answer: "/try?" in answer.url) as followed:
        plain.locator("#try-rows button[type=submit]").click()
    assert followed.value.status == 303
    assert shown == f"GET {house}{followed.value.headers['location']}"
    context.close()


def test_what_came_back_is_shown_and_can_be_copied(page: Page, house: str) -> None:
    page.goto(f"{house}/datasets/stops?lang=en")
    page.locator("#try-rows button[type=submit]").click()
    shown = page.locator("#try-rows + .try-shown")
    shown.locator(".try-answered").wait_for(state="visible")
    assert (shown.locator(".try-said").text_content() or "").startswith("200 OK · ")
    assert '"站名": "站0"' in (shown.locator(".try-body").text_content() or "")
    assert "etag" in (shown.locator(".try-headers").text_content() or "")
    shown.locator("[data-copy=curl]").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == f"curl '{house}/api/v1/datasets/stops/records?limit=10'"
    page.locator("#try-rows-key").fill("kz_secret")
    shown.locator("[data-copy=python]").click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "Bearer kz_secret" in copied
    compile(copied, "copied", "exec")
    assert "kz_secret" not in (shown.locator(".try-url").text_content() or "")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_refusal_is_shown_as_what_it_is(page: Page, house: str) -> None:
    page.goto(f"{house}/datasets/stops?lang=zh")
    page.locator('#try-rows [name="sort"]').fill("nothing")
    page.locator("#try-rows button[type=submit]").click()
    shown = page.locator("#try-rows + .try-shown")
    shown.locator(".try-answered").wait_for(state="visible")
    assert (shown.locator(".try-said").text_content() or "").startswith("400")
    assert "urn:kaizha:problem:bad-input" in (shown.locator(".try-body").text_content() or "")


@pytest.mark.parametrize(
    ("path", "form", "values", "address"),
    [
        ("/services/stops-of-district", "#try-call", {"district": "区2", "limit": ""}, "/api/v1/services/stops-of-district"),
        ("/docs", "form[aria-label^='Rows, at most']", {"dataset_id": "stops", "limit": "2"}, "/api/v1/datasets/stops/records"),
    ],
)  # fmt: skip
def test_services_and_the_reference_can_be_tried_too(
    page: Page, house: str, path: str, form: str, values: dict[str, str], address: str
) -> None:
    page.goto(f"{house}{path}?lang=en")
    for summary in page.locator("details.try-one > summary").all():
        if page.locator("details.try-one").count():
            summary.evaluate("e => e.parentElement.open = true")
    fill(page.locator(form), values)
    with page.expect_response(lambda answer: urlsplit(answer.url).path == address) as answered:
        page.locator(f"{form} button[type=submit]").click()
    assert answered.value.status == 200
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
