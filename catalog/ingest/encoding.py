"""The character encoding of a file, judged over the whole of it: mark, strict UTF-8, strict GB18030, strict Big5, then ask.

A mere guess is not taken: short GBK text is misjudged by every detector tried, and a wrong guess corrupts
names without an error.
"""

from __future__ import annotations

import codecs
import tempfile
from dataclasses import dataclass
from pathlib import Path

from catalog.dataset import ReadingChoice
from catalog.errors import BadInput, Where
from catalog.ingest.answers import Answers
from catalog.ingest.source import Source
from catalog.text import Text

__all__ = ["ENCODINGS", "Decoded", "decode", "utf8_so_far"]

CHUNK_BYTES = 4 << 20
HEAD_BYTES = 1 << 16
# Big5 is taken only where nothing speaks for another: of short texts tried, Big5 has all its characters in the common
# plane and 2 in 3 among the most frequent, GBK, Shift_JIS, EUC-JP and EUC-KR read as Big5 under 1 in 10.
BIG5_PAIRS, BIG5_SHARE, BIG5_FREQUENT = 8, 0.95, 0.4

# The characters that open data and plain text hold most, simplified and traditional.
FREQUENT = frozenset(
    "的一是在不了有和人这這中大为為上个個国國我以要他时時来來用们們生到作地于於出就分对對成会會可主发發年动動同工也能下过過子说說产產种種面而方后後多定行学學法所民得"
    "经經十三之进進着等部度家电電力里如水化高自二理起小物现現实實加量都两兩体體制机機当當使点點从從业業本去把性好应應开開合还還因由其前外天政四日社事平形相全表间間与與"
    "关關各重新线線内內数數正心明看原利比或但质質气氣第向道变變条條结結解建月公无無系系情最立代通并提直题題程五果位入常文总總次品式设設及管特件长長求基资資路级級图圖"
    "山统統接知较較将將组組见見计計别期根论論运運农農指九区區强強西東东南北省市县縣乡鄉镇鎮村街号號名称稱姓单單编編码碼类類型状狀态態备備注註址话話价價金额額元税稅"
    "费費教育医醫院校站场場车車桥橋河湖江海城府局委厅廳处處科室所中心，。、：；（）"
)

_MARKED = Text("文件开头有字节顺序标记", "a byte order mark stands at the start")
_VALID = Text("全文是合法的 UTF-8", "the whole file is valid UTF-8")

# What a steward may answer, and the codec that reads it.
ENCODINGS = {
    "utf-8": "utf-8-sig",
    "utf-8-sig": "utf-8-sig",
    "utf8": "utf-8-sig",
    "ascii": "ascii",
    "gb18030": "gb18030",
    "gbk": "gb18030",
    "gb2312": "gb18030",
    "cp936": "gb18030",
    "big5": "big5hkscs",
    "big5hkscs": "big5hkscs",
    "cp950": "cp950",
    "utf-16": "utf-16",
    "utf-16-le": "utf-16-le",
    "utf-16-be": "utf-16-be",
    "utf-32": "utf-32",
    "latin-1": "latin-1",
    "iso-8859-1": "latin-1",
    "iso-8859-2": "iso-8859-2",
    "iso-8859-15": "iso-8859-15",
    "windows-1252": "cp1252",
    "cp1252": "cp1252",
    "windows-1251": "cp1251",
    "windows-1250": "cp1250",
    "shift_jis": "cp932",
    "cp932": "cp932",
    "euc-jp": "euc-jp",
    "euc-kr": "cp949",
    "mac-roman": "mac-roman",
}

_MARKS = (
    (codecs.BOM_UTF8, "utf-8", "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32", "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32", "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16-le", "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16-be", "utf-16"),
)


@dataclass(frozen=True, slots=True)
class Decoded:
    """UTF-8 text on disk (possibly with a mark at its start). `temporary` files are deleted by the reader."""

    path: Path
    choice: ReadingChoice
    temporary: bool


@dataclass(frozen=True, slots=True)
class _Judged:
    name: str
    codec: str
    evidence: Text
    certain: bool = True


def decode(source: Source, spool_folder: Path, answers: Answers) -> Decoded:
    """The source as UTF-8 text, transcoded in constant memory where it is something else.

    Raises BadInput: bytes that fit no encoding for sure, or a NUL character, with its line.
    """
    judged = _answered(source, answers) or _judge(source)
    choice = answers.chosen("encoding", judged.name, judged.evidence, judged.certain)
    if judged.codec in ("utf-8", "utf-8-sig", "ascii"):
        return Decoded(source.path, choice, temporary=False)
    return Decoded(_transcode(source, judged, spool_folder), choice, temporary=True)


def utf8_so_far(source: Source, answers: Answers) -> ReadingChoice | None:
    """The choice of UTF-8 where the first bytes are that and nothing speaks against it. That the rest is too, and holds
    no NUL, is for the reader to prove who uses it."""
    with source.path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    wide = any(head.startswith(mark) for mark, name, _ in _MARKS if name != "utf-8") or _unmarked_utf16(head)
    if wide or b"\x00" in head or ENCODINGS.get(answers.get("encoding") or "utf-8") != "utf-8-sig":
        return None
    try:
        codecs.getincrementaldecoder("utf-8")("strict").decode(head)
    except UnicodeDecodeError:
        return None
    return answers.chosen("encoding", "utf-8", _MARKED if head.startswith(codecs.BOM_UTF8) else _VALID)


def _answered(source: Source, answers: Answers) -> _Judged | None:
    answer = answers.get("encoding")
    if answer is None:
        return None
    codec = ENCODINGS.get(answer.strip().lower().replace("_", "-")) or ENCODINGS.get(answer.strip().lower())
    if codec is None:
        raise BadInput(
            Text("不认识这个编码", "This encoding is not known"),
            Text(f"可用：{'、'.join(ENCODINGS)}", f"Use one of {', '.join(ENCODINGS)}"),
            Where(file=source.name, parameter="encoding"),
        )
    bad = _first_bad_line(source, codec)
    if bad is not None:
        raise BadInput(
            Text(f"文件不是 {answer} 编码", f"The file is not {answer}"),
            Text("请换一个编码，或另存为 UTF-8 后提交", "Answer another encoding, or save the file as UTF-8"),
            Where(file=source.name, line=bad, parameter="encoding"),
        )
    if codec in ("utf-8-sig", "ascii"):
        _refuse_nul(source)
    return _Judged(answer, codec, Text("由数据管理员指定", "given by the steward"))


def _judge(source: Source) -> _Judged:
    with source.path.open("rb") as stream:
        head = stream.read(HEAD_BYTES)
    for mark, name, codec in _MARKS:
        if head.startswith(mark):
            if _first_bad_line(source, codec) is not None:
                break
            if name == "utf-8":
                _refuse_nul(source)
            return _Judged(name, codec, _MARKED)
    wide = _unmarked_utf16(head)
    if wide and _first_bad_line(source, wide) is None:
        return _Judged(
            wide,
            wide,
            Text(
                "没有标记，但空字节只出现在每两个字节的同一位置，全文可严格解码",
                "no mark, but zero bytes stand at one side of each pair only and the whole file decodes",
            ),
        )
    _refuse_nul(source)
    bad_utf8 = _first_bad_line(source, "utf-8")
    if bad_utf8 is None:
        return _Judged("utf-8", "utf-8", _VALID)
    return _legacy(source, bad_utf8)


def _legacy(source: Source, bad_utf8: int) -> _Judged:
    """GB18030 or Big5 where the whole file decodes *and* reads as everyday Chinese; otherwise ask, naming the candidates."""
    gb_bad = _first_bad_line(source, "gb18030")
    sample = _sample(source)
    pairs, common = _everyday(sample, range(0xB0, 0xD8), range(0xA1, 0xFF))
    big_pairs, big_common = _everyday(sample, range(0xA4, 0xC7), None)
    gb_share = common / pairs if pairs else 0.0
    big_share = big_common / big_pairs if big_pairs else 0.0
    isolated = _isolated_high_bytes(sample)
    big_bad = _first_bad_line(source, "big5hkscs")
    big_frequent, gb_frequent = _frequent(sample, "big5hkscs"), _frequent(sample, "gb18030")
    likely_big5 = big_bad is None and big_frequent > gb_frequent
    everyday = gb_share >= 0.6 or (gb_frequent >= 0.3 and gb_frequent >= big_frequent + 0.15)
    if gb_bad is None and pairs and everyday and isolated < 0.5 and not likely_big5:
        return _Judged(
            "gb18030",
            "gb18030",
            Text(
                f"第 {bad_utf8} 行起不是 UTF-8；全文是合法的 GB18030，汉字中 {gb_share:.0%} 是常用字",
                f"not UTF-8 from line {bad_utf8}; the whole file is valid GB18030 and {gb_share:.0%} of its Han characters are common ones",
            ),
            certain=pairs >= 4 or gb_share > big_share,
        )
    if (
        likely_big5
        and big_pairs >= BIG5_PAIRS
        and big_share >= BIG5_SHARE
        and big_frequent >= max(BIG5_FREQUENT, gb_frequent + BIG5_FREQUENT)
    ):
        return _Judged(
            "big5",
            "big5hkscs",
            Text(
                f"第 {bad_utf8} 行起不是 UTF-8；全文是合法的 Big5，{big_frequent:.0%} 是最常见的字，"
                f"按 GB18030 读只有 {gb_frequent:.0%}",
                f"not UTF-8 from line {bad_utf8}; the whole file is valid Big5 and {big_frequent:.0%} of it are the most "
                f"frequent characters, as GB18030 only {gb_frequent:.0%}",
            ),
        )
    candidates = []
    if gb_bad is None and isolated < 0.5:
        candidates.append("gb18030")
    if big_bad is None and (likely_big5 or big_share > 0.5) and isolated < 0.5:
        candidates.insert(0, "big5")
    if isolated >= 0.5 or not candidates:
        candidates.append("windows-1252")
    named = "、".join(candidates)
    raise BadInput(
        Text(
            f"无法确定字符编码：不是 UTF-8，可能是 {named}",
            f"The character encoding is not certain: not UTF-8, possibly {', '.join(candidates)}",
        ),
        Text(
            f"请指定编码，例如 --set reading:encoding={candidates[0]}，或另存为 UTF-8 后提交",
            f"Say which it is, for example --set reading:encoding={candidates[0]}, or save the file as UTF-8",
        ),
        Where(file=source.name, line=bad_utf8, parameter="encoding"),
    )


def _first_bad_line(source: Source, codec: str) -> int | None:
    """The first line (1-based) that does not decode, None where the whole file does. Constant memory."""
    decoder = codecs.getincrementaldecoder(codec)("strict")
    read = 0
    with source.path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            try:
                decoder.decode(chunk)
            except UnicodeDecodeError as error:
                return _line_at(source, read + error.start)
            read += len(chunk)
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return _line_at(source, read)
    return None


def _refuse_nul(source: Source) -> None:
    read = 0
    with source.path.open("rb") as stream:
        while chunk := stream.read(CHUNK_BYTES):
            at = chunk.find(b"\x00")
            if at >= 0:
                raise nul_found(source.name, _line_at(source, read + at))
            read += len(chunk)


def _line_at(source: Source, position: int) -> int:
    """The 1-based line of a byte; counted only where there is something to report."""
    line = 1
    with source.path.open("rb") as stream:
        while position > 0 and (chunk := stream.read(min(CHUNK_BYTES, position))):
            line += chunk.count(b"\n")
            position -= len(chunk)
    return line


def nul_found(file: str, line: int) -> BadInput:
    return BadInput(
        Text("文本中有空字符（NUL）", "There is a NUL character in the text"),
        Text("文件可能损坏或不是文本，请重新导出", "The file may be damaged or not text; export it again"),
        Where(file=file, line=line),
    )


def _unmarked_utf16(head: bytes) -> str | None:
    even, odd = head[0::2].count(0), head[1::2].count(0)
    pairs = max(1, len(head) // 2)
    if odd and not even and odd >= 0.05 * pairs and odd >= 2:
        return "utf-16-le"
    if even and not odd and even >= 0.05 * pairs and even >= 2:
        return "utf-16-be"
    return None


def _sample(source: Source, size: int = 1 << 20) -> bytes:
    """The first bytes that hold something beyond ASCII."""
    with source.path.open("rb") as stream:
        while chunk := stream.read(size):
            if not chunk.isascii():
                return chunk
    return b""


def _everyday(sample: bytes, leads: range, trails: range | None) -> tuple[int, int]:
    """Double-byte characters, and how many lie in the plane of common characters.

    GB2312 level 1 (3,755 characters by pronunciation) has leads B0-D7 and trails A1-FE; Big5 level 1 has leads A4-C6.
    """
    pairs = common = at = 0
    while at < len(sample) - 1:
        if sample[at] < 0x81:
            at += 1
            continue
        lead, trail = sample[at], sample[at + 1]
        if 0x30 <= trail <= 0x39:
            at += 4
            continue
        if not 0xA1 <= lead <= 0xA9 or trail < 0xA1 or trails is None:
            pairs += 1
            common += lead in leads and (trails is None or trail in trails)
        at += 2
    return pairs, common


def _frequent(sample: bytes, codec: str) -> float:
    """Share of the characters beyond ASCII that are among the most frequent ones, read in a codec."""
    text = [char for char in sample[:200_000].decode(codec, "replace") if char > "\x7f"]
    return sum(char in FREQUENT for char in text) / len(text) if text else 0.0


def _isolated_high_bytes(sample: bytes) -> float:
    """Share of bytes beyond ASCII that stand alone between ASCII bytes: the mark of a one-byte (Latin) encoding."""
    high = alone = 0
    for at, byte in enumerate(sample[:200_000]):
        if byte >= 0x80:
            high += 1
            before = sample[at - 1] if at else 0x20
            after = sample[at + 1] if at + 1 < len(sample) else 0x20
            alone += before < 0x80 and after < 0x80
    return alone / high if high else 0.0


def _transcode(source: Source, judged: _Judged, spool_folder: Path) -> Path:
    spool_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    decoder = codecs.getincrementaldecoder(judged.codec)("strict")
    line = 1
    with tempfile.NamedTemporaryFile("wb", prefix="utf8-", dir=spool_folder, delete=False) as copy:
        try:
            with source.path.open("rb") as stream:
                while chunk := stream.read(CHUNK_BYTES):
                    text = decoder.decode(chunk)
                    at = text.find("\x00")
                    if at >= 0:
                        raise nul_found(source.name, line + text[:at].count("\n"))
                    line += text.count("\n")
                    copy.write(text.encode("utf-8"))
        except BaseException:
            Path(copy.name).unlink(missing_ok=True)
            raise
    return Path(copy.name)
