"""A study as its author declares it: a strict TOML file, or the same fields in Python.

Only `seeds`, `sequences`, `permutations`, `reversed`, `controls`, `targets`, `languages`, `severities` and `draws`
multiply. There are no templates, no includes and no overrides from the command line: the file is the study.
"""

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

from crosswind import catalog
from crosswind.augments import Augment, Switching, refusal
from crosswind.choices import (
    ALL,
    ControlChoice,
    LanguageNames,
    MethodChoice,
    Name,
    ObjectiveChoice,
    SamplerChoice,
    TaskChoice,
    as_table,
    of_task,
    refuse,
    refuse_repeats,
)
from crosswind.claims.declared import Claim
from crosswind.complaints import Complaint
from crosswind.conditions import Condition
from crosswind.controls.base import Control
from crosswind.described import Described
from crosswind.distances import Distances
from crosswind.encoders import POCKET, Encoder, Part
from crosswind.gauntlets import Gauntlet
from crosswind.holdings import Holdings
from crosswind.laboratories import Laboratory
from crosswind.language_adapters import LanguageAdapters
from crosswind.methods.base import Method
from crosswind.methods.carry import Carry
from crosswind.perturbations.dictionary import DictionaryChoice, PocketLexicon
from crosswind.polls import Poll
from crosswind.recipe import Recipe
from crosswind.sources.published import Library
from crosswind.stages import label, together
from crosswind.tasks.base import Task
from crosswind.tasks.wrapped import Wrapped

MOST_ORDERS = 200


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


class Regime(Part):
    """The languages of intermediate training sets: the source alone, or more of them that have such a set.

    `mixed` has as many examples as the source has, each in one of the languages; `multiplied` has each in every one, so
    that it needs a control with as many updates. What such text is depends on the task: machine-translated in PAWS-X,
    written in each language in UD, WikiANN and TyDiQA. A translation of one's own is a described [[task]] with a file
    for each language. `codeswitch` has the source with words of the languages in it, other ones in every epoch, as
    `switching` says.
    """

    kind: Literal["source", "mixed", "multiplied", "codeswitch"] = "source"
    languages: LanguageNames = (ALL,)
    switching: Switching = Switching()

    @property
    def augment(self) -> Augment | None:
        """What it changes in the text itself."""
        if self.kind != "codeswitch":
            return None
        return self.switching.augment(() if ALL in self.languages else self.languages)

    def of(self, task: Task) -> tuple[str, ...]:
        """The languages in which it teaches a task: those named that have a training set, in the task's order."""
        if self.kind in {"source", "codeswitch"}:
            return (task.source,)
        named = tuple(task.languages) if ALL in self.languages else of_task(task, self.languages)
        return tuple(code for code in named if task.has(code, "train"))


Link = Task | tuple[Task, ...]
"""One stage of a sequence: a task, or several that are learned at once, in the order of their names."""


def branch(value: object) -> str:
    """Whether one stage of a sequence is a name or a list. Errors are told without words in brackets."""
    return "(several)" if isinstance(value, list | tuple) else "(one)"


LinkChoice = Annotated[
    Annotated[TaskChoice, Tag("(one)")] | Annotated[tuple[TaskChoice, ...], Tag("(several)")], Discriminator(branch)
]


def tasks_of(link: Link) -> tuple[Task, ...]:
    """The tasks of one stage."""
    return link if isinstance(link, tuple) else (link,)


def canonical(link: Link) -> Link:
    """A stage in the form that every way of writing it comes to: a list of one is the task alone."""
    tasks = tasks_of(link)
    if not tasks:
        raise PydanticCustomError(
            "kind", "a list inside a sequence is one stage and needs its tasks; this one is empty"
        )
    refuse_repeats([label(task) for task in tasks], "task")
    return tasks[0] if len(tasks) == 1 else tuple(sorted(tasks, key=label))


def spelled(sequence: tuple[Link, ...]) -> str:
    """A sequence as results have it."""
    return " > ".join(together(tasks_of(link)) for link in sequence)


def num_orders(num_tasks: int, max_length: int | None) -> int:
    """How many sequences of different tasks there are, the empty one among them."""
    return sum(math.perm(num_tasks, length) for length in range((max_length or num_tasks) + 1))


def each_once(sequences: Iterable[Sequence[Link]]) -> list[tuple[Link, ...]]:
    """Different sequences in the order in which they come first."""
    return list({spelled(tuple(sequence)): tuple(sequence) for sequence in sequences}.values())


class Arm(Part):
    """One way of training, for every sequence of intermediate tasks.

    A list inside a sequence is one stage that learns several tasks at once, one in every update; `sampler` says whose
    turn it is. Tasks in such a list have no order.

    To the `sequences` come all orders of all subsets of the tasks in `permutations`, up to `max_length`, and where
    `reversed` is true each sequence backwards. `equal_size` cuts the training sets of all intermediate tasks to as many
    rows as the smallest one has. `controls` stand beside the arm as arms of their own.

    `carry` says what a training takes over from the one before it. Intermediate tasks may be taught by another method
    than targets, and its own pace comes with that.
    """

    name: Name
    sequences: tuple[tuple[LinkChoice, ...], ...] = ((),)
    max_length: int | None = Field(None, ge=1)
    permutations: tuple[TaskChoice, ...] = ()
    reversed: bool = False
    equal_size: bool = False
    controls: tuple[ControlChoice, ...] = ()
    sampler: SamplerChoice = Field(default={"kind": "proportional"}, validate_default=True)
    regime: Annotated[Regime, BeforeValidator(as_table)] = Regime()
    method: MethodChoice = Field(default={"kind": "full"}, validate_default=True)
    carry: Carry = "continue"
    intermediate_method: MethodChoice | None = None
    intermediate_recipe: Recipe = Recipe()
    language_adapters: LanguageAdapters | None = None
    objective: ObjectiveChoice = Field(default={"kind": "erm"}, validate_default=True)
    augment: Augment | None = None
    recipe: Recipe = Recipe()
    mask: float = Field(0.0, ge=0, lt=1, description="share of the words of a target's training text that are masked")

    @model_validator(mode="after")
    def is_compared(self) -> "Arm":
        shown = self.augment is not None and self.augment.mode == "view"
        if shown != self.objective.compares:
            name = label(self.objective)
            raise refusal(
                f"the objective {name} compares the text with no view of it; use consistency, or another mode"
                if shown
                else f'the objective {name} compares two views of a text: name a second one, augment with mode = "view"'
            )
        if self.regime.augment and self.augment and self.augment.stages != "target":
            raise refusal(
                "the regime codeswitch changes the text of intermediate tasks already; augment the target alone"
            )
        return self

    def change(self, *, is_target: bool) -> Augment | None:
        """What changes the text of trainings on a target, or of those before it."""
        if self.augment is not None and self.augment.changes_target(is_target=is_target):
            return self.augment
        return None if is_target else self.regime.augment

    @property
    def first_method(self) -> Method:
        """How intermediate tasks are taught."""
        return self.intermediate_method or self.method

    @property
    def carry_between(self) -> Carry:
        """What an intermediate task takes over from another one; merging and unfreezing wait for the target."""
        return self.carry if self.carry in ("stack", "fresh") else "continue"

    @field_validator("sequences")
    @classmethod
    def are_different(cls, sequences: tuple[tuple[Link, ...], ...]) -> tuple[tuple[Link, ...], ...]:
        found = tuple(tuple(map(canonical, sequence)) for sequence in sequences)
        refuse_repeats([spelled(sequence) or "[]" for sequence in found], "sequence")
        return found

    @property
    def tasks(self) -> dict[str, Task]:
        """Every task of its sequences by name."""
        return {label(task): task for sequence in self.every_sequence for link in sequence for task in tasks_of(link)}

    @property
    def mixes(self) -> dict[str, tuple[Task, ...]]:
        """The stages that learn several tasks at once, by name."""
        links = (link for sequence in self.every_sequence for link in sequence)
        return {together(link): link for link in links if isinstance(link, tuple)}

    @field_validator("permutations")
    @classmethod
    def are_few(cls, tasks: tuple[Task, ...], info: ValidationInfo) -> tuple[Task, ...]:
        refuse_repeats(list(map(label, tasks)), "task")
        count = num_orders(len(tasks), info.data.get("max_length"))
        if count > MOST_ORDERS:
            shorter = (f"{length} makes {num_orders(len(tasks), length):,}" for length in range(1, len(tasks)))
            refuse(
                f"{len(tasks)} tasks have {count:,} orders, and {MOST_ORDERS} are the most; "
                f"shorten them by max_length ({', '.join(shorter)}), or list the sequences that you mean"
            )
        return tasks

    @field_validator("controls")
    @classmethod
    def controls_differ(cls, controls: tuple[Control, ...]) -> tuple[Control, ...]:
        refuse_repeats(list(map(label, controls)), "control")
        return controls

    @model_validator(mode="after")
    def says_what_can_be(self) -> "Arm":
        if self.max_length and not self.permutations:
            refuse("max_length bounds permutations, and there are none; name their tasks, or remove it")
        if self.reversed and len(self.every_sequence) == len(self.declared):
            refuse("reversed adds nothing, since every sequence is there backwards already; remove it")
        return self

    @property
    def declared(self) -> list[tuple[Link, ...]]:
        """The sequences that are listed, and the permutations that are not among them."""
        lengths = range((self.max_length or len(self.permutations)) + 1) if self.permutations else ()
        return each_once(
            itertools.chain(self.sequences, *(itertools.permutations(self.permutations, length) for length in lengths))
        )

    @property
    def every_sequence(self) -> list[tuple[Link, ...]]:
        """Every sequence of the arm, each once."""
        found = self.declared
        return each_once(each for one in found for each in (one, one[::-1])) if self.reversed else found

    def control_name(self, control: Control) -> str:
        """What a control of this arm is called."""
        return f"{self.name}+{label(control)}"


class Study(Part):
    """Everything that a study declares."""

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
    pocket: Laboratory = Laboratory()
    data: Holdings = Holdings()

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

    def codes(self, task: Task) -> tuple[str, ...]:
        """The languages in which a target is evaluated, in the task's own order."""
        own = tuple(task.languages) if ALL in self.languages else of_task(task, self.languages)
        return tuple(dict.fromkeys((*own, *(code for code in self.pocket.codes if code in task.languages))))

    def recipe_for(self, task: Task) -> Recipe:
        """What the study changes in a task's own recipe; a control follows the task that it is a control for."""
        names = (label(task), label(task.recipe_of), catalog.name_of(type(task.recipe_of)))
        return next((self.recipes[name] for name in names if name in self.recipes), Recipe())
