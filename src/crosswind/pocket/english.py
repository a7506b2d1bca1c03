"""What an event says in plain English, so that people can read Pocket. No data and no encoder depend on it."""

from collections.abc import Mapping
from types import MappingProxyType

from crosswind.pocket import concepts
from crosswind.pocket.grammar import PLAIN, Style, asks, relation
from crosswind.pocket.languages import PIVOT
from crosswind.pocket.lexicon import lexicon
from crosswind.pocket.world import Event, Thing

# past and participle of the verbs that do not just take -ed
IRREGULAR: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "bring": ("brought", "brought"),
        "break": ("broke", "broken"),
        "buy": ("bought", "bought"),
        "catch": ("caught", "caught"),
        "drag": ("dragged", "dragged"),
        "eat": ("ate", "eaten"),
        "find": ("found", "found"),
        "flee": ("fled", "fled"),
        "hide": ("hid", "hidden"),
        "lead": ("led", "led"),
        "lose": ("lost", "lost"),
        "see": ("saw", "seen"),
        "sell": ("sold", "sold"),
        "show": ("showed", "shown"),
        "spot": ("spotted", "spotted"),
    }
)
PLURALS: Mapping[str, str] = MappingProxyType(
    {
        "knife": "knives",
        "loaf": "loaves",
        "mouse": "mice",
        "person": "people",
        "seaman": "seamen",
        "thief": "thieves",
        "watchman": "watchmen",
        "wolf": "wolves",
    }
)
# how one counts what has no plural
PORTIONS: Mapping[str, str] = MappingProxyType(
    {"bread": "loaves", "broth": "bowls", "cheese": "pieces", "honey": "jars", "rice": "bowls", "soup": "bowls"}
)
BE: Mapping[concepts.Tense, tuple[str, str]] = MappingProxyType({"past": ("was", "were"), "present": ("is", "are")})
DO: Mapping[concepts.Tense, tuple[str, str]] = MappingProxyType({"past": ("did", "did"), "present": ("does", "do")})
INNER = ("often", "formerly")  # times that stand beside the verb rather than at the end
HISSING = ("s", "x", "z", "ch", "sh")


def english(event: Event, style: Style = PLAIN) -> str:
    """The event as an English sentence in the same style; a question if something is asked for in it."""
    subject, other = ("patient", "agent") if style.passive else ("agent", "patient")
    said = phrases(event, style)
    asked = next((part for part in (subject, other, "place", "time", "manner") if said[part] in concepts.QUESTIONS), "")
    inverted = asked not in {"", subject}  # "Who did he help", as against "Who helped him"
    front = [style.link or "", said.pop(style.fronted, "") if style.fronted and style.fronted != asked else ""]
    if asked and any(front):
        front.append(",")
    if inverted:
        front.append(said.pop(asked))
    several = getattr(event, subject).number > 1
    helper = auxiliary(event, style, several, inverted)
    inner = said.pop("time") if said.get("time") in INNER else ""
    way = said.pop("manner", "") if style.passive else ""
    start = [helper, said[subject]] if inverted else [said[subject], helper]
    group = ["not" * event.negated, inner, *main_verb(event, style, several, helper, way)]
    rest = ["by" * style.passive, *(said.get(part, "") for part in (other, "manner", "place", "time"))]
    text = " ".join(piece for piece in (*front, *start, *group, *rest) if piece).replace(" ,", ",")
    return text[0].upper() + text[1:] + ("?" if asks(event) else ".")


def phrases(event: Event, style: Style) -> dict[str, str]:
    """Each participant and adverbial in words, empty where the event has none."""
    return {
        "agent": participant(event.agent, "agent", style),
        "patient": participant(event.patient, "patient", style),
        "manner": called(event.manner, "manner", style) if event.manner else "",
        "place": place(event.place, style) if event.place else "",
        "time": called(event.time, "time", style) if event.time else "",
    }


def called(concept: str, part: str, style: Style) -> str:
    """The English word for a concept, its second where the style tells the part so; names are as in the pivot."""
    if concept in concepts.PROPER:
        return lexicon(PIVOT).form(concept)
    first, _, second = concept.partition("/")
    return second if second and part in style.second else first


def participant(thing: Thing, role: str, style: Style) -> str:
    """A noun phrase: counted or with its article, a name of one word or two, or the word that asks for it."""
    word = called(thing.noun, f"{role}.noun", style)
    if thing.surname:
        surname = called(thing.surname, f"{role}.surname", style)
        return f"the {word} {surname}" if thing.surname == concepts.FIRM else f"{word} {surname}"
    if thing.noun in concepts.PROPER or thing.noun in concepts.QUESTIONS:
        return word
    adjective = f"{called(thing.adjective, f'{role}.adjective', style)} " if thing.adjective else ""
    if thing.number == 1:
        return f"the {adjective}{word}"
    count = concepts.NUMBERS[thing.number - 1]
    if word in PORTIONS:
        return f"{count} {PORTIONS[word]} of {adjective}{word}"
    return f"{count} {adjective}{plural(word)}"


def place(where: str, style: Style) -> str:
    """A place with what English says for its adposition."""
    word = called(where, "place", style)
    if where in concepts.QUESTIONS:
        return word
    if where in concepts.TOWNS:
        return f"{relation(where)} {word}"
    return f"{'on' if (where, relation(where)) == ('bridge', 'in') else relation(where)} the {word}"


def auxiliary(event: Event, style: Style, several: bool, inverted: bool) -> str:
    """The helping verb, empty where the verb itself shows the tense."""
    if event.tense == "future":
        return "will"
    if style.passive:
        return BE[event.tense][several]
    return DO[event.tense][several] if event.negated or inverted else ""


def main_verb(event: Event, style: Style, several: bool, helper: str, way: str) -> list[str]:
    """The verb as its helper wants it; in the passive the manner stands before it."""
    word = called(event.verb, "verb", style)
    if style.passive:
        return ["be" * (event.tense == "future"), way, participle(word)]
    if helper:
        return [word]
    return [past(word) if event.tense == "past" else word if several else third_person(word)]


def past(verb: str) -> str:
    return IRREGULAR[verb][0] if verb in IRREGULAR else regular(verb)


def participle(verb: str) -> str:
    return IRREGULAR[verb][1] if verb in IRREGULAR else regular(verb)


def regular(verb: str) -> str:
    return verb + ("d" if verb.endswith("e") else "ed")


def third_person(verb: str) -> str:
    return verb + ("es" if verb.endswith(HISSING) else "s")


def plural(noun: str) -> str:
    return PLURALS[noun] if noun in PLURALS else noun + ("es" if noun.endswith(HISSING) else "s")
