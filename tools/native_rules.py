"""Writes src/crosswind/resources/native_rules.json from tools/native_rules.txt, where the rules are kept to be read.

The notation is explained at the head of that file. Nothing but crosswind is needed:

    python tools/native_rules.py
"""

import datetime
import hashlib
import itertools
import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

SOURCE = Path(__file__).with_suffix(".txt")
TARGET = Path(__file__).parents[1] / "src/crosswind/resources/native_rules.json"

SECTION = re.compile(r"\[(?P<names>[^:]+) : (?P<script>[A-Z][a-z]{3})\]")
GROUP = re.compile(
    r"(?P<op>[a-z]+) (?P<weight>[\d.]+)(?P<same> A)?(?: with\((?P<marks>[^)]+)\))?: (?:each\((?P<each>[^)]+)\) )?"
)
ITEM = re.compile(r"(?P<at>[\^~]?)(?:\[(?P<left>[^]]+)\])?(?P<body>[^\[\]]+?)(?:\[(?P<right>[^]]+)\])?(?P<end>\$?)")
WHERE = {("", ""): "any", ("^", ""): "initial", ("~", ""): "medial", ("", "$"): "final", ("^", "$"): "whole"}
SPELLED = {"◌": "", "␣": " ", "{zwnj}": "\u200c", "{zwj}": "\u200d"}

INDIC = {"Deva": 0x900, "Beng": 0x980, "Guru": 0xA00, "Gujr": 0xA80, "Taml": 0xB80, "Telu": 0xC00, "Mlym": 0xD00}
BLOCK = 0x80

INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS = "ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"


class Section(NamedTuple):
    """Rules under one heading: a block's name with an @, or the languages they are for."""

    names: tuple[str, ...]
    script: str
    lines: list[str]


def main() -> None:
    """Read the rules, and write the table with its provenance."""
    body = built()
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    meta = {
        "source": "written by hand for crosswind: tools/native_rules.txt",
        "source_version": hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:12],
        "licence": "Apache-2.0",
        "generator": "tools/native_rules.py",
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "sha256": digest,
    }
    rows = ",\n".join("  " + json.dumps(row, separators=(",", ":")) for row in body["rules"])
    TARGET.write_text(f'{{"meta": {json.dumps(meta, indent=1)},\n"body": {{"rules": [\n{rows}\n]}}}}\n', "ascii")
    print(f"{TARGET}: {len(body['rules'])} rules, {digest[:12]}")


def built() -> dict[str, Any]:
    """The body of the table: rules that several languages share stand once."""
    sections = read(SOURCE.read_text(encoding="utf-8"))
    blocks = {section.names[0]: section for section in sections if section.names[0].startswith("@")}
    shared: dict[str, tuple[dict[str, Any], list[str]]] = {}
    for section in sections:
        if section.names[0] not in blocks:
            for rule in unique(rules_of(section, blocks)):
                shared.setdefault(json.dumps(rule), (rule, []))[1].extend(section.names)
    return {"rules": [{"langs": langs, **rule} for rule, langs in shared.values()]}


def read(text: str) -> list[Section]:
    """The sections of the file."""
    sections: list[Section] = []
    for line in map(str.strip, text.splitlines()):
        heading = SECTION.fullmatch(line)
        if heading:
            sections.append(Section(tuple(heading["names"].split()), heading["script"], []))
        elif line and not line.startswith("#"):
            assert sections, f"a rule before the first heading: {line}"
            sections[-1].lines.append(line)
    return sections


def rules_of(section: Section, blocks: dict[str, Section]) -> Iterator[dict[str, Any]]:
    """The rules of a section and of the blocks that it includes, moved to its script."""
    for line in section.lines:
        if line.startswith("+"):
            block = blocks["@" + line[1:]]
            for rule in rules_of(block, blocks):
                moved = rule if block.script == section.script else transposed(rule, block.script, section.script)
                if moved:
                    yield moved
        else:
            yield from expanded(line, section.script)


def unique(rules: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The rules without those that change nothing or stand there before."""
    seen = set()
    for rule in rules:
        key = tuple(rule.get(name) for name in ("find", "replace", "where", "left", "right"))
        if key not in seen and rule["find"] != rule["replace"]:
            seen.add(key)
            yield rule


def expanded(line: str, script: str) -> Iterator[dict[str, Any]]:
    """The rules that one line stands for."""
    head = GROUP.match(line)
    assert head, f"no group of rules: {line}"
    marks = ["", *(head["marks"] or "").split()]
    letters = (head["each"].split() if " " in head["each"] else list(head["each"])) if head["each"] else ["*"]
    for letter, item, mark in itertools.product(letters, line[head.end() :].split(), marks):
        common = {"script": script, "op": head["op"], "weight": float(head["weight"])}
        common["class"] = "A" if head["same"] else "B"
        for rule in pairs(filled(item, letter), script, mark):
            yield rule | common


def filled(item: str, letter: str) -> str:
    """An item with a letter in place of its stars."""
    return item.replace("↓*", letter.lower()).replace("*", letter)


def pairs(item: str, script: str, mark: str) -> Iterator[dict[str, Any]]:
    """What may become what, by one item."""
    parts = ITEM.fullmatch(item)
    assert parts, f"no rule: {item}"
    common = {"where": WHERE[parts["at"], parts["end"]]}
    common |= {side: spelled(parts[side], script) for side in ("left", "right") if parts[side]}
    found, arrow, made = parts["body"].partition(">")
    alike = found.split("=")
    assert arrow or len(alike) > 1, f"nothing becomes of {item}"
    changes = [(one, new) for one in alike for new in made.split("|")] if arrow else itertools.permutations(alike, 2)
    for one, other in changes:
        assert one, f"nothing to find: {item}"
        yield {"find": spelled(one + mark, script), "replace": spelled(other + mark, script)} | common


def spelled(text: str, script: str) -> str:
    """A text as rules are matched: in NFD, without the aids of the notation."""
    if script == "Hang":
        text = jamo(text)
    for shown, meant in SPELLED.items():
        text = text.replace(shown, meant)
    return unicodedata.normalize("NFD", text.replace("゙", "\u3099").replace("゚", "\u309a"))


def jamo(text: str) -> str:
    """Letters of Hangul as the conjoining ones that syllables fall into."""
    for number, letter in enumerate(FINALS):
        text = text.replace("." + letter, chr(0x11A8 + number))
    for number, letter in enumerate(INITIALS):
        text = text.replace(letter + ".", chr(0x1100 + number))
    return text.translate({ord(letter): chr(0x1161 + number) for number, letter in enumerate(VOWELS)})


def transposed(rule: dict[str, Any], old: str, new: str) -> dict[str, Any] | None:
    """A rule in another Indic script, at the same places of its block; None where one of them is empty there."""

    def move(text: str) -> str:
        start, shift = INDIC[old], INDIC[new] - INDIC[old]
        return "".join(chr(ord(one) + shift) if start <= ord(one) < start + BLOCK else one for one in text)

    moved = {name: move(rule[name]) for name in ("find", "replace")}
    if any(unicodedata.category(one) == "Cn" for text in moved.values() for one in text):
        return None
    for side in ("left", "right"):
        if side in rule:
            moved[side] = "".join(one for one in move(rule[side]) if unicodedata.category(one) != "Cn")
    return rule | moved | {"script": new}


if __name__ == "__main__":
    main()
