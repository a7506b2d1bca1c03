"""Which words name a person, a place or an organisation? Wikipedia's links in 48 languages, labelled by machine."""

from crosswind.formats import TAG, Example
from crosswind.formats.tag import Tagging
from crosswind.sources.published import Folder, Hub
from crosswind.sources.rows import Row, one_of
from crosswind.sources.word_lines import Columns
from crosswind.tasks.base import Provenance, Split
from crosswind.tasks.published import TAGGING, PublishedTask, varieties

REVISION = "f0a3be6dc5564c0cc4150bb660144800a1f539d4"

CODES = (
    "af ar az bg bn de el en es et eu fa fi fr gu he hi hu id it ja jv ka kk ko lt ml mr ms my nl pa pl pt qu ro ru sw "
    "ta te th tl tr uk ur vi yo zh"
)
LABELS = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")
SPLITS: tuple[Split, ...] = ("train", "dev", "test")
SMALL = dict.fromkeys(["af", "az", "bn", "hi", "kk", "ml", "mr", "ms", "sw", "ta", "te", "tl", "ur"], 1_000)
SMALLEST = dict.fromkeys(["gu", "jv", "my", "pa", "qu", "yo"], 100)


class Panx(PublishedTask):
    format = TAG
    labels = LABELS
    metric = "entity_f1"
    chance = 0.0
    role = "ner"
    source = "en"
    languages = varieties(CODES, "machine-labelled")
    sizes = {"train": 20_000, "dev": 10_000, "test": 10_000}
    exact_sizes = {"dev": SMALL | SMALLEST, "test": SMALL | SMALLEST}
    recipe = TAGGING
    sources = (
        Folder(
            files={split: f"panx/{split}-{{code}}.tsv" for split in SPLITS}, reader=Columns(("tokens", "tags"), "\t")
        ),
        Folder(
            files={split: f"panx_dataset/{{code}}/{split}" for split in SPLITS},
            reader=Columns(("prefixed", "tags"), "\t"),
        ),
        Hub(
            id="unimelb-nlp/wikiann",
            revision=REVISION,
            config="{code}",
            splits={"train": "train", "dev": "validation", "test": "test"},
            columns={"tags": "ner_tags"},
        ),
    )
    provenance = Provenance(
        source="WikiAnn (PAN-X) in the splits of Rahimi et al., in XTREME's folder and on the hub",
        revision=REVISION,
        licence="unknown",
        licence_url="https://huggingface.co/datasets/unimelb-nlp/wikiann",
        citation="Pan et al. (2017), Cross-lingual Name Tagging and Linking for 282 Languages, ACL P17-1178; split by "
        "Rahimi, Li and Cohn (2019), arXiv:1902.00193; as part of XTREME, arXiv:2003.11080, and XTREME-R, "
        "arXiv:2104.07412",
        translated="not translated",
        redistributable=False,
        test_labels="public in the original release and on the hub, left out in XTREME's folder, which is passed over",
        issues="labelled by machine from links; many items are bare titles; Chinese, Japanese and Thai come as single "
        "characters; XTREME-R's text speaks of raw text, its code reads these tokens",
    )

    def blank(self, row: Row) -> bool:
        return not row["tags"]

    def parse(self, row: Row) -> Example:
        tokens = row.words("tokens") if "tokens" in row else tuple(map(unprefixed, row.words("prefixed")))
        uid = str(row.number)
        tags = tuple(one_of(LABELS, tag) for tag in row.words("tags"))
        return Tagging(uid=uid, cluster=uid, tokens=tokens, tags=tags)


def unprefixed(token: str) -> str:
    """A word of the original release without its language, which stands before the first colon."""
    return token.partition(":")[2].strip() if ":" in token else token
