"""The target alone, trained for as long as a whole chain: is it the intermediate task that helps, or the updates?

Rows are counted as tasks publish them. Long contexts that are cut into windows make more updates than that; the records
of finished trainings tell how many it were.
"""

from collections.abc import Sequence
from typing import Literal

from pydantic import Field

from crosswind.controls.base import Chain, Control, Senseless, row_needed, training_needed
from crosswind.objectives.erm import Erm
from crosswind.stages import Train, clean
from crosswind.workload import updates


class UpdateMatched(Control):
    """No intermediate task, no changed rows; the target's training has the updates of them all, or costs as much.

    By `compute` it is plain training, so that an objective of several passes meets as many rows as it has cost.
    """

    by: Literal["updates", "compute"] = Field("updates", description="what is equal: updates, or passes times rows")

    def beside(self, chain: Chain) -> Chain:
        training_needed(chain)
        if chain.carry == "fuse":
            row_needed(chain)
        alone = chain.of((), [self.plain(each) for each in chain.last])
        if alone.model.id == chain.model.id:
            raise Senseless("nothing comes before the target and nothing costs more, so it would be the arm itself")
        total = sum(map(self.effort, chain.trainings))
        efforts = shares(total, [self.effort(each) for each in chain.last])
        return chain.of((), [self.long(each, effort) for each, effort in zip(alone.last, efforts, strict=True)])

    def plain(self, stage: Train) -> Train:
        """A training on each of its rows as it is, once."""
        rows = {clean(data).id: clean(data) for data in stage.data}
        objective = Erm() if self.by == "compute" or stage.objective.compares else stage.objective
        plain = {"data": tuple(rows.values()), "redrawn": (), "views": (), "objective": objective}
        return stage.model_copy(update=plain)

    def effort(self, stage: Train) -> float:
        """What a training takes altogether."""
        return updates(stage) * self.effort_of_update(stage)

    def effort_of_update(self, stage: Train) -> float:
        return 1 if self.by == "updates" else stage.recipe.batch * stage.objective.cost

    def long(self, stage: Train, effort: float) -> Train:
        """A training that takes so much."""
        steps = max(1, round(effort / self.effort_of_update(stage)))
        return stage.model_copy(update={"recipe": stage.recipe.model_copy(update={"steps": steps})})


def shares(total: float, weights: Sequence[float]) -> list[float]:
    """A total in whole parts that are nearly as their weights, and exactly it together."""
    ends = [round(total * sum(weights[: place + 1]) / sum(weights)) for place in range(len(weights))]
    return [end - start for start, end in zip([0, *ends], ends, strict=False)]
