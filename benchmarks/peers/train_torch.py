"""Trains one model for a while in PyTorch and prints one JSON line; the counterpart of recurrent/train-ours.mjs.

usage: train_torch.py '{"cell": "lstm", ..., "seconds": 1, "threads": 2}'
"""

import json
import resource
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

settings = json.loads(sys.argv[1])
vocabulary, hidden, layers = settings["vocabulary"], settings["hidden"], settings["layers"]
batch, steps = settings["batch"], settings["steps"]
embedding_size = settings.get("embedding")
torch.set_num_threads(settings["threads"])
torch.manual_seed(1)


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        cell = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[settings["cell"]]
        self.embedding = nn.Embedding(vocabulary, embedding_size) if embedding_size else None
        self.rnn = cell(embedding_size or vocabulary, hidden, num_layers=layers)
        self.decoder = nn.Linear(hidden, vocabulary)

    def forward(self, ids, state):
        # Time first: PyTorch's own order, in which it copies least.
        inputs = self.embedding(ids) if self.embedding else F.one_hot(ids, vocabulary).float()
        outputs, state = self.rnn(inputs, state)
        return self.decoder(outputs.reshape(-1, hidden)), state


model = LanguageModel()
if settings["optimizer"] == "adam":
    optimizer = torch.optim.Adam(model.parameters(), lr=0.002)
else:
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)


def detached(state):
    return tuple(part.detach() for part in state) if isinstance(state, tuple) else state.detach()


def step(state):
    inputs = torch.randint(vocabulary, (steps, batch))
    targets = torch.randint(vocabulary, (steps, batch))
    logits, state = model(inputs, state)
    loss = F.cross_entropy(logits, targets.reshape(-1))
    optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item(), detached(state)


state = None
started = time.perf_counter()
warm_steps = 0
while warm_steps < 3 or time.perf_counter() - started < min(0.5, settings["seconds"]):
    loss, state = step(state)
    warm_steps += 1

started = time.perf_counter()
done = 0
while done < 4 or time.perf_counter() - started < settings["seconds"]:
    loss, state = step(state)
    done += 1
elapsed = time.perf_counter() - started

print(
    json.dumps(
        {
            "tokensPerSecond": done * batch * steps / elapsed,
            "stepMilliseconds": 1000 * elapsed / done,
            "loss": loss,
            "peakMegabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "torch": torch.__version__,
            "threads": torch.get_num_threads(),
        }
    )
)
