"""The intermediate task alone, its head asked the target's questions: how much of the score needs no target at all?"""

from crosswind.controls.base import Chain, Control, Senseless, row_needed, training_needed


class NoTarget(Control):
    """The chain without its training on the target; the last intermediate task has to have its format and labels."""

    def beside(self, chain: Chain) -> Chain:
        row_needed(chain)
        training_needed(chain)
        if not chain.is_read_as(chain.before[-1]):
            raise Senseless("the last intermediate task has another format or other labels than the target")
        return chain.of(chain.before, ())
