"""Hidden states at a prompt's last token: a tiny random Llama in Inspect's own `hf` provider."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from inspect_ai.model import ChatMessage, ChatMessageUser, Model, get_model

from unmask.protocol.errors import ConfigurationError
from unmask.solvers.white_box.hidden_states import last_token_states

torch = pytest.importorskip("torch")
os.environ["HF_HUB_OFFLINE"] = "1"  # read when the library is imported
transformers = pytest.importorskip("transformers")
pytest.importorskip("accelerate")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")

WORDS = [f"w{number}" for number in range(40)]
PROMPTS: list[list[ChatMessage]] = [[ChatMessageUser(content=" ".join(WORDS[:count]))] for count in (3, 17, 8)]


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Model:
    """A model of two layers, 16 wide, whose tokens are whole words."""
    from tokenizers import Tokenizer, models, pre_tokenizers

    path: Path = tmp_path_factory.mktemp("llama")
    vocabulary = {word: place for place, word in enumerate(["<unk>", "<eos>", "user:", *WORDS])}
    tokenizer = Tokenizer(models.WordLevel(vocabulary, unk_token="<unk>"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    transformers.PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="<unk>", eos_token="<eos>", pad_token="<eos>"
    ).save_pretrained(path)
    torch.manual_seed(0)
    size = {"hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2}
    config = transformers.LlamaConfig(
        vocab_size=len(vocabulary), num_key_value_heads=2, initializer_range=0.5, pad_token_id=1, eos_token_id=1, **size
    )
    transformers.LlamaForCausalLM(config).save_pretrained(path)
    return get_model("hf/local", model_path=str(path), do_sample=False, memoize=False)


def test_states_are_those_of_a_prompt_alone_in_whatever_batch_it_is(model: Model) -> None:
    together = last_token_states(model, PROMPTS)
    assert together.shape == (3, 3, 16)
    alone = np.concatenate([last_token_states(model, [prompt]) for prompt in PROMPTS])
    assert np.allclose(together, alone, atol=1e-5)
    assert np.allclose(last_token_states(model, PROMPTS, batch=2), together, atol=1e-5)


def test_the_last_layer_is_what_the_next_token_is_read_from(model: Model) -> None:
    api: Any = model.api
    text = api.hf_chat(PROMPTS[0], [])
    with torch.inference_mode():
        logits = api.model(**api.tokenizer([text], return_tensors="pt")).logits[0, -1].numpy()
    head = api.model.get_output_embeddings().weight.detach().numpy()
    assert np.allclose(head @ last_token_states(model, PROMPTS[:1])[0, -1], logits, atol=1e-4)


def test_a_model_without_weights_and_an_empty_list_are_refused(model: Model) -> None:
    with pytest.raises(ConfigurationError, match="needs the weights of a model"):
        last_token_states(get_model("mockllm/model"), PROMPTS)
    with pytest.raises(ConfigurationError, match="no prompts given"):
        last_token_states(model, [])
