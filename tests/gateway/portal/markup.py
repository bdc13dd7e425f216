"""What every page must hold to, read with the standard parser: balanced, labelled, self-contained, no script but the
one that tries interfaces out."""

from __future__ import annotations

from collections import Counter
from html.parser import HTMLParser
from itertools import pairwise
from urllib.parse import urlsplit

VOID = {"area", "base", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr"}
LOADING = {"script", "img", "iframe", "object", "embed", "link", "audio", "video", "source", "use", "image"}
ADDRESSES = {"href", "src", "action", "xlink:href", "formaction", "srcset", "poster"}


class Page(HTMLParser):
    """A parsed page. `faults` are sentences; `text` what a reader sees, in order."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.stack: list[str] = []
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.feed(source)
        self.close()
        if self.stack:
            self.faults.append(f"never closed: {self.stack}")
        self._names()
        self._places()

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())

    def links(self) -> list[str]:
        return [found["href"] for tag, found in self.elements if tag == "a"]

    def having(self, tag: str, **attributes: str) -> list[dict[str, str]]:
        return [a for t, a in self.elements if t == tag and attributes.items() <= a.items()]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open(tag, attrs)
        if tag not in VOID:
            self.stack.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if not self.stack or self.stack.pop() != tag:
            self.faults.append(f"</{tag}> closes nothing at {self.getpos()}")

    def handle_data(self, data: str) -> None:
        if self.stack and data.strip():
            self.texts.append(data)

    def _open(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = Counter(name for name, _ in attrs)
        self.faults += [f"{name} twice on {tag}" for name, times in names.items() if times > 1]
        found = {name: value or "" for name, value in attrs}
        self.elements.append((tag, found))
        ours = tag == "script" and found.get("src", "").startswith("/static/try.js?v=") and "defer" in found
        is_data = tag == "script" and found == {"type": "application/ld+json"}  # a data block: never run
        running = tag in ("script", "style", "iframe", "object", "embed", "base")
        if running and not ours and not is_data:
            self.faults.append(f"<{tag}> on a page")
        for name, value in found.items():
            if name.startswith("on") or name == "style":
                self.faults.append(f"inline {name} on {tag}")
            if name in ADDRESSES and urlsplit(value.strip()).scheme not in ("", "http", "https"):
                self.faults.append(f"{name} of {tag} is no web address: {value[:40]}")
            if name in ADDRESSES and tag in LOADING | {"form"} and not value.startswith("/"):
                self.faults.append(f"{tag} loads from elsewhere: {value[:40]}")

    def _names(self) -> None:
        ids = Counter(found["id"] for _, found in self.elements if "id" in found)
        self.faults += [f"id {name} {times} times" for name, times in ids.items() if times > 1]
        targets = {found["for"] for tag, found in self.elements if tag == "label"}
        for tag, found in self.elements:
            asks = tag in ("input", "select", "textarea") and found.get("type") != "hidden"
            if asks and found.get("id") not in targets:
                self.faults.append(f"{tag} {found.get('name')} without a label")
            for name in ("aria-labelledby", "aria-describedby", "for"):
                self.faults += [
                    f"{name} {one} is nowhere" for one in found.get(name, "").split() if one not in ids
                ]
            if tag == "th" and found.get("scope") not in ("col", "row"):
                self.faults.append("th without scope")
            if tag == "a" and found.get("href", "").startswith("#") and found["href"][1:] not in ids:
                self.faults.append(f"{found['href']} leads nowhere")

    def _places(self) -> None:
        tags = Counter(tag for tag, _ in self.elements)
        for tag in ("html", "head", "title", "body", "main", "h1", "footer"):
            wanted = 2 if tag == "title" and self.having("svg", role="img") else 1
            if tags[tag] != wanted:
                self.faults.append(f"{tags[tag]} of {tag}")
        for svg in (found for tag, found in self.elements if tag == "svg"):
            if svg.get("aria-hidden") != "true" and not svg.get("aria-labelledby"):
                self.faults.append("a picture without a name")
        levels = [int(tag[1]) for tag, _ in self.elements if tag in ("h1", "h2", "h3", "h4")]
        if any(after > before + 1 for before, after in pairwise(levels)):
            self.faults.append(f"headings skip a level: {levels}")
