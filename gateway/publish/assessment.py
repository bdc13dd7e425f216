"""The draft of a personal information protection impact assessment (PIPL, articles 55 and 56) of one submission, as Markdown.

What the gate knows is filled in: terms of the contract, findings, treatment, measured risk. What only people know is left
visibly blank with guidance. It holds counts and names of fields, never a value; nothing of it is computed anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.contract import PersonalData
from catalog.release import State
from catalog.text import Language
from gateway.publish.assessment_words import BLANK, CASES, MEASURES, PROCESSES, WORDS
from gateway.publish.report import Report
from privacy import RECOGNISERS
from privacy.recogniser import PIPL_28

__all__ = ["Assessed", "assessment"]

SENSITIVE = frozenset(row.entity for row in RECOGNISERS if PIPL_28 in row.basis)
"""Entities that are sensitive personal information (PIPL, article 28)."""
# What could end a cell of a table or begin an element of Markdown or HTML: names come from received files.
_SPECIAL = re.compile(r"([\\`*_\[\]<>|#~&])")


@dataclass(frozen=True, slots=True)
class Assessed:
    """A submission with what is said of its personal data: `personal` in the contract, `answers` so far by term for the
    columns of which the contract says nothing; `contract` is the version, None = none is in force."""

    report: Report
    personal: tuple[PersonalData, ...]
    answers: Mapping[str, str]
    contract: str | None


def assessment(assessed: Assessed, language: Language) -> str:
    """The draft in one language."""
    page = _Page(assessed, language)
    parts = (
        page.head(),
        page.subject(),
        page.required(),
        page.purpose(),
        page.found(),
        page.impact(),
        page.measures(),
        page.open_questions(),
        page.conclusion(),
    )
    return "\n".join(line for part in parts for line in part) + "\n"


class _Page:
    """The sections, each as lines."""

    def __init__(self, assessed: Assessed, language: Language) -> None:
        self.assessed, self.report, self.language = assessed, assessed.report, language
        self.columns: Sequence[Mapping[str, Any]] = (self.report.privacy or {"columns": ()})["columns"]

    def say(self, key: str, **facts: object) -> str:
        return WORDS[key].in_(self.language).format(**facts)

    def text(self, value: Mapping[str, str]) -> str:
        return _plain(value[self.language])

    def blank(self, key: str) -> str:
        """A question that only people can answer, with room for the answer."""
        return f"- {self.say(key)}\n\n  > **{BLANK.in_(self.language)}**\n"

    def heading(self, key: str) -> list[str]:
        return ["", f"## {self.say(key)}", ""]

    def table(self, heads: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
        yield "| " + " | ".join(self.say(head) for head in heads) + " |"
        yield "|" + "---|" * len(heads)
        for row in rows:
            yield "| " + " | ".join(cell or "–" for cell in row) + " |"

    def head(self) -> list[str]:
        title = _plain(self.report.dataset.title)
        return [
            f"# {self.say('title', dataset=title)}",
            "",
            self.say("draft", blank=BLANK.in_(self.language)),
        ]

    def subject(self) -> Iterator[str]:
        report = self.report
        release = report.release
        yield from self.heading("subject")
        yield from self.table(
            ("fact", "content"),
            (
                (self.say("dataset"), f"{_plain(report.dataset.title)} (`{report.dataset.id}`)"),
                (self.say("publisher"), _plain(report.dataset.publisher)),
                (self.say("submission"), f"`{report.submission_id}` ({report.state.value})"),
                (self.say("release"), f"`{release.id}`" if release else self.say("not_released")),
                (self.say("contract"), self.assessed.contract or self.say("no_contract")),
                (self.say("received"), f"{report.rows:,} × {len(report.columns)}"),
                (self.say("output"), f"{report.output_rows:,} × {self._leaving()}"),
                (self.say("grade"), str(report.grade)),
            ),
        )

    def _leaving(self) -> int:
        return sum(one.operator is not None for one in self.report.columns)

    def required(self) -> Iterator[str]:
        """Article 55: which of its cases the facts show, and which only people know of."""
        sensitive = [one["name"] for one in self.columns if {f["entity"] for f in one["found"]} & SENSITIVE]
        facts = {"sensitive": sensitive, "disclosure": self._disclosed()}
        yield from self.heading("required")
        for case, words in CASES.items():
            told = words.in_(self.language)
            if facts.get(case):
                yield f"- [x] {told} – {self.say(f'shown_{case}', columns=self._names(facts[case]))}"
            else:
                why = f"{self.say('not_shown')} " if case in facts else ""
                yield f"- [ ] {told} – {why}**{BLANK.in_(self.language)}**"

    def _disclosed(self) -> list[str]:
        """Fields with personal information that leave, masked ones too: de-identified is not anonymised (article 73)."""
        if self.report.state in (State.REFUSED, State.WITHDRAWN):
            return []
        return [one["name"] for one in self.columns if one["found"] and one["outcome"] != "withheld"]

    def _names(self, names: Iterable[str]) -> str:
        return ("、" if self.language == "zh" else ", ").join(map(_name, names))

    def purpose(self) -> Iterator[str]:
        """Article 56 (1): lawful, legitimate, necessary."""
        yield from self.heading("purpose")
        stated = [
            (
                self._names(one.fields),
                _plain(one.lawful_basis.in_(self.language)),
                _plain(one.purpose.in_(self.language)),
                one.retention,
            )
            for one in self.assessed.personal
        ]
        covered = {name for one in self.assessed.personal for name in one.fields}
        unstated = [one["name"] for one in self.columns if one["found"] and one["name"] not in covered]
        if unstated:
            blank = f"**{BLANK.in_(self.language)}**"
            answers = self.assessed.answers
            said = [
                _plain(answers[term]) if term in answers else blank
                for term in ("lawful_basis", "purpose", "retention")
            ]
            stated.append((self._names(unstated), *said))  # type: ignore[arg-type]
        yield from self.table(("fields", "basis", "aim", "retention"), stated)
        kept = self._disclosed()
        yield ""
        yield self.say("kept_fields", columns=self._names(kept) or self.say("no_field"))
        yield ""
        for question in ("ask_basis", "ask_necessity", "ask_consent", "ask_minors"):
            yield self.blank(question)

    def found(self) -> Iterator[str]:
        yield from self.heading("found")
        rows = [
            (
                _name(column["name"]),
                self.text(one["title"]) + (f" ({self.say('art_28')})" if one["entity"] in SENSITIVE else ""),
                f"{one['cells']:,} ({one['hit_ratio']:.1%})",
                self.say(f"confidence_{one['confidence']}"),
            )
            for column in self.columns
            for one in column["found"]
        ]
        if not rows:
            yield self.say("nothing_found")
            return
        yield from self.table(("field", "kind", "cells", "confidence"), rows)

    def impact(self) -> Iterator[str]:
        """Article 56 (2): influence on the persons, and risks."""
        yield from self.heading("impact")
        risk = self.report.risk
        if risk is None or not risk["about_persons"]:
            yield self.say("about_nobody")
        else:
            yield from self.table(("measure", "content"), self._measured(risk))
        mosaic = (risk or {}).get("mosaic")
        if mosaic is not None:
            yield ""
            key = "mosaic_held" if mosaic["pieces"] or mosaic["not_compared"] else "mosaic_clear"
            names = ", ".join(sorted({f"`{one['dataset']}`" for one in mosaic["pieces"]}))
            yield self.say(key, n=mosaic["compared"], datasets=names or "–", unread=mosaic["not_compared"])
        yield ""
        for question in ("ask_rights", "ask_harm", "ask_likelihood"):
            yield self.blank(question)

    def _measured(self, risk: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        level, groups = risk["level"], risk["risk"]
        if level is not None:
            yield self.say("level"), f"{level['level']} ({self.text(level['title'])}; {level['basis']})"
        if groups is not None:
            yield "k", f"{groups['k']} ({self.say('asked', k=risk['asked'])})"
            yield self.say("unique"), f"{groups['unique_rows']:,} / {groups['rows']:,}"
            yield self.say("at_risk"), f"{groups['at_risk_share']:.1%}"
        for one in risk["sensitive"]:
            yield f"l, t: {_name(one['column'])}", f"l = {one['distinct_l']}, t = {one['t']:.3f}"
        quasi = [one["column"] for one in risk["quasi_identifiers"] if one["counted"]]
        yield self.say("quasi"), self._names(quasi)

    def measures(self) -> Iterator[str]:
        """Article 56 (3): whether the measures are lawful, effective and fit the risk."""
        yield from self.heading("measures")
        rows = [
            (
                _name(one["name"]),
                MEASURES[one["outcome"]].in_(self.language) + f" `{one['operator']}`",
                self.text(one["keeps"]),
                self.text(one["guarantees"]),
            )
            for one in self.columns
            if one["found"] or one["outcome"] != "open"
        ]
        if rows:
            yield from self.table(("field", "treatment", "keeps", "guarantees"), rows)
            yield ""
        yield f"- {self.say('excluded', n=self.report.excluded_rows)}"
        rescan = (self.report.privacy or {}).get("rescan")
        if rescan is not None:
            told = {name: rescan[name] for name in ("rows", "columns", "unchanged")}
            yield f"- {self.say('rescan', n=rescan['to_mask'], **told)}"
        yield from (f"- {one.in_(self.language)}" for one in PROCESSES)
        yield ""
        for question in ("ask_effective", "ask_incident", "ask_people"):
            yield self.blank(question)

    def open_questions(self) -> Iterator[str]:
        yield from self.heading("questions")
        if not self.report.questions:
            yield self.say("no_questions")
        for one in self.report.questions:
            yield f"- {_name(one.field)} ({one.role}): {_plain(one.text.in_(self.language))}"

    def conclusion(self) -> Iterator[str]:
        yield from self.heading("conclusion")
        for choice in ("may_open", "may_open_if", "may_not"):
            yield f"- [ ] {self.say(choice)}"
        yield ""
        yield from self.table(
            ("signed_as", "signed_by", "signed_on"),
            [(self.say(who), " ", " ") for who in ("assessor", "officer")],
        )
        yield ""
        yield self.say("keep")


def _plain(text: str) -> str:
    """Text as itself, on one line, whatever signs it holds."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _name(name: str) -> str:
    return f"“{_plain(name)}”"
