"""The language model: embedding, recurrent layers, decoder. Its state dict has the names of model.safetensors."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from recurrent import RecurrentStack, State


class Output(NamedTuple):
    """`logits` [N, T, V]; `outputs` [N, T, O] is what the decoder read, `plain` the same without dropout."""

    logits: Tensor
    outputs: Tensor
    plain: Tensor
    state: list[State]


class LanguageModel(nn.Module):
    """`architecture` is that of run.json: sizes, and a resolved configuration for each stack of equal layers."""

    def __init__(self, architecture: dict) -> None:
        super().__init__()
        self.architecture = architecture
        vocabulary, size = architecture["vocabularySize"], architecture["outputSize"]
        if architecture["embedding"] != "one-hot":
            self.embedding = nn.Embedding(vocabulary, architecture["embedding"])
        stacks = [RecurrentStack(stack["config"]) for stack in architecture["stacks"]]
        if architecture["stacks"][0]["prefix"] == "rnn.":
            self.rnn = stacks[0]
        else:
            self.rnns = nn.ModuleList(stacks)
        self.decoder = nn.Linear(size, vocabulary)
        if architecture["tied"]:
            self.decoder.weight = self.embedding.weight

    @property
    def stacks(self) -> list[RecurrentStack]:
        return [module for module in self.modules() if isinstance(module, RecurrentStack)]

    def initial_state(self, rows: int, device: torch.device) -> list[State]:
        """Zeros, one entry per layer."""
        return [layer for stack in self.stacks for layer in stack.initial_state(rows, device)]

    def forward(
        self, tokens: Tensor, state: list[State], lengths: Tensor | None = None, gradient_scale: float = 1
    ) -> Output:
        """Tokens [N, T]; `lengths` [N] where not all steps of a row are text."""
        outputs = plain = self._embedded(tokens)
        after: list[State] = []
        for stack in self.stacks:
            start = state[len(after) : len(after) + stack.config["layers"]]
            outputs, plain, last = stack(outputs, start, lengths, gradient_scale)
            after += last
        return Output(self.decoder(outputs), outputs, plain, after)

    def _embedded(self, tokens: Tensor) -> Tensor:
        vocabulary = self.architecture["vocabularySize"]
        p = self.architecture["embeddingDropout"] if self.training else 0
        # Whole tokens are dropped, wherever they occur in the chunk.
        factors = (torch.rand(vocabulary, device=tokens.device) >= p) / (1 - p) if p > 0 else None
        if self.architecture["embedding"] == "one-hot":
            rows = functional.one_hot(tokens, vocabulary).to(self.decoder.weight.dtype)
        else:
            rows = self.embedding(tokens)
        return rows if factors is None else rows * factors[tokens].unsqueeze(-1).to(rows.dtype)


def summed_loss(output: Output, targets: Tensor, lengths: Tensor | None, penalty: dict | None) -> tuple[Tensor, float, int]:
    """The sum of the negative log-likelihoods that count.

    Returns what is minimized, with the activation penalty; the sum in nats without it; and how many predictions there are.
    """
    rows, steps = targets.shape
    counts = None if lengths is None else (torch.arange(steps, device=targets.device) < lengths.unsqueeze(1))
    predictions = rows * steps if counts is None else int(counts.sum())
    losses = functional.cross_entropy(output.logits.float().flatten(0, 1), targets.flatten(), reduction="none")
    total = losses.sum() if counts is None else (losses * counts.flatten()).sum()
    minimized = total
    if penalty:
        minimized = minimized + predictions * penalty.get("size", 0) * mean_square(output.outputs, counts)
        if steps > 1:
            change = output.plain[:, 1:] - output.plain[:, :-1]
            later = None if counts is None else counts[:, 1:]
            minimized = minimized + predictions * penalty.get("change", 0) * mean_square(change, later)
    return minimized, float(total.detach()), predictions


def mean_square(values: Tensor, counts: Tensor | None) -> Tensor:
    if counts is None:
        return values.float().square().mean()
    weights = counts.unsqueeze(-1).float()
    return (values.float().square() * weights).sum() / torch.clamp(weights.sum() * values.shape[-1], min=1)
