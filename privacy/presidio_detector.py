"""Presidio for free text: our recognisers as its pattern recognisers, with a context enhancer that reads a window of
characters (Chinese has no word breaks to count). No language model, no network; loaded when the first text comes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from privacy.alphabet import fold
from privacy.recognise import find
from privacy.recognisers import BY_ENTITY, RECOGNISERS

__all__ = ["PresidioDetector"]

WINDOW_CHARS = 12
_SHAPED, _CHECKED, _SPOKEN_FOR = 0.3, 0.6, 0.85


class PresidioDetector:
    """Implements `privacy.scan.Detector` over a Presidio AnalyzerEngine."""

    def weigh(self, texts: Sequence[str]) -> Mapping[str, float]:
        """For each entity mentioned, the share of its mentions that context or a check digit speaks for."""
        mentions: Counter[str] = Counter()
        spoken_for: Counter[str] = Counter()
        for text in texts:
            for result in _analyzer().analyze(text=text, language="zh"):
                mentions[result.entity_type] += 1
                spoken_for[result.entity_type] += result.score >= _CHECKED
        return {entity: spoken_for[entity] / count for entity, count in mentions.items()}


@cache
def _analyzer() -> Any:
    """The one analyzer of this process. Presidio takes seconds to import, so not before it is needed."""
    from presidio_analyzer import AnalyzerEngine, EntityRecognizer, RecognizerRegistry, RecognizerResult
    from presidio_analyzer.context_aware_enhancers import ContextAwareEnhancer
    from presidio_analyzer.nlp_engine import NoOpNlpEngine

    class Finder(EntityRecognizer):
        """The exact finder, so that Presidio and the mask agree on every span."""

        def load(self) -> None: ...

        def analyze(self, text: str, entities: list[str], nlp_artifacts: Any = None) -> list[Any]:
            return [
                RecognizerResult(
                    span.entity,
                    span.start,
                    span.end,
                    _CHECKED if span.valid and span.entity in _STRONG else _SHAPED,
                )
                for span in find(text)
                if span.entity in entities
            ]

    class WindowEnhancer(ContextAwareEnhancer):
        """Raises the score of a mention with a context word within WINDOW_CHARS."""

        def enhance_using_context(self, text: str, raw_results: list[Any], *_: Any, **__: Any) -> list[Any]:
            for result in raw_results:
                if _speaks(text, result.entity_type, result.start, result.end):
                    result.score = max(result.score, _SPOKEN_FOR)
            return raw_results

    recogniser = Finder(
        supported_entities=[row.entity for row in RECOGNISERS if row.in_text],
        supported_language="zh",
        name="kaizha",
    )
    registry = RecognizerRegistry(recognizers=[recogniser], supported_languages=["zh"])
    enhancer = WindowEnhancer(
        context_similarity_factor=0.35,
        min_score_with_context_similarity=0.4,
        context_prefix_count=0,
        context_suffix_count=0,
    )
    return AnalyzerEngine(
        registry=registry,
        nlp_engine=NoOpNlpEngine(models=[{"lang_code": "zh", "model_name": "none"}]),
        supported_languages=["zh"],
        context_aware_enhancer=enhancer,
    )


_STRONG = frozenset({"RESIDENT_ID", "BANK_CARD"})


def _speaks(text: str, entity: str, start: int, end: int) -> bool:
    words = BY_ENTITY[entity].near
    if not words:
        return False
    near = fold(text[max(0, start - WINDOW_CHARS) : start] + " " + text[end : end + WINDOW_CHARS]).lower()
    return re.search("|".join(map(re.escape, words)), near) is not None
