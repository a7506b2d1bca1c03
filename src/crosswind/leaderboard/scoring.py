"""Score a folder of predictions against a folder of labels, as XTREME or XTREME-R does."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from crosswind.catalog import suggestion
from crosswind.evaluate.metrics import METRICS
from crosswind.leaderboard.files import Refused
from crosswind.leaderboard.suites import TASKS, Suite, SuiteTask, suite_named

LISTED = 5  # files that a message names


@dataclass(frozen=True, slots=True)
class LanguageScore:
    """The scores of a task in one language. `missing` examples had no answer; `extra` answers belong to no example."""

    language: str
    scores: Mapping[str, float]
    examples: int
    missing: int
    extra: int


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over what there is of `expected` things; only a complete one may bear the official name."""

    value: float | None
    there: int
    expected: int

    @property
    def complete(self) -> bool:
        return self.there == self.expected > 0


@dataclass(frozen=True, slots=True)
class TaskScore:
    """A task in the languages that could be scored. `ignored` are files of the submission that were not read."""

    task: SuiteTask
    languages: tuple[LanguageScore, ...] = ()
    ignored: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()

    @property
    def means(self) -> dict[str, float]:
        """Every score, averaged over the languages there are; empty without any."""
        names = self.languages[0].scores if self.languages else ()
        return {name: fmean(each.scores[name] for each in self.languages) for name in names}

    @property
    def score(self) -> Mean:
        means = self.means
        value = fmean(means[name] for name in self.task.counted) if means else None
        return Mean(value, len(self.languages), len(self.task.languages))


@dataclass(frozen=True, slots=True)
class Standing:
    """What a submission reaches: its tasks, their groups, all of them, and everything that is wrong with it."""

    suite: Suite
    compat: bool
    tasks: tuple[TaskScore, ...]
    strays: tuple[str, ...]

    @property
    def groups(self) -> dict[str, Mean]:
        return {name: self.mean(names) for name, names in self.suite.groups.items()}

    @property
    def overall(self) -> Mean:
        return self.mean([task.name for task in self.suite.tasks])

    @property
    def complaints(self) -> tuple[str, ...]:
        return (*self.strays, *(told for task in self.tasks for told in task.complaints))

    def mean(self, names: Sequence[str]) -> Mean:
        """The mean score of some tasks, of those that are complete."""
        scores = [each.score for each in self.tasks if each.task.name in names]
        values = [score.value for score in scores if score.complete and score.value is not None]
        return Mean(fmean(values) if values else None, len(values), len(names))


def score_folder(predictions: Path | str, labels: Path | str, suite: str, compat: bool = False) -> Standing:
    """Score every task of a suite for which `predictions` holds a folder.

    What is wrong with single files stands in the result's complaints and does not touch other files' scores; ValueError
    is for what leaves nothing to score. `compat` averages as the official evaluator does where that is another way.
    """
    chosen, predictions, labels = suite_named(suite, compat), Path(predictions), Path(labels)
    for folder in (predictions, labels):
        if not folder.is_dir():
            raise ValueError(f"{folder}: no such folder; expected one with a folder for each task, such as xnli")
    handed = sorted(path.name for path in predictions.iterdir() if path.is_dir() and not path.name.startswith("."))
    if not set(handed) & set(TASKS):
        found = f"found {', '.join(handed[:LISTED])}" if handed else "found no folder"
        raise ValueError(f"{predictions}: {found}; expected a folder for each task: {', '.join(TASKS)}")
    strays = tuple(
        f"{predictions / name}: found a folder that is no task{suggestion(name, TASKS)}. Rename it, or take it out"
        for name in handed
        if name not in TASKS
    )
    tasks = (score_task(task, predictions / task.name, labels / task.name) for task in chosen.tasks)
    return Standing(chosen, compat, tuple(tasks), strays)


def score_task(task: SuiteTask, predictions: Path, labels: Path) -> TaskScore:
    """Score the languages of a task that both folders hold; without its folder of predictions, none."""
    if not predictions.is_dir():
        return TaskScore(task)
    wanted = {f"test-{language}{task.layout.suffix}": language for language in task.languages}
    sides = {folder: names_in(folder) for folder in (predictions, labels)}
    complaints = [told for folder, names in sides.items() for told in absent(folder, names, wanted)]
    languages = []
    for name, language in wanted.items():
        if not all(name in names for names in sides.values()):
            continue
        try:
            languages.append(score_language(task, language, labels / name, predictions / name))
        except Refused as refused:
            complaints += refused.told
    ignored = tuple(name for name in sides[predictions] if name not in wanted)
    return TaskScore(task, tuple(languages), ignored, tuple(complaints))


def score_language(task: SuiteTask, language: str, labels: Path, predictions: Path) -> LanguageScore:
    """Score one file of predictions; raises Refused with what is wrong with it or with its labels."""
    paired, metric = task.layout.pair(labels, predictions), METRICS[task.metric]
    if not paired.pairs:
        raise Refused(f"{labels}:1: found no labels; expected one for every example. Take the original release's file")
    rows = (metric.measure(gold, answer, language) for gold, answer in paired.pairs)
    scores = metric.scores(metric.totals(rows))
    return LanguageScore(language, scores, len(paired.pairs), paired.missing, paired.extra)


def names_in(folder: Path) -> list[str]:
    """The files of a folder, if there is one, without hidden ones."""
    found = folder.iterdir() if folder.is_dir() else ()
    return sorted(path.name for path in found if path.is_file() and not path.name.startswith("."))


def absent(folder: Path, names: Sequence[str], wanted: Mapping[str, str]) -> Iterator[str]:
    """A message where a folder lacks files of languages, with others in it that may have been meant."""
    lacking = [name for name in wanted if name not in names]
    if lacking:
        others = [name for name in names if name not in wanted]
        beside = f"; it also holds {', '.join(others[:LISTED])}{', ...' * (len(others) > LISTED)}" if others else ""
        found = f"found {len(wanted) - len(lacking)} of {len(wanted)} languages{beside}"
        expected = f"expected files such as {lacking[0]} for {' '.join(wanted[name] for name in lacking)} too"
        yield f"{folder}: {found}; {expected}. Add them: a task without all its languages has no official score"
