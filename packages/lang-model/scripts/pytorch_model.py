"""The language model of this package as a PyTorch module, to hold the two together.

    python3 pytorch_model.py fixtures FOLDER   writes models made by PyTorch, with their logits, for the tests
    python3 pytorch_model.py logits FOLDER     loads a model directory written here and prints the logits of its tokens

Needs PyTorch 1.13 or newer (Debian: python3-torch) and nothing else; takes a few seconds.
"""

import json
import math
import os
import struct
import sys

import torch
from torch import nn


class LanguageModel(nn.Module):
    def __init__(self, vocabulary_size, cell, hidden_size, layers=1, embedding=None, tied=False, nonlinearity="tanh"):
        super().__init__()
        self.vocabulary_size = vocabulary_size
        if embedding is not None:
            self.embedding = nn.Embedding(vocabulary_size, embedding)
        size = vocabulary_size if embedding is None else embedding
        kind = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[cell]
        options = {"nonlinearity": nonlinearity} if cell == "rnn" else {}
        self.rnn = kind(size, hidden_size, layers, batch_first=True, **options)
        self.decoder = nn.Linear(hidden_size, vocabulary_size)
        if tied:
            self.decoder.weight = self.embedding.weight

    def forward(self, tokens):
        if hasattr(self, "embedding"):
            x = self.embedding(tokens)
        else:
            x = nn.functional.one_hot(tokens, self.vocabulary_size).float()
        outputs, _ = self.rnn(x)
        return self.decoder(outputs)


def write_safetensors(path, tensors):
    """float32 only, names in order: enough for the tests, and independent of the TypeScript writer."""
    header, blocks, offset = {}, [], 0
    for name in sorted(tensors):
        data = tensors[name].detach().contiguous().numpy().astype("<f4").tobytes()
        header[name] = {
            "dtype": "F32",
            "shape": list(tensors[name].shape),
            "data_offsets": [offset, offset + len(data)],
        }
        blocks.append(data)
        offset += len(data)
    text = json.dumps(header).encode()
    text += b" " * (-len(text) % 8)
    with open(path, "wb") as file:
        file.write(struct.pack("<Q", len(text)) + text + b"".join(blocks))


def read_safetensors(path):
    with open(path, "rb") as file:
        raw = file.read()
    length = struct.unpack("<Q", raw[:8])[0]
    header = json.loads(raw[8 : 8 + length])
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        block = bytearray(raw[8 + length + begin : 8 + length + end])
        assert entry["dtype"] == "F32" and len(block) == 4 * math.prod(entry["shape"])
        tensors[name] = torch.frombuffer(block, dtype=torch.float32).reshape(entry["shape"])
    return tensors


SPECIFICATIONS = {
    "rnn": {"cell": "rnn", "hiddenSize": 5},
    "relu": {"cell": "rnn", "hiddenSize": 5, "nonlinearity": "relu"},
    "gru": {"cell": "gru", "hiddenSize": 5},
    "lstm": {"cell": "lstm", "hiddenSize": 5},
    "gru-2-layers": {"cell": "gru", "hiddenSize": 4, "layers": 2, "embedding": 3},
    "lstm-2-layers": {"cell": "lstm", "hiddenSize": 4, "layers": 2, "embedding": 3},
    "lstm-tied": {"cell": "lstm", "hiddenSize": 4, "embedding": 4, "tied": True},
}


def write_fixtures(folder):
    torch.manual_seed(20)
    vocabulary_size = 7
    for name, specification in SPECIFICATIONS.items():
        model = LanguageModel(vocabulary_size, **specification)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.mul_(1.5)  # far enough from zero that a wrong gate shows
        tokens = torch.randint(0, vocabulary_size, (2, 9))
        write_safetensors(os.path.join(folder, name + ".safetensors"), model.state_dict())
        expected = {
            "model": {"vocabularySize": vocabulary_size, **specification},
            "tokens": tokens.tolist(),
            "logProbabilities": torch.log_softmax(model(tokens), -1).tolist(),
        }
        with open(os.path.join(folder, name + ".json"), "w") as file:
            json.dump(expected, file)
            file.write("\n")


def print_logits(folder):
    with open(os.path.join(folder, "config.json")) as file:
        config = json.load(file)
    options = dict(config["model"])
    embedding = options.pop("embedding", "one-hot")
    model = LanguageModel(
        options.pop("vocabularySize"),
        options.pop("cell", "lstm"),
        options.pop("hiddenSize"),
        embedding=None if embedding == "one-hot" else embedding,
        **options,
    )
    # Strict: every name of the state dict, and no other.
    model.load_state_dict(read_safetensors(os.path.join(folder, "model.safetensors")), strict=True)
    tokens = torch.tensor(config["notes"]["tokens"])
    with torch.no_grad():
        print(json.dumps(torch.log_softmax(model(tokens), -1).tolist()))


if __name__ == "__main__":
    {"fixtures": write_fixtures, "logits": print_logits}[sys.argv[1]](sys.argv[2])
