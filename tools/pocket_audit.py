"""Writes docs/pocket/audit.md: how far Pocket's tasks can be solved by shortcuts that never read a sentence.

Each baseline sees the words of a row but not their order, or one side of a pair only, or places only. It is trained on
all rows of a language's training split and scored on its test split, so a leak shows as a score above chance.

    python tools/pocket_audit.py
"""

import argparse
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import pairwise
from math import sqrt
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import regex
from numpy.typing import NDArray

from crosswind import pocket
from crosswind.pocket import concepts
from crosswind.pocket.lexicon import lexicon

TARGET = Path(__file__).parents[1] / "docs/pocket/audit.md"
FAR = "prashil"
RELATED = ("dormeli", "taruvik", "zhelnik", FAR)
TOLERANCE = 0.05
TEXTS: Mapping[str, tuple[str, str | None]] = {
    "nli": ("premise", "hypothesis"),
    "paws": ("first", "second"),
    "owning": ("story", "claim"),
    "tense": ("text", None),
}
Row = dict[str, Any]
Features = Callable[[Row], list[str]]
Entity = tuple[int, int, str]


class Score(NamedTuple):
    """What one baseline scores on the rows of a task in a language, and what guessing scores."""

    task: str
    language: str
    baseline: str
    score: float
    chance: float
    rows: int

    @property
    def margin(self) -> float:
        """Two standard errors of a score near chance."""
        return 2 * sqrt(max(self.chance * (1 - self.chance), 0.01) / self.rows)


# why a baseline may be far above chance: (task, baseline) -> what it means
MEANT: Mapping[tuple[str, str], str] = {
    ("nli", "both as bags"): "small leak: hypothesis and overlap add up; see the remark",
    ("nli", "words of one side only"): "leaks, in part meant: see the remark",
    ("nli", "pairs of words"): "meant: rivals and opposites across the pair are what contradicts",
    ("nli", "first and last word"): "meant: verbs and their denial stand last in this language",
    ("paws", "first and last word"): "meant: an exchange of roles puts another word first; order is the signal",
    ("paws", "both as bags"): "meant: case endings move with the roles, so the words themselves change",
    ("paws", "words of one side only"): "meant: case endings move with the roles, so the words themselves change",
    ("owning", "last to have it"): "meant: wrong only where the thing is lost last",
    ("tense", "words of the text"): "meant: the easy task is solvable from single words",
    ("tense", "first and last word"): "meant: an adverb, a helper or the verb with its ending stands there",
    ("tense", "lengths"): "tolerated: the present has no helper, so its sentences are shorter",
    ("copa", "pairs of words"): "meant: which action leads to which is what the task asks, who does it is the rest",
    ("tags", "tag of the form"): "meant: a dictionary solves all but homographs",
    ("tags", "form and neighbours"): "meant: what a window of three words can do",
    ("ner", "tag of the form"): "meant: a gazetteer finds names, not whether a town is a place or a firm",
    ("ner", "form and neighbours"): "meant: the word beside a name decides nearly all",
    ("qa", "first of the type, not in the question"): "tolerated: what a question names is no answer to it",
    ("qa", "sentence of longest overlap"): "tolerated: as in SQuAD, overlap finds the sentence",
    ("qa", "the same, not in the question"): "tolerated: the sentence found, its word of the type is the answer",
    ("tatoeba", "letters"): "meant: shared words and names are dials; twins share their letters",
    ("tatoeba", "words"): "meant: shared words and names are dials; twins share their words",
    ("lareqa", "letters"): "meant: an answer repeats its question's words; only other languages are hard to reach",
    ("lareqa", "words"): "meant: an answer repeats its question's words; only other languages are hard to reach",
}


INTRODUCTION = f"""# Can Pocket's tasks be solved without reading?

A constructed task is worth little if its labels leak. Here simple baselines try to solve each task from what should not
suffice: one side of a pair, lengths, unordered words, words at the edges, first or last candidates. Those that learn
are logistic regressions on counted features, trained on the whole training split of the language named and scored on
all of its test split, in the pivot ({pocket.PIVOT}) and in {FAR} (verb last, case endings, another script). A score
counts as no leak within {TOLERANCE:.0%} of chance, or two standard errors where those are wider.

Made by `python tools/pocket_audit.py` in about a minute on one core; every number follows from the code alone.
That gold labels follow from the texts is another matter, checked by tests/pocket/test_checker.py, which parses the
rows of all languages on its own and derives every label anew.

What this does not show: that no cleverer shortcut exists. Features are words as they are written; combinations of
more than two, and shortcuts that only a pre-trained encoder could see, are not tried.
"""
MEASURES: Mapping[str, str] = {
    "tags": "Share of words tagged rightly.",
    "ner": "F1 over whole entities.",
    "qa": "How often the word picked lies within the answer. Chance is a word of the type asked for, drawn at random.",
    "tatoeba": """First hits among 400 candidates in the pivot. Each sentence has a twin of the same words, so that
knowing all words and no order finds the right one in half of the cases.""",
    "lareqa": "First hits among the candidates in the language of the question itself.",
}
REMARKS: Mapping[str, str] = {
    "nli": """Lengths and the hypothesis alone stay within five points of chance, and so do both sides as bags in
the pivot; what is left there (4 points of the hypothesis, 3 of the lengths, 5 of the bags, which add up to 7 in the
far language) is systematic, not noise. What leaks is the set of words that one side has and the other has not. Part of
that is the task itself: a denial on one side only contradicts. Part is lexical knowledge without comparison: what an
entailed hypothesis says in new words must have a synonym, what contradicts or is neutral need not, and new nouns and
verbs are never neutral. It cannot be seen in either sentence by itself. Preferring words that have synonyms for what
contradicts and what is neutral was tried and is worse: it moves the leak into the hypothesis alone (.44 to .45 against
.37) and takes at most six points from this one. So a model that compares two sets of words,
reading no order at all, reaches the scores above, and claims about *structure* should rest on PAWS, on the neutral
hypotheses whose adjective only moved, or on the twins of tatoeba, not on NLI.""",
    "paws": """Both sentences of a pair have the same words but for synonyms or a passive; no bag of words helps
in the pivot. Where morphology marks roles it does: an exchange of roles changes the words' endings. That
concerns only training in such a language; what a model learns from the pivot cannot use it.""",
    "owning": """Whoever is named last with the thing and is said to own it does so in three cases of four: in half of
the items two people are told apart, in a quarter it is gained last and in a quarter it is lost last. So the order of
events and who takes part matter, and in the last half what the verbs mean.""",
}


def words(text: str) -> list[str]:
    """The words of a text in lower case, without stops."""
    return regex.sub(r"[.?;؟。？।]", " ", text.lower()).split()


def sides(task: str, row: Row) -> tuple[list[str], list[str]]:
    first, second = TEXTS[task]
    return words(row[first]), words(row[second]) if second else []


def alone(task: str, side: int) -> Features:
    return lambda row: sides(task, row)[side]


def lengths(task: str) -> Features:
    def made(row: Row) -> list[str]:
        first, second = map(len, sides(task, row))
        return [f"first {first}", f"second {second}", f"longer by {second - first}"]

    return made


def bags(task: str) -> Features:
    """Which words each side has, and how many they share and do not."""

    def made(row: Row) -> list[str]:
        first, second = map(set, sides(task, row))
        counts = [f"shared {len(first & second)}", f"here {len(first - second)}", f"there {len(second - first)}"]
        return counts + [f"1 {word}" for word in first] + [f"2 {word}" for word in second]

    return made


def differences(task: str) -> Features:
    """Which words stand in one side but not in the other."""

    def made(row: Row) -> list[str]:
        first, second = map(set, sides(task, row))
        return [f"here {word}" for word in first - second] + [f"there {word}" for word in second - first]

    return made


def edges(task: str) -> Features:
    """The words at both ends of both sides, and whether they agree."""

    def made(row: Row) -> list[str]:
        (first, second) = sides(task, row)
        ends = [f"{place} {side[place]}" for side in (first, second) if side for place in (0, -1)]
        if not second:
            return ends
        return [f"{number} {end}" for number, end in enumerate(ends)] + [
            f"same {place}" for place in (0, -1) if first[place] == second[place]
        ]

    return made


def crossed(first: Iterable[str], second: Iterable[str]) -> list[str]:
    """Every pair of words that differ, from both sides: knowledge of words, none of order."""
    one, other = set(first), set(second)
    return [f"{here} {there}" for here in one - other for there in other - one]


def pairs_of(task: str) -> Features:
    return lambda row: crossed(*sides(task, row))


def mentions(row: Row) -> list[str]:
    """In which sentence of the story each word of the claim comes last, and how often it is there."""
    story = [words(sentence) for sentence in split(row["story"])]
    found = []
    for place, word in enumerate(words(row["claim"])):
        at = [number for number, sentence in enumerate(story) if word in sentence]
        found += [f"{place} last in {at[-1] if at else None}", f"{place} in {len(at)}"]
    return found


def last_to_have(row: Row, code: str) -> bool:
    """The claim's truth if whoever the last sentence about the thing names owns it, whatever it says happens."""
    things, people = meanings(code, "thing"), meanings(code, "person")
    claim = words(row["claim"])
    thing = next(things[word] for word in claim if word in things)
    about = [part for part in map(words, split(row["story"])) if any(things.get(word) == thing for word in part)]
    person = next(people[word] for word in claim if word in people)
    is_last = any(people.get(word) == person for word in about[-1])
    return is_last == (lexicon(code).form("own").lower() in claim)


@cache
def meanings(code: str, kind: str) -> dict[str, str]:
    """The nouns of a kind by all their forms."""
    own, nouns = lexicon(code), concepts.NOUNS[kind]
    return {own.form(*key, case).lower(): key[0] for key in own.words if key[0] in nouns for case in cases(code)}


def cases(code: str) -> tuple[tuple[str, ...], ...]:
    """The endings that a noun can have."""
    suffixing = pocket.find(code).morphology == "suffixing"
    return ((), ("plural",), ("accusative",), ("plural", "accusative")) if suffixing else ((),)


def split(text: str) -> list[str]:
    """The sentences of a text."""
    return [part for part in regex.split(r"[.।]", text) if part.strip()]


def table(rows: Sequence[list[str]], index: Mapping[str, int]) -> NDArray[np.float32]:
    """Features counted, one line a row, with a constant last."""
    counts = np.zeros((len(rows), len(index) + 1), np.float32)
    counts[:, -1] = 1
    for line, features in enumerate(rows):
        for name in features:
            if name in index:
                counts[line, index[name]] += 1
    return counts


def fit(counts: NDArray[np.float32], gold: NDArray[np.int64], labels: int, steps: int = 120) -> NDArray[np.float32]:
    """The weights of a logistic regression, with a little decay."""
    weights = np.zeros((counts.shape[1], labels), np.float32)
    velocity = np.zeros_like(weights)
    targets = np.eye(labels, dtype=np.float32)[gold]
    for _ in range(steps):
        scores = counts @ weights
        odds = np.exp(scores - scores.max(1, keepdims=True))
        slope = counts.T @ (odds / odds.sum(1, keepdims=True) - targets) / len(counts) + 1e-3 * weights
        velocity = 0.9 * velocity - 0.3 * slope
        weights = weights + velocity
    return weights


def indexed(rows: Iterable[list[str]], most: int = 4000) -> dict[str, int]:
    """The commonest features and their columns."""
    counted = Counter(name for features in rows for name in features)
    return {name: place for place, (name, _) in enumerate(counted.most_common(most))}


def learned(train: Sequence[Row], test: Sequence[Row], features: Features) -> float:
    """Test accuracy of logistic regression on counted features."""
    made, held = [features(row) for row in train], [features(row) for row in test]
    index, labels = indexed(made), sorted({row["label"] for row in train})
    weights = fit(table(made, index), np.array([labels.index(row["label"]) for row in train]), len(labels))
    guessed = (table(held, index) @ weights).argmax(1)
    return float((guessed == [labels.index(row["label"]) for row in test]).mean())


def chosen(train: Sequence[Row], test: Sequence[Row], features: Callable[[str, str], list[str]]) -> float:
    """Accuracy of choosing by a score that is linear in the features of a prompt and one choice."""
    made, held = (
        [features(row["prompt"], choice) for row in rows for choice in row["choices"]] for rows in (train, test)
    )
    index = indexed(made)
    here, there = table(made, index), table(held, index)
    weights = fit(here[1::2] - here[::2], np.array([row["answer"] for row in train]), 2)
    guessed = ((there[1::2] - there[::2]) @ weights).argmax(1)
    return float((guessed == [row["answer"] for row in test]).mean())


def data(task: str, code: str) -> tuple[list[Row], list[Row]]:
    return list(pocket.rows(task, code, "train")), list(pocket.rows(task, code, "test"))


def classification(task: str, code: str) -> Iterator[Score]:
    """Scores of every baseline on a task of labels."""
    train, test = data(task, code)
    counted = Counter(row["label"] for row in train)
    majority = counted.most_common(1)[0][0]

    def score(name: str, value: float) -> Score:
        return Score(task, code, name, value, 1 / len(counted), len(test))

    yield score("majority", float(np.mean([row["label"] == majority for row in test])))
    yield score("lengths", learned(train, test, lengths(task)))
    if TEXTS[task][1] is None:
        yield score("words of the text", learned(train, test, alone(task, 0)))
        yield score("first and last word", learned(train, test, edges(task)))
        return
    yield score(f"{TEXTS[task][0]} alone", learned(train, test, alone(task, 0)))
    yield score(f"{TEXTS[task][1]} alone", learned(train, test, alone(task, 1)))
    yield score("both as bags", learned(train, test, bags(task)))
    yield score("words of one side only", learned(train, test, differences(task)))
    yield score("first and last word", learned(train, test, edges(task)))
    if task == "nli":
        yield score("pairs of words", learned(train, test, pairs_of(task)))
    if task == "owning":
        yield score("where claimed words stand", learned(train, test, mentions))
        right = [last_to_have(row, code) == (row["label"] == "yes") for row in test]
        yield score("last to have it", float(np.mean(right)))


def ends(prompt: str, one: str) -> list[str]:
    """Which ends of the sentence before the link and of the choice are the same word."""
    return [f"{here} {there} {words(prompt)[here] == words(one)[there]}" for here in (0, -2) for there in (0, -1)]


def choice(code: str) -> Iterator[Score]:
    train, test = data("copa", code)

    def score(name: str, value: float) -> Score:
        return Score("copa", code, name, value, 1 / 2, len(test))

    def shared(prompt: str, one: str) -> list[str]:
        first, second = set(words(prompt)), set(words(one))
        return [f"shared {len(first & second)}", f"new {len(second - first)}", *(f"both {w}" for w in first & second)]

    yield score("first choice", float(np.mean([row["answer"] == 0 for row in test])))
    yield score("lengths", chosen(train, test, lambda _, one: [f"words {len(words(one))}", f"letters {len(one)}"]))
    yield score("choices alone", chosen(train, test, lambda _, one: words(one)))
    yield score("both as bags", chosen(train, test, lambda prompt, one: [*words(one), *shared(prompt, one)]))
    yield score("first and last word", chosen(train, test, ends))
    yield score("pairs of words", chosen(train, test, lambda prompt, one: crossed(words(prompt), words(one))))


def tagging(task: str, code: str) -> Iterator[Score]:
    """Accuracy over words for tags; F1 over entities for names."""
    train, test = data(task, code)
    rows = len(test)
    common = Counter(tag for row in train for tag in row["tags"]).most_common(1)[0][0]
    forms, windows = counts_of(train, 0), counts_of(train, 1)
    taggers: Mapping[str, Callable[[str, str, str], str]] = {
        "commonest tag": lambda *_: common,
        "tag of the form": lambda *window: top(forms, window[1]) or common,
        "form and neighbours": lambda before, form, after: (
            top(windows, (before, form, after))
            or top(windows, (before, form, None))
            or top(windows, (None, form, after))
            or top(forms, form)
            or common
        ),
    }
    for name, tag in taggers.items():
        guessed = [[tag(*window) for window in around(row["tokens"])] for row in test]
        gold = [row["tags"] for row in test]
        pairs = [both for each in zip(guessed, gold, strict=True) for both in zip(*each, strict=True)]
        value = entities_f1(guessed, gold) if task == "ner" else float(np.mean([one == other for one, other in pairs]))
        yield Score(task, code, name, value, 0.0, rows)


def around(tokens: Sequence[str]) -> list[tuple[str, str, str]]:
    forms = ["", *(token.lower() for token in tokens), ""]
    return [(forms[at - 1], forms[at], forms[at + 1]) for at in range(1, len(forms) - 1)]


def counts_of(rows: Sequence[Row], window: int) -> dict[Any, Counter[str]]:
    """The tags of each form, or of each form between neighbours, one of which may be left open."""
    found: dict[Any, Counter[str]] = defaultdict(Counter)
    for row in rows:
        for (before, form, after), tag in zip(around(row["tokens"]), row["tags"], strict=True):
            keys = ((before, form, after), (before, form, None), (None, form, after)) if window else (form,)
            for key in keys:
                found[key][tag] += 1
    return found


def top(counted: Mapping[Any, Counter[str]], key: Any) -> str | None:
    return counted[key].most_common(1)[0][0] if key in counted else None


def entities(tags: Sequence[str]) -> set[Entity]:
    """Where each entity begins and ends, and of what sort it is."""
    found, start = set(), None
    for at, tag in enumerate([*tags, "O"]):
        if start is not None and tag != f"I-{tags[start][2:]}":
            found.add((start, at, tags[start][2:]))
            start = None
        if tag.startswith("B-"):
            start = at
    return found


def entities_f1(guessed: Sequence[Sequence[str]], gold: Sequence[Sequence[str]]) -> float:
    both = [(entities(one), entities(other)) for one, other in zip(guessed, gold, strict=True)]
    hits = sum(len(one & other) for one, other in both)
    return 2 * hits / max(sum(len(one) + len(other) for one, other in both), 1)


def types(code: str) -> dict[str, set[str]]:
    """For each form of a question word the forms of what could answer it."""
    own = lexicon(code)
    animate = (*concepts.NOUNS["person"], *concepts.NOUNS["animal"], *concepts.PROPER)
    kinds: dict[str, tuple[str, ...]] = {
        "who": animate,
        "what": tuple(noun for kind in ("food", "thing", "vehicle") for noun in concepts.NOUNS[kind]),
        "where": (*concepts.PLACES, *concepts.TOWNS),
        "when": tuple(time for times in concepts.TIMES.values() for time in times),
        "how": tuple(concepts.WAYS),
    }
    found = {}
    for question, answers in kinds.items():
        inflected = cases(code) if question in {"who", "what"} else ((),)
        forms = {own.form(*key, case).lower() for key in own.words if key[0] in answers for case in inflected}
        found |= {own.form(question, 0, case).lower(): forms for case in inflected}
    return found


def question_answering(code: str) -> Iterator[Score]:
    """How often a word of the right type lies in the answer, picked in ways that do not read who does what."""
    _, test = data("qa", code)
    known, hits, dice = types(code), Counter[str](), np.random.default_rng(0)
    expected = 0.0
    for row in test:
        found = [(m.start(), m.group().lower()) for m in regex.finditer(r"[\p{L}\p{M}]+", row["context"])]
        asked = words(row["question"])
        wanted = next(known[word] for word in asked if word in known)
        candidates = [(at, word) for at, word in found if word in wanted]
        fresh = [each for each in candidates if each[1] not in asked]
        gold = range(row["start"], row["start"] + len(row["answer"]))
        bounds = [0, *(m.end() for m in regex.finditer(r"[.।]", row["context"]))]
        pieces = list(pairwise(bounds))
        overlap = [len({w for at, w in found if low <= at < high} & set(asked)) for low, high in pieces]
        low, high = pieces[int(np.argmax(overlap))]
        inside = [each for each in candidates if low <= each[0] < high]
        expected += np.mean([at in gold for at, _ in candidates])
        picked = {
            "random of the type": candidates[int(dice.integers(len(candidates)))],
            "first of the type": candidates[0],
            "last of the type": candidates[-1],
            "first of the type, not in the question": (fresh or candidates)[0],
            "sentence of longest overlap": (inside or candidates)[0],
            "the same, not in the question": ([each for each in inside if each in fresh] or inside or candidates)[0],
        }
        hits.update(name for name, (at, _) in picked.items() if at in gold)
    chance = expected / len(test)
    for name in picked:
        yield Score("qa", code, name, hits[name] / len(test), chance, len(test))


def grams(text: str) -> list[str]:
    padded = f" {' '.join(words(text))} "
    return [padded[at : at + 3] for at in range(len(padded) - 2)]


def weighted(texts: Sequence[Sequence[str]], others: Sequence[Sequence[str]]) -> NDArray[np.float32]:
    """Cosines between two lists of texts, rare features counting more."""
    index = indexed([*map(list, texts), *map(list, others)], 20000)
    one, other = (table([list(text) for text in side], index)[:, :-1] for side in (texts, others))
    rarity = np.log((1 + len(other)) / (1 + (other > 0).sum(0)))
    one, other = one * rarity, other * rarity
    return (one / np.maximum(np.linalg.norm(one, axis=1, keepdims=True), 1e-6)) @ (
        other / np.maximum(np.linalg.norm(other, axis=1, keepdims=True), 1e-6)
    ).T


def retrieval(task: str, code: str) -> Iterator[Score]:
    """First hits by the letters or words that a query shares with the candidates told in the row itself."""
    test = list(pocket.rows(task, code, "test"))
    for name, split_up in (("letters", grams), ("words", words)):
        near = weighted([split_up(row["query"]) for row in test], [split_up(row["candidate"]) for row in test])
        hits = float((near.argmax(1) == np.arange(len(test))).mean())
        yield Score(task, code, name, hits, 1 / len(test), len(test))


def audit() -> Iterator[Score]:
    """Every baseline of every task."""
    for code in (pocket.PIVOT, FAR):
        for task in TEXTS:
            yield from classification(task, code)
        yield from choice(code)
        for task in ("tags", "ner"):
            yield from tagging(task, code)
        yield from question_answering(code)
        yield from retrieval("lareqa", code)
    for code in RELATED:
        yield from retrieval("tatoeba", code)


def verdict(score: Score) -> str:
    """What to make of a score."""
    if score.baseline in {"commonest tag", "random of the type"}:
        return "reference"
    if score.score <= score.chance + max(TOLERANCE, score.margin):
        return "no leak"
    return MEANT.get((score.task, score.baseline), "**leak**")


def page(scores: Sequence[Score]) -> str:
    """The audit as a page, one table a task."""
    parts = [INTRODUCTION]
    for task in dict.fromkeys(score.task for score in scores):
        parts.append(f"## {task}\n\n{MEASURES.get(task, '')}".rstrip() + "\n")
        parts.append("| baseline | language | chance | score | verdict |\n|---|---|---|---|---|")
        mine = sorted(
            (score for score in scores if score.task == task),
            key=lambda score: [each.baseline for each in scores if each.task == task].index(score.baseline),
        )
        parts += [
            f"| {each.baseline} | {each.language} | {each.chance:.3f} | {each.score:.3f} | {verdict(each)} |"
            for each in mine
        ]
        parts.append(f"\n{REMARKS[task]}\n" if task in REMARKS else "")
    return "\n".join(parts).rstrip() + "\n"


def main() -> None:
    """Measure everything and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=TARGET, help="the page to write")
    out: Path = parser.parse_args().out
    scores = []
    for score in audit():
        print(f"{score.task:8} {score.language:8} {score.baseline:40} {score.score:.3f}  {verdict(score)}", flush=True)
        scores.append(score)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(page(scores), "utf-8")
    print(f"{out}: {len(scores)} scores, {sum('leak**' in verdict(score) for score in scores)} unexplained")


if __name__ == "__main__":
    main()
