"""What one training takes over from another, each way in every family, and what may not follow what."""

from itertools import product
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from crosswind import catalog
from crosswind.methods.base import Method, opened
from crosswind.methods.bitfit import Bitfit
from crosswind.methods.bottleneck import Bottleneck
from crosswind.methods.carry import RULES, unfit
from crosswind.methods.full import Full
from crosswind.methods.fusion import Fusion
from crosswind.methods.handover import set_aside
from crosswind.methods.head import Head
from crosswind.methods.lora import Lora
from crosswind.methods.madx import Madx
from crosswind.methods.peft import Peft
from crosswind.models.backbone import load_encoder, local
from crosswind.models.families import FAMILIES
from crosswind.models.model import Model
from crosswind.plan import make_plan, trainings
from crosswind.stages import Base, Train, chain, label, lineage, slug, weights_read
from crosswind.workshop import Workshop, begin_model, load_model
from tests.methods.chained import BASE, BATCH, Link, finish, learn, logits, same, stage, tensors, workshop_on
from tests.studies import small_study
from tests.tiny import WIDTH, Tiny
from tests.train.conftest import one_thread  # noqa: F401

THIN, WIDE = Bottleneck(reduction=8), Bottleneck(reduction=4)
TWO = Bottleneck(placement="houlsby", reduction=8)
LORA, ALL, DORA = Lora(rank=2), Lora(rank=4, targets="all-linear"), Lora(rank=2, variant="dora")
IA3, NORMS = Peft(), Peft(name="ln_tuning", targets="norms")

KEPT: tuple[tuple[Link, ...], ...] = (
    (THIN, THIN),
    (THIN, ("stack", WIDE)),
    (TWO, ("stack", TWO)),
    (THIN, ("stack", WIDE), ("stack", THIN), THIN),
    (Full(), THIN, ("stack", WIDE)),
    (THIN, ("unfreeze", Full())),
    (THIN, ("stack", WIDE), ("unfreeze", Full()), Full()),
    (THIN, ("unfreeze", Full()), WIDE, WIDE),
    (LORA, LORA),
    (Bitfit(), Bitfit()),
    (Bitfit(), THIN),
)
FOLDED: tuple[tuple[Link, ...], ...] = (
    (LORA, ("stack", ALL)),
    (LORA, ("stack", THIN)),
    (IA3, ("stack", LORA)),
    (LORA, ("merge", Full())),
    (ALL, ("merge", Full())),
    (DORA, ("merge", Full())),
    (IA3, ("merge", Full())),
    (NORMS, ("merge", Full())),
    (LORA, LORA, ("merge", Full()), LORA),
    (LORA, ("stack", ALL), ("merge", Full())),
)
FRESH: tuple[tuple[Link, ...], ...] = (
    (THIN, ("fresh", THIN)),
    (LORA, ("fresh", LORA)),
    (Bitfit(), ("fresh", Bitfit())),
    (THIN, ("fresh", WIDE), ("fresh", THIN)),
)


def told(links: Any) -> str:
    """A chain of links as the name of a test."""
    parts = [link if isinstance(link, tuple) else ("", link) for link in links]
    return "-".join(f"{carry}{catalog.name_of(type(method))}" for carry, method in parts)


@pytest.fixture(params=sorted(set(FAMILIES) - {"roberta", "xlm-roberta"}))  # whose layers are those of bert
def workshop(request: pytest.FixtureRequest, tiny_encoder: Tiny, tmp_path: Path) -> Workshop:
    return workshop_on(tiny_encoder(request.param), tmp_path)


def usable(workshop: Workshop, links: tuple[Link, ...]) -> None:
    """Leave encoders alone that have no biases where these are to learn."""
    encoder = load_encoder(workshop.source(BASE))
    biases = [name for name, _ in encoder.named_parameters() if name.endswith(".bias")]
    if Bitfit() in links and not biases:
        pytest.skip("no biases")


def hidden(model: Model) -> Tensor:
    with torch.no_grad():
        found: Tensor = model.eval().encoder(BATCH.ids_RL, BATCH.mask_RL, BATCH.types_RL)
    return found


def begun(workshop: Workshop, links: tuple[Link, ...]) -> tuple[Model, Model]:
    """The model of a finished chain, and the one that another training makes of it."""
    *before, (carry, method) = [link if isinstance(link, tuple) else ("continue", link) for link in links]
    last, model = finish(workshop, *before)
    return model, begin_model(workshop, stage(last, method, carry=carry))


@pytest.mark.parametrize("links", KEPT, ids=told)
def test_what_is_carried_gives_what_it_gave(links: tuple[Link, ...], workshop: Workshop) -> None:
    usable(workshop, links)
    model, next_one = begun(workshop, links)
    # torch's attention kernels for mT5 differ where the position bias wants a gradient
    for each in (model, next_one):
        each.requires_grad_(False)
    assert torch.equal(hidden(next_one), hidden(model))


@pytest.mark.parametrize("links", FOLDED, ids=told)
def test_updates_become_a_part_of_their_matrices(links: tuple[Link, ...], workshop: Workshop) -> None:
    model, next_one = begun(workshop, links)
    for each in (model, next_one):
        each.requires_grad_(False)
    wanted, plain = hidden(model), load_encoder(workshop.source(BASE), 0.0)
    torch.testing.assert_close(hidden(next_one), wanted, rtol=1e-4, atol=1e-4)
    assert not torch.allclose(hidden(Model(plain, model.head, Full())), wanted, rtol=0.1, atol=0.1)
    if links[-1] == ("merge", Full()):
        assert dict(next_one.encoder.named_parameters()).keys() == dict(plain.named_parameters()).keys()


@pytest.mark.parametrize("method", [LORA, ALL, DORA, Lora(variant="rank-stabilised"), IA3, NORMS], ids=label)
def test_a_part_of_their_matrices_does_what_updates_did(method: Method, workshop: Workshop) -> None:
    _, model = finish(workshop, method)
    model.double()
    before = hidden(model)
    set_aside(model.encoder)
    torch.testing.assert_close(hidden(model), before, rtol=1e-6, atol=1e-6)
    assert opened(model.encoder) is None


@pytest.mark.parametrize("links", FRESH, ids=told)
def test_nothing_is_left_of_what_was_thrown_away(links: tuple[Link, ...], workshop: Workshop) -> None:
    usable(workshop, links)
    _, next_one = begun(workshop, links)
    plain = load_encoder(workshop.source(BASE), 0.0)
    assert torch.equal(hidden(next_one), hidden(Model(plain, next_one.head, Full())))


def test_what_was_tuned_as_a_whole_is_not_thrown_away(workshop: Workshop) -> None:
    tuned, model = finish(workshop, Full())
    learn(workshop, adapted := stage(tuned, THIN))
    third = begin_model(workshop, stage(adapted, THIN, carry="fresh"))
    for each in (model, third):
        each.requires_grad_(False)
    assert torch.equal(hidden(third), hidden(model))
    assert weights_read(stage(adapted, THIN, carry="fresh")) == [tuned]


@pytest.mark.parametrize("links", [*KEPT, *FOLDED, *FRESH], ids=told)
def test_a_finished_chain_loads_as_it_was(links: tuple[Link, ...], workshop: Workshop) -> None:
    """Although the weights of all trainings that are not in its lineage are gone."""
    usable(workshop, links)
    last, model = finish(workshop, *links)
    read, each = {training.id for training in lineage(last)}, last.start
    while isinstance(each, Train):
        if each.id not in read:
            (workshop.store.folder(each) / "weights.safetensors").unlink()
        each = each.start
    loaded = load_model(workshop, last)
    assert same(tensors(loaded), tensors(model))
    assert torch.equal(logits(loaded), logits(model))


def test_only_the_upper_adapters_of_a_stack_learn_and_are_saved(workshop: Workshop) -> None:
    last, model = finish(workshop, THIN, ("stack", WIDE))
    names = [name for name, _ in model.learned() if name.startswith("encoder.")]
    assert names == [f"encoder.{name}" for name, tensor in model.encoder.named_parameters() if tensor.requires_grad]
    units, layers = WIDTH // WIDE.reduction, len(model.encoder.layers)
    assert sum(t.numel() for _, t in WIDE.trained(model.encoder)) == layers * (2 * WIDTH * units + units + WIDTH)
    first = load_model(workshop, last.start)  # type: ignore[arg-type]
    below = {name.replace("earlier_1", "layers"): t for name, t in tensors(model).items() if "earlier_1" in name}
    assert same(below, {name: tensor for name, tensor in tensors(first).items() if "adapters" in name})


def test_after_unfreezing_everything_learns(workshop: Workshop) -> None:
    _, model = finish(workshop, THIN, ("stack", WIDE), ("unfreeze", Full()))
    assert all(tensor.requires_grad for tensor in model.encoder.parameters())
    learned = {name for name, _ in model.learned()}
    assert {f"encoder.{name}" for name, _ in model.encoder.named_parameters()} <= learned
    assert any(".earlier_2." in name for name in learned)


def test_stacked_adapters_are_drawn_anew(workshop: Workshop) -> None:
    first, model = finish(workshop, THIN)
    second = begin_model(workshop, stage(first, THIN, carry="stack"))
    drawn = dict(THIN.trained(second.encoder))
    assert all(tensor.any() for name, tensor in drawn.items() if name.endswith("down.weight"))
    assert not any(tensor.any() for name, tensor in drawn.items() if ".up." in name)
    assert not same(dict(THIN.trained(model.encoder)), drawn)  # type: ignore[arg-type]


def test_frozen_adapters_below_the_first_that_learns_keep_nothing_for_gradients(tiny_encoder: Tiny) -> None:
    """What a training keeps in its first layer is what the same training keeps without them."""
    kept = {}
    for below in (False, True):
        encoder = load_encoder(local(tiny_encoder("bert")), 0.0)
        if below:
            THIN.attach(encoder)
            set_aside(encoder)
        WIDE.attach(encoder)
        WIDE.draw(encoder, 0)
        encoder.end_at(1)
        sizes: list[int] = []

        def keep(tensor: Tensor, sizes: list[int] = sizes) -> Tensor:
            sizes.append(tensor.numel())
            return tensor

        with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
            encoder(BATCH.ids_RL, BATCH.mask_RL, BATCH.types_RL)
        kept[below] = sum(sizes)
    assert kept[True] == kept[False] > 0


# What may follow what

METHODS: tuple[Method, ...] = (Full(), Head(), Bitfit(), THIN, WIDE, TWO, LORA, ALL, IA3, Fusion())


@pytest.mark.parametrize(
    ("earlier", "later", "carry", "message"),
    [
        (
            THIN,
            WIDE,
            "continue",
            r"reduction = 8.* comes before .*reduction = 4.*; expected equal settings, or .*'stack'",
        ),
        (THIN, Full(), "continue", r"expected equal settings, or carry = 'fresh' or 'unfreeze'"),
        (LORA, Full(), "continue", r"expected equal settings, or carry = 'fresh' or 'merge'"),
        (THIN, LORA, "continue", "expected equal settings, or carry = 'fresh'"),
        (THIN, LORA, "stack", "expected adapters above adapters, or updates first"),
        (THIN, TWO, "stack", "expected one placement"),
        (Full(), Full(), "stack", "expected adapters or updates above earlier ones"),
        (Bitfit(), Bitfit(), "stack", "expected adapters or updates above earlier ones"),
        (Full(), Full(), "fresh", r"after a full one, name the sequence \[\]"),
        (THIN, Full(), "merge", "expected lora or peft as intermediate_method, and full as method"),
        (LORA, LORA, "merge", "expected lora or peft as intermediate_method, and full as method"),
        (LORA, Full(), "unfreeze", "expected bottleneck as intermediate_method, and full as method"),
        (LORA, Fusion(), "fuse", "expected bottleneck as intermediate_method, and fusion as method"),
        (TWO, Fusion(), "fuse", "expected placement 'pfeiffer'"),
        (Madx(), Fusion(), "fuse", "expected bottleneck as intermediate_method, and fusion as method"),
        (Madx(), Full(), "unfreeze", "expected bottleneck as intermediate_method, and full as method"),
    ],
)
def test_what_makes_no_sense_is_said_in_the_plan(earlier: Method, later: Method, carry: Any, message: str) -> None:
    arm = {"name": "odd", "method": later, "intermediate_method": earlier, "carry": carry}
    study = small_study(arms=({**arm, "sequences": (("pocket-tags",),)},))
    with pytest.raises(ValueError, match=f"arm odd.carry: carry is '{carry}', but .*{message}"):
        make_plan(study)


@pytest.mark.parametrize("carry", ["continue", *(each for each in RULES if each != "fuse")])
def test_what_is_not_refused_works(carry: Any, tiny_encoder: Tiny, tmp_path: Path) -> None:
    workshop = workshop_on(tiny_encoder("bert"), tmp_path)
    for earlier, later in product(METHODS[:-1], METHODS):
        if not any(unfit(earlier, later, carry)) and "fusion" not in (earlier.learns, later.learns):
            last, model = finish(workshop, earlier, (carry, later))
            assert torch.equal(logits(load_model(workshop, last)), logits(model)), (earlier, later)


def test_a_fusion_without_models_side_by_side_is_refused() -> None:
    arm = {"name": "odd", "method": "fusion", "intermediate_method": "bottleneck"}
    with pytest.raises(ValueError, match="fusion needs adapters side by side; write carry = 'fuse'"):
        make_plan(small_study(arms=({**arm, "sequences": (("pocket-tags",),)},)))
    fused = {**arm, "carry": "fuse", "sequences": ((), ("pocket-tags",))}
    with pytest.raises(ValueError, match=r"sequence \[\] leaves no adapters to fuse"):
        make_plan(small_study(arms=(fused,)))
    for twice in ((TAGS_THEN_PAWS, TAGS_THEN_PAWS[::-1]), (("pocket-tags", "pocket-tags"),)):
        with pytest.raises(ValueError, match=r"pocket-.*, pocket-tags are fused twice"):
            make_plan(small_study(arms=({**arm, "carry": "fuse", "sequences": twice},)))
    fused = {**arm, "carry": "fuse", "sequences": (("pocket-tags",),)}
    with pytest.raises(ValueError, match="pocket-tatoeba is not trained"):
        make_plan(small_study(arms=(fused,), targets=("pocket-tatoeba",)))


def test_settings_for_intermediate_tasks_without_any_are_refused() -> None:
    for idle in ({"carry": "stack"}, {"intermediate_method": "lora"}, {"intermediate_recipe": {"steps": 3}}):
        arm = {"name": "idle", "method": "bottleneck", **idle}
        with pytest.raises(ValueError, match="about intermediate tasks, and the arm has none"):
            make_plan(small_study(arms=(arm,)))


# What an arm becomes


def planned(**arm: Any) -> list[Train]:
    study = small_study(arms=({"name": "only", **arm},), seeds=(1,), targets=("pocket-nli",))
    return list(trainings(make_plan(study).stages))


TAGS_THEN_PAWS = ("pocket-tags", "pocket-paws")


def test_a_stack_grows_with_every_task() -> None:
    first, second, third = planned(method="bottleneck", carry="stack", sequences=(TAGS_THEN_PAWS,))
    assert [each.carry for each in (first, second, third)] == ["continue", "stack", "stack"]
    assert (second.start, third.start) == (first, second)
    assert "-stack-bottleneck-" in slug(third)


def test_merging_waits_for_the_target() -> None:
    pace = {"intermediate_recipe": {"learning_rate": 3e-4}, "recipe": {"learning_rate": 1e-5}}
    arm = {"intermediate_method": "lora", "carry": "merge", "sequences": ((), TAGS_THEN_PAWS), **pace}
    alone, first, second, third = planned(**arm)
    assert [each.carry for each in (alone, first, second, third)] == ["continue", "continue", "continue", "merge"]
    assert [type(each.method) for each in (alone, first, second, third)] == [Full, Lora, Lora, Full]
    assert [each.recipe.learning_rate for each in (alone, first, second, third)] == [1e-5, 3e-4, 3e-4, 1e-5]
    assert weights_read(third) == [first, second]
    assert lineage(third) == [third]


def test_models_that_are_fused_are_trained_side_by_side() -> None:
    arm = {"method": "fusion", "intermediate_method": "bottleneck", "carry": "fuse", "sequences": (TAGS_THEN_PAWS,)}
    tags, paws, fused = planned(**arm)
    assert isinstance(tags.start, Base)
    assert isinstance(paws.start, Base)
    assert (tags.carry, paws.carry, fused.carry) == ("continue", "continue", "fuse")
    assert (fused.start, fused.beside, fused.depth) == (tags, (paws,), 1)
    assert weights_read(fused) == [tags, paws]
    assert lineage(fused) == [tags, paws, fused]
    assert chain(fused) == ("(pocket-tags,pocket-paws)", "pocket-nli")


def test_arms_that_differ_only_later_share_their_first_training() -> None:
    arms = tuple(
        {"name": carry, "method": "bottleneck", "carry": carry, "sequences": (("pocket-paws",),)}
        for carry in ("continue", "stack", "fresh")
    )
    plan = make_plan(small_study(arms=arms, seeds=(1,), targets=("pocket-nli",)))
    assert len(list(trainings(plan.stages))) == 1 + len(arms)


def test_ids_of_what_needs_no_carry_stay() -> None:
    last = stage(stage(BASE, THIN), THIN)
    assert {"carry", "beside"}.isdisjoint(last.payload)
