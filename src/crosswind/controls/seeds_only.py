"""The arm again under other seeds: how large a difference is there where there is none?"""

from pydantic import Field

from crosswind.controls.base import Chain, Control, Senseless


class SeedsOnly(Control):
    """The arm itself, trained with seeds that the study does not have: as many as it has, or those that are named."""

    seeds: tuple[int, ...] = Field((), description="the other seeds; those after the study's largest if none are named")

    def beside(self, chain: Chain) -> Chain:
        if not chain.trainings:
            raise Senseless("nothing is trained, so seeds change nothing")
        return chain

    def seeds_beside(self, seeds: tuple[int, ...]) -> tuple[int, ...]:
        twice = sorted({*self.seeds} & {*seeds})
        if twice:
            raise Senseless(f"the study has the seed {twice[0]} itself; name others, or none")
        return self.seeds or tuple(range(max(seeds) + 1, max(seeds) + 1 + len(seeds)))
