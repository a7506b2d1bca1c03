"""Arms: the ways of training that a study compares, and the orders of their intermediate tasks."""

import itertools
import math
from collections.abc import Iterable, Sequence
from typing import Annotated, Literal

from pydantic import BeforeValidator, Discriminator, Field, Tag, ValidationInfo, field_validator, model_validator
from pydantic_core import PydanticCustomError

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
from crosswind.controls.base import Control
from crosswind.encoders import Part
from crosswind.language_adapters import LanguageAdapters
from crosswind.methods.base import Method
from crosswind.methods.carry import Carry
from crosswind.recipe import Recipe
from crosswind.stages import label, together
from crosswind.tasks.base import Task

MOST_ORDERS = 200
BESIDE = "+"  # stands between an arm and one of its controls


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
        return f"{self.name}{BESIDE}{label(control)}"
