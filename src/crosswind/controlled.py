"""Controls beside the arms of a study, and whether those can be that claims name or call for.

Which controls a difference calls for is read from the trainings of both sides, not from what their arms are called: so
a control may itself be a side of a claim, and none is asked for that cannot be.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from crosswind import catalog
from crosswind.arms import spelled
from crosswind.chains import Chains
from crosswind.claimed import Placed, arm_called, placed, targets
from crosswind.claims.declared import BETWEEN, Claim
from crosswind.complaints import Place
from crosswind.controls.base import Chain, Control, Senseless, is_changed
from crosswind.controls.data_matched import DataMatched
from crosswind.controls.joint_same_task import JointSameTask
from crosswind.controls.label_shuffled import LabelShuffled
from crosswind.controls.random_direction import RandomDirection
from crosswind.controls.update_matched import UpdateMatched
from crosswind.formats import MLM, SPAN, SPAN_OR_NULL
from crosswind.identity import deviations
from crosswind.objectives.displacement import Climbing
from crosswind.stages import Perturb, label
from crosswind.tasks.base import Task


@dataclass(frozen=True, slots=True)
class Companion:
    """An arm that stands beside another one as its control.

    `pairs` are the sequences and targets where it does, `absent` those where it cannot, with the reason.
    """

    name: str
    of: str
    control: Control
    pairs: list[tuple[str, str]] = field(default_factory=list)
    absent: dict[tuple[str, str], str] = field(default_factory=dict)


class Wish(NamedTuple):
    """A control that a claim calls for, the arm that should have it, why, and why there is none if there cannot be."""

    arm: str
    control: Control
    reason: str
    impossible: str = ""

    @property
    def told(self) -> str:
        """The control as a study file has it."""
        name, settings = catalog.name_of(type(self.control)), dict(deviations(self.control))
        told = "".join(f", {key} = {json.dumps(value)}" for key, value in settings.items())
        return f'{{ kind = "{name}"{told} }}' if told else f'"{name}"'


def unmet_controls(chains: Chains, companions: Sequence[Companion]) -> Iterator[tuple[Place, str]]:
    """Controls that claims name where there are none, or without which something else could explain a difference."""
    for number, claim in enumerate(chains.study.claims):
        astray = [*absent(chains, claim, {each.name: each for each in companions})]
        for key, message in astray or [*lacking(chains, claim)]:
            yield ("claim", number, key), message


def absent(chains: Chains, claim: Claim, companions: Mapping[str, Companion]) -> Iterator[tuple[str, str]]:
    """Controls that a claim names and that do not stand beside its sequences, on all of its targets."""
    study = chains.study
    for key, name in claim.roles:
        one = placed(study, name)
        if one.arm not in companions:
            continue
        found = companions[one.arm].absent
        asked = {label(target): (one.sequence, label(study.place(target))) for target in targets(study, claim)}
        reasons = {target: found[pair] for target, pair in asked.items() if pair in found}
        if reasons:
            where = f"with {one.sequence}" if one.sequence else "without intermediate tasks"
            told = "; ".join(dict.fromkeys(reasons.values()))
            remedy = elsewhere(companions[one.arm], [target for target in asked if target not in reasons])
            yield key, f"there is no {one.arm} {where} on {', '.join(reasons)}: {told}; {remedy}"


def elsewhere(companion: Companion, others: Sequence[str]) -> str:
    """What could be named instead: the targets on which a control stands there, else its other sequences."""
    if others:
        return f"name in targets those that have it ({', '.join(others)})"
    named = dict.fromkeys(f'"{companion.name}{BETWEEN}{sequence}"' for sequence, _ in companion.pairs if sequence)
    return f"say {' or '.join(named)}" if named else "name another arm"


def lacking(chains: Chains, claim: Claim) -> Iterator[tuple[str, str]]:
    """Controls that a claim calls for, that there could be, and that the arm which it favours does not have."""
    for wish in wishes(chains, claim):
        if not wish.impossible and not is_there(chains, wish):
            told = f"give arm {wish.arm} controls = [{wish.told}], or say in waive why it can do without"
            yield "contrast", f"{wish.reason}; {told}"


def uncontrolled(chains: Chains) -> dict[str, tuple[str, ...]]:
    """What each claim would have to be controlled for and cannot be, in words."""
    return {
        claim.name: tuple(
            f"{wish.reason}, but {wish.arm} can have no {catalog.name_of(type(wish.control))}: {wish.impossible}"
            for wish in wishes(chains, claim)
            if wish.impossible
        )
        for claim in chains.study.claims
    }


def wishes(chains: Chains, claim: Claim) -> list[Wish]:
    """Every control that a primary claim calls for, once, where it waives none; possible if it is on any target."""
    found: dict[tuple[str, Control], Wish] = {}
    if claim.primary and not claim.waive:
        for target in targets(chains.study, claim):
            for wish in wishes_on(chains, claim, target):
                known = found.get(wish[:2])
                found[wish[:2]] = wish if known is None or not wish.impossible else known
    return list(found.values())


def wishes_on(chains: Chains, claim: Claim, target: Task) -> Iterator[Wish]:
    """The controls that a claim calls for on one target; a control has none of its own."""
    sides = {name: placed(chains.study, name) for name in claim.contrast}
    favoured = [sides[name] for name, weight in claim.contrast.items() if weight > 0]
    for one in (each for each in favoured if arm_called(chains.study, each.arm).name == each.arm):
        own = chain_of(chains, one, target)
        for other in (sides[name] for name, weight in claim.contrast.items() if weight < 0):
            for control, reason in called_for(own, chain_of(chains, other, target)):
                try:
                    control.beside(own)
                    yield Wish(one.arm, control, reason)
                except Senseless as why:
                    yield Wish(one.arm, control, reason, str(why))


def called_for(own: Chain, rival: Chain) -> Iterator[tuple[Control, str]]:
    """The controls that a difference of two chains calls for, with the reason."""
    if own.before and not rival.before:
        yield UpdateMatched(), "intermediate tasks also mean more updates"
        formats = {task.format for stage in own.before for task in stage.tasks.values()}
        if formats - {MLM}:
            yield LabelShuffled(), "intermediate tasks also bring more text"
        if own.target.format in formats & {SPAN, SPAN_OR_NULL}:
            yield JointSameTask(), "an intermediate task of the target's own kind is also more data of it"
    if dearness(own) > dearness(rival):
        yield UpdateMatched(by="compute"), "several passes also cost more than one"
    if climbs(own) and not moves(rival):
        yield RandomDirection(), "text that is moved uphill is also moved"
    if has_copies(own) and not is_changed(rival.trainings):
        yield DataMatched(), "copies of the training set are also more of it"


def is_there(chains: Chains, wish: Wish) -> bool:
    """Whether the arm has such a control; other settings than those that are called for do not matter."""
    wanted = list(deviations(wish.control))
    return any(
        isinstance(each, type(wish.control)) and all(getattr(each, name) == value for name, value in wanted)
        for each in arm_called(chains.study, wish.arm).controls
    )


def chain_of(chains: Chains, one: Placed, target: Task) -> Chain:
    """The trainings of a treatment on a target, with the first seed."""
    arm = arm_called(chains.study, one.arm)
    turn, _ = chains.turns(arm, target, chains.study.seeds[0])[0]
    sequence = next(each for each in arm.every_sequence if spelled(each) == one.sequence)
    chain = chains.chain(turn, sequence, target, chains.sizes(arm))
    control = next((each for each in arm.controls if arm.control_name(each) == one.arm), None)
    return control.beside(chain) if control else chain


def dearness(chain: Chain) -> float:
    """The passes of its dearest objective."""
    return max((stage.objective.cost for stage in chain.trainings), default=1.0)


def climbs(chain: Chain) -> bool:
    """Whether it moves embeddings uphill."""
    return any(each.direction == "gradient" for each in climbing(chain))


def moves(chain: Chain) -> bool:
    """Whether it moves embeddings, whatever way."""
    return any(True for _ in climbing(chain))


def climbing(chain: Chain) -> Iterator[Climbing]:
    return (stage.objective for stage in chain.trainings if isinstance(stage.objective, Climbing))


def has_copies(chain: Chain) -> bool:
    """Whether it learns from copies of training sets."""
    return any(isinstance(data, Perturb) for stage in chain.trainings for data in stage.data)
