"""Intermediate data of the target's own kind in one training with the target's: is it the order, or just more data?"""

from crosswind.controls.base import Chain, Control, Senseless, row_needed, training_needed
from crosswind.workload import updates


class JointSameTask(Control):
    """Those intermediate tasks whose format and labels are the target's teach its head together with it.

    That training has the updates of all that went into it. Other tasks stay before it, in their order.
    """

    def beside(self, chain: Chain) -> Chain:
        row_needed(chain)
        training_needed(chain)
        same = [each for each in chain.before if chain.is_read_as(each)]
        others = [each for each in chain.before if not chain.is_read_as(each)]
        if not same:
            raise Senseless("no intermediate task has the target's format and labels")
        *first, last = chain.last
        joined = last.model_copy(
            update={
                "data": (*last.data, *(data for each in same for data in each.data)),
                "recipe": last.recipe.model_copy(update={"steps": sum(map(updates, [*same, last]))}),
            }
        )
        return chain.of(others, [*first, joined])
