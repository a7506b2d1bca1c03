"""What training on another task first does to low-data targets: its order, its difficulty, and labels that say nothing.

    python measurements/intermediate.py --store .measurements

Runs studies/pocket-intermediate.toml where the store lacks it. Answers the fourth question of docs/pocket.md.
"""

from contrasts import measure
from crosswind.stages import label
from crosswind.study_file import load_study
from instruments import ROOT

if __name__ == "__main__":
    study = load_study(ROOT / "studies" / "pocket-intermediate.toml")
    names = [" > ".join(map(label, sequence)) for sequence in study.arms[0].sequences]
    arm = study.arms[0].name
    measure("intermediate", "Intermediate training", {(arm, name): (arm, "") for name in names}, __doc__ or "")
