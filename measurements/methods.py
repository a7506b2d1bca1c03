"""Adapters against full fine-tuning after the same number of updates.

    python measurements/methods.py --store .measurements

Runs studies/pocket-methods.toml where the store lacks it. Answers the sixth question of docs/pocket.md.
"""

from contrasts import measure

REFERENCES = {
    ("full", ""): ("full", ""),
    ("pfeiffer", ""): ("full", ""),
    ("houlsby", ""): ("full", ""),
    ("head", ""): ("full", ""),
}

if __name__ == "__main__":
    measure("methods", "Adapters and full fine-tuning", REFERENCES, __doc__ or "")
