"""The language adapters inside an encoder, one of which is spoken, and their invertible part.

Besides its slot of adapters, a language may have a coupling at the encoder's entrance, NICE (Dinh et al. 2015), as in
MAD-X (Pfeiffer et al. 2020). Behind the whole embedding block the states e = (e1, e2) become

    o1 = e1 + F(e2)        and, where hidden words are guessed, right        e2 = o2 - G(o1)
    o2 = e2 + G(o1)        before the word embeddings, the way back          e1 = o1 - F(e2)

F and G are two linear maps with a ReLU between, half as wide inside. Shapes: B rows, L positions, D hidden width.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, Literal

import torch
from torch import Tensor, nn
from torch.nn.utils import skip_init

from crosswind.methods.adapters import INITIAL_SPREAD, Adapter, Slot, adapters_of, child_of
from crosswind.methods.base import OWN, close
from crosswind.models.backbone import Encoder

LANGUAGES = "languages"  # the child of an encoder that holds them
REDUCTION = 2  # of the coupling; the only one that has been published


class Nice(nn.Module):
    """The coupling of one language. Its weights are zero until they are drawn or loaded: then it changes nothing."""

    def __init__(self, width: int):
        super().__init__()
        half = width // 2
        self.first, self.second = coupling(half), coupling(half)

    def forward(self, states_BLD: Tensor) -> Tensor:
        one_BLH, two_BLH = states_BLD.chunk(2, -1)
        one_BLH = one_BLH + self.first(two_BLH)
        return torch.cat((one_BLH, two_BLH + self.second(one_BLH)), -1)

    def undo(self, states_BLD: Tensor) -> Tensor:
        """What `forward` made these states of."""
        one_BLH, two_BLH = states_BLD.chunk(2, -1)
        two_BLH = two_BLH - self.second(one_BLH)
        return torch.cat((one_BLH - self.first(two_BLH), two_BLH), -1)


def coupling(half: int) -> nn.Sequential:
    """F or G."""
    inner = half // REDUCTION
    down: nn.Linear = skip_init(nn.Linear, half, inner)  # type: ignore[no-untyped-call]
    up: nn.Linear = skip_init(nn.Linear, inner, half)  # type: ignore[no-untyped-call]
    with torch.no_grad():
        for tensor in (*down.parameters(), *up.parameters()):
            tensor.zero_()
    return nn.Sequential(down, nn.ReLU(), up)


def draw_nice(nice: nn.Module, seed: int, zero_up: bool) -> None:
    """First weights from one generator; biases are zero, and with `zero_up` so are the second maps."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, tensor in nice.named_parameters():
            is_second = ".2." in f".{name}"
            if name.endswith("weight") and not (zero_up and is_second):
                tensor.normal_(0.0, INITIAL_SPREAD, generator=generator)


class Languages(nn.Module):
    """The couplings of an encoder by the name of their language.

    `known` are those that have settled; `spoken` is the one that counts, "" for none; of `drawn` every update speaks
    another.
    """

    def __init__(self, encoder: Encoder):
        super().__init__()
        self.spoken = ""
        self.known: tuple[str, ...] = ()
        self.drawn: tuple[str, ...] = ()
        encoder.layers[0].register_forward_pre_hook(self.enter)
        encoder.undone.append(self.leave)

    @property
    def nice(self) -> Nice | None:
        """The coupling that counts, if there is one."""
        return dict(self.named_children()).get(self.spoken)  # type: ignore[return-value]

    def enter(self, layer: nn.Module, inputs: Any) -> Any:  # noqa: ARG002
        """A hook on the first layer, and not on the embedding block, which some families run again at their end."""
        return None if self.nice is None else (self.nice(inputs[0]), *inputs[1:])

    def leave(self, states_ND: Tensor) -> Tensor:
        return states_ND if self.nice is None else self.nice.undo(states_ND)

    def rename(self, old: str, new: str) -> None:
        """Give a coupling another name."""
        if old in dict(self.named_children()):
            self.add_module(new, self.get_submodule(old))
            delattr(self, old)
        self.spoken = new if self.spoken == old else self.spoken


def languages_of(encoder: Encoder) -> Languages:
    """The languages of an encoder, none at first."""
    return child_of(encoder, LANGUAGES, Languages)


def settle(encoder: Encoder, language: str) -> None:
    """A language adapter that was added last gets its language's name, under which it may be spoken; it is silent."""
    adapters, languages = adapters_of(encoder), languages_of(encoder)
    adapters.rename(OWN, language)
    languages.rename(OWN, language)
    adapters.activate([name for name in adapters.active if name != language])
    languages.spoken, languages.known = "", (*languages.known, language)
    close(encoder)


def speak(encoder: Encoder, language: str, where: Literal["beneath", "inside"]) -> None:
    """Let one of the known languages count, or none: beneath all other adapters, or inside of what stands on it."""
    adapters, languages = adapters_of(encoder), languages_of(encoder)
    if language and language not in languages.known:
        raise KeyError(f"there is no language {language} among {', '.join(languages.known)}")
    others = [name for name in adapters.active if name not in languages.known]
    adapters.activate([language, *others] if language and where == "beneath" else others)
    languages.spoken = language


class Above(nn.Module):
    """A task adapter as the formula of the paper reads: it takes what the language adapter gives, without a norm.

    With h from the feed-forward and B(z) from the language adapter, the task adapter reads B(z) + h; what it gives is
    added to h + x, and the language adapter's own output no more.
    """

    def __init__(self, task: Adapter):
        super().__init__()
        self.task = task
        self.below: Callable[[], nn.Module | None] = lambda: None
        self.computed: Tensor | None = None

    def bind(self, sublayer: nn.Module, below: Callable[[], nn.Module | None]) -> None:
        """Tell where h comes from, and which language adapter is below at present."""
        self.below = below
        sublayer.register_forward_hook(self.note)

    def note(self, module: nn.Module, inputs: Any, output: Tensor) -> None:  # noqa: ARG002
        self.computed = output

    def forward(self, z_BLD: Tensor) -> Tensor:
        h_BLD, self.computed = self.computed, None
        assert h_BLD is not None, "the feed-forward has not run before its adapter"
        below = self.below()
        found_BLD: Tensor = self.task(h_BLD if below is None else below(z_BLD) + h_BLD)
        return found_BLD


def bind(encoder: Encoder, slot: Slot, name: str) -> None:
    """Bind the task adapters of a slot to their layers; `name` is where a layer has its feed-forward's output."""
    adapters, languages = adapters_of(encoder), languages_of(encoder)

    def below(layer: int) -> nn.Module | None:
        return adapters[languages.spoken][layer]["feed_forward"] if languages.spoken else None  # type: ignore[index]

    for layer, block in enumerate(encoder.layers):
        above = slot[layer]["feed_forward"]  # type: ignore[index]
        above.bind(block.get_submodule(name), partial(below, layer))
