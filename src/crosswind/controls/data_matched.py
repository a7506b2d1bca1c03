"""Equally much data: intermediate training sets cut to the smallest one's rows, changed copies given as they are."""

from crosswind.controls.base import Chain, Control, Senseless, is_changed, sequence_needed
from crosswind.objectives.erm import Erm
from crosswind.stages import Train, clean
from crosswind.workload import smaller


class DataMatched(Control):
    """Every intermediate task of the arm with as many rows as its smallest one; as many copies, but unchanged."""

    def beside(self, chain: Chain) -> Chain:
        if is_changed(chain.trainings):
            return chain.of([matched(each, chain) for each in chain.before], list(map(unchanged, chain.last)))
        sequence_needed(chain)
        if len(set(chain.sizes)) < 2:
            raise Senseless("its intermediate training sets are equally large, and none holds changed text")
        return chain.of([matched(each, chain) for each in chain.before], chain.last)


def matched(stage: Train, chain: Chain) -> Train:
    """An intermediate training on clean text, with no more rows than the arm's smallest set has."""
    return smaller(unchanged(stage), min(chain.sizes))


def unchanged(stage: Train) -> Train:
    """A training that meets the clean text wherever it met a changed one, just as often."""
    if not is_changed([stage]):
        return stage
    plain = {"data": tuple(map(clean, stage.data)), "redrawn": (), "views": ()}
    return stage.model_copy(update=plain | ({"objective": Erm()} if stage.objective.compares else {}))
