"""A course over several tasks, of which one has its turn in every update.

A task meets a mix as it would meet a stage of its own at that depth: its rows come in the same order, and it goes on
where its last turn ended. So what else is in the mix, and whose turn it is when, changes no task's own reading.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import islice

from crosswind.formats.base import Feature
from crosswind.randomness import stream
from crosswind.recipe import Recipe
from crosswind.samplers.base import Sampler
from crosswind.train.batches import passes
from crosswind.train.rows import Course, Lesson, Rows

DRAWS = 2**63  # how many values a stream has


@dataclass(frozen=True, slots=True)
class SeveralTasks(Course):
    """The rows of tasks by name, and who says whose turn it is."""

    rows: Mapping[str, Rows]
    sampler: Sampler

    @property
    def sizes(self) -> dict[str, int]:
        return {name: len(rows.lengths) for name, rows in self.rows.items()}

    @property
    def counted(self) -> int:
        """The rows of all tasks, as the sampler counts them."""
        return sum(map(self.sampler.counted, self.sizes.values()))

    def updates(self, recipe: Recipe) -> int:
        return recipe.updates(self.counted)

    def updates_of_a_pass(self, recipe: Recipe) -> int:
        """In how many updates as many rows are read as there are, whoever's turn it is how often."""
        return -(-self.counted // recipe.batch)

    def turns(self, recipe: Recipe, seed: int, depth: int) -> Iterator[str]:
        """The task of every update: each is a function of the seed, the depth and the update, so any run meets it."""
        sizes, total = self.sizes, self.updates(recipe)
        for update in range(total):
            draw = stream(seed, "turn", depth, update) / DRAWS
            yield self.sampler.turn(sizes, update / max(1, total - 1), draw)

    def lessons(self, recipe: Recipe, seed: int, depth: int, done: int) -> Iterator[Lesson]:
        turns = self.turns(recipe, seed, depth)
        taken = Counter(islice(turns, done))
        readers = {name: passes(rows.lengths, recipe, seed, depth, taken[name]) for name, rows in self.rows.items()}
        each_pass = self.updates_of_a_pass(recipe)
        for update, name in enumerate(turns, done):
            epoch, places = next(readers[name])
            yield replace(self.rows[name].lesson(places, epoch), epoch=update // each_pass, task=name)

    def sample(self, size: int) -> list[Feature]:
        """From every task in proportion to its rows, whoever's turn it is how often."""
        count = sum(self.sizes.values())
        step, before, found = -(-count // size), 0, list[Feature]()
        for name, own in self.sizes.items():
            found += self.rows[name].at(range(-before % step, own, step), 0)
            before += own
        return found
