"""The seven kinds of stage, what they are called, and what each of them reads of others."""

from crosswind.stages.ancestry import (
    Step,
    families_seen,
    lineage,
    reads,
    steps,
    steps_before,
    weights_read,
    whole_before,
)
from crosswind.stages.labels import called, label, together
from crosswind.stages.records import (
    Align,
    Attack,
    Base,
    Dataset,
    Evaluate,
    Perturb,
    Train,
    Vote,
    base_of,
    changed_text,
    clean,
    kind,
    parents,
)
from crosswind.stages.slugs import chain, slug, taught

__all__ = [
    "Align",
    "Attack",
    "Base",
    "Dataset",
    "Evaluate",
    "Perturb",
    "Step",
    "Train",
    "Vote",
    "base_of",
    "called",
    "chain",
    "changed_text",
    "clean",
    "families_seen",
    "kind",
    "label",
    "lineage",
    "parents",
    "reads",
    "slug",
    "steps",
    "steps_before",
    "taught",
    "together",
    "weights_read",
    "whole_before",
]
