"""What each robust objective does to clean and to perturbed scores, against plain training and its matched controls.

    python measurements/objectives.py --store .measurements

Runs studies/pocket-objectives.toml where the store lacks it. Answers the fifth question of docs/pocket.md. Adversarial
training is also compared with steps of the same size in a random direction, and with plain training of as many passes.
"""

from contrasts import measure

PLAIN = ("erm", "")
ARMS = ("noise", "fgm-0.01", "fgm-0.03", "freelb-0.03", "substitute", "codeswitch", "consistency")
CONTROLS = ("fgm-0.03+random_direction", "fgm-0.03+update_matched(by=compute)")
REFERENCES = {
    PLAIN: PLAIN,
    **{(arm, ""): PLAIN for arm in ARMS},
    **{(control, ""): PLAIN for control in CONTROLS},
}

if __name__ == "__main__":
    measure("objectives", "Robust objectives", REFERENCES, __doc__ or "")
