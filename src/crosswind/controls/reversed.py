"""The intermediate tasks in the opposite order: is it which they are that helps, or which comes last?"""

from crosswind.controls.base import Chain, Control, Senseless, row_needed
from crosswind.stages import taught


class Reversed(Control):
    """The same intermediate tasks from the last to the first, each by its own recipe, then the target."""

    def beside(self, chain: Chain) -> Chain:
        row_needed(chain)
        names = [taught(each) for each in chain.before]
        if names == names[::-1]:
            raise Senseless("it reads the same backwards, as a sequence of one does")
        return chain.of(chain.before[::-1], chain.last)
