"""Adapters and other parts against full fine-tuning, each at its own rate, after equally many updates.

    python measurements/methods.py --store .measurements

Runs studies/pocket-methods.toml where the store lacks it. Answers the sixth question of docs/pocket.md. The rates are
those of studies/pocket-method-rates.toml, five trials a method. Language adapters are compared with the same task
adapter without them.
"""

from contrasts import measure

FULL = ("full", "")
ARMS = ("full", "pfeiffer", "houlsby", "lora", "ia3", "bitfit", "head")
REFERENCES = {**{(arm, ""): FULL for arm in ARMS}, ("madx", ""): ("pfeiffer", "")}

if __name__ == "__main__":
    measure("methods", "Adapters and full fine-tuning", REFERENCES, __doc__ or "")
