"""Writes src/bpe/fixtures/huggingface.json: what Hugging Face's own library (Rust) learns and encodes.

Run by hand in an environment with the Python package tokenizers 0.23; the result is committed.
"""

import json
import pathlib

from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

PACKAGE = pathlib.Path(__file__).parent.parent
BOOK = PACKAGE.parent / "datasets/data/moby-dick-chapters-1-17.txt"

with open(BOOK, encoding="utf-8", newline="") as file:
    training_text = file.read()[:30_000]
languages = json.loads((PACKAGE / "src/fixtures/languages.json").read_text(encoding="utf-8"))
training_text += "\n".join(languages.values())

tokenizer = Tokenizer(models.BPE())
tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
tokenizer.decoder = decoders.ByteLevel()
tokenizer.train_from_iterator(
    [training_text],
    trainers.BpeTrainer(
        vocab_size=900,
        min_frequency=2,
        special_tokens=["<|endoftext|>"],
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    ),
)
fixture = {
    "merges": json.loads(tokenizer.to_str())["model"]["merges"],
    "ids": {name: tokenizer.encode(text).ids for name, text in languages.items()},
}
target = PACKAGE / "src/bpe/fixtures/huggingface.json"
target.write_text(json.dumps(fixture, ensure_ascii=False) + "\n", encoding="utf-8")
