"""Trains one model for a while in PyTorch and prints one JSON line; the counterpart of recurrent/train-ours.mjs.

usage: train_torch.py '{"cell": "lstm", ..., "seconds": 1, "threads": 2}'
"""

import json
import math
import resource
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

settings = json.loads(sys.argv[1])
vocabulary, layers = settings["vocabulary"], settings["layers"]
hidden = settings["hidden"] if isinstance(settings["hidden"], list) else [settings["hidden"]] * layers
batch, steps = settings["batch"], settings["steps"]
embedding_size = settings.get("embedding")
drop = settings.get("dropout", {})
penalty = settings.get("activationPenalty")
torch.set_num_threads(settings["threads"])
torch.manual_seed(1)


class MinGru(nn.Module):
    """Two gates that see the input only, by the parallel scan in log space of Feng et al. 2024."""

    def __init__(self, inputs, size):
        super().__init__()
        self.gates = nn.Linear(inputs, 2 * size)
        self.size = size

    def forward(self, x, state):
        update, candidate = self.gates(x).chunk(2, dim=-1)
        kept = -F.softplus(update)
        taken = -F.softplus(-update) + torch.where(candidate >= 0, (F.relu(candidate) + 0.5).log(), -F.softplus(-candidate))
        if state is not None:
            taken = torch.cat([state.log(), taken])
            kept = F.pad(kept, (0, 0, 0, 0, 1, 0))
        sums = kept.cumsum(0)
        h = (sums + (taken - sums).logcumsumexp(0)).exp()
        h = h[-x.shape[0] :]
        return h, h[-1:]


class WeightDropLstm(nn.LSTM):
    """One layer whose recurrent weights are dropped, one mask a call."""

    def forward(self, x, state):
        weights = [
            self.weight_ih_l0,
            F.dropout(self.weight_hh_l0, drop["recurrentWeights"]),
            self.bias_ih_l0,
            self.bias_hh_l0,
        ]
        if state is None:
            zeros = x.new_zeros(1, x.shape[1], self.hidden_size)
            state = (zeros, zeros)
        out, h, c = torch._VF.lstm(x, state, weights, True, 1, 0.0, True, False, False)
        return out, (h, c)


def locked(x, p):
    return x * F.dropout(torch.ones_like(x[:1]), p) if p else x


class LanguageModel(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, embedding_size) if embedding_size else None
        sizes = [embedding_size or vocabulary, *hidden]
        kind = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM, "mingru": MinGru}[settings["cell"]]
        self.separate = bool(drop) or kind is MinGru
        if self.separate:
            one = WeightDropLstm if drop else kind
            self.rnns = nn.ModuleList([one(a, b) for a, b in zip(sizes, hidden)])
        else:
            self.rnn = kind(sizes[0], hidden[0], num_layers=layers)
        self.decoder = nn.Linear(hidden[-1], vocabulary)
        if settings.get("tied"):
            self.decoder.weight = self.embedding.weight

    def forward(self, ids, state):
        # Time first: PyTorch's own order, in which it copies least.
        if self.embedding is None:
            x = F.one_hot(ids, vocabulary).float()
        elif drop.get("embedding"):
            rows = F.dropout(torch.ones(vocabulary, 1), drop["embedding"])
            x = F.embedding(ids, self.embedding.weight * rows)
        else:
            x = self.embedding(ids)
        if not self.separate:
            outputs, state = self.rnn(x, state)
            return self.decoder(outputs.reshape(-1, hidden[-1])), state, 0
        x = locked(x, drop.get("input"))
        states = []
        for i, rnn in enumerate(self.rnns):
            raw, after = rnn(x, state[i] if state else None)
            states.append(after)
            x = locked(raw, drop.get("between" if i < layers - 1 else "output"))
        extra = 0
        if penalty:
            extra = penalty["size"] * x.pow(2).mean() + penalty["change"] * (raw[1:] - raw[:-1]).pow(2).mean()
        return self.decoder(x.reshape(-1, hidden[-1])), states, extra


model = LanguageModel()
if settings["optimizer"] == "adam":
    optimizer = torch.optim.Adam(model.parameters(), lr=0.002)
else:
    optimizer = torch.optim.SGD(model.parameters(), lr=0.1)


def detached(state):
    if isinstance(state, (tuple, list)):
        return type(state)(detached(part) for part in state)
    return state.detach()


def step(state):
    inputs = torch.randint(vocabulary, (steps, batch))
    targets = torch.randint(vocabulary, (steps, batch))
    logits, state, extra = model(inputs, state)
    loss = F.cross_entropy(logits, targets.reshape(-1))
    optimizer.zero_grad(set_to_none=True)
    (loss + extra).backward()
    nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    return loss.item(), detached(state)


state = None
started = time.perf_counter()
warm_steps = 0
while warm_steps < (1 if settings.get("long") else 3) or time.perf_counter() - started < min(0.5, settings["seconds"]):
    loss, state = step(state)
    warm_steps += 1

started = time.perf_counter()
done = 0
while done < (2 if settings.get("long") else 4) or time.perf_counter() - started < settings["seconds"]:
    loss, state = step(state)
    done += 1
elapsed = time.perf_counter() - started
assert math.isfinite(loss)

print(
    json.dumps(
        {
            "tokensPerSecond": done * batch * steps / elapsed,
            "stepMilliseconds": 1000 * elapsed / done,
            "loss": loss,
            "peakMegabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            "version": torch.__version__,
            "threads": torch.get_num_threads(),
        }
    )
)
