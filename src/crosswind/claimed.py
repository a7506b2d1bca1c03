"""What the claims of a study refer to: its treatments, targets, languages and conditions; and what is not there."""

import hashlib
from collections.abc import Iterator
from typing import Any, NamedTuple

from crosswind import languages
from crosswind.arms import BESIDE, Arm, spelled
from crosswind.catalog import suggestion
from crosswind.choices import ALL, of_task
from crosswind.claims.declared import BETWEEN, ON_CLEAN, OTHERS, SOURCE, Claim, parted
from crosswind.complaints import Place
from crosswind.conditions import cases
from crosswind.identity import canonical
from crosswind.stages import label
from crosswind.study import Study
from crosswind.tasks.base import Task
from crosswind.tasks.versions import parallel


class Placed(NamedTuple):
    """A treatment of a study: an arm and one of its sequences, named as the cells of a plan are."""

    arm: str
    sequence: str

    @property
    def told(self) -> str:
        """It in words."""
        return f"arm {self.arm} with {self.sequence}" if self.sequence else f"arm {self.arm} with no intermediate task"


def placed(study: Study, name: str) -> Placed:
    """The treatment that a claim names; raises ValueError where the study has none of that name.

    An arm's name alone stands for its training without intermediate tasks, or for its only sequence. A control is named
    as its cells are, and stands beside the same sequences as its arm.
    """
    arm_name, wanted = parted(name)
    own = sequences(arm_called(study, arm_name))
    if wanted is None:
        if len(own) > 1 and "" not in own:
            told = ", ".join(f'"{arm_name}{BETWEEN}{sequence}"' for sequence in own)
            raise ValueError(f"arm {arm_name} has several sequences and none without intermediate tasks; say {told}")
        return Placed(arm_name, "" if "" in own else own[0])
    if wanted not in own:
        named = [sequence for sequence in own if sequence]
        raise ValueError(f"arm {arm_name} has no sequence {wanted!r}{suggestion(wanted, named)}")
    return Placed(arm_name, wanted)


def arm_called(study: Study, name: str) -> Arm:
    """The arm of that name, or the one whose control has it; raises ValueError where there is neither."""
    known = {arm.name: arm for arm in study.arms}
    controls = {arm.control_name(control): arm for arm in study.arms for control in arm.controls}
    if name in known or name in controls:
        return (known | controls)[name]
    owner = max((each for each in known if name.startswith(each + BESIDE)), key=len, default=None)
    if owner is None:
        raise ValueError(f"the study has no arm {name!r}{suggestion(name, [*known, *controls])}")
    own = [control for control, arm in controls.items() if arm.name == owner]
    lacking = name.removeprefix(owner + BESIDE)
    hint = suggestion(name, own) if own else f'; give it controls = ["{lacking}"]'
    raise ValueError(f"arm {owner} has no control {lacking!r}{hint}")


def sequences(arm: Arm) -> list[str]:
    """The sequences of an arm as cells name them."""
    return list(map(spelled, arm.every_sequence))


def targets(study: Study, claim: Claim) -> list[Task]:
    """The targets that a claim is about, in the study's order."""
    return [task for task in study.targets if ALL in claim.targets or label(task) in claim.targets]


def codes(study: Study, claim: Claim, target: Task) -> list[str]:
    """The languages of one of its targets that a claim is about, in the study's order."""
    spoken = study.codes(target)
    chosen: set[str] = set()
    for name in claim.languages:
        match name:
            case "all":
                chosen |= {*spoken}
            case "all-but-source":
                chosen |= {code for code in spoken if code != target.source}
            case "source":
                chosen |= {target.source}
            case _:
                chosen |= {*of_task(target, (name,))}
    return [code for code in spoken if code in chosen]


def spoken(study: Study, claim: Claim, target: Task) -> list[str]:
    """The languages of a claim; where it is about the gap to the source, the source with them."""
    own = codes(study, claim, target)
    return [*own, target.source] if claim.estimand.endswith("transfer_gap") and target.source not in own else own


def about(study: Study, claim: Claim) -> set[str]:
    """The conditions that a claim is about, as cells name them."""
    return {
        case.name
        for target in targets(study, claim)
        for condition in study.every_condition
        for code in codes(study, claim, target)
        for case in cases(condition, target, code, study.codes(target))
        if ALL in claim.conditions
        or {case.name, case.perturbation.label, condition.name} & {*claim.conditions}
        or label(condition.perturbation).partition(":")[0] in claim.conditions
    }


def digest(study: Study) -> str:
    """What tells whether claims were changed after results were seen: the start of a sha256 of all of them."""
    # Without what is not said, as digests that papers have printed are older than it.
    told: dict[str, Any] = {
        "claims": [
            claim.model_dump(mode="json", exclude=set() if claim.source else {"source"}) for claim in study.claims
        ]
    }
    if study.looks > 1:
        told["looks"] = study.looks
    return hashlib.sha256(canonical(told).encode()).hexdigest()[:12]


def unmet_claims(study: Study) -> Iterator[tuple[Place, str]]:
    """What claims name and the study does not have."""
    for number, claim in enumerate(study.claims):
        wrong = [*astray(study, claim), *misplaced(study, claim)]
        for key, message in wrong:
            yield ("claim", number, key), message


def astray(study: Study, claim: Claim) -> Iterator[tuple[str, str]]:
    """Treatments and targets that are not there."""
    there: dict[str, Placed] = {}
    for key, name in claim.roles:
        try:
            there[name] = placed(study, name)
        except ValueError as error:
            yield key, str(error)
    weighed = [there[name] for name in claim.contrast if name in there]
    for one in dict.fromkeys(one for one in weighed if weighed.count(one) > 1):
        yield "contrast", f"it weighs one treatment under two names, {one.told}; name it once"
    known = [label(task) for task in study.targets]
    for name in claim.targets:
        if name not in {*known, ALL}:
            yield "targets", f"the study has no target {name!r}{suggestion(name, known)}"


def misplaced(study: Study, claim: Claim) -> Iterator[tuple[str, str]]:
    """Languages and conditions that are not there, or not in any of the targets."""
    own = targets(study, claim)
    if not own:
        return
    if not any(codes(study, claim, target) for target in own):
        known = {code for target in own for code in study.codes(target)} | {ALL, OTHERS, SOURCE, *languages.GROUPS}
        name = claim.languages[0]
        yield "languages", f"the claim's targets have none of {', '.join(claim.languages)}{suggestion(name, known)}"
    yield from unlike_items(study, claim)
    if claim.estimand in ON_CLEAN:
        return
    if not about(study, claim):
        there = [condition.name for condition in study.every_condition]
        wanted = ", ".join(claim.conditions)
        yield (
            "conditions",
            f"{claim.estimand} asks for perturbed text, and the study has no condition {wanted}"
            + (f" (it has {', '.join(there)})" if there else "; declare a [[condition]]"),
        )
    else:
        yield from unmet_severities(study, claim)


def unlike_items(study: Study, claim: Claim) -> Iterator[tuple[str, str]]:
    """Targets whose items are others in every language, where a claim asks for equal answers to the same ones."""
    if not claim.estimand.endswith("agreement"):
        return
    for target in targets(study, claim):
        if len(parallel(target, codes(study, claim, target))) < 2:
            yield (
                "estimand",
                f"{claim.estimand} asks for answers to the same items in two languages, and {label(target)} has other "
                "items in each; name in targets and languages those that are translations",
            )


def unmet_severities(study: Study, claim: Claim) -> Iterator[tuple[str, str]]:
    """Severities that none of a claim's conditions has."""
    names = about(study, claim)
    there = {
        case.severity
        for target in targets(study, claim)
        for condition in study.every_condition
        for code in codes(study, claim, target)
        for case in cases(condition, target, code, study.codes(target))
        if case.name in names
    }
    if lacking := sorted({*(claim.severities or ())} - there):
        known = ", ".join(map(str, sorted(there)))
        yield "severities", f"its conditions have no severity {', '.join(map(str, lacking))} (allowed: {known})"
