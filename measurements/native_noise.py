"""How near typo_native, typo_edit and typo_key come to noise that writers made: XNLI and PAN-X with real typos.

    CROSSWIND_DATA=... python measurements/native_noise.py

The noisy sets (XNLI de and hi, PAN-X de; words as Wikipedia's writers misspelt them) come without their clean text.
XNLI has every premise three times, and each copy got noise of its own: where copies differ, the form of the majority is
taken for clean. In PAN-X no sentence comes twice; there, rare words are paired with frequent ones nearly equal to them.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from crosswind.perturbations.base import Perturbed, Rated
from crosswind.perturbations.draws import Draw
from crosswind.perturbations.sampling import sample
from crosswind.perturbations.typo_edit import TypoEdit
from crosswind.perturbations.typo_key import TypoKey
from crosswind.perturbations.typo_native import TypoNative
from crosswind.text.edits import apply
from crosswind.text.item import Item, plain_field
from crosswind.text.normal import normalise
from crosswind.text.words import BUILTIN
from instruments import markdown, publish
from word_edits import OPERATIONS, PLACES, Change, columns, copies, difference, judged, paired, shape, shares, signs

DATA = Path(os.environ.get("CROSSWIND_DATA", "/nonexistent"))
PERTURBATIONS: Sequence[Rated] = (TypoNative(), TypoEdit(), TypoKey())
RATE, SEEDS = 0.2, (1, 2)
DRAWS = 100  # of the stray signs that typo_edit puts in, one of forty each time
COMMON, SHORTEST = 100, 3  # how often a word must come to be looked for misspelt, and in how many clusters
OFTEN = 20  # from so many times on a form counts as a word that people write on purpose
HEAD = f"""# Made and real misspellings

Real: words in which copies of one premise differ, the form of the majority taken for clean. Made: each perturbation on
the same premises, once each and as their majority has them, {RATE:.0%} of the units, {len(SEEDS)} seeds.
Numbers of changes in brackets; clusters are counted, not code points. Reached: the share of changes that a perturbation
can make, and the mean probability that it makes just this one of a word that it has selected. The rules of typo_native
were written before these changes were gathered, by someone who had read some dozens of the noisy lines, and were not
mended afterwards."""


@dataclass(frozen=True)
class Noise:
    """The changes that one source shows, among how many words."""

    name: str
    changes: Sequence[Change]
    words: int


def main() -> None:
    if not (DATA / "noisy").is_dir():
        raise SystemExit("CROSSWIND_DATA names no folder with noisy files: there is nothing to compare with")
    parts, facts = [HEAD], {}
    for lang in ("hi", "de"):
        premises, counts = xnli(lang)
        real, clean = from_copies(premises, counts)
        noises = [real, *(noise_of(perturbation, clean, lang) for perturbation in PERTURBATIONS)]
        told = [table_of(noise, counts, real) for noise in noises]
        kinds = {
            "real": real.changes,
            "real, no other word": [one for one in real.changes if counts[one.noisy] < OFTEN],
        }
        kinds |= {noise.name: noise.changes for noise in noises[1:]}
        parts += [f"## XNLI {lang}", shapes_told(noises, told), reached_told(kinds, lang)]
        facts[f"XNLI {lang}"] = {noise.name: table for noise, table in zip(noises, told, strict=True)}
        facts[f"XNLI {lang}, reached"] = {name: reached_by_all(some, lang) for name, some in kinds.items()}
    pairs, trust = neighbours("de"), trusted("hi")
    parts += ["## PAN-X de", pairs_told(pairs, trust), reached_told({"rare beside frequent": pairs}, "de")]
    facts["PAN-X de, reached"] = reached_by_all(pairs, "de")
    facts["pairs confirmed by copies, XNLI hi"] = trust
    publish("native_noise", "\n\n".join(parts), facts, {})


# ---- where changes come from


def xnli(lang: str) -> tuple[list[list[str]], Counter[str]]:
    """The premises of a noisy file as lists of words, and how often each word occurs in the file."""
    lines = (DATA / f"noisy/xnli-test_{lang}_typos_0.05.tsv").read_text(encoding="utf-8", errors="replace").split("\n")
    rows = [[words(cell[1:-1], lang) for cell in line.split("\t")[:2]] for line in lines[1:] if line]
    return [row[0] for row in rows], Counter(word for row in rows for sentence in row for word in sentence)


def words(text: str, lang: str) -> list[str]:
    text = normalise(text).text
    return [text[start:end] for start, end in BUILTIN.words(text, lang)]


def from_copies(premises: Sequence[Sequence[str]], counts: Mapping[str, int]) -> tuple[Noise, list[list[str]]]:
    """What differs between copies, and each premise once, as its copies have it together."""
    changes: list[Change] = []
    clean = []
    seen = 0
    for group in copies(premises):
        decided = [(len(forms), found) for forms in columns(group) if (found := judged(forms, counts))]
        clean.append([word for _, (word, _) in decided])
        if len(group) > 1:
            seen += sum(copied for copied, _ in decided)
            changes += [change for _, (_, some) in decided for change in some]
    return Noise("real", changes, seen), clean


def noise_of(perturbation: Rated, sentences: Sequence[Sequence[str]], lang: str) -> Noise:
    """What a perturbation does to clean sentences, less what puts in a space, which copies do not show either."""
    changes: list[Change] = []
    rates = dict.fromkeys(perturbation.levels.rates, (RATE,))
    for number, sentence in enumerate(sentences):
        item = Item("noise", "test", str(number), {"text": plain_field(" ".join(sentence), lang, str(number))})
        for seed in SEEDS:
            changes += changes_of(sample(perturbation, item, 1, seed, rates=rates))
    kept = [change for change in changes if " " not in change.noisy]
    return Noise(perturbation.label, kept, len(SEEDS) * sum(map(len, sentences)))


def changes_of(perturbed: Perturbed) -> Iterator[Change]:
    """Each changed word before and after."""
    text = perturbed.item.fields["text"].text
    for unit, _ in perturbed.trace:
        start, end = unit.span
        (edit,) = (edit for edit in perturbed.edits["text"] if start <= edit.start and edit.end <= end)
        yield Change(text[start:end], text[start : edit.start] + edit.new + text[edit.end : end])


def neighbours(lang: str) -> list[Change]:
    """Rare words of PAN-X beside frequent ones, less those that clean German texts have too."""
    lines = (DATA / f"noisy/panx-test_{lang}_typos_0.2.jsonl").read_text(encoding="utf-8").splitlines()
    counts = Counter(word for line in lines for token in json.loads(line)["tokens"] for word in words(token, lang))
    pairs = paired(counts, known_words(), COMMON, SHORTEST).items()
    return [Change(common, rare) for rare, common in pairs if rare.islower() and common.islower()]  # names are rare too


def known_words() -> set[str]:
    """The words of clean German texts."""
    names = ("tatoeba/tatoeba.deu-eng.deu", "xquad/xquad.de.json", "ud/de_gsd-ud-test.conllu")
    texts = [(DATA / name).read_text(encoding="utf-8") for name in names if (DATA / name).exists()]
    return {word for text in texts for word in words(text, "de")}


def trusted(lang: str) -> dict[str, float]:
    """How far pairs of rare and frequent words can be trusted: what the copies say about those that the first shows."""
    premises, counts = xnli(lang)
    alone = Counter(word for group in copies(premises) for word in group[0])
    pairs = paired(alone, (), COMMON, SHORTEST)
    real = {change.noisy for change in from_copies(premises, counts)[0].changes}
    right = {
        word for group in copies(premises) if len(group) > 2 for forms in columns(group) for word in clean_in(forms)
    }
    confirmed, refuted = len(pairs.keys() & real), len(pairs.keys() & (right - real))
    return {"pairs": len(pairs), "confirmed": confirmed, "refuted": refuted}


def clean_in(forms: tuple[str, ...]) -> set[str]:
    """The form that most copies have."""
    return {form for form, count in Counter(forms).items() if 2 * count > len(forms)}


# ---- what a perturbation can do


@cache
def reach(perturbation: Rated, word: str, lang: str) -> Mapping[str, float]:
    """What a perturbation can make of a word that it has selected, with probabilities; random parts are drawn often."""
    item = Item("noise", "test", word, {"text": plain_field(word, lang, word)})
    made: Counter[str] = Counter()
    for unit in perturbation.units(item)[:1]:
        for seed in range(DRAWS):
            for option in perturbation.options(item, unit, Draw("reach", perturbation.label, seed, "noise", "test")):
                made[apply(word, [edit for _, edit in option.edits])] += option.weight  # type: ignore[assignment]
    total = sum(made.values())
    return {noisy: weight / total for noisy, weight in made.items()}


def reached_by_all(changes: Sequence[Change], lang: str) -> dict[str, dict[str, float]]:
    """For each perturbation the share of changes that it can make, and the mean probability that it makes them."""
    chances = {
        perturbation.label: [reach(perturbation, clean, lang).get(noisy, 0.0) for clean, noisy in changes]
        for perturbation in PERTURBATIONS
    }
    chances["any, equally often"] = [mean(some) for some in zip(*chances.values(), strict=True)]
    return {
        name: {"share": mean([each > 0 for each in some]), "probability": mean(some)} for name, some in chances.items()
    }


def mean(values: Sequence[float]) -> float:
    return sum(values) / max(len(values), 1)


# ---- how it is told


def table_of(noise: Noise, counts: Mapping[str, int], real: Noise) -> dict[str, float]:
    """The shapes of a source's changes, as shares of them."""
    shapes = [shape(change) for change in noise.changes]
    operations, places = shares(one.operation for one in shapes), shares(one.place for one in shapes)
    found = {"words changed": len(shapes) / noise.words}
    found |= {name: operations.get(name, 0.0) for name in OPERATIONS}
    found |= {f"begins in the {name} cluster": places.get(name, 0.0) for name in PLACES}
    found["marks of one cluster alone"] = mean([one.marks for one in shapes])
    found["more than two operations"] = mean([one.distance > 2 for one in shapes])
    found["in a word of one or two clusters"] = mean([len(signs(change.clean)) < 3 for change in noise.changes])
    found["gives another word"] = mean([counts[change.noisy] >= OFTEN for change in noise.changes])
    found["operations differ from real"] = difference(operations, shares(shape(one).operation for one in real.changes))
    return found


def shapes_told(noises: Sequence[Noise], tables: Sequence[Mapping[str, float]]) -> str:
    header = ("share of changes, %", *(f"{noise.name} ({len(noise.changes)})" for noise in noises))
    return markdown(header, [(name, *(f"{100 * table[name]:.1f}" for table in tables)) for name in tables[0]])


def reached_told(kinds: Mapping[str, Sequence[Change]], lang: str) -> str:
    """Which changes each perturbation can make."""
    rows = []
    found: dict[str, dict[str, float]] = {}
    for name, changes in kinds.items():
        found = reached_by_all(changes, lang)
        cells = (f"{100 * one['share']:.1f}, {one['probability']:.3f}" for one in found.values())
        rows.append((f"{name} ({len(changes)})", *cells))
    return markdown(("reached, % and mean probability", *found), rows)


def pairs_told(pairs: Sequence[Change], trust: Mapping[str, float]) -> str:
    """What the pairing found, and how far it can be trusted."""
    operations = shares(shape(change).operation for change in pairs)
    told = ", ".join(f"{name} {100 * share:.0f} %" for name, share in operations.items())
    return (
        f"{len(pairs)} words in small letters that come once or twice, have {SHORTEST} clusters or more, are unknown "
        f"to clean texts and one operation away from a word that comes {COMMON} times: {told}. This finds slips in "
        "little words; words taken for each other and changes of several clusters it cannot find. Nor is all of it "
        f"noise: by the same rule one copy of each Hindi premise of XNLI gives {trust['pairs']} pairs, of which the "
        f"other copies confirm {trust['confirmed']} and refute {trust['refuted']}, since rare inflections look like "
        "misspellings."
    )


if __name__ == "__main__":
    main()
