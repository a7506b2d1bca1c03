"""Ids: what changes them, what must not, and two golden files that hold them still."""

import json
import math
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crosswind import catalog
from crosswind.identity import Record, Stage, canonical, plain
from crosswind.methods.bottleneck import Bottleneck
from crosswind.methods.full import Full
from crosswind.objectives.erm import Erm
from crosswind.objectives.fgm import Fgm
from crosswind.perturbations.case import Case
from crosswind.perturbations.codemix import Codemix
from crosswind.perturbations.typo_edit import TypoEdit
from crosswind.recipe import Recipe
from crosswind.stages import Align, Base, Dataset, Evaluate, Perturb, Train, label, slug
from crosswind.tasks.pocket_nli import PocketNli
from crosswind.tasks.pocket_paws import PocketPaws
from crosswind.tasks.pocket_tags import PocketTags
from crosswind.tasks.pocket_tatoeba import PocketTatoeba
from crosswind.tasks.shuffled import Shuffled

GOLDEN = Path(__file__).parent / "golden"


class Thing(Record):
    size: int = 1
    shares: tuple[float, ...] = ()
    extra: Any = None


class Older(Record):
    VERSION: ClassVar[int] = 1
    size: int = 1


class Newer(Older):
    added: str = "neutral"


def golden_stages() -> dict[str, Stage]:
    """About twenty stages of every kind and depth."""
    base = Base(model="org/encoder", revision="0" * 40)
    data = {
        (task.__name__, language, split): Dataset(task=task(), language=language, split=split, limit=limit)
        for task in (PocketNli, PocketPaws, PocketTags)
        for language, split, limit in (("solvane", "train", 100), ("solvane", "dev", None), ("zhelnik", "test", 50))
    }
    nli_test = data["PocketNli", "zhelnik", "test"]
    typos = {level: Perturb(data=nli_test, perturbation=TypoEdit(), severity=level) for level in (1, 5)}
    upper = Perturb(data=nli_test, perturbation=Case(to="upper"), severity=3, draw=2)
    plain_training = {"method": Full(), "objective": Erm()}
    tags = Train(
        start=base,
        data=(data["PocketTags", "solvane", "train"],),
        recipe=Recipe(selection="last"),
        seed=1,
        **plain_training,
    )
    nli = Train(
        start=tags,
        data=(data["PocketNli", "solvane", "train"],),
        dev=(data["PocketNli", "solvane", "dev"],),
        recipe=Recipe(epochs=2, learning_rate=5e-4),
        seed=1,
        **plain_training,
    )
    alone = Train(start=base, data=nli.data, dev=nli.dev, recipe=nli.recipe, seed=2, **plain_training)
    stages: list[Stage] = [*data.values(), *typos.values(), upper, tags, nli, alone]
    stages += [Evaluate(model=model, data=test) for model in (nli, alone) for test in (nli_test, typos[5], upper)]
    adapted = Train(
        start=base,
        data=(Dataset(task=PocketNli(seed=2), language="taruvik~order=SOV", split="train", part=(1, 3)),),
        method=Bottleneck(reduction=4),
        objective=Fgm(eps=0.2),
        recipe=Recipe(),
        seed=1,
    )
    translations = Dataset(task=PocketTatoeba(), language="zhelnik", split="test")
    control = Dataset(task=Shuffled(task=PocketNli()), language="solvane", split="train", limit=10)
    pivot = Dataset(task=PocketNli(), language="solvane", split="test", limit=50)
    aligned = Align(data=nli_test, other=pivot, base=base)
    mixed = Perturb(data=nli_test, perturbation=Codemix(), severity=3, pools=(pivot,), aligned=(aligned,))
    deeper = aligned.model_copy(update={"layer": 3, "fields": ("second",)})
    stages += [adapted, control, *(Evaluate(model=model, data=translations) for model in (base, nli))]
    stages += [pivot, aligned, mixed, deeper]
    return {f"{number:02} {slug(stage)}": stage for number, stage in enumerate(stages)}


def catalogued() -> dict[str, type[Record]]:
    """Every class whose defaults are part of ids."""
    names = {**catalog.RECORDS, **{k: v for family in catalog.FAMILIES.values() for k, v in family.items()}}
    found = {}
    for name, target in names.items():
        module, _, attribute = target.partition(":")
        found[name] = getattr(__import__(module, fromlist=[attribute]), attribute)
    return found


def defaults(cls: type[Record]) -> dict[str, Any]:
    """The VERSION of a class and the default of every field that has one."""
    fields = {name: field for name, field in cls.model_fields.items() if not field.is_required()}
    values = {name: plain(field.get_default(call_default_factory=True), name) for name, field in fields.items()}
    required = sorted(set(cls.model_fields) - set(fields))
    return {"VERSION": cls.VERSION, "defaults": values, "required": required}


def held_still(name: str, found: Any) -> None:
    """Compare with a golden file, or write it when asked to."""
    path = GOLDEN / name
    if os.environ.get("CROSSWIND_WRITE_GOLDEN"):
        path.write_text(json.dumps(found, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")
    assert json.loads(path.read_text(encoding="utf-8")) == json.loads(json.dumps(found)), (
        f"ids have moved against tests/golden/{name}. If numbers change, raise VERSION of the class, then write the "
        "file again with CROSSWIND_WRITE_GOLDEN=1; if they do not, give the new field a neutral default instead."
    )


def test_ids_of_stages_hold_still() -> None:
    held_still("stages.json", {name: stage.id for name, stage in golden_stages().items()})


def test_defaults_hold_still() -> None:
    held_still("defaults.json", {name: defaults(cls) for name, cls in catalogued().items()})


def test_ids_are_equal_in_another_process_with_another_hash_seed() -> None:
    code = "from tests.test_identity import golden_stages; print([s.id for s in golden_stages().values()])"
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env=os.environ | {"PYTHONHASHSEED": "123"},
        cwd=Path(__file__).parent.parent,
    )
    assert done.stdout.strip() == str([stage.id for stage in golden_stages().values()])


def test_fields_at_their_default_are_left_out() -> None:
    assert Thing().payload.keys() == {"kind", "VERSION"}
    assert Thing(size=1).id == Thing().id
    assert Thing(size=2).id != Thing().id


def test_a_new_field_with_a_neutral_default_keeps_what_is_known() -> None:
    assert Newer(size=3).payload | {"kind": ""} == Older(size=3).payload | {"kind": ""}


def test_a_raised_version_is_another_id(monkeypatch: pytest.MonkeyPatch) -> None:
    before = Thing(size=5).id
    monkeypatch.setattr(Thing, "VERSION", 2)
    assert Thing(size=5).id != before


def test_parents_stand_as_ids_and_other_records_as_themselves() -> None:
    stages = golden_stages()
    evaluation = next(stage for stage in stages.values() if isinstance(stage, Evaluate))
    assert evaluation.payload["model"] == evaluation.model.id
    assert evaluation.model.payload["objective"] == {"kind": "erm", "VERSION": 1}
    assert evaluation.model.payload["start"] == evaluation.model.start.id


def test_every_parent_and_every_field_matters() -> None:
    ids = [stage.id for stage in golden_stages().values()]
    assert len(set(ids)) == len(ids)


@pytest.mark.parametrize("value", [math.nan, math.inf, {1, 2}, object(), Path("x"), b"x", {1: 2}, len])
def test_values_without_a_stable_form_are_refused_with_advice(value: Any) -> None:
    with pytest.raises(TypeError, match=r"(?s)Thing\.extra.*no stable form.*Use strings"):
        assert Thing.model_construct(extra=value).id


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(json_values)
def test_canonical_text_is_plain_ascii_and_reads_back(value: Any) -> None:
    text = canonical({"value": plain(value, "here")})
    assert text.isascii()
    assert json.loads(text) == {"value": value}


@given(st.dictionaries(st.text(), st.integers(), min_size=2))
def test_the_order_of_a_mapping_does_not_matter(mapping: dict[str, int]) -> None:
    turned = dict(reversed(list(mapping.items())))
    assert Thing(extra=mapping).id == Thing(extra=turned).id


def test_labels_name_settings_only_where_they_matter() -> None:
    assert label(TypoEdit()) == "typo_edit"
    assert label(Case(to="upper")) == "case:upper"
    assert label(TypoEdit(fields=("first",))) == "typo_edit[first]"


def test_a_changed_copy_has_an_id_of_its_own() -> None:
    first = Thing(size=1)
    assert first.id == Thing(size=1).id
    assert first.model_copy(update={"size": 2}).id == Thing(size=2).id != first.id
