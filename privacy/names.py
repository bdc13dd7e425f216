"""Chinese personal names: a surname rule for the shape, the characters that given names are made of, and a part-of-speech
lexicon (rjieba) to tell people from places.

None is enough alone. A column is names when its cells have the shape *and* the rest agrees on at least half; in running
text a name is looked for behind a word that announces one, or where it stands alone beside something else of a person.
"""

from __future__ import annotations

import re

import rjieba

from privacy.alphabet import fold
from privacy.given_names import GIVEN, NOT_NAMES
from privacy.phrases import NOBODY, ORGANISATION_NEAR
from privacy.surnames import COMPOUND, SURNAME

__all__ = [
    "DOTTED_NAME",
    "KNOWN_LATIN_NAME",
    "LATIN_NAME",
    "NAME_SHAPE",
    "are_names",
    "is_name",
    "name_end",
    "split_names",
]

_HAN = "一-龥"
NAME_SHAPE = f"^[ 　]*{SURNAME}[ 　]{{0,3}}[{_HAN}][ 　]{{0,2}}[{_HAN}]?(?:[、，,; ][ ]?{SURNAME}[{_HAN}]{{1,2}})*[ 　]*$"
"""RE2 and Python: a cell that is one Chinese name, or a list of them."""
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
KNOWN_LATIN_NAME = (
    f"^ *(?:(?:{_GIVEN}) [A-Z][A-Za-z'.\\-]*(?: [A-Z][A-Za-z'.\\-]*)?|[A-Z][a-z]+ (?:{_SURNAME_PINYIN})"
    f"|(?:{_SURNAME_PINYIN}),? [A-Z]?{_SYLLABLE}[\\- ']?(?:[A-Z]?{_SYLLABLE})?) *$"
)
"""RE2: a common English given name with a surname, or a Chinese name in pinyin in either order."""

_ONE = re.compile(f"{SURNAME}[{_HAN}]{{1,2}}")
_SHAPE = re.compile(NAME_SHAPE)
_PERSON_TAGS = ("nr", "nrt", "nrfg", "x")  # x: in no lexicon
_PLACE_TAGS = ("ns", "nz", "nt")
"""A rare name may be a place's (马东): behind a word that announces a person it is the person's."""
_LONGEST_LIST = 200  # characters
# Last characters of places and institutions that given names avoid.
_PLACE_ENDS = frozenset(
    "市县区镇乡村路街巷弄站局院校馆厂店所队社庄屯寨港州省盟旗城司部处科室楼苑园寺庙桥湾井界河湖溪塘渡滩沟坝堰闸"
)
# What follows a name in running text and belongs to no name.
_AFTER_NAME = frozenset(
    "因在于的与和及反举投说称向被是为有将已经来到从由电住手男女今未述表要求申请提，,。；;"
)


def split_names(text: str) -> tuple[str, ...]:
    """The names a cell lists, blanks inside a name removed."""
    plain = fold(text).strip()
    parts = re.split(r"[、,;/]|(?<=[一-龥]{2}) (?=[一-龥]{2})", plain)
    return tuple(part.replace(" ", "") for part in parts if part.strip())


def are_names(text: str) -> bool:
    """Whether a whole cell is one Chinese name, or a list of them."""
    return (
        len(text) <= _LONGEST_LIST
        and _SHAPE.match(fold(text)) is not None
        and all(map(is_name, split_names(text)))
    )


def is_name(text: str, *, rare: bool = False) -> bool:
    """Whether one short text is a Chinese personal name by surname, given characters, ending and lexicon; with `rare`,
    where something else speaks for it, given characters that are seldom used are as good."""
    if _ONE.fullmatch(text) is None or text[-1] in _PLACE_ENDS or text in NOT_NAMES or text in NOBODY:
        return False
    if text[1:] == text[:1]:
        return False  # a doubled word (谢谢, 常常)
    return _given(text) or _no_word(text) if rare else _given(text) and _no_word(text)


def _given(text: str) -> bool:
    """Whether what follows the surname is made of characters of given names."""
    return all(character in GIVEN for character in text[_surname(text) :])


def _surname(text: str) -> int:
    return 2 if text[:2] in COMPOUND and len(text) > 2 else 1


def name_end(text: str, start: int, end: int) -> int | None:
    """Where the name that begins at `start`, behind a word that announces one, ends (at most `end`), or None when the
    words there are none."""
    announced = start > 0 and text[start - 1] in ":：= \"'>(（\\"
    piece = text[start:end]
    if piece in NOBODY or piece in NOT_NAMES or _OFFICES.search(piece):
        return None
    plain = announced and _PLAIN_KEY.search(text, max(0, start - 24), start) is not None
    if "." in piece:
        return end
    if piece[0].isascii():
        return end if not plain or _KNOWN_LATIN.match(piece) else None
    if not _BEGINS.match(piece):  # another people's name: as long as its signs let it be
        return end if announced and not plain and 2 <= len(piece) <= 5 and _no_word(piece) else None
    if plain:
        return end if is_name(piece) else None
    apart = announced and not _HAN_AT.match(text, end)
    if apart and len(piece) > _surname(piece) + 2 and _no_word(piece) and not _AFTER_NAME & set(piece):
        return end  # longer than a Chinese name, and all that stands behind the sign
    if not announced and start and len(rjieba.cut(text[start - 1 : start + 1], False)) == 1:
        return None  # the surname's character ends a word with the one before it (职|工程)
    least = _surname(piece) + 1
    given = piece[least - 1 :]
    first: str = rjieba.cut(text[start : start + 8], False)[0]
    known = len(first) >= 2 and first not in COMPOUND
    tag = rjieba.tag(first)[0][1] if known else ""
    if known and (first in NOT_NAMES or (tag not in _PERSON_TAGS + _PLACE_TAGS and not announced)):
        return None
    if given[0] in _AFTER_NAME:
        return None
    if len(given) == 1 or given[1] in _AFTER_NAME:
        return start + least if announced or given[0] in GIVEN or tag in _PERSON_TAGS else None
    # A second character belongs to the name unless a word of the lexicon begins with it.
    word: str = rjieba.cut(text[start + least : start + least + 4], False)[0]
    goes_on = len(word) == 1 or word[1] in _AFTER_NAME
    if goes_on or (tag in _PERSON_TAGS and len(first) == least + 1):
        return start + least + 1
    return start + least


def _no_word(text: str) -> bool:
    """Whether the lexicon has no such word, or has it as a person's name. (Words that its model makes up do not count.)"""
    parts: list[str] = rjieba.cut(text, False)
    return len(parts) > 1 or rjieba.tag(text)[0][1] in _PERSON_TAGS


_HAN_AT = re.compile(f"[{_HAN}]")
_BEGINS = re.compile(f"{SURNAME}[{_HAN}]")
_OFFICES = re.compile(ORGANISATION_NEAR)
_KNOWN_LATIN = re.compile(KNOWN_LATIN_NAME)
_PLAIN_KEY = re.compile("(?<![A-Za-z_])[Nn]ame[\\\\\"' :=>]*$")
