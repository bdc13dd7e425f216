"""Chinese personal names: a surname rule for the shape, the characters that given names are made of, and a part-of-speech
lexicon (rjieba) to tell people from places.

None is enough alone. A column is names when its cells have the shape *and* the rest agrees on at least half; in running
text a name is looked for behind a word that announces one, or where it stands alone beside something else of a person.
"""

from __future__ import annotations

import re
from functools import cache
from types import ModuleType

from privacy.alphabet import fold
from privacy.given_names import GIVEN, NOT_NAMES
from privacy.other_peoples import DOTTED, GATE_OTHER_NAME, OTHER_NAME
from privacy.phrases import NAME_FOLLOWED, NOBODY, ORGANISATION_NEAR
from privacy.surnames import COMPOUND, ORDINARY, SURNAME

__all__ = [
    "DOTTED_NAME",
    "KNOWN_LATIN_NAME",
    "LATIN_NAME",
    "LATIN_WITHIN",
    "NAME_SHAPE",
    "are_names",
    "has_given",
    "is_name",
    "is_other_name",
    "name_end",
    "split_names",
]

_HAN = "一-龥"
_B = "[ \u00a0\u3000]"
_QUOTE = "[ \u00a0\u3000\"'“”]*"
_WIDE_COMPOUND = (
    f"[{''.join(sorted({one[0] for one in COMPOUND}))}]{_B}{{1,3}}[{_HAN}]{_B}{{0,3}}[{_HAN}]{{1,2}}"
)
NAME_SHAPE = (
    f"^{_QUOTE}(?:{SURNAME}{_B}{{0,3}}[{_HAN}]{_B}{{0,2}}[{_HAN}]?(?:[、，,;；/ \n]{_B}?[{_HAN}]{{2,4}})*"
    f"|{_WIDE_COMPOUND}|{GATE_OTHER_NAME}){_QUOTE}$"
)
"""RE2 and Python: a cell that is one Chinese name, or a list of them, or has the first character of another people's."""
LATIN_NAME = "^ *[A-Z][A-Za-z'.\\-]*(?:,? [A-Z][A-Za-z'.\\-]*){1,3} *$"
"""RE2 and Python: two to four capitalised words."""

DOTTED_NAME = f"^ *[{_HAN}]{{2,8}}[\u00b7\u2022\u2027\u30fb.][{_HAN}]{{2,8}} *$"
"""RE2: a name of two parts with a dot between, as Uyghur and foreign names are written."""
_GIVEN = (
    "James|John|Robert|Michael|William|David|Richard|Joseph|Thomas|Charles|Christopher|Daniel|Matthew|Anthony|Mark|Donald|Steven|Paul"
    "|Andrew|Joshua|Kevin|Brian|George|Edward|Ronald|Timothy|Jason|Jeffrey|Ryan|Jacob|Eric|Peter|Henry|Jack|Tom|Mike|Mary|Patricia"
    "|Jennifer|Linda|Elizabeth|Barbara|Susan|Jessica|Sarah|Karen|Lisa|Nancy|Betty|Margaret|Sandra|Ashley|Emily|Donna|Michelle|Carol"
    "|Amanda|Melissa|Deborah|Stephanie|Rebecca|Laura|Helen|Anna|Alice|Julia|Emma|Grace|Lucy|Amy|Jane"
)
_SURNAME_PINYIN = (
    "Wang|Li|Zhang|Liu|Chen|Yang|Huang|Zhao|Wu|Zhou|Xu|Sun|Ma|Zhu|Hu|Guo|He|Gao|Lin|Luo|Zheng|Liang|Xie|Song|Tang|Han|Feng|Deng|Cao"
    "|Peng|Zeng|Xiao|Tian|Dong|Pan|Yuan|Cai|Jiang|Yu|Du|Ye|Cheng|Wei|Su|Lu|Ding|Ren|Shen|Yao|Cui|Tan|Fan|Wong|Chan|Lee|Cheung"
)
_SYLLABLE = "(?:[zcs]h|[b-df-hj-np-tw-z])?[aeiouv]{1,3}(?:ng|n|r)?"
_KNOWN_LATIN = (
    f"(?:(?:{_GIVEN}) [A-Z][A-Za-z'.\\-]*(?: [A-Z][A-Za-z'.\\-]*)?|[A-Z][a-z]+ (?:{_SURNAME_PINYIN})"
    f"|(?:{_SURNAME_PINYIN}),? [A-Z]?{_SYLLABLE}[\\- ']?(?:[A-Z]?{_SYLLABLE})?)"
)
LATIN_WITHIN = f"(?<![A-Za-z])(?:{_KNOWN_LATIN}|(?:{_SURNAME_PINYIN.upper()}),? [A-Z]{{2,12}})(?![A-Za-z])"
"""Python: such a name, also in capitals, within a text."""
KNOWN_LATIN_NAME = f"^ *{_KNOWN_LATIN} *$"
"""RE2: a common English given name with a surname, or a Chinese name in pinyin in either order."""

_ONE = re.compile(f"{SURNAME}[{_HAN}]{{1,2}}")
_SHAPE = re.compile(NAME_SHAPE)
_OTHER = re.compile(f"{OTHER_NAME}|{DOTTED}")
_COMPOUND = re.compile("|".join(COMPOUND))
_PERSON_TAGS = ("nr", "nrt", "nrfg", "x")  # x: in no lexicon
_PLACE_TAGS = ("ns", "nz", "nt")
_THING_TAGS = (*_PLACE_TAGS, "n", "a")
"""A rare name may be a place's (马东): behind a word that announces a person it is the person's."""
_LONGEST_LIST = 200  # characters
# Last characters of places and institutions that given names avoid,
_PLACE_ENDS = frozenset(
    "市县区镇乡村路街巷弄站局院校馆厂店所队社屯寨港省盟旗司部处科室楼寺庙湾井界塘滩沟坝堰闸"
)
# and those that given names have too.
_NATURE_ENDS = frozenset("河湖溪桥渡庄园苑州城")
# What follows a name in running text and belongs to no name.
_AFTER_NAME = frozenset(
    "因在于的与和及反举投说称向被是为有将已经来到从由电住手男女今未述表要求申请提对不没并等就也代诉，,。；;"
)


def split_names(text: str) -> tuple[str, ...]:
    """The names a cell lists, blanks inside a name removed."""
    plain = fold(text).strip(_QUOTES)
    parts = re.split(r"[、,，;；/\n]|(?<=[一-龥]{2}) (?=[一-龥]{2})", plain)
    return tuple(part.replace(" ", "") for part in parts if part.strip())


def are_names(text: str, *, rare: bool = False) -> bool:
    """Whether a whole cell is one name in Chinese characters, or a list of them; `rare` as in `is_name`."""
    plain = fold(text)
    if len(text) > _LONGEST_LIST or _SHAPE.match(plain) is None:
        return False
    if is_name(plain.strip(_QUOTES).replace(" ", ""), rare=rare):
        return True
    return all(is_name(name, rare=rare) or is_other_name(name) for name in split_names(text))


@cache
def _lexicon() -> ModuleType:
    """rjieba reads its words when it is imported, 0.1 s: not for a process that looks for nobody."""
    import rjieba

    return rjieba


def is_name(text: str, *, rare: bool = False) -> bool:
    """Whether one short text is a Chinese personal name by surname, given characters, ending and lexicon; with `rare`,
    where something else speaks for it, given characters that are seldom used are as good."""
    if _ONE.fullmatch(text) is None or text in NOBODY or text in _DOUBLED or text[-1] in _PLACE_ENDS:
        return False
    surname = _surname(text)
    given = text[surname:]
    if not rare and (text in NOT_NAMES or text[1:] == text[:1]):
        return False  # a word; a doubled one (谢谢, 常常)
    if text in NOT_NAMES and not _known_person(text):
        return False
    if given == "长" or (text[-1] in _NATURE_ENDS and not _beyond_nature(text, given, rare)):
        return False  # a post (楼长, 班长), a place
    if rare:
        of_a_thing = text[0] not in ORDINARY and _lexicon().tag(text)[0][1] in _THING_TAGS
        return _no_word(text) or (of_a_thing and _given(given))
    return (
        _given(given)
        and _no_word(text)
        and not (surname == 1 and text[0] in ORDINARY and _begins_a_word(text))
    )


def is_other_name(text: str) -> bool:
    """Whether the text is a name of another people of China, by the words it is made of or its dot."""
    return _OTHER.fullmatch(text) is not None


def _beyond_nature(text: str, given: str, rare: bool) -> bool:
    """Whether a word that ends as rivers and gardens do is a name all the same: of three characters with none of a place
    before the end (李清溪, not 王家河, 白沙河); of two only where something speaks for it."""
    if len(given) == 1:
        return rare and (len(_lexicon().cut(text, False)) == 2 or _known_person(text))
    parted = len(_lexicon().cut(text, False)) == len(text) or _known_person(text)
    return given[0] != "家" and given[0] in GIVEN and (rare or parted)


def _known_person(text: str) -> bool:
    """Whether the lexicon has it as one word, a person's name (安静 and 杨梅 are both)."""
    tagged: list[tuple[str, str]] = _lexicon().tag(text)
    return len(tagged) == 1 and tagged[0][1] in _PERSON_TAGS[:3]


def _begins_a_word(text: str) -> bool:
    """Whether the lexicon's words part the text elsewhere than behind each character (有利|益, 国|玉兰)."""
    return len(_lexicon().cut(text, False)) < len(text) and not _known_person(text)


def has_given(text: str) -> bool:
    """Whether what follows the surname is made of characters of given names."""
    return _given(text[_surname(text) :])


def _given(given: str) -> bool:
    return all(character in GIVEN or _seldom_written(character) for character in given)


def _seldom_written(character: str) -> bool:
    """Whether the character is not among the 3,755 of level 1 of GB 2312: outside of the lexicon's words, parents use it."""
    try:
        return character.encode("gb2312") >= b"\xd8"
    except UnicodeEncodeError:
        return True


def _surname(text: str) -> int:
    match = _COMPOUND.match(text)
    return match.end() if match and len(text) > match.end() else 1


def name_end(text: str, start: int, end: int) -> int | None:
    """Where the name that begins at `start`, behind a word that announces one, ends (at most `end`), or None when the
    words there are none."""
    announced = start > 0 and text[start - 1] in ":：;= \"'>(（\\【"
    piece = text[start:end]
    if piece in NOBODY or _OFFICES.search(piece):
        return None
    if announced and _NAMES_ONE.search(text, max(0, start - 24), start) and _alone_behind(text, piece, end):
        return end
    if piece in NOT_NAMES:
        return None
    plain = announced and _PLAIN_KEY.search(text, max(0, start - 24), start) is not None
    if _OTHER.fullmatch(piece):
        return end
    if piece[0].isascii():
        of_a_person = not plain or _LATIN_PERSON.match(piece) or _PERSON_KEY.search(text)
        return end if of_a_person else None
    if not _BEGINS.match(piece):  # another people's name: as long as its signs let it be
        followed = _FOLLOWED.match(text, end) is not None
        return (
            end
            if (announced or followed) and not plain and 2 <= len(piece) <= 6 and _no_word(piece)
            else None
        )
    if plain:
        return end if is_name(piece) else None
    apart = announced and not _HAN_AT.match(text, end)
    if apart and len(piece) > _surname(piece) + 2 and _no_word(piece) and not _AFTER_NAME & set(piece):
        return end  # longer than a Chinese name, and all that stands behind the sign
    if not announced and not _parted(text, start):
        return None
    return _glued_end(text, start, end, announced)


def _alone_behind(text: str, piece: str, end: int) -> bool:
    """Whether the piece is of a name's length and all that stands behind the sign."""
    return 2 <= len(piece) <= 4 and _BEGINS.match(piece) is not None and not _HAN_AT.match(text, end)


def _parted(text: str, start: int) -> bool:
    """Whether the surname's character does not end a word with the one before it (职|工程); behind a word for a person
    (来电人|马…) it hardly can."""
    if not start or text[start - 1] in _PERSON_ENDS:
        return True
    return len(_lexicon().cut(text[start - 1 : start + 1], False)) > 1


def _glued_end(text: str, start: int, end: int, announced: bool) -> int | None:
    """Where a Chinese name with more text behind it ends: after one given character or two, as they are characters of
    given names and what is left begins with a word."""
    first: str = _lexicon().cut(text[start : start + 8], False)[0]
    surname = _surname(text[start:end])
    if len(first) >= 2 and first not in COMPOUND and not announced:
        tag = _lexicon().tag(first)[0][1]
        if first in NOT_NAMES or tag not in _PERSON_TAGS + _PLACE_TAGS:
            return None
    best, least = None, 1.0 if announced else 1.5
    for stop in (start + surname + 1, start + surname + 2):
        if stop > end or text[stop - 1] in _AFTER_NAME:
            break
        worth = _worth(text, start + surname, stop)
        if surname == 1 and text[start] in ORDINARY and not announced and _begins_a_word(text[start:stop]):
            worth -= 2
        if worth >= least:
            best, least = stop, worth
    return best


def _worth(text: str, given: int, stop: int) -> float:
    """How much speaks for a name whose given part is ``text[given:stop]``."""
    characters = sum(1.0 if _given(character) else -1.0 for character in text[given:stop])
    rest: str = text[stop : stop + 6]
    if not rest or not _HAN_AT.match(rest):
        return characters + 1.5
    if rest[0] in _AFTER_NAME:
        return characters + 1.0
    word: str = _lexicon().cut(rest, False)[0]
    return characters + (0.5 if len(word) > 1 else -1.0)


def _no_word(text: str) -> bool:
    """Whether the lexicon has no such word, or has it as a person's name. (Words that its model makes up do not count.)"""
    parts: list[str] = _lexicon().cut(text, False)
    return len(parts) > 1 or _lexicon().tag(text)[0][1] in _PERSON_TAGS


_DOUBLED = frozenset(first + first for first in "谢常时万单满暗冷毛苦白明平")
_QUOTES = " \u3000\"'“”"
_PERSON_ENDS = frozenset("人员者户主子女亲夫妻儿")
_HAN_AT = re.compile(f"[{_HAN}]")
_BEGINS = re.compile(f"{SURNAME}[{_HAN}]")
_OFFICES = re.compile(ORGANISATION_NEAR)
_FOLLOWED = re.compile(NAME_FOLLOWED)
_LATIN_PERSON = re.compile(KNOWN_LATIN_NAME)
_NAMES_ONE = re.compile(
    "(?:姓名|户名|签名|签字|(?<![A-Za-z])xm|(?i:(?:real|user|person|contact)_?name))[^一-龥A-Za-z]*$"
)
"""Words that announce nothing but a person's name: what a sign parts from them is one, whatever else it means."""
_PLAIN_KEY = re.compile("(?<![A-Za-z_])[Nn]ame[\\\\\"' :=>]*$")
_PERSON_KEY = re.compile(
    "(?i:(?<![a-z])(?:tel|phone|mobile|e-?mail|passport|id ?card|sex|gender|birth|dob|age)(?![a-z]))"
)
"""Names of other values of a person, by which a plain "name" is a person's."""
