"""SQuAD's JSON: contexts and questions are changed, answers move along; a context is changed once for its questions."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from crosswind.documents.base import Change, Document, Portion, Selection
from crosswind.sources.rows import Broken
from crosswind.text.edits import Span

FIELDS = ("question", "context")


class Squad(Document):
    """The whole file is read before anything is written, since it is one value.

    `fields` may narrow it to `question` or `context`. Other keys stay as they are.
    """

    def rewritten(self, lines: Iterator[str], source: str, selection: Selection, change: Change) -> Iterator[str]:
        fields = selection.fields or FIELDS
        for name in fields:
            if name not in FIELDS:
                raise Broken(f"{source}: SQuAD's JSON has no text in {name!r}; name {' or '.join(FIELDS)}")
        whole = self.parsed("".join(lines), source)
        for a, article in enumerate(listed(whole, "data", source)):
            for p, paragraph in enumerate(listed(article, "paragraphs", f"{source}: data[{a}]")):
                where = f"{source}: data[{a}].paragraphs[{p}]"
                if "context" in fields:
                    self.change_context(paragraph, f"{a}.{p}", where, selection.language, change)
                if "question" in fields:
                    self.change_questions(paragraph, where, selection.language, change)
        yield json.dumps(whole, ensure_ascii=False) + "\n"

    def parsed(self, text: str, source: str) -> Any:
        try:
            return json.loads(text)
        except json.JSONDecodeError as error:
            raise Broken(f"{source}:{error.lineno}: is no JSON: {error.msg}") from error

    def change_context(self, paragraph: dict[str, Any], uid: str, where: str, language: str, change: Change) -> None:
        """The context anew, and all answers that are quoted from it."""
        context = text_of(paragraph, "context", where)
        answers = [answer for question in listed(paragraph, "qas", where) for answer in quoted(question, where)]
        spans = [span_of(answer, context, where) for answer in answers]
        portion = Portion(uid, where, language, {"context": context}, {"context": tuple(spans)})
        changed = change(portion)
        paragraph["context"] = changed.texts["context"]
        for answer, (start, end) in zip(answers, changed.spans["context"], strict=True):
            answer |= {"text": paragraph["context"][start:end], "answer_start": start}

    def change_questions(self, paragraph: Mapping[str, Any], where: str, language: str, change: Change) -> None:
        """Every question anew."""
        for q, question in enumerate(listed(paragraph, "qas", where)):
            place = f"{where}.qas[{q}]"
            text = text_of(question, "question", place)
            portion = Portion(str(question.get("id", place)), place, language, {"question": text})
            question["question"] = change(portion).texts["question"]


def quoted(question: Mapping[str, Any], where: str) -> list[dict[str, Any]]:
    """All answers of a question, those that are merely plausible too."""
    return [*listed(question, "answers", where), *question.get("plausible_answers", [])]


def span_of(answer: Mapping[str, Any], context: str, where: str) -> Span:
    """Where an answer stands; raises Broken where it does not stand there."""
    text, start = answer.get("text"), answer.get("answer_start")
    if not isinstance(text, str) or not isinstance(start, int) or context[start : start + len(text)] != text:
        raise Broken(f"{where}: the answer {text!r} does not stand at character {start} of its context")
    return start, start + len(text)


def text_of(table: Mapping[str, Any], name: str, where: str) -> str:
    found = table.get(name)
    if not isinstance(found, str):
        raise Broken(f"{where}: {name} is {found!r}; expected text")
    return found


def listed(table: Any, name: str, where: str) -> list[Any]:
    """A list of tables; raises Broken where it is missing."""
    found = table.get(name) if isinstance(table, dict) else None
    if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
        raise Broken(f"{where} has no list {name!r}; expected SQuAD's JSON (data, paragraphs, qas, answers)")
    return found
