"""From a study to its stages: expand what multiplies, merge what is equal, put parents before children."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple, TypeVar

from crosswind.arms import Arm, spelled
from crosswind.chains import Chains, Turn
from crosswind.complaints import Mistake
from crosswind.conditions import CLEAN, Case
from crosswind.controlled import Companion, uncontrolled, unmet_controls
from crosswind.controls.base import Chain, Control, Senseless
from crosswind.formats import MINE
from crosswind.identity import Stage
from crosswind.polls import fitted
from crosswind.refusals import pointless, refuse_untrainable
from crosswind.sets import Sets
from crosswind.stages import Base, Evaluate, Perturb, Train, Vote, families_seen, kind, label, parents, reads
from crosswind.study import Study
from crosswind.tasks.base import Task
from crosswind.text.words import segmenter
from crosswind.tongues import adapters_of

S = TypeVar("S", bound=Stage)


class Cell(NamedTuple):
    """One number of the study: which arm, sequence, target, seed, language and condition it belongs to.

    `stage` is the id of its Evaluate stage, empty where the condition does not apply; `reason` says why it does not.
    Many cells may share a stage: all seeds and arms do that ask the pre-trained encoder itself.

    `adapter` is the language whose adapter is spoken, "none" where none is though the arm has some: then, and where it
    is another than the cell's own, it stands in for one that could not be made.

    `validity` is the class of the condition there (applicability.py), `family` its kind of change, `track` which texts
    of a question it changes, `core` whether it belongs to headline means. Of clean text they are empty. `seen` says
    whether the model has learned from text changed in the same kind of way.

    `control_of` is the arm that the cell's is a control of, empty for those that the study names. The `sequence` of a
    control is the one that it stands beside, whatever it was trained on itself.
    """

    arm: str
    sequence: str
    target: str
    seed: int
    language: str
    condition: str
    severity: int
    draw: int
    stage: str
    reason: str
    validity: str = ""
    family: str = ""
    track: str = ""
    core: bool = False
    seen: bool = False
    adapter: str = ""
    control_of: str = ""


class Ballot(NamedTuple):
    """A cell of which the vote is asked that is named; its `stage` is the id of a Vote."""

    vote: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class Plan:
    """The stages of a study in an order in which parents come first, and what each evaluation stands for.

    `uncontrolled` says of every claim, by its name, which controls that it calls for there cannot be.
    """

    study: Study
    stages: Mapping[str, Stage]
    cells: tuple[Cell, ...]
    one_by_one: int
    folders: Mapping[str, str]
    companions: tuple[Companion, ...] = ()
    ballots: tuple[Ballot, ...] = ()
    uncontrolled: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def count(self, name: str) -> int:
        """How many stages of one kind there are."""
        return sum(kind(stage) == name for stage in self.stages.values())

    def without_models(self) -> "Plan":
        """The plan as far as its perturbed sets need it: no training of it, and no evaluation."""
        wanted: dict[str, Stage] = {}
        for stage in reversed(list(self.stages.values())):
            if stage.id in wanted or (isinstance(stage, Perturb) and stage.data.split == "test"):
                wanted |= {each.id: each for each in (stage, *reads(stage))}
        return replace(self, stages={key: stage for key, stage in self.stages.items() if key in wanted})


def make_plan(study: Study) -> Plan:
    """Expand a study. Nothing is read or run; equal stages, from whatever arms, are one.

    Raises ValueError where the study asks for training that a task does not have, or for controls of what is not there.
    """
    refuse_untrainable(study)
    base, folder = study.base.base()
    planner = Planner(study, base)
    for number, arm in enumerate(study.arms):
        planner.expand(arm, number)
    study.refuse(planner.refused)
    asked = ((cell.control_of or cell.arm, cell.stage) for cell in planner.cells)
    study.refuse(pointless(study, planner.stages, asked))
    study.refuse(unmet_controls(planner.chains, planner.companions))
    folders = {base.revision: folder} if folder else {}
    companions, ballots = tuple(planner.companions), tuple(planner.ballots)
    return Plan(
        study=study,
        stages=planner.stages,
        cells=tuple(planner.cells),
        one_by_one=planner.one_by_one,
        folders=folders,
        companions=companions,
        ballots=ballots,
        uncontrolled=uncontrolled(planner.chains),
    )


@dataclass
class Planner:
    """The state of one expansion: stages so far, in order, and what they stand for."""

    study: Study
    base: Base
    stages: dict[str, Stage] = field(default_factory=dict)
    cells: list[Cell] = field(default_factory=list)
    ballots: list[Ballot] = field(default_factory=list)
    one_by_one: int = 0
    companions: list[Companion] = field(default_factory=list)
    refused: list[Mistake] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sets = Sets(self.study, self.base)
        self.chains = Chains(self.study, self.base, self.sets)

    def expand(self, arm: Arm, number: int) -> None:
        """The chains of the arm of that number with their evaluations, then those of its controls."""
        sizes = self.chains.sizes(arm)
        self.refused += ((("arm", number, "equal_size"), told) for told in self.chains.unequal(arm))
        for sequence in arm.every_sequence:
            for target in self.study.targets:
                for seed in self.study.seeds:
                    whose = Whose(arm.name, spelled(sequence), seed)
                    adapters: set[str] = set()
                    for turn, codes in self.chains.turns(arm, target, seed):
                        chain = self.chains.chain(turn, sequence, target, sizes)
                        adapters |= self.grow(chain, whose, turn, codes)
                    self.one_by_one += len(adapters)
        for control in arm.controls:
            try:
                self.accompany(arm, control, control.seeds_beside(self.study.seeds), sizes)
            except Senseless as reason:
                told = f"it cannot have the control {label(control)}: {reason}"
                self.refused.append((("arm", number, "controls"), told))

    def accompany(self, arm: Arm, control: Control, seeds: tuple[int, ...], sizes: tuple[int, ...]) -> None:
        """The chains of one control, beside those of the arm's that have one; raises Senseless where none has."""
        companion = Companion(arm.control_name(control), arm.name, control)
        for sequence in arm.every_sequence:
            for target in self.study.targets:
                pair = spelled(sequence), label(self.study.place(target))
                turns = [each for seed in seeds for each in self.chains.turns(arm, target, seed)]
                chains = [self.chains.chain(turn, sequence, target, sizes) for turn, _ in turns]
                try:
                    found = [control.beside(chain) for chain in chains]
                except Senseless as reason:
                    companion.absent[pair] = str(reason)
                    continue
                companion.pairs.append(pair)
                for (turn, codes), chain in zip(turns, found, strict=True):
                    whose = Whose(companion.name, pair[0], turn.seed, arm.name)
                    adapters = self.grow(chain, whose, turn, codes)
                    self.one_by_one += len(adapters)
        if not companion.pairs:
            raise Senseless("; ".join(dict.fromkeys(companion.absent.values())))
        self.companions.append(companion)

    def grow(self, chain: Chain, whose: "Whose", turn: Turn, codes: Iterable[str]) -> set[str]:
        """The stages of a chain, and its evaluations in some languages under every condition.

        Gives the ids of the language adapters that it stands on.
        """
        model = self.add(chain.model) if isinstance(chain.model, Train) else chain.model
        self.one_by_one += len(chain.trainings)
        adapters = {each.id for each in adapters_of(model)}
        for language in codes:
            spoken, adapter = self.chains.spoken(turn, model, language)
            adapters |= {adapter.id} if adapter else set()
            for case, asked, made in self.asked(chain, whose, language, adapter):
                found = made._replace(stage=self.add(asked).id if asked else "", adapter=spoken)
                self.cells.append(found)
                if asked and not whose.control_of:
                    self.ballots += self.votes(asked, found, chain.target, case)
        return adapters

    def asked(
        self, chain: Chain, whose: "Whose", language: str, adapter: Train | None
    ) -> Iterator[tuple[Case | None, Evaluate | None, Cell]]:
        """The evaluations of a chain in one language, clean and under every condition, each with its cell."""
        target = chain.target
        pool = self.sets.pool(target)
        dev = self.sets.dataset(target, language, "dev") if target.format is MINE else None
        model = self.stages[chain.model.id] if isinstance(chain.model, Train) else chain.model
        seen, name = families_seen(chain.model), label(target)
        for case, data in self.sets.conditions(target, language):
            asked = None
            if data:
                asked = Evaluate(model=model, data=data, pool=pool, dev=dev, language_adapter=adapter)
            yield case, asked, cell(whose, name, language, "", case, seen)

    def votes(self, asked: Evaluate, cell: Cell, target: Task, case: Case | None) -> Iterator[Ballot]:
        """The votes that the study wants held on what an evaluation asks, and of the same model."""
        for poll in self.study.polls:
            if poll.asks(cell.arm, cell.target) and poll.on(case):
                assert isinstance(asked.model, Train), "refusals.py has seen to it"
                voting, reason = fitted(poll.voting, target, cell.language, self.study.codes(target))
                stage = Vote(
                    model=asked.model,
                    data=asked.data,
                    voting=voting,
                    distances=self.chains.distances(asked.model.task) if voting.needs_translations else None,
                    segmenter=segmenter(self.study.segmenter).id,
                    language_adapter=asked.language_adapter,
                )
                own = "" if reason else self.add(stage).id
                yield Ballot(label(poll.voting), cell._replace(stage=own, reason=reason))

    def add(self, stage: S) -> S:
        """The stage itself, or the equal one that is there already; what it reads is there before it."""
        if stage.id not in self.stages:
            for parent in parents(stage):
                self.add(parent)
            self.stages[stage.id] = stage
        return self.stages[stage.id]  # type: ignore[return-value]


class Whose(NamedTuple):
    """The arm, sequence and seed of a chain, and which arm it is a control of, if of any."""

    arm: str
    sequence: str
    seed: int
    control_of: str = ""


def cell(whose: Whose, target: str, language: str, stage: str, case: Case | None, seen: Collection[str] = ()) -> Cell:
    """A cell of clean text, or of a case; `seen` are the families of changes that the model has learned from."""
    arm, sequence, seed, control_of = whose
    if case is None:
        return Cell(arm, sequence, target, seed, language, CLEAN, 0, 0, stage, "", control_of=control_of)
    return Cell(
        arm,
        sequence,
        target,
        seed,
        language,
        case.name,
        case.severity,
        case.draw,
        stage,
        case.reason,
        case.validity,
        case.perturbation.family,
        case.track,
        case.is_core,
        case.perturbation.family in seen,
        control_of=control_of,
    )


def trainings(stages: Mapping[str, Stage]) -> Iterator[Train]:
    """The training stages of a plan, parents first."""
    return (stage for stage in stages.values() if isinstance(stage, Train))
