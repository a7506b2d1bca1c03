"""One perturbed item as one line of JSON: what was done to which text, and what became of its labels.

Lines are pure ASCII, because invisible characters and marks of direction must not break viewers and diffs, and have
their keys in one order, so that equal content is equal bytes. Without the text itself a record gives no dataset away:
whoever has the data puts the edits in, and the digest says whether the text is the same.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from crosswind.perturbations.base import Perturbed, Rewritten
from crosswind.text.edits import Edit, apply
from crosswind.text.similarity import chrf, chrf_after, distance

SHA_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Script:
    """The edits of one field, and the digest of the clean text that they belong to.

    Where words were put in another order, `order` has each new word's number among the clean ones, and no edits.
    """

    sha: str
    edits: tuple[Edit, ...]
    text: str | None = None
    order: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Stats:
    """How much was done to an item: places that could be edited and were, words, chrF, clusters removed or put in."""

    edited: int
    words: int
    chrf: float
    distance: int


@dataclass(frozen=True, slots=True)
class Entry:
    """One record. `target` holds labels only where the change has moved them; `ops` counts what was done."""

    id: str
    scale: str
    validity: str
    fields: Mapping[str, Script]
    ops: Mapping[str, int]
    stats: Stats
    target: Mapping[str, Any] | None = None


def digest(text: str) -> str:
    """What tells a clean text: the first sixteen hex digits of its sha256."""
    return hashlib.sha256(text.encode()).hexdigest()[:SHA_DIGITS]


def entry(
    perturbed: Perturbed, scale: str, validity: str, target: Mapping[str, Any] | None, *, with_text: bool
) -> Entry:
    """The record of a perturbed item; its text is in it only where its licence lets it be given away."""
    fields = {
        name: Script(digest(field.text), perturbed.edits[name], perturbed.text(name) if with_text else None)
        for name, field in perturbed.item.fields.items()
    }
    ops = dict(sorted(Counter(op for _, op in perturbed.trace).items()))
    return Entry(perturbed.item.uid, scale, validity, fields, ops, stats(perturbed), target)


def entry_rewritten(
    found: Rewritten, scale: str, validity: str, target: Mapping[str, Any] | None, *, with_text: bool
) -> Entry:
    """The record of words that were changed together with their tags, which the target holds."""
    ((name, field),) = found.item.fields.items()
    text = " ".join(found.tokens)
    is_changed = text != field.text
    script = Script(digest(field.text), found.edits, text if with_text else None, found.order if is_changed else ())
    likeness = round(chrf(text, field.text), 2) if is_changed else 100.0
    own = Stats(int(is_changed), len(field.words), likeness, distance(field.text, found.edits))
    return Entry(found.item.uid, scale, validity, {name: script}, {}, own, target)


def stats(perturbed: Perturbed) -> Stats:
    """What was done, in numbers; chrF is the mean over the fields that have text."""
    fields = perturbed.item.fields
    likeness = [
        chrf_after(field.text, perturbed.edits[name]) if perturbed.edits[name] else 100.0
        for name, field in fields.items()
        if field.text
    ]
    return Stats(
        edited=len(perturbed.trace),
        words=sum(len(field.words) for field in fields.values()),
        chrf=round(sum(likeness) / len(likeness), 2) if likeness else 100.0,
        distance=sum(distance(field.text, perturbed.edits[name]) for name, field in fields.items()),
    )


def written(found: Entry) -> str:
    """The record as its line, with the line end."""
    fields: dict[str, dict[str, Any]] = {}
    for name, script in found.fields.items():
        fields[name] = {"sha": script.sha, "edits": [list(edit) for edit in script.edits]}
        if script.order:
            fields[name]["order"] = list(script.order)
        if script.text is not None:
            fields[name]["text"] = script.text
    record = {"id": found.id, "scale": found.scale, "class": found.validity, "fields": fields}
    if found.target is not None:
        record["target"] = dict(found.target)
    own = found.stats
    record["ops"] = dict(found.ops)
    record["stats"] = {"edited": own.edited, "words": own.words, "chrf": own.chrf, "distance": own.distance}
    return json.dumps(record, ensure_ascii=True, separators=(", ", ": ")) + "\n"


def read(line: str, place: str) -> Entry:
    """A line as its record; raises ValueError with its place where it is none."""
    try:
        record = json.loads(line)
        fields = {
            name: Script(
                script["sha"],
                tuple(Edit(*edit) for edit in script["edits"]),
                script.get("text"),
                tuple(script.get("order", ())),
            )
            for name, script in record["fields"].items()
        }
        own = Stats(**record["stats"])
        return Entry(record["id"], record["scale"], record["class"], fields, record["ops"], own, record.get("target"))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ValueError(
            f"{place}: is no record of a perturbed item ({type(error).__name__}: {error}); export the set again"
        ) from error


def applied(script: Script, clean: str, place: str) -> str:
    """The clean text after a record's edits; raises ValueError where it is not the text that they were made for."""
    if digest(clean) != script.sha:
        raise ValueError(
            f"{place}: was made for another text than {clean[:40]!r} (its digest is {digest(clean)}, expected "
            f"{script.sha}); use the release of the dataset that the manifest names"
        )
    if script.order:
        words = clean.split(" ")
        return " ".join(words[place] for place in script.order)
    return apply(clean, script.edits)
