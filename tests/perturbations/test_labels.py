"""No change of text knows the labels: under other ones it is the same, but for names that have tags."""

from random import Random

import pytest

from crosswind.perturbations.base import Perturbation, Rewrite
from crosswind.perturbations.entity_swap import EntitySwap
from crosswind.perturbations.sampling import rewritten, sample
from tests.formats.specimens import SPECIMENS
from tests.perturbations.specimens import PERTURBATIONS

BLIND = [found for found in PERTURBATIONS if not isinstance(found, EntitySwap)]


@pytest.mark.parametrize("perturbation", BLIND, ids=lambda found: found.label)
@pytest.mark.parametrize("name", ["classify", "classify-single", "choose", "tag", "retrieve", "mine"])
def test_other_labels_change_no_edit(name: str, perturbation: Perturbation) -> None:
    specimen, top = SPECIMENS[name](), perturbation.levels.severities[-1]
    form, others = specimen.form, specimen.form.relabel(specimen.examples, Random(1))
    assert [form.gold(each) for each in others] != [form.gold(each) for each in specimen.examples]
    for example, other in zip(specimen.examples, others, strict=True):
        item, same = (form.item(each, "fixture", "test", example.uid) for each in (example, other))
        assert item == same
        labels = form.word_labels(example)
        if isinstance(perturbation, Rewrite) and labels is not None:
            assert (
                rewritten(perturbation, item, labels, top, 1).order
                == rewritten(perturbation, same, form.word_labels(other), top, 1).order
            )
        else:
            assert sample(perturbation, item, top, 1).edits == sample(perturbation, same, top, 1).edits
