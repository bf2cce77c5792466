"""Update rules, schedules and truncations by their settings in run.json, each as throughtime computes it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from collections.abc import Iterable

import torch
from torch import Tensor

from random_stream import Random


class Updater:
    """Moves the weights, and holds the arrays that the rule keeps for each of them."""

    def __init__(self, settings: dict, parameters: dict[str, torch.nn.Parameter]) -> None:
        self.rate, self.rule = settings["learningRate"], settings["rule"]
        self._parameters = parameters
        weights, decay, own = list(parameters.values()), settings["weightDecay"], settings["settings"]
        self._own = own
        common = {"lr": self.rate, "weight_decay": decay}
        self._torch: torch.optim.Optimizer
        if self.rule == "sgd":
            self.slots = ["momentum_buffer"] if own["momentum"] else []
            self._torch = torch.optim.SGD(weights, momentum=own["momentum"], nesterov=own["nesterov"], **common)
        elif self.rule in ("adam", "adamw"):
            self.slots = ["exp_avg", "exp_avg_sq"]
            rule = torch.optim.AdamW if own["decoupled"] else torch.optim.Adam
            self._torch = rule(weights, betas=(own["beta1"], own["beta2"]), eps=own["epsilon"], **common)
        elif self.rule == "rmsprop":
            self.slots = ["square_avg", *(["momentum_buffer"] if own["momentum"] else [])]
            self._torch = torch.optim.RMSprop(
                weights, alpha=own["alpha"], eps=own["epsilon"], momentum=own["momentum"], **common
            )
        elif self.rule == "adagrad":
            self.slots = ["sum"]
            self._torch = torch.optim.Adagrad(weights, lr_decay=own["rateDecay"], eps=own["epsilon"], **common)
        elif self.rule == "adadelta":
            self.slots = ["square_avg", "acc_delta"]
            self._torch = torch.optim.Adadelta(weights, rho=own["rho"], eps=own["epsilon"], **common)
        elif self.rule in ("adamax", "nadam", "radam"):
            self.slots = ["exp_avg", "exp_inf" if self.rule == "adamax" else "exp_avg_sq"]
            settings = {"betas": (own["beta1"], own["beta2"]), "eps": own["epsilon"], **common}
            if self.rule == "nadam":
                self._torch = torch.optim.NAdam(weights, momentum_decay=own["momentumDecay"], **settings)
            else:
                self._torch = (torch.optim.Adamax if self.rule == "adamax" else torch.optim.RAdam)(weights, **settings)
        elif self.rule == "lamb":
            self.slots = ["exp_avg", "exp_avg_sq"]
            self._torch = Lamb(weights, own, **common)
        else:
            self.slots = ["ax"]
            self._torch = AveragedSgd(weights, own, **common)

    def load(self, arrays: dict[str, Tensor], step: int) -> None:
        """Arrays by 'NAME/SLOT'."""
        for name, weight in self._parameters.items():
            slots = {slot: arrays[f"{name}/{slot}"].clone() for slot in self.slots}
            self._torch.state[weight] = {"step": torch.tensor(float(step)), **slots}
            if self.rule == "nadam":
                # It follows from the number of the update, so checkpoints do not hold it.
                self._torch.state[weight]["mu_product"] = torch.tensor(_nadam_momentum(self._own, step), dtype=torch.float32)

    def arrays(self) -> dict[str, Tensor]:
        return {f"{n}/{slot}": self._torch.state[w][slot] for n, w in self._parameters.items() for slot in self.slots}

    def update(self, factor: float, average_from: int | None) -> None:
        for group in self._torch.param_groups:
            group["lr"] = self.rate * factor
            group["average_from"] = average_from
        self._torch.step()


def _nadam_momentum(settings: dict, steps: int) -> float:
    """The product of the momentum of all updates up to `steps`."""
    beta1, psi = settings["beta1"], settings["momentumDecay"]
    return math.prod(beta1 * (1 - 0.5 * 0.96 ** (step * psi)) for step in range(1, steps + 1))


class AveragedSgd(torch.optim.Optimizer):
    """Averaged stochastic gradient descent (Polyak and Juditsky 1992); `average_from` is the update after which it averages."""

    def __init__(self, weights, settings: dict, lr: float, weight_decay: float) -> None:
        super().__init__(weights, {"lr": lr, "weight_decay": weight_decay, "average_from": None})
        self._settings = settings

    @torch.no_grad()
    def step(self, closure=None) -> None:  # type: ignore[override]
        decay, alpha = self._settings["lambda"], self._settings["alpha"]
        for group in self.param_groups:
            start = group["average_from"] if group["average_from"] is not None else self._settings["startAt"]
            for weight in group["params"]:
                state = self.state[weight]
                before = float(state["step"])
                state["step"] += 1
                rate = group["lr"] / (1 + decay * group["lr"] * before) ** alpha
                slope = weight.grad + group["weight_decay"] * weight
                weight.mul_(1 - decay * rate).add_(slope, alpha=-rate)
                share = 1 / max(1, before - (math.inf if start is None else start))
                state["ax"] += (weight - state["ax"]) * share


class Lamb(torch.optim.Optimizer):
    """Each weight matrix moves by a share of its own length along Adam's direction (You et al. 2020, algorithm 2)."""

    def __init__(self, weights, settings: dict, lr: float, weight_decay: float) -> None:
        super().__init__(weights, {"lr": lr, "weight_decay": weight_decay})
        self._betas, self._epsilon = (settings["beta1"], settings["beta2"]), settings["epsilon"]

    @torch.no_grad()
    def step(self, closure=None) -> None:  # type: ignore[override]
        beta1, beta2 = self._betas
        for group in self.param_groups:
            for weight in group["params"]:
                state = self.state[weight]
                state["step"] += 1
                updates = float(state["step"])
                state["exp_avg"].lerp_(weight.grad, 1 - beta1)
                state["exp_avg_sq"].mul_(beta2).addcmul_(weight.grad, weight.grad, value=1 - beta2)
                mean = state["exp_avg"] / (1 - beta1**updates)
                deviation = (state["exp_avg_sq"] / (1 - beta2**updates)).sqrt()
                direction = mean / (deviation + self._epsilon) + group["weight_decay"] * weight
                length, reach = float(weight.norm()), float(direction.norm())
                ratio = length / reach if length > 0 and reach > 0 else 1.0
                weight.sub_(direction, alpha=group["lr"] * ratio)


def gradient(weight: torch.nn.Parameter) -> Tensor:
    """Of a weight that learns, after the backward pass."""
    assert weight.grad is not None
    return weight.grad


def clip(limits: dict, weights: Iterable[torch.nn.Parameter]) -> float:
    """Clips each element to `value` and then the global norm to `norm`, where they are given. Returns the norm before."""
    gradients = [gradient(weight) for weight in weights]
    before = after = _norm(gradients)
    if not math.isfinite(before):
        return before
    if limits.get("value") is not None:
        for one in gradients:
            one.clamp_(-limits["value"], limits["value"])
        after = _norm(gradients)
    if limits.get("norm") is not None and after > limits["norm"]:
        for one in gradients:
            one.mul_(limits["norm"] / after)
    return before


def _norm(gradients: list[Tensor]) -> float:
    return math.sqrt(sum(float(one.double().square().sum()) for one in gradients))


@dataclass
class Window:
    """The steps [start, end) of a batch that gradients flow through."""

    start: int
    end: int
    gradient_scale: float = 1
    update: bool = True
    rate_factor: float = 1


def windows(settings: dict, steps: int, random: Random) -> list[Window]:
    """How a batch is cut; draws from the run's stream where the truncation is random."""
    name = settings["name"]
    if name == "full":
        return [Window(0, steps)]
    if name == "regular":
        every = settings["steps"]
        return [Window(start, min(start + every, steps)) for start in range(0, steps, every)]
    if name == "randomized":
        return _randomized(settings["keep"], steps, random)
    return _random_lengths(settings, steps, random)


def _randomized(keep: float, steps: int, random: Random) -> list[Window]:
    cut, start = [], 0
    for end in range(1, steps + 1):
        last = end == steps
        if last or random.uniform() >= keep:
            cut.append(Window(start, end, gradient_scale=1 / keep, update=last))
            start = end
    return cut


def _random_lengths(settings: dict, steps: int, random: Random) -> list[Window]:
    usual, cut, start = settings["steps"], [], 0
    while start < steps:
        mean = usual / 2 if random.uniform() < settings["halved"] else usual
        drawn = max(settings["shortest"], math.floor(mean + settings["deviation"] * random.normal()))
        end = min(start + drawn, steps)
        cut.append(Window(start, end, rate_factor=(end - start) / usual))
        start = end
    return cut


@dataclass
class Position:
    """Where in the run an update stands; `updates` and `before` count them where the truncation lets us know."""

    epoch: int
    progress: float
    updates: int | None
    before: int


def factor(settings: dict, position: Position, memory) -> float:
    """The schedule's factor on the learning rate."""
    name, done = settings["name"], position.progress
    if name == "exponential-after":
        return settings["decay"] ** max(position.epoch - settings["after"], 0)
    if name == "cosine":
        return (1 + math.cos(math.pi * done)) / 2
    if name == "cyclical":
        within = done * settings["cycles"] % 1
        return settings["bottom"] + (1 - settings["bottom"]) * 2 * min(within, 1 - within)
    if name == "one-cycle":
        return _one_cycle(settings, position, memory)
    return memory["factor"] if name == "on-plateau" else 1


def _one_cycle(settings: dict, position: Position, memory) -> float:
    rise, start = settings["rise"], 1 / settings["startDivisor"]
    end = start / settings["endDivisor"]
    if position.updates is None or memory != "by-updates":
        done = position.progress
        return _between(start, 1, done / rise) if done < rise else _between(1, end, (done - rise) / (1 - rise))
    top, last = rise * position.updates - 1, position.updates - 1
    if position.before <= top:
        return _between(start, 1, position.before / top) if top > 0 else 1
    return _between(1, end, min((position.before - top) / (last - top), 1))


def _between(begin: float, to: float, done: float) -> float:
    return to + (begin - to) * (1 + math.cos(math.pi * done)) / 2


def observe(settings: dict, memory, loss: float):
    """What the schedule remembers after a validation: on-plateau lowers the rate when it stops improving."""
    if settings["name"] != "on-plateau":
        return memory
    improved = memory["best"] is None or loss < memory["best"] * (1 - settings["threshold"])
    bad = 0 if improved or memory["cooling"] > 0 else memory["bad"] + 1
    after = {"best": loss if improved else memory["best"], "cooling": max(memory["cooling"] - 1, 0)}
    if bad <= settings["patience"]:
        return {"factor": memory["factor"], **after, "bad": bad}
    return {"factor": memory["factor"] * settings["factor"], **after, "bad": 0}


def observe_average(patience: int | None, memory: dict, loss: float) -> dict:
    """NT-ASGD: averaging begins when a validation is worse than the best of all but the last `patience` before it."""
    if patience is None or memory["averageFrom"] is not None or not math.isfinite(loss):
        return memory
    losses = memory["validationLosses"]
    earlier = losses[: max(0, len(losses) - patience)]
    if earlier and loss > min(earlier):
        return {**memory, "averageFrom": memory["step"], "validationLosses": []}
    return {**memory, "validationLosses": [*losses, loss]}
