"""The sets of a study: which tasks teach its targets, and every dataset, clean or perturbed, as one record each."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from crosswind.conditions import Case, cases
from crosswind.perturbations.base import Perturbation
from crosswind.perturbations.codemix import Codemix
from crosswind.perturbations.codeswitch import Codeswitch
from crosswind.perturbations.own_files import OfFiles
from crosswind.perturbations.xling_pair import XlingPair
from crosswind.stages import Align, Base, Dataset, Perturb, label
from crosswind.study import Study
from crosswind.tasks.base import POOL, Split, Task
from crosswind.text.words import segmenter

Asked = tuple[Case | None, Dataset | Perturb | None]


@dataclass
class Sets:
    """Records that were made once are used again, since making their ids takes time."""

    study: Study
    base: Base
    records: dict[Any, Any] = field(default_factory=dict)
    learned_from: dict[str, Task] = field(default_factory=dict)
    asked: dict[tuple[str, str], tuple[Asked, ...]] = field(default_factory=dict)

    def learned(self, target: Task) -> list[Task]:
        """The tasks from whose training sets a target learns, one after the other."""
        if not target.teachers:
            return [target] if target.has_training else []
        return [self.teacher(name, target) for name in target.teachers]

    def teacher(self, name: str, target: Task) -> Task:
        """A task that a target learns from, with those of the target's settings that it shares."""
        if name not in self.learned_from:
            self.learned_from[name] = self.study.task_called(name)
        found = self.learned_from[name]
        shared = set(target.taught_with) & type(found).model_fields.keys()
        return found.model_copy(update={each: getattr(target, each) for each in shared}) if shared else found

    def dataset(self, task: Task, language: str, split: Split, part: tuple[int, int] | None = None) -> Dataset:
        key = (label(task), language, split, part)
        if key not in self.records:
            limit = getattr(self.study.limit, split)
            made = Dataset(task=task.only(language, split), language=language, split=split, limit=limit, part=part)
            self.records[key] = made
        return self.records[key]  # type: ignore[no-any-return]

    def pool(self, target: Task) -> Dataset | None:
        """The pool of a target that has one of its own: always whole, since a limit would leave out right answers."""
        if not target.pool_size:
            return None
        key = (label(target.unprobed), POOL)
        if key not in self.records:
            self.records[key] = Dataset(task=target.unprobed, language=POOL, split="test")
        return self.records[key]  # type: ignore[no-any-return]

    def conditions(self, target: Task, language: str) -> tuple[Asked, ...]:
        """Clean text, which is no case, then every condition at every severity and draw; no data where none applies.

        They are the same for every model, so they are made once.
        """
        key = (target.id, language)
        if key not in self.asked:
            self.asked[key] = tuple(self.cases(target, language))
        return self.asked[key]

    def cases(self, target: Task, language: str) -> Iterator[Asked]:
        """The same, made anew."""
        data = self.dataset(target, language, "test")
        yield None, data
        for condition in self.study.every_condition:
            for case in cases(condition, target, language, self.study.codes(target)):
                yield case, None if case.reason else self.perturb(target, data, case)

    def perturb(self, target: Task, data: Dataset, case: Case) -> Perturb:
        key = (data.id, case.name, case.severity, case.draw)
        if key not in self.records:
            change = case.perturbation
            if isinstance(change, OfFiles) and change.contents:
                change = change.only(data.language)
            if isinstance(change, Codeswitch):
                change = change.only(target, data.language)
            other = self.dataset(target, change.variant, "test") if isinstance(change, XlingPair) else None
            made = self.perturbed(target, data, change, case.severity, case.draw).model_copy(
                update={"other": other, "scale": case.scale, "answer_mode": case.answer_mode}
            )
            if isinstance(change, Codemix):
                made = made.model_copy(update=self.mixture(target, data, change))
            self.records[key] = made
        return self.records[key]  # type: ignore[no-any-return]

    def perturbed(self, task: Task, data: Dataset, change: Perturbation, severity: int, draw: int) -> Perturb:
        """A dataset with its text changed, and what the change draws from beside it."""
        wanted = change.wanted(task, data.language, data.split)
        return Perturb(
            data=data,
            perturbation=change,
            severity=severity,
            draw=draw,
            pools=tuple(self.dataset(task, language, split) for language, split in wanted),
            segmenter=segmenter(self.study.segmenter).id,
        )

    def mixture(self, target: Task, data: Dataset, perturbation: Codemix) -> dict[str, Any]:
        """What a mixed dataset draws from: its items in other languages, and which words of theirs are which of its."""
        sources = {
            guest: perturbation.usable(target, data.language, guest)
            for guest in perturbation.guests(target, data.language)
        }
        pools = {guest: self.version(target, guest) for guest, own in sources.items() if set(own) - {"dictionary"}}
        aligned = tuple(
            Align(
                data=data,
                other=pools[guest],
                base=self.base,
                layer=perturbation.layer,
                fields=perturbation.fields,
                segmenter=segmenter(self.study.segmenter).id,
            )
            for guest, own in sources.items()
            if "aligned" in own
        )
        return {
            "perturbation": perturbation.only(target, data.language),
            "pools": tuple(pools.values()),
            "aligned": aligned,
        }

    def version(self, target: Task, language: str) -> Dataset:
        """The test items of a target in another language, or what they were translated from."""
        if language in target.languages:
            return self.dataset(target, language, "test")
        return self.dataset(self.study.place(self.teacher(target.originals[language], target)), language, "test")
