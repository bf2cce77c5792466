"""Generates tokens one by one in PyTorch, of one text or several side by side, and prints one JSON line; the counterpart of recurrent/generate-ours.mjs.

usage: generate_torch.py '{"cell": "lstm", ..., "seconds": 1, "threads": 1}'
"""

import json
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

settings = json.loads(sys.argv[1])
vocabulary, hidden, layers = settings["vocabulary"], settings["hidden"], settings["layers"]
batch = settings.get("batch", 1)
torch.set_num_threads(settings["threads"])
torch.manual_seed(1)
cell = {"rnn": nn.RNN, "gru": nn.GRU, "lstm": nn.LSTM}[settings["cell"]]
rnn = cell(vocabulary, hidden, num_layers=layers)
decoder = nn.Linear(hidden, vocabulary)

with torch.inference_mode():
    state = None
    token = torch.zeros(1, batch, dtype=torch.long)

    def advance(token, state):
        outputs, state = rnn(F.one_hot(token, vocabulary).float(), state)
        probabilities = torch.softmax(decoder(outputs[0]), dim=-1)
        token = torch.multinomial(probabilities, 1).view(1, batch)
        token.tolist()  # the program wants to see it
        return token, state

    started = time.perf_counter()
    while time.perf_counter() - started < min(0.5, settings["seconds"]):
        token, state = advance(token, state)
    started = time.perf_counter()
    done = 0
    while time.perf_counter() - started < settings["seconds"]:
        token, state = advance(token, state)
        done += batch
    elapsed = time.perf_counter() - started

print(json.dumps({"tokensPerSecond": done / elapsed, "version": torch.__version__}))
