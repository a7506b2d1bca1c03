"""How much there is to do, as far as it can be told before it is done: rows, updates, examples that pass through."""

from collections.abc import Sequence

from crosswind.identity import Stage
from crosswind.stages import Align, Dataset, Evaluate, Perturb, Train, Vote, clean
from crosswind.tasks.base import POOL


def work_units(stage: Stage) -> int:
    """How many examples pass through a stage."""
    match stage:
        case Dataset():
            return rows(stage)
        case Vote():
            return rows(clean(stage.data)) * stage.voting.readings
        case Align() | Perturb() | Evaluate():
            return rows(clean(stage.data))
        case Train():
            return updates(stage) * stage.recipe.batch
    return 0


def updates(stage: Train) -> int:
    """How many updates a training takes."""
    return stage.recipe.updates(rows_taught(stage))


def rows_taught(stage: Train) -> int:
    """How many rows make a pass over what a training learns, those that it has twice counted twice.

    Of tasks that take turns, a sampler may count no more than so many of each.
    """
    if stage.sampler is None:
        return sum(rows(clean(data)) for data in stage.data)
    sizes = (sum(rows(clean(data)) for data in stage.data_of(name)) for name in stage.tasks)
    return sum(map(stage.sampler.counted, sizes))


def rows(data: Dataset) -> int:
    """How many examples a dataset has."""
    size = data.task.pool_size if data.language == POOL else data.task.num_rows(data.language, data.split)
    if data.limit is not None:
        size = min(size, data.limit)
    return size if data.part is None else len(range(data.part[0], size, data.part[1]))


def smaller(stage: Train, num_rows: int) -> Train:
    """A training on no more than so many rows."""
    if rows_taught(stage) <= num_rows:
        return stage
    return stage.model_copy(update={"data": cut(stage.data, num_rows)})


def cut(data: Sequence[Dataset | Perturb], num_rows: int) -> tuple[Dataset | Perturb, ...]:
    """The sets of one training with so many rows altogether: parts of a set have its limit, whole ones a share each.

    They have fewer where one of them has less than its share.
    """
    dealt_out = any(clean(each).part for each in data)
    share, over = divmod(num_rows, len(data))
    limits = [num_rows if dealt_out else share + (place < over) for place in range(len(data))]
    return tuple(limited(each, limit) for each, limit in zip(data, limits, strict=True))


def limited(data: Dataset | Perturb, num_rows: int) -> Dataset | Perturb:
    """A set whose dataset ends after so many rows."""
    if isinstance(data, Perturb):
        return data.model_copy(update={"data": limited(data.data, num_rows)})
    return data.model_copy(update={"limit": num_rows})
