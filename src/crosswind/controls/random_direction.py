"""Steps as long and as many as the objective takes, in any direction: is it the way uphill that helps, or the noise?"""

from crosswind.controls.base import Chain, Control, Senseless, with_objectives
from crosswind.objectives.base import Objective
from crosswind.objectives.displacement import Climbing


class RandomDirection(Control):
    """Every ascent along a gradient is one of equal length along random numbers."""

    def beside(self, chain: Chain) -> Chain:
        found = with_objectives(chain, lost)
        if found is None:
            raise Senseless("its objective moves no embeddings uphill")
        return found


def lost(objective: Objective) -> Objective | None:
    """An objective that does not know the way; None where it looks for none."""
    return objective.model_copy(update={"direction": "random"}) if isinstance(objective, Climbing) else None
