"""Intermediate tasks' own text with nothing to learn but its hidden words: do their labels help, or reading them?"""

from crosswind.controls.base import Chain, Control, Senseless, sequence_needed
from crosswind.formats import MLM
from crosswind.objectives.erm import Erm
from crosswind.stages import Dataset, Train, clean
from crosswind.tasks.text_of import TextOf
from crosswind.workload import updates


class MlmOnly(Control):
    """Every intermediate task is masked language modelling on its text, as many updates of as long sequences."""

    def beside(self, chain: Chain) -> Chain:
        sequence_needed(chain)
        if any(each.sampler for each in chain.before):
            raise Senseless("its intermediate tasks take turns, and raw text of several is one task")
        if all(each.task.format is MLM for each in chain.before):
            raise Senseless("its intermediate tasks are raw text as they stand")
        return chain.of([read(each) for each in chain.before], chain.last)


def read(stage: Train) -> Train:
    """A training that guesses hidden words of the same rows; its last weights count, as no dev set is its own."""
    if stage.task.format is MLM:
        return stage
    recipe = stage.recipe.model_copy(update={"steps": updates(stage), "selection": "last"})
    data = tuple({data.id: text_of(data) for data in map(clean, stage.data)}.values())
    plain = {"objective": Erm()} if stage.objective.compares else {}
    return stage.model_copy(update={"data": data, "dev": (), "recipe": recipe, "redrawn": (), "views": (), **plain})


def text_of(data: Dataset) -> Dataset:
    return data.model_copy(update={"task": TextOf(task=data.task)})
