"""One JSON object a line. A field may hold text or a list of tokens; answers as `datasets` has them move along."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from crosswind.documents.base import Change, Changed, Document, Portion, Selection, chosen, language_of, uid_of
from crosswind.sources.rows import Broken
from crosswind.text.edits import Span

ANSWERS, CONTEXT = "answers", "context"


class JsonLines(Document):
    """The keys of a row that are not named stay as they are, and in their order."""

    def rewritten(self, lines: Iterator[str], source: str, selection: Selection, change: Change) -> Iterator[str]:
        number = 0
        for line, text in enumerate(lines, 1):
            if not text.strip():
                yield text
                continue
            number += 1
            place = f"{source}:{line}"
            row = self.parsed(text, place)
            fields = chosen(row, selection, place)
            uid, language = uid_of(row, selection, number, place), language_of(row, selection, place)
            for portion in self.portions(row, fields, uid, language, place):
                put_back(row, fields, change(portion))
            yield json.dumps(row, ensure_ascii=text.isascii()) + "\n"

    def parsed(self, text: str, place: str) -> dict[str, Any]:
        try:
            row = json.loads(text)
        except ValueError as error:
            raise Broken(f"{place}: is no JSON: {error}") from error
        if not isinstance(row, dict):
            raise Broken(f"{place}: is {row!r}; expected a JSON object")
        return row

    def portions(
        self, row: Mapping[str, Any], fields: tuple[str, ...], uid: str, language: str, place: str
    ) -> Iterator[Portion]:
        """All texts of the row together, or its one list of tokens."""
        lists = [name for name in fields if isinstance(row[name], list)]
        if lists and len(fields) > 1:
            raise Broken(f"{place}: field {lists[0]!r} is a list of tokens; tokens are changed alone, name no other")
        if lists:
            tokens = tuple(row[lists[0]])
            if not tokens or not all(isinstance(token, str) and token for token in tokens):
                raise Broken(f"{place}: field {lists[0]!r} is {row[lists[0]]!r}; expected a list of tokens")
            yield Portion(uid, place, language, tokens=tokens)
            return
        for name in fields:
            if not isinstance(row[name], str):
                raise Broken(f"{place}: field {name!r} is {row[name]!r}; expected text or a list of tokens")
        spans = {CONTEXT: answer_spans(row, place)} if CONTEXT in fields and ANSWERS in row else {}
        yield Portion(uid, place, language, {name: row[name] for name in fields}, spans)


def answer_spans(row: Mapping[str, Any], place: str) -> tuple[Span, ...]:
    """Where the answers stand in the context; raises Broken where they do not stand there."""
    try:
        found = tuple(zip(row[ANSWERS]["answer_start"], row[ANSWERS]["text"], strict=True))
    except (TypeError, KeyError, ValueError) as error:
        raise Broken(
            f"{place}: {ANSWERS} is {row[ANSWERS]!r}; expected lists 'text' and 'answer_start' of equal length"
        ) from error
    for start, text in found:
        if row[CONTEXT][start : start + len(text)] != text:
            raise Broken(f"{place}: the answer {text!r} does not stand at character {start} of the context")
    return tuple((start, start + len(text)) for start, text in found)


def put_back(row: dict[str, Any], fields: tuple[str, ...], changed: Changed) -> None:
    """The new texts, tokens and answers in their places."""
    if changed.tokens:
        row[fields[0]] = list(changed.tokens)
        return
    row |= changed.texts
    if CONTEXT in changed.spans:
        spans = changed.spans[CONTEXT]
        moved = {"text": [row[CONTEXT][start:end] for start, end in spans], "answer_start": [span[0] for span in spans]}
        row[ANSWERS] = row[ANSWERS] | moved
