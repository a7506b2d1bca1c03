"""A study's perturbed sets as static files: records with edits, a manifest that says what they are, sheets to audit.

Later models meet the same bytes, whatever becomes of the code. A set lies in

    <suite>/<perturbation>/<task>[-track].<language>.L<level>.s<seed>.jsonl

and equal content is equal bytes. Texts are left out unless they are asked for and the dataset's licence lets them be
given away: the edits alone, with the digest of every clean text, give the set to whoever has the data.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crosswind.formats.base import Example
from crosswind.formats.span import Question, Quoting
from crosswind.formats.tag import Tagging
from crosswind.gauntlet import audit
from crosswind.gauntlet.records import Entry, entry, entry_rewritten, written
from crosswind.languages import LANGUAGES
from crosswind.perturbations.base import Perturbation, Perturbed
from crosswind.perturbations.sampling import SUITE
from crosswind.perturbed_sets import Change, changes
from crosswind.plan import Plan
from crosswind.stages import Evaluate, Perturb, label
from crosswind.store import file_name
from crosswind.text.edits import Edit
from crosswind.workshop import Workshop

MANIFEST = "manifest.json"
AUDIT = "audit"


@dataclass
class Sheet:
    """What speakers of one language are asked about one perturbation of one dataset."""

    wanted: dict[int, list[str]] = field(default_factory=dict)  # by level: the ids of the items that are asked about
    questions: list[audit.Question] = field(default_factory=list)


@dataclass
class Exporter:
    """Writes one set after the other below a folder, and remembers what the manifest has to say."""

    plan: Plan
    workshop: Workshop
    out: Path
    with_text: bool
    sets: list[dict[str, Any]] = field(default_factory=list)
    sheets: dict[tuple[str, str, str], Sheet] = field(default_factory=dict)

    def write(self, stage: Perturb, validity: str) -> Path:
        """One set as a file; its line in the manifest and its questions in the sheets."""
        path = self.out / SUITE / file_name(stage.perturbation.label) / f"{set_name(stage)}.jsonl"
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        digest, entries = hashlib.sha256(), []
        with part.open("w", encoding="ascii", newline="\n") as file:
            for change in changes(stage, self.workshop):
                found = self.entry(stage, change, validity)
                entries.append(found)
                line = written(found)
                digest.update(line.encode("ascii"))
                file.write(line)
                self.ask(stage, change, validity)
        part.replace(path)
        self.sets.append(described(stage, path.relative_to(self.out), digest.hexdigest(), entries, validity))
        return path

    def entry(self, stage: Perturb, change: Change, validity: str) -> Entry:
        target = moved(change.before, change.after)
        if isinstance(change.found, Perturbed):
            return entry(change.found, stage.scale, validity, target, with_text=self.with_text)
        return entry_rewritten(change.found, stage.scale, validity, target, with_text=self.with_text)

    def ask(self, stage: Perturb, change: Change, validity: str) -> None:
        """A question of the sheet, if the item was chosen for one; what nothing happened to is not asked about."""
        key = stage.perturbation.label, track_name(stage), stage.data.language
        sheet = self.sheets.get(key)
        if sheet is None or change.item.uid not in sheet.wanted.get(stage.severity, ()) or stage.draw != 1:
            return
        form = stage.data.task.format
        parts = tuple(asked(change))
        if any(part.edits for part in parts):
            gold = form.spell(form.gold(change.after))
            told = (stage.perturbation.label, track_name(stage), stage.data.language, stage.severity, change.item.uid)
            sheet.questions.append(audit.Question(*told, parts, gold, validity))


def asked(change: Change) -> Iterator[audit.Part]:
    """The texts of an item with their edits; words that were rewritten as a whole."""
    if isinstance(change.found, Perturbed):
        for name, text in change.item.fields.items():
            yield audit.Part(name, text.text, change.found.edits[name])
        return
    for name, text in change.item.fields.items():
        after = " ".join(change.found.tokens)
        edits = change.found.edits or ((Edit(0, len(text.text), after),) if after != text.text else ())
        yield audit.Part(name, text.text, tuple(edits))


def moved(before: Example, after: Example) -> Mapping[str, Any] | None:
    """The labels that the change has moved; None where they are what they were."""
    match before, after:
        case Question(), Question() if before.answers != after.answers:
            return {"answers": [[quote.start, quote.text] for quote in after.answers]}
        case Tagging(), Tagging() if before.tags != after.tags:
            return {"tags": list(after.tags)}
    return None


def described(stage: Perturb, path: Path, digest: str, entries: list[Entry], validity: str) -> dict[str, Any]:
    """What the manifest says of one set."""
    task = stage.data.task
    edited = sum(found.stats.edited for found in entries)
    return {
        "file": path.as_posix(),
        "sha256": digest,
        "perturbation": stage.perturbation.payload,
        "level": stage.severity,
        "seed": stage.draw,
        "scale": stage.scale,
        "segmenter": stage.segmenter,
        "class": validity,
        "dataset": task.payload,
        "split": stage.data.split,
        "language": stage.data.language,
        "items": len(entries),
        "changed": sum(any(one.edits or one.order for one in found.fields.values()) for found in entries),
        "edited": edited,
        "chrf": round(sum(found.stats.chrf for found in entries) / max(1, len(entries)), 3),
    }


def track_name(stage: Perturb) -> str:
    """The dataset, and which of its texts were changed where these are tests of their own."""
    fields = "".join(f"-{name}" for name in stage.perturbation.fields if isinstance(stage.data.task.format, Quoting))
    return f"{label(stage.data.task.unprobed)}{fields}"


def set_name(stage: Perturb) -> str:
    """What a set's file is called."""
    return file_name(f"{track_name(stage)}.{stage.data.language}.L{stage.severity}.s{stage.draw}")


def export(plan: Plan, workshop: Workshop, out: Path, *, with_text: bool) -> Iterator[str]:
    """Write every perturbed set of a plan, whose stages are all made; yield what to tell of it."""
    exporter, classes = Exporter(plan, workshop, out, with_text), validities(plan)
    stages = [stage for stage in edited(plan) if not quotes_closed_text(stage)]
    left = len(edited(plan)) - len(stages)
    choose(exporter, stages)
    for stage in stages:
        exporter.write(stage, classes[stage.id])
    manifest = {"suite": SUITE, "study": plan.study.name, "text": with_text, "datasets": sources(stages)}
    text = json.dumps(manifest | {"sets": exporter.sets}, indent=1, ensure_ascii=True, sort_keys=False) + "\n"
    (out / MANIFEST).write_text(text, encoding="ascii")
    yield f"{out / MANIFEST}: {len(exporter.sets)} sets"
    if left:
        yield f"{left} sets were left out: their edits quote texts of a dataset that may not be given away"
    yield from write_sheets(exporter)


def is_tested(stage: Perturb) -> bool:
    """Whether a set is a perturbed test set, and not text that an arm learns from."""
    return stage.data.split == "test"


def edited(plan: Plan) -> list[Perturb]:
    """The perturbed sets of a plan that edits make; those that pair languages are there in the datasets already."""
    stages = plan.stages.values()
    return [each for each in stages if isinstance(each, Perturb) and is_tested(each) and each.other is None]


def quotes_closed_text(stage: Perturb) -> bool:
    """Whether the edits of a set hold text of a dataset that may not be given away: sentences, names, translations."""
    draws = type(stage.perturbation).stocks is not Perturbation.stocks
    return (draws or bool(stage.pools)) and not stage.data.task.provenance.redistributable


def validities(plan: Plan) -> dict[str, str]:
    """The class of every perturbed set of a plan, by its id."""
    found: dict[str, str] = {}
    for cell in plan.cells:
        if cell.stage:
            stage = plan.stages[cell.stage]
            if isinstance(stage, Evaluate) and isinstance(stage.data, Perturb):
                found[stage.data.id] = cell.validity
    return found


def choose(exporter: Exporter, stages: list[Perturb]) -> None:
    """Which items of which levels the sheets ask about: the lowest ranks, half at the middle level, half at the top."""
    levels: dict[tuple[str, str, str], set[int]] = {}
    examples: dict[tuple[str, str, str], Perturb] = {}
    for stage in stages:
        key = stage.perturbation.label, track_name(stage), stage.data.language
        levels.setdefault(key, set()).add(stage.severity)
        examples[key] = stage
    for key, own in levels.items():
        stage, ordered = examples[key], sorted(own)
        shown = audit.audited_levels(ordered)
        uids = [example.uid for example in exporter.workshop.examples(stage.data)]
        chosen = audit.chosen(label(stage.data.task.unprobed), stage.data.split, uids, 4 * audit.ITEMS)
        exporter.sheets[key] = Sheet(dict.fromkeys(shown, chosen))


def write_sheets(exporter: Exporter) -> Iterator[str]:
    """The sheets, one pair of files for each language."""
    by_language: dict[str, list[audit.Question]] = {}
    for (_, _, language), sheet in exporter.sheets.items():
        share = audit.ITEMS // max(1, len(sheet.wanted))
        for level, chosen in sheet.wanted.items():
            own = sorted(
                (question for question in sheet.questions if question.level == level),
                key=lambda question: chosen.index(question.id),
            )
            by_language.setdefault(language, []).extend(own[:share])
    folder = exporter.out / AUDIT
    folder.mkdir(exist_ok=True)
    names = {code: language.name for code, language in LANGUAGES.items()}
    for language, questions in by_language.items():
        title = f"{exporter.plan.study.name}: {names.get(language, language)}"
        (folder / f"{file_name(language)}.csv").write_text(audit.sheet(questions), encoding="utf-8", newline="")
        (folder / f"{file_name(language)}.html").write_text(audit.page(title, questions, names), encoding="utf-8")
    yield f"{folder}: sheets in {len(by_language)} languages, a table and a page each"


def sources(stages: list[Perturb]) -> dict[str, dict[str, str]]:
    """Where the clean texts come from, and under which licence."""
    tasks = {label(stage.data.task.unprobed): stage.data.task for stage in stages}
    return {
        name: {part: getattr(task.provenance, part) for part in ("source", "revision", "licence", "licence_url")}
        for name, task in tasks.items()
    }


def refuse(plan: Plan, *, with_text: bool) -> None:
    """Raises ValueError where there is nothing to export, and for texts that may not be given away, naming whose."""
    if not edited(plan):
        raise ValueError(f"{plan.study.name}: no condition of it changes text, so there is nothing to export; add one")
    closed = [label(task) for task in plan.study.targets if not task.provenance.redistributable]
    if with_text and closed:
        raise ValueError(
            f"the texts of {', '.join(closed)} may not be given away; export without --with-text: edits alone, which "
            "whoever has the data can put in again"
        )
