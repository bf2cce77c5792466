"""The recurrent forecaster: recurrent layers from a zero state, read out by an affine map. Names are those of model.safetensors."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn import functional

from recurrent import RecurrentStack

#: Outputs per predicted value; a quantile head has one per level.
SIZES = {"point": 1, "gaussian": 2, "student": 3}

SMALLEST_SCALE = 1e-3


class ForecastingNetwork(nn.Module):
    """`settings` are run.json's: the network, the first step that predicts, the values of a step, the head."""

    def __init__(self, settings: dict) -> None:
        super().__init__()
        self.read_from, head = settings["readFrom"], settings["head"]
        self.head = head
        size = len(head["levels"]) if head["kind"] == "quantile" else SIZES[head["kind"]]
        self.rnn = RecurrentStack(settings["network"])
        self.readout = nn.ModuleList([nn.Linear(settings["network"]["hiddenSize"], settings["values"] * size)])
        self.size = size

    def forward(self, inputs: Tensor) -> Tensor:
        """[N, T, D] to what the head reads, [N, predictions, size]."""
        state = self.rnn.initial_state(inputs.shape[0], inputs.device)
        outputs, _, _ = self.rnn(inputs, state)
        return self.readout[0](outputs[:, self.read_from :]).reshape(inputs.shape[0], -1, self.size)

    def losses(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """The loss of each prediction, [N, predictions]; targets in the same shape, none missing."""
        kind = self.head["kind"]
        if kind == "point":
            return (outputs[..., 0] - targets).square()
        if kind == "quantile":
            levels = torch.tensor(self.head["levels"], dtype=outputs.dtype, device=outputs.device)
            errors = targets.unsqueeze(-1) - outputs
            return torch.maximum(levels * errors, (levels - 1) * errors).mean(-1)
        scale = SMALLEST_SCALE + functional.softplus(outputs[..., 1])
        z = (targets - outputs[..., 0]) / scale
        if kind == "gaussian":
            return 0.5 * math.log(2 * math.pi) + scale.log() + 0.5 * z.square()
        freedom = 2 + functional.softplus(outputs[..., 2]) + 1e-3
        half = freedom / 2
        return (
            torch.lgamma(half)
            - torch.lgamma(half + 0.5)
            + 0.5 * (freedom * math.pi).log()
            + scale.log()
            + (half + 0.5) * torch.log1p(z.square() / freedom)
        )
