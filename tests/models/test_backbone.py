"""What every encoder family promises, on tiny random encoders with real tokenizers."""

import json
import shutil
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor, nn
from transformers import AutoConfig

from crosswind.models.backbone import Encoder, Source, load_encoder, load_tokenizer, local
from crosswind.models.families import FAMILIES, family
from tests.text.sentences import SENTENCES
from tests.tiny import ENCODERS, LIMIT, WIDTH, Tiny

every = pytest.mark.parametrize("name", sorted(FAMILIES))
JOINER = "\u200c"  # BERT's normaliser drops it
TEXTS = [SENTENCES[code] for code in ("en", "ru", "ar", "hi", "th", "ko", "zh")]


def batch_of(folder: Path, texts: list[str]) -> tuple[Tensor, Tensor, Tensor]:
    """Ids, mask and segments of texts, padded by the tokenizer itself."""
    coded = load_tokenizer(local(folder))(texts, padding=True, return_tensors="pt", return_token_type_ids=True)
    return coded["input_ids"], coded["attention_mask"], coded["token_type_ids"]


def quiet(folder: Path) -> Encoder:
    """The encoder without dropout."""
    return load_encoder(local(folder)).eval()


def test_every_family_has_a_tiny_encoder() -> None:
    assert ENCODERS.keys() == FAMILIES.keys()


@every
def test_ids_and_embeddings_give_what_the_network_itself_gives(name: str, tiny_encoder: Tiny) -> None:
    encoder = quiet(tiny_encoder(name))
    ids, mask, types = batch_of(tiny_encoder(name), TEXTS)
    assert (mask == 0).any()
    inputs = {"input_ids": ids, "attention_mask": mask}
    with torch.no_grad():
        own = encoder.network(**inputs).last_hidden_state
        from_ids = encoder(ids, mask, types)
        from_embeddings = encoder(ids, mask, types, encoder.embed(ids))
    real = mask.bool()
    assert torch.equal(from_ids, from_embeddings)
    torch.testing.assert_close(from_ids[real], own[real], rtol=0, atol=1e-5)


@every
@pytest.mark.parametrize("layer", [1, 2])
def test_an_encoder_that_ends_at_a_layer_gives_its_hidden_states(name: str, layer: int, tiny_encoder: Tiny) -> None:
    encoder = quiet(tiny_encoder(name))
    ids, mask, _ = batch_of(tiny_encoder(name), TEXTS)
    positions = {"position_ids": torch.cumsum(mask, 1) * mask + encoder.offset - 1} if encoder.offset else {}
    with torch.no_grad():
        given = encoder.network(input_ids=ids, attention_mask=mask, output_hidden_states=True, **positions)
        runs: list[int] = []
        for number, module in enumerate(encoder.layers, 1):
            module.register_forward_hook(lambda *_, number=number: runs.append(number))
        encoder.end_at(layer)
        found = encoder(ids, mask, None)
    assert runs == list(range(1, layer + 1))
    expected = given.hidden_states[layer] if layer < 2 else given.last_hidden_state
    torch.testing.assert_close(found[mask.bool()], expected[mask.bool()], rtol=0, atol=1e-5)
    assert len(encoder.layers) == layer


@every
def test_padding_changes_nothing(name: str, tiny_encoder: Tiny) -> None:
    encoder = quiet(tiny_encoder(name))
    ids, mask, types = batch_of(tiny_encoder(name), TEXTS)
    with torch.no_grad():
        together = encoder(ids, mask, types)
        pooled = encoder.pool(together, mask)
        for row, text in enumerate(TEXTS):
            ids_alone, mask_alone, types_alone = batch_of(tiny_encoder(name), [text])
            alone = encoder(ids_alone, mask_alone, types_alone)
            length = ids_alone.shape[1]
            torch.testing.assert_close(together[row, :length], alone[0], rtol=0, atol=1e-5)
            torch.testing.assert_close(pooled[row], encoder.pool(alone, mask_alone)[0], rtol=0, atol=1e-5)


@every
def test_gradients_reach_given_embeddings(name: str, tiny_encoder: Tiny) -> None:
    encoder = quiet(tiny_encoder(name))
    ids, mask, types = batch_of(tiny_encoder(name), TEXTS[:2])
    embeddings = encoder.embed(ids).detach().requires_grad_(True)
    encoder.pool(encoder(ids, mask, types, embeddings), mask).square().sum().backward()
    assert embeddings.grad is not None
    assert (embeddings.grad.norm(dim=-1)[mask.bool()] > 0).all()
    assert encoder.words.weight.grad is None  # type: ignore[union-attr]


@every
def test_shape_and_limit(name: str, tiny_encoder: Tiny) -> None:
    encoder = quiet(tiny_encoder(name))
    assert encoder.width == WIDTH
    assert encoder.words.weight.shape[1] == WIDTH  # type: ignore[union-attr,index]
    assert encoder.limit == (None if name == "mt5" else LIMIT)
    length = encoder.limit or 2 * LIMIT
    ids = torch.full((1, length), 5)
    with torch.no_grad():
        assert encoder(ids, torch.ones_like(ids), None).shape == (1, length, WIDTH)


@pytest.mark.parametrize("name", ["bert", "roberta", "xlm-roberta"])
def test_a_position_table_ends_at_the_limit(name: str, tiny_encoder: Tiny) -> None:
    ids = torch.full((1, LIMIT + 1), 5)
    with pytest.raises((IndexError, RuntimeError)):
        quiet(tiny_encoder(name))(ids, torch.ones_like(ids), None)


@pytest.mark.parametrize(("name", "told"), [("bert", True), ("xlm-roberta", False), ("deberta-v2", False)])
def test_segments_matter_where_the_family_has_them(name: str, told: bool, tiny_encoder: Tiny) -> None:
    encoder = quiet(tiny_encoder(name))
    ids, mask, types = batch_of(tiny_encoder(name), TEXTS[:1])
    with torch.no_grad():
        same = torch.equal(encoder(ids, mask, types), encoder(ids, mask, torch.ones_like(types)))
    assert same is not told


def test_pooling_is_the_first_token_or_the_mean_of_the_text(tiny_encoder: Tiny) -> None:
    hidden = torch.tensor([[[1.0, 2.0], [3.0, 6.0], [50.0, 50.0]]])
    mask = torch.tensor([[1, 1, 0]])
    assert quiet(tiny_encoder("bert")).pool(hidden, mask).tolist() == [[1.0, 2.0]]
    assert quiet(tiny_encoder("mt5")).pool(hidden, mask).tolist() == [[2.0, 4.0]]


@every
def test_offsets_name_the_characters_behind_each_piece(name: str, tiny_encoder: Tiny) -> None:
    tokenizer = load_tokenizer(local(tiny_encoder(name)))
    for text in SENTENCES.values():
        coded = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
        offsets = coded["offset_mapping"]
        assert offsets == sorted(offsets)
        covered = {place for start, end in offsets for place in range(start, end)}
        assert all(character.isspace() or place in covered for place, character in enumerate(text))
        for piece, (start, end) in zip(coded.tokens(), offsets, strict=True):
            letters = piece.replace("▁", "").removeprefix("##").replace(JOINER, "")
            if name != "roberta" and "<" not in letters and "[" not in letters:  # bytes and unknown pieces say nothing
                assert letters in text[start:end].replace(JOINER, "")


@every
def test_dropout_reaches_every_dropout(name: str, tiny_encoder: Tiny) -> None:
    encoder = load_encoder(local(tiny_encoder(name)), dropout=0.3)
    modules = list(encoder.modules())
    rates = {module.p for module in modules if isinstance(module, nn.Dropout)}
    plain = {
        value
        for module in modules
        for attribute, value in vars(module).items()
        if "dropout" in attribute and isinstance(value, float)
    }
    assert rates | plain == {0.3}


@every
def test_without_dropout_training_computes_what_evaluation_does(name: str, tiny_encoder: Tiny) -> None:
    encoder = load_encoder(local(tiny_encoder(name)), dropout=0.0)
    inputs = batch_of(tiny_encoder(name), TEXTS)
    with torch.no_grad():
        assert torch.equal(encoder.train()(*inputs), encoder.eval()(*inputs))


@every
def test_without_an_override_the_encoder_keeps_its_own_dropout(name: str, tiny_encoder: Tiny) -> None:
    source = local(tiny_encoder(name))
    own = AutoConfig.from_pretrained(source.name)
    assert load_encoder(source).config.to_dict() == own.to_dict() | {"dtype": "float32"}


@every
def test_half_precision_weights_load_in_single_precision(name: str, tiny_encoder: Tiny, tmp_path: Path) -> None:
    folder = copied(tiny_encoder(name), tmp_path)
    weights = load_file(folder / "model.safetensors")
    save_file({key: tensor.half() for key, tensor in weights.items()}, folder / "model.safetensors", {"format": "pt"})
    assert {tensor.dtype for tensor in load_encoder(local(folder)).parameters()} == {torch.float32}


def copied(folder: Path, tmp_path: Path) -> Path:
    """A copy of an encoder's folder that a test may damage."""
    return Path(shutil.copytree(folder, tmp_path / "encoder"))


def edit(folder: Path, **settings: object) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | settings))


def test_pickles_are_refused(tiny_encoder: Tiny, tmp_path: Path) -> None:
    folder = copied(tiny_encoder("bert"), tmp_path)
    torch.save(load_file(folder / "model.safetensors"), folder / "pytorch_model.bin")
    (folder / "model.safetensors").unlink()
    with pytest.raises(ValueError, match="crosswind reads safetensors files only"):
        load_encoder(local(folder))


def test_missing_weights_are_not_made_up(tiny_encoder: Tiny, tmp_path: Path) -> None:
    folder = copied(tiny_encoder("xlm-roberta"), tmp_path)
    weights = load_file(folder / "model.safetensors")
    del weights["encoder.layer.0.output.dense.weight"]
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    with pytest.raises(ValueError, match=r"lack 1 tensors.*encoder\.layer\.0\.output\.dense\.weight"):
        load_encoder(local(folder))


@pytest.mark.parametrize("damage", ["shape", "bytes"])
def test_weights_that_do_not_fit_are_refused(damage: str, tiny_encoder: Tiny, tmp_path: Path) -> None:
    folder = copied(tiny_encoder("bert"), tmp_path)
    if damage == "shape":
        weights = load_file(folder / "model.safetensors")
        weights["embeddings.word_embeddings.weight"] = torch.zeros(3, WIDTH)
        save_file(weights, folder / "model.safetensors", {"format": "pt"})
    else:
        (folder / "model.safetensors").write_bytes(b"not tensors")
    with pytest.raises(ValueError, match="no weights could be loaded"):
        load_encoder(local(folder))


@pytest.mark.parametrize("model_type", ["gpt2", "nobody-knows"])
def test_an_unknown_family_is_named_with_those_that_are_known(
    model_type: str, tiny_encoder: Tiny, tmp_path: Path
) -> None:
    folder = copied(tiny_encoder("bert"), tmp_path)
    edit(folder, model_type=model_type)
    with pytest.raises(ValueError, match=rf"{model_type}.*supported: .*xlm-roberta"):
        load_encoder(local(folder))
    with pytest.raises(ValueError, match=model_type):
        family(model_type)


def test_a_place_without_an_encoder_is_named(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nowhere"):
        with pytest.raises(ValueError, match=str(tmp_path)):
            load_encoder(local(place))


def test_positions_need_a_padding_token(tiny_encoder: Tiny, tmp_path: Path) -> None:
    folder = copied(tiny_encoder("xlm-roberta"), tmp_path)
    edit(folder, pad_token_id=None)
    with pytest.raises(ValueError, match="pad_token_id"):
        load_encoder(local(folder))


def test_tokenizers_need_padding_and_unknown_tokens(tiny_encoder: Tiny, tmp_path: Path) -> None:
    folder = copied(tiny_encoder("modernbert"), tmp_path)
    path = folder / "tokenizer_config.json"
    settings = json.loads(path.read_text())
    path.write_text(json.dumps({key: value for key, value in settings.items() if key != "unk_token"}))
    with pytest.raises(ValueError, match="unk_token"):
        load_tokenizer(local(folder))


@pytest.mark.parametrize("model_type", ["bert", "new-and-shiny"])
def test_code_from_a_repository_never_runs(model_type: str, tiny_encoder: Tiny, tmp_path: Path) -> None:
    folder, trace = copied(tiny_encoder("bert"), tmp_path), tmp_path / "ran"
    code = f"from pathlib import Path\nPath({str(trace)!r}).touch()\nfrom transformers import *\n"
    (folder / "theirs.py").write_text(code + "class Theirs(BertModel): pass\nclass TheirConfig(BertConfig): pass\n")
    auto = {"AutoConfig": "theirs.TheirConfig", "AutoModel": "theirs.Theirs", "AutoTokenizer": ["theirs.T", "theirs.T"]}
    edit(folder, model_type=model_type, auto_map=auto)
    if model_type == "bert":
        assert type(load_encoder(local(folder)).network).__name__ == "BertModel"
    else:
        with pytest.raises(ValueError, match="not supported"):
            load_encoder(local(folder))
    assert load_tokenizer(local(folder)).is_fast
    assert not trace.exists()


def test_a_source_says_what_it_is() -> None:
    assert str(Source("lab/encoder", "abc123")) == "lab/encoder@abc123"
    assert Source("lab/encoder", "abc123").options == {"revision": "abc123", "trust_remote_code": False}
    assert Source("/folder").options == {"local_files_only": True, "trust_remote_code": False}
