"""Hidden states at a prompt's last token: a tiny random Llama in Inspect's own `hf` provider."""

import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from inspect_ai.model import ChatMessage, ChatMessageUser, Model, get_model

from tests.solvers.tiny_llama import WIDTH, WORDS
from unmask.protocol.errors import ConfigurationError
from unmask.solvers.white_box.hidden_states import last_token_states

torch = pytest.importorskip("torch")
os.environ["HF_HUB_OFFLINE"] = "1"  # read when the library is imported
pytest.importorskip("transformers")
pytest.importorskip("accelerate")

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::FutureWarning")

PROMPTS: list[list[ChatMessage]] = [[ChatMessageUser(content=" ".join(WORDS[:count]))] for count in (3, 17, 8)]


@pytest.fixture(scope="module")
def model(tiny_llama: Path) -> Model:
    return get_model("hf/local", model_path=str(tiny_llama), do_sample=False, memoize=False)


def test_states_are_those_of_a_prompt_alone_in_whatever_batch_it_is(model: Model) -> None:
    together = last_token_states(model, PROMPTS)
    assert together.shape == (3, 3, WIDTH)
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
