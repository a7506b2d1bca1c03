"""Intermediate tasks under labels that were dealt out anew: is it what they teach that helps, or their text?"""

from crosswind.controls.base import Chain, Control, Senseless, dataset_of, sequence_needed
from crosswind.formats import MLM
from crosswind.stages import Dataset, Train, clean
from crosswind.tasks.shuffled import Shuffled


class LabelShuffled(Control):
    """Every intermediate task is the `shuffled` one of the catalogue, trained as it was; the target stays as it is.

    So does raw text that labels are learned beside: it has none that could be dealt out.
    """

    def beside(self, chain: Chain) -> Chain:
        sequence_needed(chain)
        labelled = [task for each in chain.before for task in each.tasks.values() if task.format is not MLM]
        if not labelled:
            raise Senseless("raw text has no labels that could be dealt out anew")
        if all(isinstance(task, Shuffled) for task in labelled):
            raise Senseless("its intermediate tasks have shuffled labels as they stand")
        if any(each.sampler and each.sampler.named for each in chain.before):
            raise Senseless("its sampler names tasks, and shuffled ones have other names")
        return chain.of([dealt_anew(each) for each in chain.before], chain.last)


def dealt_anew(stage: Train) -> Train:
    """A training whose labels, those that select its weights too, say nothing about the text."""
    data = tuple(dataset_of(each, shuffled(clean(each))) for each in stage.data)
    return stage.model_copy(update={"data": data, "dev": tuple(map(shuffled, stage.dev))})


def shuffled(data: Dataset) -> Dataset:
    if isinstance(data.task, Shuffled) or data.task.format is MLM:
        return data
    return data.model_copy(update={"task": Shuffled(task=data.task)})
