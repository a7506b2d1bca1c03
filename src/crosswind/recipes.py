"""Published recipes by name: how others trained for the field's tasks, as changes to each task's own recipe.

`stable` is what the tasks have by themselves: XTREME's numbers with a warm-up of a tenth. Where a paper counts warm-up
in updates, it stands here as the share of the updates that a training set of the usual size gives.
"""

from collections.abc import Mapping
from types import MappingProxyType

from crosswind.recipe import Recipe

NO_WARMUP = Recipe(warmup=0.0)
XTREME_READING = Recipe(warmup=0.06, weight_decay=1e-4, selection="last")

RECIPES: Mapping[str, Mapping[str, Recipe]] = MappingProxyType(
    {
        "stable": {},
        # the scripts of google-research/xtreme
        "xtreme": {
            **dict.fromkeys(("xnli", "pawsx", "xcopa", "udpos", "panx", "lareqa", "mewslix"), NO_WARMUP),
            **dict.fromkeys(("xquad", "mlqa", "tydiqa"), XTREME_READING),
        },
        # the runs of jiant behind Phang et al. (2020), arXiv:2005.13013
        "xstilts": {
            "xnli": Recipe(epochs=2, batch=32, learning_rate=1e-5, warmup=0.1, max_length=256),
            "pawsx": Recipe(epochs=5, batch=32, learning_rate=1e-5, warmup=0.1, max_length=256),
            **dict.fromkeys(
                ("udpos", "panx"), Recipe(epochs=10, batch=32, learning_rate=1e-5, warmup=0.1, max_length=256)
            ),
            **dict.fromkeys(
                ("xquad", "mlqa", "tydiqa"),
                Recipe(epochs=2, batch=16, learning_rate=1e-5, warmup=0.1, max_length=384),
            ),
        },
        # the scripts of uclanlp/Robust-XLT behind Huang et al. (2021), which train on perturbed copies of the data
        "robust-xlt": {
            "xnli": Recipe(epochs=1, batch=32, learning_rate=2e-5, warmup=0.0, max_length=128),
            "pawsx": Recipe(epochs=3, batch=32, learning_rate=2e-5, warmup=0.0, max_length=128),
        },
    }
)


def published(name: str, task: str) -> Recipe:
    """What a named recipe changes in a task's own one; nothing where it does not speak of the task."""
    return RECIPES[name].get(task, Recipe())
