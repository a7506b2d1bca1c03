"""The text of a PDF that Chromium has printed: just as much of the format as its writer uses."""

import re
import unicodedata
import zlib


def texts(pdf: bytes) -> list[str]:
    """What is written on each page, letter by letter in the order of drawing, without spaces between words."""
    objects = {int(number): body for number, body in re.findall(rb"(\d+) 0 obj\n(.*?)\nendobj", pdf, re.DOTALL)}
    letters = {number: unicode_of(body, objects) for number, body in objects.items() if b"/ToUnicode" in body}
    pages = (body for body in objects.values() if re.search(rb"/Type /Page\b", body))
    return [bare(drawn(body, objects, letters)) for body in pages]


def bare(text: str) -> str:
    """A text without spaces, its ligatures as letters."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def stream(body: bytes) -> bytes:
    found = re.search(rb"stream\r?\n(.*)\r?\nendstream", body, re.DOTALL)
    assert found is not None
    return zlib.decompress(found[1]) if b"/FlateDecode" in body else found[1]


def unicode_of(font: bytes, objects: dict[int, bytes]) -> dict[int, str]:
    """The letters of a font by the numbers that are drawn."""
    table = stream(objects[number(rb"/ToUnicode (\d+) 0 R", font)]).decode("ascii")
    found: dict[int, str] = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for glyph, text in re.findall(r"<([0-9A-F]+)> <([0-9A-F]+)>", block):
            found[int(glyph, 16)] = bytes.fromhex(text).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for first, last, text in re.findall(r"<([0-9A-F]+)> <([0-9A-F]+)> <([0-9A-F]+)>", block):
            start = int(first, 16)
            found |= {glyph: chr(int(text, 16) + glyph - start) for glyph in range(start, int(last, 16) + 1)}
    return found


def drawn(body: bytes, objects: dict[int, bytes], letters: dict[int, dict[int, str]]) -> str:
    """The text of a page, or of a drawing on it."""
    fonts = {name: int(place) for name, place in re.findall(rb"/(F\d+) (\d+) 0 R", body)}
    forms = {name: int(place) for name, place in re.findall(rb"/(X\d+) (\d+) 0 R", body)}
    content = stream(objects[number(rb"/Contents (\d+) 0 R", body)] if b"/Contents" in body else body)
    told, font = [], 0
    for name, glyphs, form in re.findall(rb"/(F\d+) [\d.]+ Tf|<([0-9A-F]+)> Tj|/(X\d+) Do", content):
        if name:
            font = fonts[name]
        elif glyphs:
            pieces = (glyphs[start : start + 4] for start in range(0, len(glyphs), 4))
            told += [letters[font].get(int(piece, 16), "") for piece in pieces]
        elif b"/Subtype /Form" in objects[forms[form]]:
            told.append(drawn(objects[forms[form]], objects, letters))
    return "".join(told)


def number(pattern: bytes, body: bytes) -> int:
    found = re.search(pattern, body)
    assert found is not None, body[:200]
    return int(found[1])
