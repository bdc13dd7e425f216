"""The part of Solr's query language that clients of CKAN really send, read into terms: words, quoted phrases,
``field:value``, ranges, ``+`` and ``-``, AND OR NOT, parentheses, a wildcard at the end. Pure; nothing is evaluated.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TypeAlias

__all__ = ["All", "And", "Malformed", "Node", "Not", "Or", "Range", "Word", "parse"]

MAX_TOKENS = 500
MAX_DEPTH = 30


class Malformed(Exception):
    """The query cannot be read; the message says where."""


@dataclass(frozen=True, slots=True)
class All:
    """``*:*``: everything."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word, or with `phrase` a quoted text. `field` "" = anywhere; `prefix` = what begins so (``stop*``); an empty text
    with `prefix` = any value (``field:*``)."""

    text: str
    field: str = ""
    phrase: bool = False
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Range:
    """``field:[low TO high]``; None = open; a curly bracket leaves its bound out."""

    field: str
    low: str | None
    high: str | None
    with_low: bool = True
    with_high: bool = True


@dataclass(frozen=True, slots=True)
class And:
    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    terms: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    term: Node


Node: TypeAlias = All | Word | Range | And | Or | Not

_TOKEN = re.compile(
    r"""\s*(?:
        (?P<range>[\[{][^\[\]{}]*[\]}])
      | "(?P<quoted>(?:[^"\\]|\\.)*)"(?:~[0-9]+)?(?:\^[0-9.]+)?
      | (?P<sign>[()+!]|-(?=\S)|&&|\|\|)
      | (?P<field>(?:[^\s:()"\[\]{}+\-!^~*?\\]|\\.|(?<=[^\s(])[\-+!])(?:[^\s:()"\[\]{}^~*?\\]|\\.)*)(?<!\\):
      | (?P<star>\*:\*)
      | (?P<word>(?:[^\s:()"\[\]{}^~\\]|\\.|(?<=\S):)+)(?:~[0-9.]*)?(?:\^[0-9.]+)?
    )""",
    re.VERBOSE,
)
_RANGE = re.compile(r"([\[{])\s*(\S+)\s+TO\s+(\S+)\s*([\]}])", re.IGNORECASE)
_ESCAPED = re.compile(r"\\(.)")


def parse(query: str) -> Node:
    """The terms of a query; words without an operator between must all be there. Raises Malformed."""
    if not query.strip():
        return All()
    reader = _Reader(_tokens(query))
    node = reader.disjunction("", 0)
    if reader.at < len(reader.tokens):
        raise Malformed("there is a bracket too many")
    return node


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str


def _tokens(query: str) -> list[_Token]:
    tokens: list[_Token] = []
    at = 0
    end = len(query.rstrip())
    while at < end:
        match = _TOKEN.match(query, at)
        if match is None or match.end() == at:
            raise Malformed(f"character {at + 1} cannot stand there")
        kind = str(match.lastgroup)
        tokens.append(_Token(kind, match[kind]))
        at = match.end()
        if len(tokens) > MAX_TOKENS:
            raise Malformed(f"more than {MAX_TOKENS} words")
    return tokens


class _Reader:
    """Recursive descent: OR binds least, then AND (said or not), then NOT, + and -."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.at = 0

    def disjunction(self, field: str, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise Malformed("brackets are nested too deeply")
        terms = [self._conjunction(field, depth)]
        while self._takes("OR", "||"):
            terms.append(self._conjunction(field, depth))
        return terms[0] if len(terms) == 1 else Or(tuple(terms))

    def _conjunction(self, field: str, depth: int) -> Node:
        terms = [self._term(field, depth)]
        while self.at < len(self.tokens) and not self._is("OR", "||", ")"):
            self._takes("AND", "&&")
            terms.append(self._term(field, depth))
        return terms[0] if len(terms) == 1 else And(tuple(terms))

    def _term(self, field: str, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise Malformed("too many signs before a word")
        token = self._next()
        if token.kind == "star":
            return All()
        if token.kind == "sign":
            if token.text == "(":
                inner = self.disjunction(field, depth + 1)
                if not self._takes(")"):
                    raise Malformed("a bracket is not closed")
                return inner
            if token.text == "+":
                return self._term(field, depth + 1)
            if token.text in ("-", "!"):
                return Not(self._term(field, depth + 1))
            raise Malformed(f"{token.text} cannot stand there")
        if token.kind == "word" and token.text == "NOT":
            return Not(self._term(field, depth + 1))
        if token.kind == "word" and token.text in ("AND", "OR", "&&", "||"):
            raise Malformed(f"{token.text} stands between two words")
        if token.kind == "field":
            return self._term(_plain(token.text), depth + 1)
        if token.kind == "range":
            return _range(field, token.text)
        if token.kind == "quoted":
            return Word(_plain(token.text), field, phrase=True)
        return _word(field, token.text)

    def _next(self) -> _Token:
        if self.at >= len(self.tokens):
            raise Malformed("it ends where a word should follow")
        self.at += 1
        return self.tokens[self.at - 1]

    def _is(self, *texts: str) -> bool:
        token = self.tokens[self.at] if self.at < len(self.tokens) else None
        return token is not None and token.kind in ("word", "sign") and token.text in texts

    def _takes(self, *texts: str) -> bool:
        found = self._is(*texts)
        self.at += found
        return found


def _word(field: str, text: str) -> Node:
    if text == "*":
        return Word("", field, prefix=True) if field else All()
    prefix = text.endswith("*") and not text.endswith("\\*")
    plain = _plain(text.removesuffix("*") if prefix else text)
    return Word(plain, field, prefix=prefix)


def _range(field: str, text: str) -> Range:
    match = _RANGE.fullmatch(text)
    if match is None or not field:
        raise Malformed("a range is written field:[low TO high]")
    low, high = (None if bound == "*" else _plain(bound.strip('"')) for bound in (match[2], match[3]))
    return Range(field, low, high, match[1] == "[", match[4] == "]")


def _plain(text: str) -> str:
    return _ESCAPED.sub(r"\1", text)
