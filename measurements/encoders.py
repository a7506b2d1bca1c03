"""How far the scores of another run of the encoder's pre-training lie from those of the encoder that ships.

    python tools/pocket_encoder.py --seed 2 --out ENCODER
    python measurements/encoders.py --other ENCODER --store .measurements

Runs studies/pocket-encoders.toml on both where the store lacks it.
"""

from pathlib import Path

import numpy as np

from crosswind import pocket
from crosswind.study import Study
from crosswind.study_file import load_study
from instruments import ROOT, Key, Sample, made, markdown, options, publish, samples

NEAR = 3.0  # points


def asked_of(study: Study, store: Path, workers: int) -> dict[str, Sample]:
    plan, outcomes = made(study, store, workers)
    return samples(plan, outcomes, ("language",))


def score(sample: Sample, language: str) -> float:
    key: Key = (language,)
    return float(np.asarray(sample.mean([key])).flat[0])


def main() -> None:
    parser = options(__doc__)
    parser.add_argument("--other", type=Path, required=True, help="what tools/pocket_encoder.py --out made")
    chosen = parser.parse_args()
    study = load_study(ROOT / "studies" / "pocket-encoders.toml")
    other = study.model_copy(update={"base": type(study.base)(path=str(chosen.other))})
    ours, theirs = (asked_of(each, chosen.store, chosen.workers) for each in (study, other))
    rows, apart = [], []
    for code in pocket.LANGUAGES:
        pairs = [(score(ours[target], code), score(theirs[target], code)) for target in ours]
        apart += [abs(there - here) for here, there in pairs]
        rows.append((code, *(f"{here:.1f}, {there:.1f}" for here, there in pairs)))
    near = sum(points <= NEAR for points in apart)
    text = [
        "# Another run of pre-training",
        "",
        f"{len(study.seeds)} seeds of fine-tuning; the encoder that ships, then the other. {near} of {len(apart)} "
        f"scores lie within {NEAR:.0f} points of each other, all within {max(apart):.1f}.",
        "",
        markdown(("language", *ours), rows),
    ]
    publish("encoders", "\n".join(text), {"near": near, "scores": len(apart), "furthest": max(apart), "rows": rows}, {})


if __name__ == "__main__":
    main()
