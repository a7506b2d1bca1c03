"""What each robust objective does to clean and to perturbed scores, against its matched controls.

    python measurements/objectives.py --store .measurements

Runs studies/pocket-objectives.toml where the store lacks it. Answers the fifth question of docs/pocket.md. Adversarial
training is also compared with steps of the same size in a random direction, which costs as many passes.
"""

from contrasts import measure

REFERENCES = {
    ("full", ""): ("full", ""),
    ("noise", ""): ("full", ""),
    ("random", ""): ("full", ""),
    ("adversarial", ""): ("random", ""),
}

if __name__ == "__main__":
    measure("objectives", "Robust objectives", REFERENCES, __doc__ or "")
