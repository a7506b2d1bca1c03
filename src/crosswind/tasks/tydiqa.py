"""Questions that people asked in their own language, each with the paragraph of Wikipedia that answers it."""

from collections import Counter
from collections.abc import Iterator
from hashlib import sha256

from crosswind.formats import SPAN, Example
from crosswind.sources.published import Folder, Hub, Library
from crosswind.sources.readers import SquadJson
from crosswind.sources.rows import Row
from crosswind.tasks.base import Provenance, Split
from crosswind.tasks.published import READING, PublishedTask, held_back, question, quotes, varieties

REVISION = "da78f23f9119363459acbaf46bf89426ff26c259"

NAMES = {
    "ar": "arabic",
    "bn": "bengali",
    "en": "english",
    "fi": "finnish",
    "id": "indonesian",
    "ko": "korean",
    "ru": "russian",
    "sw": "swahili",
    "te": "telugu",
}
HELD_OUT = 10  # one paragraph in as many selects models, because the official development set is the test set
XTREME_TRAIN = "tydiqa/tydiqa-goldp-v1.1-train/tydiqa.goldp.{code}.train.json"
ORIGINAL_TRAIN = "tydiqa-goldp-v1.1-train.json"


class Tydiqa(PublishedTask):
    format = SPAN
    labels = ()
    metric = "squad"
    chance = 0.0
    role = "tydiqa"
    source = "en"
    languages = varieties(" ".join(NAMES), "native")
    sizes = {"train": 3_326, "dev": 370, "test": 565}
    exact_sizes = {
        "test": {"ar": 921, "bn": 113, "en": 440, "fi": 782, "id": 565, "ko": 276, "ru": 812, "sw": 499, "te": 669}
    }
    recipe = READING
    sources = (
        Folder(
            files={
                "train": XTREME_TRAIN,
                "dev": XTREME_TRAIN,
                "test": "tydiqa/tydiqa-goldp-v1.1-dev/tydiqa.goldp.{code}.dev.json",
            },
            reader=SquadJson(),
        ),
        Folder(
            files={"train": ORIGINAL_TRAIN, "dev": ORIGINAL_TRAIN, "test": "tydiqa-goldp-v1.1-dev.json"},
            reader=SquadJson(),
        ),
        Hub(
            id="google-research-datasets/tydiqa",
            revision=REVISION,
            config="secondary_task",
            splits={"train": "train", "dev": "train", "test": "validation"},
        ),
    )
    provenance = Provenance(
        source="TyDi QA 1.1, gold passage task, as released, in XTREME's folder and on the hub",
        revision=REVISION,
        licence="Apache-2.0",
        licence_url="https://github.com/google-research-datasets/tydiqa",
        citation="Clark et al. (2020), TyDi QA: A Benchmark for Information-Seeking Question Answering in "
        "Typologically Diverse Languages, arXiv:2003.05002; as part of XTREME, arXiv:2003.11080, and XTREME-R, "
        "arXiv:2104.07412",
        translated="not translated: every language has its own questions, so languages are not comparable one by one",
        redistributable=True,
        test_labels="public in the original release and on the hub, blanked in XTREME's folder, which is passed over",
        issues="the official development set is the test set, so a tenth of the training paragraphs, by their hash, "
        "selects models; XTREME cuts training ids until they are no longer unique, so rows go by a hash",
    )

    def rows(self, language: str, split: Split, library: Library) -> Iterator[Row]:
        """Where one file has all languages, ids begin with the language's name."""
        seen: Counter[str] = Counter()
        others = {name for code, name in NAMES.items() if code != language}
        for row in super().rows(language, split, library):
            if str(row.cells.get("id")).partition("-")[0] in others:
                continue
            paragraph, uid = hashed(row, "context"), row.cells.get("id")
            if split != "test":
                if (int(paragraph, 16) % HELD_OUT == 0) != (split == "dev"):
                    continue
                uid = hashed(row, "context", "question")
                seen[uid] += 1
                uid = uid if seen[uid] == 1 else f"{uid}-{seen[uid]}"
            yield row.having({"id": uid, "paragraph": paragraph})

    def blank(self, row: Row) -> bool:
        return held_back(row["answers"])

    def parse(self, row: Row) -> Example:
        return question(row, row.text("id"), row["paragraph"], quotes(row["answers"]))


def hashed(row: Row, *names: str) -> str:
    """What some cells hold, in sixteen hexadecimal digits."""
    return sha256("\0".join(str(row.cells.get(name)) for name in names).encode()).hexdigest()[:16]
