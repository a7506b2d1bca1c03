"""The dictionary of each language: concept and variant to word, drawn from the language's own sounds."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import count

from crosswind.pocket import concepts, scripts
from crosswind.pocket.draws import Draws
from crosswind.pocket.languages import PIVOT, PocketLanguage, find
from crosswind.pocket.scripts import Syllable

Syllables = tuple[Syllable, ...]
Key = tuple[str, int]

NOUN_ENDINGS = ((), ("plural",), ("accusative",), ("plural", "accusative"))
VERB_ENDINGS = tuple((*voice, *tense) for voice in ((), ("passive",)) for tense in ((), ("past",), ("future",)))
SUFFIXES = ("plural", "accusative", "past", "future", "passive")
HOMOGRAPHS = 0.12

TAGS: Mapping[str, str] = (
    dict.fromkeys((*concepts.KINDS, *concepts.PLACES, concepts.FIRM), "NOUN")
    | dict.fromkeys(concepts.PROPER, "PROPN")
    | dict.fromkeys(concepts.POLES, "VERB")
    | dict.fromkeys(concepts.QUALITIES, "ADJ")
    | dict.fromkeys((*concepts.WAYS, *(time for times in concepts.TIMES.values() for time in times)), "ADV")
    | dict.fromkeys(concepts.NUMBERS, "NUM")
    | dict.fromkeys(concepts.FUNCTIONS[:1], "PART")
    | dict.fromkeys(concepts.FUNCTIONS[1:4], "AUX")
    | dict.fromkeys(concepts.FUNCTIONS[4:], "ADP")
    | dict.fromkeys(concepts.QUESTIONS[:2], "PRON")
    | dict.fromkeys(concepts.QUESTIONS[2:], "ADV")
    | dict.fromkeys(concepts.LINKS, "CONJ")
)
CLOSED = {*concepts.FUNCTIONS, *concepts.QUESTIONS, *concepts.LINKS}


@dataclass(frozen=True, slots=True)
class Lexicon:
    """A language's words as syllables, its suffixes, and the syllable that links the parts of a compound."""

    language: PocketLanguage
    words: Mapping[Key, Syllables]
    suffixes: Mapping[str, Syllable]
    link: Syllables

    def form(self, concept: str, variant: int = 0, endings: tuple[str, ...] = (), modifier: Key | None = None) -> str:
        """The written word, inflected, with a modifier compounded before it if there is one."""
        ending = tuple(self.suffixes[name] for name in endings)
        if concept in concepts.PROPER and self.language.names == "shared":
            return scripts.spell(lexicon(PIVOT).words[concept, 0] + ending, "Latn").capitalize()
        before = () if modifier is None else (self.words[modifier], self.link)
        written = self.spell(*before, self.words[concept, variant], *((syllable,) for syllable in ending))
        return written.capitalize() if concept in concepts.PROPER and scripts.cased(self.language.script) else written

    def spell(self, *morphemes: Syllables) -> str:
        """One written word. Where a sign stands for a morpheme rather than for sounds, each is spelled by itself."""
        if self.language.script in scripts.MORPHEMIC:
            return "".join(scripts.spell(morpheme, self.language.script) for morpheme in morphemes)
        return scripts.spell([syllable for morpheme in morphemes for syllable in morpheme], self.language.script)


@dataclass(frozen=True, slots=True)
class Sounds:
    """What a language's words are made of."""

    onsets: tuple[str, ...]
    vowels: tuple[str, ...]
    codas: tuple[str, ...]
    closed: float

    def word(self, draws: Draws, length: int) -> Syllables:
        return tuple(self.syllable(draws) for _ in range(length))

    def syllable(self, draws: Draws) -> Syllable:
        coda = draws.pick(self.codas) if draws.chance(self.closed) else ""
        return draws.pick(self.onsets), draws.pick(self.vowels), coda


def sounds(code: str) -> Sounds:
    """A language's own choice of sounds."""
    draws = Draws(f"sounds {code}")
    return Sounds(
        onsets=tuple(draws.some(scripts.CONSONANTS, 11)),
        vowels=tuple(draws.some(scripts.VOWELS, 4 + draws.below(2))),
        codas=tuple(draws.some(scripts.CODAS, 3)),
        closed=0.1 + 0.3 * draws.uniform(),
    )


def keys() -> Iterator[Key]:
    """Every concept with its variants, nouns first, so that verbs may borrow their form."""
    for concept in TAGS:
        for variant in range(1 + concepts.doubled(concept)):
            yield concept, variant


def length(concept: str, draws: Draws) -> int:
    """How many syllables a word has: function words one, others two or three."""
    return 1 if concept in concepts.FUNCTIONS or concept in concepts.NUMBERS else 2 + draws.chance(0.5)


@cache
def lexicon(code: str) -> Lexicon:
    """The lexicon of a language; no two of its words are written alike, save verbs that share a noun's form."""
    language = find(code)
    own = sounds(language.root)
    words: dict[Key, Syllables] = {}
    taken: set[str] = set()
    for concept, variant in keys():
        words[concept, variant] = choose(language, own, (concept, variant), taken)
        taken.add(scripts.spell(words[concept, variant], language.script))
    borrow(language.root, words)
    (*endings, link) = (free(own, f"{name} {language.root}", 1, language.script, taken) for name in (*SUFFIXES, "link"))
    suffixes = {name: syllables[0] for name, syllables in zip(SUFFIXES, endings, strict=True)}
    return Lexicon(language, words, suffixes, link)


def choose(language: PocketLanguage, own: Sounds, key: Key, taken: set[str]) -> Syllables:
    """The word of one key: the pivot's where the dial of overlap says so or it is a name, else one of its own."""
    concept, variant = key
    draws = Draws(f"word {language.root} {concept}", variant)
    shared = concept in concepts.PROPER or (concept not in CLOSED and draws.chance(language.overlap))
    if language.code != PIVOT and shared:
        loan = lexicon(PIVOT).words[key]
        if scripts.spell(loan, language.script) not in taken:
            return loan
    return free(own, f"word {language.root} {concept} {variant}", length(concept, draws), language.script, taken)


def free(own: Sounds, name: str, size: int, script: str, taken: set[str]) -> Syllables:
    """The first word drawn under a name that is not taken yet; it is taken from then on."""
    for attempt in count():
        found = own.word(Draws(name, attempt), size + attempt // 20)
        written = scripts.spell(found, script)
        if written not in taken:
            taken.add(written)
            return found
    raise AssertionError("unreachable: words grow until one is free")


def borrow(code: str, words: dict[Key, Syllables]) -> None:
    """Gives some verbs the form of a noun, each another's, so that a word's tag hangs on its place in the sentence."""
    nouns = [noun for kind in concepts.NOUNS.values() for noun in kind]
    for verb in concepts.POLES:
        draws = Draws(f"homograph {code} {verb}")
        if draws.chance(HOMOGRAPHS):
            words[verb, 0] = words[nouns.pop(draws.below(len(nouns))), 0]


def translations(first: str, second: str) -> Iterator[tuple[str, str]]:
    """Every word of one language, uninflected, with that of another; none for what either says by endings."""
    one, other = lexicon(first), lexicon(second)
    inflects = "suffixing" in {one.language.morphology, other.language.morphology}
    for concept, variant in keys():
        if not (inflects and TAGS[concept] == "AUX"):
            yield one.form(concept, variant), other.form(concept, variant)


def synonyms(code: str) -> Mapping[str, tuple[str, ...]]:
    """Every written word that means one thing alone, with the others that say just that, inflected alike.

    Pocket has two words for many concepts, and which of them stands in a sentence is chance: none changes an answer.
    """
    means: dict[str, set[object]] = defaultdict(set)
    says: dict[object, list[str]] = defaultdict(list)
    for meaning, form in written(code):
        means[form].add(meaning)
        says[meaning].append(form)
    return {
        form: others
        for form, own in means.items()
        if len(own) == 1 and (others := tuple(each for each in says[next(iter(own))] if each != form))
    }


def written(code: str) -> Iterator[tuple[object, str]]:
    """What every word of a language means, in every form that it takes in a sentence, with that form."""
    own = lexicon(code)
    inflects = own.language.morphology == "suffixing"
    for concept, variant in keys():
        for endings in endings_of(concept) if inflects else ((),):
            yield (concept, endings), own.form(concept, variant, endings)
    if own.language.morphology == "compounding":
        for noun, adjective in ((noun, each) for noun in concepts.KINDS for each in concepts.QUALITIES):
            for one in range(1 + concepts.doubled(noun)):
                for other in range(1 + concepts.doubled(adjective)):
                    yield (noun, adjective), own.form(noun, one, modifier=(adjective, other))


def endings_of(concept: str) -> tuple[tuple[str, ...], ...]:
    """What a word may have behind it, nothing among it."""
    if concept in concepts.POLES:
        return VERB_ENDINGS
    return NOUN_ENDINGS if TAGS[concept] in {"NOUN", "PROPN"} else ((),)
