"""Nothing taken over: what earlier tasks have added to the encoder is thrown away before the next one begins."""

from dataclasses import replace

from crosswind.controls.base import Chain, Control, Senseless, row_needed, training_needed
from crosswind.methods.carry import unfit


class CarryFresh(Control):
    """The same trainings, each by a fresh method on the encoder as it was; for adapters and the like alone."""

    def beside(self, chain: Chain) -> Chain:
        row_needed(chain)
        training_needed(chain)
        if chain.carry == "fresh":
            raise Senseless("nothing is carried as it stands")
        first, *rest = (each.method for each in (*chain.before, chain.last[0]))
        for complaint in (said for each in rest for said in unfit(first, each, "fresh")):
            raise Senseless(complaint)
        return replace(chain, carry="fresh", carry_between="fresh").of(chain.before, chain.last)
