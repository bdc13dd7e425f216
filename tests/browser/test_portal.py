"""The pages in a real browser: nothing sticks out, nothing is asked of another host, everything can be read and reached."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

PAGES = (
    "/",
    "/?q=2001&theme=transport",
    "/?q=nothing-like-this",
    "/datasets/bus-stops",
    "/datasets/hostile",
    "/datasets/air-quality",
    "/datasets/bus-stops/risk",
    "/datasets/bus-stops/privacy",
    "/datasets/hostile/risk",
    "/counts?as_of=2026-06-15",
    "/docs",
    "/datasets/unknown",
)
WIDTHS = (1440, 390)

# WCAG 2.2, 1.4.3: 4.5 : 1, or 3 : 1 from 24 px (18.66 px bold). Relative luminance as defined there.
FAINT = """() => {
  const parse = (text) => { const n = text.match(/[\\d.]+/g).map(Number); return [n[0], n[1], n[2], n[3] ?? 1]; };
  const light = (c) => [0.2126, 0.7152, 0.0722].reduce((sum, weight, i) => {
    const v = c[i] / 255; return sum + weight * (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4); }, 0);
  const behind = (element) => { for (let e = element; e; e = e.parentElement) {
    const c = parse(getComputedStyle(e).backgroundColor); if (c[3] === 1) return c; } return [255, 255, 255, 1]; };
  const faint = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!walker.currentNode.data.trim() || element.closest('.unseen, title, desc')) continue;
    const style = getComputedStyle(element);
    const ink = light(parse(element.closest('svg') ? style.fill : style.color)), paper = light(behind(element));
    const ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    const size = parseFloat(style.fontSize), bold = Number(style.fontWeight) >= 700;
    if (ratio < (size >= 24 || (bold && size >= 18.66) ? 3 : 4.5))
      faint.push(`${ratio.toFixed(2)} ${walker.currentNode.data.trim().slice(0, 30)}`);
  }
  return faint;
}"""


@contextmanager
def _page(browser: Browser, width: int, scheme: str = "light") -> Iterator[tuple[Page, list[str], set[str]]]:
    """A fresh page, what it complained of, and the hosts it asked."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, locale="en-GB"
    )
    page = context.new_page()
    complaints: list[str] = []
    hosts: set[str] = set()

    def heard(message: ConsoleMessage) -> None:
        # the browser reports the status of the 404 page itself as an error
        if message.type in ("error", "warning") and "status of 404" not in message.text:
            complaints.append(message.text)

    page.on("console", heard)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: (complaints.append(f"dialog {dialog.message}"), dialog.dismiss()))
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    try:
        yield page, complaints, hosts
    finally:
        context.close()


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_sticks_out_complains_or_asks_another_host(
    browser: Browser, site: str, width: int, language: str
) -> None:
    with _page(browser, width) as (page, complaints, hosts):
        for path in PAGES:
            page.goto(f"{site}{path}{'&' if '?' in path else '?'}lang={language}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
            assert page.evaluate("getComputedStyle(document.body).display") == "flex", (
                "the style was not loaded"
            )
        assert complaints == []
        assert hosts == {urlsplit(site).netloc}


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(browser: Browser, site: str, scheme: str) -> None:
    with _page(browser, 1440, scheme) as (page, _, _):
        grounds = set()
        for path in PAGES:
            page.goto(f"{site}{path}")
            assert page.evaluate(FAINT) == [], path
            grounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
        assert len(grounds) == 1
        assert (sum(int(n) for n in grounds.pop().strip("rgb()").split(",")) > 380) == (scheme == "light")


def test_the_keyboard_reaches_search_and_skips_to_the_content(browser: Browser, site: str) -> None:
    with _page(browser, 1440) as (page, _, _):
        page.goto(f"{site}/?lang=en")
        reached = []
        for _ in range(10):
            page.keyboard.press("Tab")
            reached.append(page.evaluate("document.activeElement.id || document.activeElement.className"))
            outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"focus on {reached[-1]} cannot be seen"
            if reached[-1] == "q":
                break
        assert reached[0] == "skip"
        assert reached[-1] == "q"
        page.keyboard.type("bus-stops")
        page.keyboard.press("Enter")
        page.wait_for_url("**q=bus-stops**")
        assert page.locator(".card").count() == 1
        assert "lang=en" in page.url

        page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"


def test_a_wide_table_scrolls_inside_its_box_by_keyboard(browser: Browser, site: str) -> None:
    with _page(browser, 390) as (page, _, _):
        page.goto(f"{site}/datasets/air-quality?lang=en")
        box = page.locator(".scroll").first
        assert box.evaluate("e => e.scrollWidth > e.clientWidth")
        box.focus()
        page.keyboard.press("ArrowRight")
        # not wait_for_function: it evaluates a string in the page, which the page's own policy forbids
        deadline = time.monotonic() + 5
        while not box.evaluate("e => e.scrollLeft"):
            assert time.monotonic() < deadline, "the box did not scroll"
            page.wait_for_timeout(20)


def test_on_a_narrow_screen_everything_to_press_is_large_enough(browser: Browser, site: str) -> None:
    """WCAG 2.2, 2.5.8: targets of at least 24 CSS px, links inside text excepted."""
    with _page(browser, 390) as (page, _, _):
        for path in ("/", "/datasets/bus-stops", "/counts"):
            page.goto(f"{site}{path}")
            small = page.evaluate(
                "[...document.querySelectorAll('button, input:not([type=hidden]), .menu a, .languages a, .facets a,"
                " .downloads a, summary')].filter(e => { const r = e.getBoundingClientRect();"
                " return r.height && (r.height < 24 || r.width < 24); }).map(e => e.outerHTML.slice(0, 80))"
            )
            assert small == [], path
