"""What the place of a word in its text tells: a name alone between signs beside a number, before a title or a colon, in a
list; a position, or a house, that is a person's because the person stands beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain, pairwise
from typing import Any

import re2

from privacy.names import LATIN_WITHIN, has_given, is_name, is_other_name
from privacy.other_peoples import DOTTED, OTHER_BEGINS, OTHER_NAME
from privacy.patterns import HAN, HAN_DIGIT
from privacy.phrases import NAME_ROLE, ORGANISATION_NEAR, STREET, TITLE
from privacy.surnames import SURNAME, SURNAME_BEGINS

__all__ = [
    "BESIDE",
    "houses",
    "names_alone",
    "names_by_place",
    "of_an_office",
    "positions",
    "speaks_of_a_person",
]

_NAME = f"{SURNAME}[{HAN}]{{1,2}}"
_SHORT = f"{SURNAME}[{HAN}]{{1,2}}?"
"""Where words of the sentence follow: no longer than they leave it."""
_SEX = "[ ]?[,，、|/;； (（\\-]{1,2}[男女]"
_BEGINNING = "(?:^|[】\\])][ ]?|[0-9][ ])"
_NUMBER = "[0-9][.、)）][ ]?"
_SIGN = "(?:[ ]?[、,，/／;；|+＋&]{1,2}[ ]?|[ ]{1,3})"
"""Between the names of a list."""
_ALSO = f"{_SIGN}(?:[0-9]{{1,3}}[.、)）][ ]?)?"
_CLAUSE = "(?:^|[,，。；;:：日][ ]?)"
"""Where a clause begins, also behind a date."""
_HOUSEHOLD = "[0-9一二三四五六七八九十][组社队户号室]"
_DOES = (
    "(?:(?:(?:前?[往来到去赴在于从向]|当[日天]|今[日天]|昨[日天]|[已未将曾正])[一-龥]{0,14})?(?:申请|办理|报[案警修]|反映|咨询|投诉|举报|登记|领取|就[医诊读]"
    "|缴纳|签[订到收字]|提[交出]|求[助职]|参[加保]|[入住出]院|购买|居住|务工|上班|接受|调解|审[批核]|确认|[入离]职|退休|去世|死亡|出生|受伤)"
    "|[来致]电|来[访信]|[诉辩陈]?称|代为|代[领办签]|本人|因[病伤]|驾驶|[骑乘]|表示|认为|要求|承认|陈述|名下|系[本我该]|被[一-龥]|与[一-龥]{2,3}(?:离婚|结婚|发生|因|系|达成)"
    "|[0-9]{4}年[0-9月]{0,3}[出生]|之[子女妻夫父母弟兄]|丈夫|妻子|的?(?:身份证|手机|电话|账户|银行卡|住址|户口)|[收户]$|[户家][0-9])"
)
"""What only a person does, has or is said to do, right behind the name."""
_CALLS_ON = (
    "(?:授权|委托|指派|指定|聘请|聘任|任命|通知|告知|约谈|走访|看望|慰问|陪同|询问|传唤|讯问|抓获|抓捕|处罚|推荐|选举|提名|嘉奖|表彰|救助|帮扶"
    "|[经已][与和由]|(?:^|[^一-龥])[由请接与])"
)
"""What is done to a person, or joins two, right before the name."""
_ENDS = (
    f"(?:{_DOES}|负责|牵头|承办|跟进|担任|为[一-龥]|[,，。；;、)）]|$|沟通|联系|办"
    f"|[{HAN}]{{0,8}}(?:纠纷|一案))"
)
_LONGITUDE = "(?:7[3-9]|[89][0-9]|1[0-2][0-9]|13[0-5])[.][0-9]{4,}"
_LATITUDE = "(?:1[89]|[2-4][0-9]|5[0-3])[.][0-9]{4,}"
_AND = "[°度]?[^0-9.\\-]{1,30}?"
_DEGREES = "[0-9]{1,3}[°度][ ]?[0-9]{1,2}[′'分][ ]?[0-9]{1,2}(?:[.][0-9]{1,4})?[″\"秒]"

_WORD = re.compile(f"(?<![{HAN}])[{HAN}](?:[{HAN}]{{1,3}}|[ ]{{1,2}}[{HAN}]{{1,2}})(?![{HAN}])")
_SEXED = re.compile(f"(?<![{HAN}])([{HAN}]{{2,8}}){_SEX}(?![{HAN}])")
_BEHIND = f"[ ]?[(（]?[ ]?(?:副|原)?{TITLE}"
_TITLED = re.compile(f"({OTHER_NAME}|{_NAME})(?={_BEHIND})")
_SPOKEN = re.compile(f"{_BEGINNING}({_NAME})[ ]?(?:[:：]|[0-9]{{1,2}}:[0-9]{{2}})")
_RUN = re.compile(
    f"[{HAN}]{{2,}}(?:{_ALSO}[{HAN}]{{2,4}}(?![{HAN}]))*(?:{_ALSO}{_NAME}(?=等|[两二三四五六七八九十]人|同[志学]))?"
)
_IN_NUMBERS = re.compile(f"{_NUMBER}({_NAME})(?![{HAN}])")
_WHEREABOUTS = "(?:现在|当前|目前|最后|实时)?(?:位于|的?位置|定位|坐标|轨迹|上报|签到|出现|[于在][0-9])"
_AT_A_PLACE = re.compile(f"(?<![{HAN}])({_NAME})(?={_WHEREABOUTS})")
_BEFORE_BLANKS = ("", *":：)）】]")
"""Where a list parted by blanks may begin."""
_DOING = re.compile(f"{_CLAUSE}({_SHORT})(?={_DOES})")
_CALLED_ON = re.compile(f"{_CALLS_ON}({_SHORT})(?={_ENDS})")
_PAIRED = re.compile(f"(?:^|[^{HAN}]|[经由])({_NAME})(?:[和与及诉跟]|以及)({_NAME})(?={_ENDS})")
_OF_A_HOUSE = re.compile(f"{_HOUSEHOLD}({_NAME})(?=[ ]?[,，;；:：|]|[ ]{{1,3}}[0-9])")
_POSITION = re.compile(
    f"(?<![0-9.])(?:{_LONGITUDE}{_AND}{_LATITUDE}|{_LATITUDE}{_AND}{_LONGITUDE}|{_DEGREES}[^0-9]{{0,6}}{_DEGREES}[NSEW东西南北]?)(?![0-9.])"
)
_MEMBER = re.compile(f"[{HAN}]{{2,}}?(?=等|[两二三四五六七八九十]人|同[志学]|[^{HAN}]|$)")
_BEFORE_NAME = frozenset("由和与及对经请被向给是为员人者")
_LONG_WORD = re.compile(f"(?<![{HAN}])(?:[{OTHER_BEGINS}][{HAN}]{{2,11}}|{DOTTED})(?![{HAN}])")
_CAPITALS = re.compile("[A-Z][A-Za-z]+,? [A-Z]")
_LATIN = re.compile(LATIN_WITHIN)
_HOUSE = re.compile(STREET)
_ROLE = re.compile(f"(?:{NAME_ROLE})[ :：]{{0,3}}[{HAN}]")
_OFFICE = re.compile(ORGANISATION_NEAR)
_HOMES_OF_AN_OFFICE = re.compile(
    f"(?:{ORGANISATION_NEAR}|厂|所|站)(?=家属|宿舍|生活区|职工|小区|公寓|新村|大院)"
)
_LIVES = re.compile("[,，。；;][ ]?(?:现|居|家)?住(?![所建房院])")
_HOUSEHOLD_IN = re.compile(
    f"室|[0-9](?:房|户)|(?:单元|门)[0-9{HAN_DIGIT}]|[0-9]-[0-9]{{1,2}}-[0-9]{{3}}|[村组](?:委会)?(?![{HAN}]{{0,6}}[路街道巷架环])[{HAN}]{{0,4}}[0-9{HAN_DIGIT}十]{{1,4}}(?:[组号]|$)"
)

_FIRST = f"[{SURNAME_BEGINS}{OTHER_BEGINS}]"
_GATES: dict[str, tuple[re.Pattern[str], ...]] = {
    f"[{HAN}]{_SEX}": (_SEXED,),
    f"[{HAN}]{_BEHIND}": (_TITLED,),
    f"(?:^|[^{HAN}]|日){_FIRST}[{HAN}]{{1,3}}(?:[ ]?[:：]|[ ]?[0-9]{{1,2}}:|[ ]{{1,3}}[{HAN}]{{2}}|{_WHEREABOUTS}|{_DOES})": (
        _SPOKEN,
        _AT_A_PLACE,
        _DOING,
        _RUN,
    ),
    f"(?:[{HAN}][ ]?[、,，/／;；|+＋&]{{1,2}}[ ]?|{_NUMBER}|{_CALLS_ON}|{_HOUSEHOLD}|[{HAN}][和与及诉跟]){_FIRST}[{HAN}]{{1,3}}"
    f"(?:[^{HAN}]|$|[等两二三四五六七八九十同负牵承跟担为沟联办纠一]|[{HAN}]{{1,8}}[纠一]|{_DOES})": (
        _RUN,
        _IN_NUMBERS,
        _CALLED_ON,
        _PAIRED,
        _OF_A_HOUSE,
    ),
}
"""RE2 → the patterns that are tried where it matches."""
_OF_POSITIONS = ("[0-9][.][0-9]{4,}[^0-9.]{1,30}[0-9]{2,3}[.][0-9]{4}", "[0-9][°度][ ]?[0-9]{1,2}[′'分]")

BESIDE = "|".join((*_GATES, *_OF_POSITIONS)).replace("[ ]", "[\\s\u00a0\u3000]")
"""RE2: every text in which a name is found by its place, or a position."""


@cache
def _gates() -> Any:
    """All of `_GATES` as one automaton, which says whose patterns to try."""
    gates = re2.Set.SearchSet()
    for gate in _GATES:
        gates.Add(gate)
    gates.Compile()
    return gates


def names_alone(text: str) -> Iterator[tuple[int, int]]:
    """Names that stand alone between signs, asked beside something of a person or a position: rarer ones too."""
    for word in _WORD.finditer(text):
        if is_name(word.group().replace(" ", ""), rare=True):
            yield word.span()
    for word in _LONG_WORD.finditer(text):
        if is_other_name(word.group()):
            yield word.span()
    if _CAPITALS.search(text):
        yield from (word.span() for word in _LATIN.finditer(text))


def names_by_place(text: str) -> Iterator[tuple[int, int]]:
    """Names with a sex or a title beside them (王芳，女; 王芳老师), before a colon (王芳：), in a list of names, at a place
    (王芳位于…), that do what persons do (王芳到区政府申请…), or to whom it is done (委托王芳办理)."""
    patterns = tuple(_GATES.values())
    caught = _gates().Match(text.encode("utf-8", "replace")) or ()
    for pattern in dict.fromkeys(chain.from_iterable(patterns[place] for place in sorted(caught))):
        if pattern is _RUN:
            yield from _listed(text)
        elif pattern is _PAIRED:
            for pair in pattern.finditer(text):
                yield from _agreed(text, [pair.span(1), pair.span(2)], all_=True)
        elif pattern is _IN_NUMBERS:
            yield from _agreed(text, [match.span(1) for match in pattern.finditer(text)])
        else:
            yield from _named(
                text, pattern, rare=pattern in (_TITLED, _SEXED, _AT_A_PLACE), given=pattern is _TITLED
            )


def _listed(text: str) -> Iterator[tuple[int, int]]:
    """Names in lists, parted by signs or blanks, of which at least half are sure; parted by blanks alone, all members
    must be names."""
    for run in _RUN.finditer(text):
        members = [word.span() for word in _MEMBER.finditer(text, run.start(), run.end())]
        if len(members) < 2:
            continue
        first = members[0]
        members[0] = (_name_at_end(text, *first), first[1])
        signs = {text[end:start].strip() for (_, end), (start, _) in pairwise(members)}
        blanks = signs == {""}
        if not blanks or text[: run.start()].rstrip(" ")[-1:] in _BEFORE_BLANKS:
            yield from _agreed(text, members, all_=blanks)


def _name_at_end(text: str, start: int, end: int) -> int:
    """Where in the words before a list's first sign its first name begins (会议由王芳|、)."""
    for begin in (end - 3, end - 2):
        if start < begin and text[begin - 1] in _BEFORE_NAME and is_name(text[begin:end]):
            return begin
    return start


def _agreed(text: str, members: list[tuple[int, int]], *, all_: bool = False) -> Iterator[tuple[int, int]]:
    words = [text[start:end] for start, end in members]
    names = [place for place, word in enumerate(words) if is_name(word, rare=True) or is_other_name(word)]
    sure = sum(is_name(words[place]) or is_other_name(words[place]) for place in names)
    side_by_side = any(second == first + 1 for first, second in pairwise(names))
    if side_by_side and 2 * sure >= len(names) and (not all_ or len(names) == len(words)):
        for place in names:
            yield members[place]


def _named(
    text: str, pattern: re.Pattern[str], *, rare: bool = False, given: bool = False
) -> Iterator[tuple[int, int]]:
    """What the pattern's group 1 names; `rare` as in `is_name`, `given`: then of characters of given names all the same."""
    at = 0
    while match := pattern.search(text, at):
        name = match.group(1)
        if (is_name(name, rare=rare) and (not given or has_given(name))) or is_other_name(name):
            yield match.span(1)
            at = match.end(1)
        else:
            at = match.start(1) + 1  # what is none may hide one that begins inside it


def positions(text: str) -> Iterator[tuple[int, int]]:
    """Longitude and latitude within China, to 10 m or finer (four decimals and more, or seconds)."""
    for pair in _POSITION.finditer(text):
        yield pair.span()


def speaks_of_a_person(text: str) -> bool:
    """Whether a word stands in the text that only a person is called by."""
    return _ROLE.search(text) is not None


def houses(text: str) -> Iterator[tuple[int, int]]:
    """Houses of a street or village, where no office is named."""
    if _OFFICE.search(text) is None:
        for house in _HOUSE.finditer(text):
            yield house.span()


def of_an_office(text: str, start: int, end: int) -> bool:
    """Whether the address is an organisation's: one is named right before it or in it, nobody lives there, and it is no
    household of a building or a village (where small firms are registered)."""
    around = _HOMES_OF_AN_OFFICE.sub("", text[max(0, start - 16) : end])
    if _OFFICE.search(around) is None:
        return False
    return (
        _LIVES.search(text, max(0, start - 3), start + 3) is None
        and _HOUSEHOLD_IN.search(text, start, end) is None
    )
