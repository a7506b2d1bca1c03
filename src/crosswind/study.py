"""A study as its author declares it: a strict TOML file, or the same fields in Python.

Only `seeds`, `sequences`, `permutations`, `reversed`, `controls`, `targets`, `languages`, `severities` and `draws`
multiply. There are no templates, no includes and no overrides from the command line: the file is the study.
"""

from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, PrivateAttr, field_validator

from crosswind import catalog
from crosswind.arms import Arm
from crosswind.choices import ALL, LanguageNames, Name, TaskChoice, of_task, refuse_repeats
from crosswind.claims.declared import Claim
from crosswind.complaints import Complaint, Mistake, Place, Written, spelled
from crosswind.conditions import Condition
from crosswind.described import Described
from crosswind.distances import Distances
from crosswind.encoders import POCKET, Encoder, Part
from crosswind.gauntlets import Gauntlet
from crosswind.holdings import Holdings
from crosswind.laboratories import Laboratory
from crosswind.perturbations.dictionary import DictionaryChoice, PocketLexicon
from crosswind.polls import Poll
from crosswind.recipe import Recipe
from crosswind.remoteness import LanguageDistance
from crosswind.sources.published import Library
from crosswind.stages import label
from crosswind.tasks.base import Task
from crosswind.tasks.wrapped import Wrapped


class StudyError(ValueError):
    """A study that cannot be run as it stands. Prints all its mistakes, one a line."""

    def __init__(self, found: list[Complaint]):
        super().__init__("\n".join(map(str, found)))
        self.complaints = found


class Limit(Part):
    """At most so many rows of each split, from the start; the whole split where nothing is said."""

    train: int | None = Field(None, ge=1)
    dev: int | None = Field(None, ge=1)
    test: int | None = Field(None, ge=1)


class Study(Part):
    """Everything that a study declares.

    `looks` is how often its claims are judged: twice if seeds may be added where the first ones decide nothing.
    """

    name: Name
    question: str = ""
    seeds: tuple[Annotated[int, Field(ge=0)], ...] = Field(min_length=1)
    base: Encoder
    described: tuple[Described, ...] = Field((), alias="task")
    targets: tuple[TaskChoice, ...] = Field(min_length=1)
    languages: LanguageNames = (ALL,)
    limit: Limit = Limit()
    recipe: Recipe = Recipe()
    recipes: Mapping[str, Recipe] = Field(default_factory=dict)
    arms: tuple[Arm, ...] = Field(alias="arm", min_length=1)
    conditions: tuple[Condition, ...] = Field((), alias="condition")
    gauntlet: Gauntlet | None = None
    polls: tuple[Poll, ...] = Field((), alias="vote")
    segmenter: Literal["builtin", "icu"] = "builtin"
    dictionary: DictionaryChoice | None = None
    claims: tuple[Claim, ...] = Field((), alias="claim")
    looks: Literal[1, 2] = 1
    pocket: Laboratory = Laboratory()
    data: Holdings = Holdings()
    language_distance: LanguageDistance | None = None
    _written: Written = PrivateAttr(default=Written())

    def model_post_init(self, context: Any, /) -> None:
        """Keep where it is written, so that what is found wrong with it later can be said at its line."""
        self._written = (context or {}).get("written", self._written)

    def refusal(self, found: Iterable[Mistake]) -> StudyError:
        """What is wrong with it: each mistake at its line, or with the study's name if no file has it."""
        own = self._written
        if own.path:
            return StudyError(list(dict.fromkeys(own.complaint(*each) for each in found)))
        told = (Complaint(self.name, None, self.named(place), message) for place, message in found)
        return StudyError(list(dict.fromkeys(told)))

    def named(self, place: Place) -> str:
        """A place by the names of its arms, as there is no file to count them in."""
        match place:
            case ("arm", int(number), *rest):
                return ".".join([f"arm {self.arms[number].name}", *map(str, rest)])
        return spelled(place)

    def refuse(self, found: Iterable[Mistake]) -> None:
        """Raise StudyError where anything was found wrong."""
        if refusal := self.refusal(found).complaints:
            raise StudyError(refusal)

    @field_validator("seeds")
    @classmethod
    def seeds_differ(cls, seeds: tuple[int, ...]) -> tuple[int, ...]:
        refuse_repeats(list(map(str, seeds)), "seed")
        return seeds

    @field_validator("targets")
    @classmethod
    def targets_differ(cls, targets: tuple[Task, ...]) -> tuple[Task, ...]:
        refuse_repeats([label(task) for task in targets], "target")
        return targets

    @field_validator("arms")
    @classmethod
    def arms_differ(cls, arms: tuple[Arm, ...]) -> tuple[Arm, ...]:
        refuse_repeats(
            [arm.name for arm in arms] + [arm.control_name(one) for arm in arms for one in arm.controls], "arm"
        )
        return arms

    @field_validator("conditions")
    @classmethod
    def conditions_differ(cls, conditions: tuple[Condition, ...]) -> tuple[Condition, ...]:
        refuse_repeats([condition.name for condition in conditions], "condition")
        return conditions

    @field_validator("claims")
    @classmethod
    def claims_differ(cls, claims: tuple[Claim, ...]) -> tuple[Claim, ...]:
        refuse_repeats([claim.name for claim in claims], "claim")
        return claims

    @property
    def every_condition(self) -> tuple[Condition, ...]:
        """The conditions that are declared, and those of the gauntlet that are not among them."""
        own = {condition.name for condition in self.conditions}
        more = self.gauntlet.conditions if self.gauntlet else ()
        return (*self.conditions, *(condition for condition in more if condition.name not in own))

    @property
    def tasks(self) -> dict[str, Task]:
        """Every task of the study by name."""
        trained = {name: task for arm in self.arms for name, task in arm.tasks.items()}
        text = [arm.language_adapters.text for arm in self.arms if arm.language_adapters]
        return {label(task): task for task in self.targets} | trained | {label(task): task for task in text}

    @property
    def library(self) -> Library:
        """Where the data of this study lie."""
        described = [own.contents for own in self.described]
        taught = [change for arm in self.arms for change in (arm.augment, arm.regime.augment) if change]
        changes = [each.perturbation for each in self.every_condition] + [each.perturbation for each in taught]
        read = [change.places for change in changes]
        words = self.dictionary.places if self.dictionary else {}
        return self.data.library({digest: path for own in (*described, *read, words) for digest, path in own.items()})

    @property
    def distances(self) -> Distances | None:
        """Which translations tell how far apart words lie, if any are known; of Pocket's languages its own."""
        chosen = self.dictionary or (PocketLexicon() if self.base.model == POCKET else None)
        codes = tuple(dict.fromkeys(code for task in self.targets for code in self.codes(task)))
        return Distances(dictionary=chosen, languages=codes) if chosen else None

    def task_called(self, name: str) -> Task:
        """A task that this study describes, or one of the catalogue."""
        own = next((each for each in self.described if each.name == name), None)
        found: Task = own.task() if own else catalog.load("tasks", name)()
        return found

    def place(self, task: Task) -> Task:
        """A task as it is in this study's laboratory, read as this study reads."""
        if isinstance(task, Wrapped):
            return task.model_copy(update={"task": self.place(task.task)})
        return self.data.place(self.pocket.place(task))

    @property
    def every_task(self) -> list[Task]:
        """Every task that the study reads, those that targets learn from among them."""
        mine = list(self.tasks.values())
        taught = [self.task_called(name) for task in mine for name in task.teachers]
        originals: list[Task] = [
            catalog.load("tasks", name)() for task in self.targets for name in task.originals.values()
        ]
        return [*(task.recipe_of for task in mine), *taught, *originals]

    def sources(self, arm: Arm) -> list[str]:
        """The languages in which an arm learns tasks, as far as these name one."""
        trained = [*arm.tasks.values()]
        trained += [self.task_called(name) for target in self.targets for name in target.teachers]
        trained += [target for target in self.targets if "train" in target.sizes]
        return sorted({task.source for task in trained})

    def codes(self, task: Task) -> tuple[str, ...]:
        """The languages in which a target is evaluated, in the task's own order."""
        own = tuple(task.languages) if ALL in self.languages else of_task(task, self.languages)
        return tuple(dict.fromkeys((*own, *(code for code in self.pocket.codes if code in task.languages))))

    def recipe_for(self, task: Task) -> Recipe:
        """What the study changes in a task's own recipe; a control follows the task that it is a control for."""
        names = (label(task), label(task.recipe_of), catalog.name_of(type(task.recipe_of)))
        return next((self.recipes[name] for name in names if name in self.recipes), Recipe())
