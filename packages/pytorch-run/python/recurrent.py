"""Recurrent layers under PyTorch's names: weight_ih_l0, weight_hh_l0, bias_ih_l0, ...

Cells that PyTorch has run in its own kernels; the others, and options that it lacks, run step by step, as formulas.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

#: h [N, H] (or [N, P] with a projection), and c [N, H] of an LSTM.
State = tuple[Tensor, ...]

GATES = {"rnn": 1, "gru": 3, "lstm": 4, "mingru": 2, "minlstm": 3}


class RecurrentStack(nn.Module):
    """Layers of one cell and one size on top of one another. `config` is a resolved configuration of throughtime."""

    def __init__(self, config: dict) -> None:
        super().__init__()
        self.config = config
        rows = GATES[config["cell"]] * config["hiddenSize"]
        hidden, state = config["hiddenSize"], config["stateSize"]
        for layer in range(config["layers"]):
            shapes: dict[str, tuple[int, ...]] = {"weight_ih": (rows, config["inputSize"] if layer == 0 else state)}
            if self._is_recurrent:
                shapes["weight_hh"] = (rows, state)
            shapes["bias_ih"] = (rows,)
            if self._is_recurrent:
                shapes["bias_hh"] = (rows,)
            if config.get("projectionSize"):
                shapes["weight_hr"] = (config["projectionSize"], hidden)
            if config["peephole"]:
                shapes["weight_peephole"] = (3, hidden)
            if config["layerNorm"]:
                shapes["gain_ih"] = (rows,)
                if self._is_recurrent:
                    shapes["gain_hh"] = (rows,)
                if config["cell"] == "lstm":
                    shapes["gain_cell"] = shapes["bias_cell"] = (hidden,)
            for name, shape in shapes.items():
                self.register_parameter(f"{name}_l{layer}", nn.Parameter(torch.zeros(shape)))

    @property
    def _is_recurrent(self) -> bool:
        return not self.config["cell"].startswith("min")

    @property
    def _is_torchs(self) -> bool:
        """Whether PyTorch's kernels know every option."""
        config = self.config
        odd = config["layerNorm"] or config["peephole"] or not config["resetAfter"]
        drops = config["dropout"]["state"] + config["zoneout"]["hidden"] + config["zoneout"]["cell"]
        return self._is_recurrent and not odd and drops == 0

    def initial_state(self, rows: int, device: torch.device) -> list[State]:
        """Zeros, one entry per layer."""
        h = torch.zeros(rows, self.config["stateSize"], device=device)
        if self.config["cell"] != "lstm":
            return [(h.clone(),) for _ in range(self.config["layers"])]
        c = torch.zeros(rows, self.config["hiddenSize"], device=device)
        return [(h.clone(), c.clone()) for _ in range(self.config["layers"])]

    def forward(
        self, inputs: Tensor, state: list[State], lengths: Tensor | None = None, gradient_scale: float = 1
    ) -> tuple[Tensor, Tensor, list[State]]:
        """Runs the layers over [N, T, D].

        `gradient_scale` multiplies the gradient that flows from one step's state to the one before it.
        Returns the outputs with their dropout, the same without it, and the state after the last step.
        """
        masks = self._masks(inputs) if self.training else {}
        if gradient_scale == 1:
            plain, state = self._run(inputs, state, masks, lengths, slice(0, inputs.shape[1]))
        else:
            parts = []
            for t in range(inputs.shape[1]):
                if t > 0:
                    state = [tuple(ScaledGradient.apply(part, gradient_scale) for part in layer) for layer in state]
                part, state = self._run(inputs, state, masks, lengths, slice(t, t + 1))
                parts.append(part)
            plain = torch.cat(parts, 1)
        return masked(plain, masks.get("output"), slice(0, plain.shape[1])), plain, state

    def _run(self, inputs, state, masks, lengths, steps: slice) -> tuple[Tensor, list[State]]:
        """The layers over some of the steps."""
        sequence = inputs[:, steps]
        after = []
        for layer in range(self.config["layers"]):
            below = masked(sequence, masks.get(("below", layer)), steps)
            valid = None if lengths is None else lengths - steps.start
            outputs, last = self._layer(layer, below, state[layer], masks, valid, steps)
            sequence = outputs + below if self.config["residual"] and layer > 0 else outputs
            after.append(last)
        return sequence, after

    def _layer(self, layer, inputs, state, masks, valid, steps) -> tuple[Tensor, State]:
        weights = {
            name[: -len(f"_l{layer}")]: weight for name, weight in self.named_parameters() if name.endswith(f"_l{layer}")
        }
        dropped = masks.get(("weights", layer))
        if dropped is not None:
            weights["weight_hh"] = weights["weight_hh"] * dropped
        if self._is_torchs and valid is None:
            return self._torchs(inputs, state, weights)
        return self._unrolled(layer, inputs, state, weights, masks, valid, steps)

    def _torchs(self, inputs, state, weights) -> tuple[Tensor, State]:
        names = ["weight_ih", "weight_hh", "bias_ih", "bias_hh", *(["weight_hr"] if "weight_hr" in weights else [])]
        flat = [weights[name] for name in names]
        start = [part.unsqueeze(0) for part in state]
        options = (True, 1, 0.0, self.training, False, True)
        if self.config["cell"] == "lstm":
            outputs, h, c = torch.lstm(inputs, start, flat, *options)
            return outputs, (h[0], c[0])
        kinds = {"gru": torch.gru, "rnn": torch.rnn_tanh if self.config["nonlinearity"] == "tanh" else torch.rnn_relu}
        outputs, h = kinds[self.config["cell"]](inputs, start[0], flat, *options)
        return outputs, (h[0],)

    def _unrolled(self, layer, inputs, state, weights, masks, valid, steps) -> tuple[Tensor, State]:
        step = CELLS[self.config["cell"]]
        from_inputs = linear(inputs, weights, "ih")
        zoneout = self.config["zoneout"]
        outputs = []
        for t in range(inputs.shape[1]):
            before = state
            h = before[0] if masks.get(("state", layer)) is None else before[0] * masks[("state", layer)]
            state = step(from_inputs[:, t], h, before, weights, self.config)
            at = steps.start + t
            kept = [mask_at(masks.get((kind, layer)), at, zoneout[kind]) for kind in ("hidden", "cell")]
            state = tuple(
                now if isinstance(keep, float) and keep == 0 else keep * old + (1 - keep) * now
                for now, old, keep in zip(state, before, kept)
            )
            output = state[0]
            if valid is not None:
                inside = (t < valid).unsqueeze(1)
                state = tuple(torch.where(inside, now, old) for now, old in zip(state, before))
                output = torch.where(inside, output, torch.zeros_like(output))
            outputs.append(output)
        return torch.stack(outputs, 1), state

    def _masks(self, inputs: Tensor) -> dict:
        """Every random choice of one chunk. Values that are kept are scaled by 1 / (1 - p)."""
        config, dropout, zoneout = self.config, self.config["dropout"], self.config["zoneout"]
        rows, steps, size = inputs.shape
        drawn = 1 if dropout["locked"] else steps

        def kept(p: float, *shape: int) -> Tensor | None:
            if p == 0:
                return None
            return (torch.rand(shape, device=inputs.device) >= p).to(inputs.dtype) / (1 - p)

        masks: dict = {"output": kept(dropout["output"], rows, drawn, config["stateSize"])}
        for layer in range(config["layers"]):
            below = kept(dropout["input"], rows, drawn, size) if layer == 0 else None
            masks["below", layer] = below if layer == 0 else kept(dropout["between"], rows, drawn, config["stateSize"])
            masks["state", layer] = kept(dropout["state"], rows, config["stateSize"])
            if self._is_recurrent:
                weight = getattr(self, f"weight_hh_l{layer}")
                masks["weights", layer] = kept(dropout["recurrentWeights"], *weight.shape)
            for kind, width in (("hidden", config["stateSize"]), ("cell", config["hiddenSize"])):
                p = zoneout[kind]
                drop = kept(p, rows, steps, width)
                # 1 where the old value stays.
                masks[kind, layer] = None if drop is None else (drop == 0).to(inputs.dtype)
        return masks


class ScaledGradient(torch.autograd.Function):
    """The same values; the gradient that flows back through them is multiplied by a factor."""

    @staticmethod
    def forward(ctx, values, scale):
        ctx.scale = scale
        return values.view_as(values)

    @staticmethod
    def backward(ctx, gradient):
        return gradient * ctx.scale, None


def masked(values: Tensor, mask: Tensor | None, steps: slice) -> Tensor:
    """[N, T, size] times the part of a mask for these steps; a mask of one step serves all."""
    if mask is None:
        return values
    return values * (mask if mask.shape[1] == 1 else mask[:, steps])


def mask_at(mask: Tensor | None, step: int, otherwise: float):
    """What a step keeps of the old state: its mask while training, the mean in evaluation."""
    return float(otherwise) if mask is None else mask[:, step]


def normalized(values: Tensor) -> Tensor:
    return functional.layer_norm(values, values.shape[-1:], eps=1e-5)


def linear(values: Tensor, weights: dict, which: str) -> Tensor:
    """W x + b, or norm(W x) * gain + b."""
    product = values @ weights[f"weight_{which}"].T
    if f"gain_{which}" in weights:
        product = normalized(product) * weights[f"gain_{which}"]
    return product + weights[f"bias_{which}"]


def rnn(x, h, before, weights, config) -> State:
    phi = torch.relu if config["nonlinearity"] == "relu" else torch.tanh
    return (phi(x + linear(h, weights, "hh")),)


def gru(x, h, before, weights, config) -> State:
    xr, xz, xn = x.chunk(3, 1)
    if config["resetAfter"]:
        hr, hz, hn = linear(h, weights, "hh").chunk(3, 1)
        r, z = torch.sigmoid(xr + hr), torch.sigmoid(xz + hz)
        n = torch.tanh(xn + r * hn)
    else:
        gates, candidate = split_rows(weights, 2 * config["hiddenSize"])
        r, z = torch.sigmoid(torch.cat([xr, xz], 1) + linear(h, gates, "hh")).chunk(2, 1)
        n = torch.tanh(xn + linear(r * h, candidate, "hh"))
    return ((1 - z) * n + z * before[0],)


def lstm(x, h, before, weights, config) -> State:
    c = before[1]
    i, f, g, o = (x + linear(h, weights, "hh")).chunk(4, 1)
    peephole = weights.get("weight_peephole")
    if peephole is not None:
        i, f = i + peephole[0] * c, f + peephole[1] * c
    c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
    if peephole is not None:
        o = o + peephole[2] * c
    shown = normalized(c) * weights["gain_cell"] + weights["bias_cell"] if "gain_cell" in weights else c
    h = torch.sigmoid(o) * torch.tanh(shown)
    return (h @ weights["weight_hr"].T if "weight_hr" in weights else h, c)


def mingru(x, h, before, weights, config) -> State:
    z, n = x.chunk(2, 1)
    z = torch.sigmoid(z)
    return ((1 - z) * before[0] + z * positive(n),)


def minlstm(x, h, before, weights, config) -> State:
    f, i, n = x.chunk(3, 1)
    ratio = functional.softplus(-i) - functional.softplus(-f)
    return (torch.sigmoid(ratio) * before[0] + torch.sigmoid(-ratio) * positive(n),)


def positive(x: Tensor) -> Tensor:
    """x + 1/2 where x is positive, sigmoid(x) elsewhere (Feng et al. 2024)."""
    return torch.relu(x) + torch.sigmoid(torch.clamp(x, max=0))


def split_rows(weights: dict, at: int) -> tuple[dict, dict]:
    """The recurrent weights of the gates, and those of the candidate."""
    recurrent = {name: weight for name, weight in weights.items() if name.endswith("_hh")}
    return ({k: w[:at] for k, w in recurrent.items()}, {k: w[at:] for k, w in recurrent.items()})


CELLS = {"rnn": rnn, "gru": gru, "lstm": lstm, "mingru": mingru, "minlstm": minlstm}
