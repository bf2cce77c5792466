"""Trains the forecaster of this folder further: on one processor, on one GPU, or on many by torchrun.

    python train.py                                    # one process
    torchrun --nproc-per-node 4 train.py               # four, which share the examples of each batch
    RANK=0 WORLD_SIZE=2 MASTER_ADDR=... MASTER_PORT=... python train.py

It continues from the last checkpoint in checkpoints, where there is one, and writes the weights of every epoch to model:
`forecast predict --model FOLDER/model` forecasts with them.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time

import numpy as np
import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

import optimization
from card import continue_card
from checkpoint import (
    Checkpoint,
    RunError,
    change_weights,
    has_checkpoint,
    latest_checkpoint,
    read_weights,
    save_checkpoint,
)
from command import Interruption, read_settings, run_program
from forecaster import ForecastingNetwork
from processes import Processes
from random_stream import Random


def main() -> int:
    return run_program(__doc__, train)


def train(options: argparse.Namespace) -> int:
    settings = read_settings(options.folder, "throughtime-pytorch-forecaster", "forecast")
    processes = Processes(options, settings["batch"])
    with processes:
        return Training(options, settings, processes).train()


class Training:
    """A forecaster between two updates, and how it goes on."""

    def __init__(self, options: argparse.Namespace, settings: dict, processes: Processes) -> None:
        self.options, self.settings = options, settings
        self.processes, self.device = processes, processes.device
        self.epochs = options.epochs or settings["epochs"]
        shape = settings["examples"]
        self.count, held = shape["count"] - shape["held"], shape["held"]
        inputs = self._mapped("inputs.float32", (shape["count"], shape["steps"], shape["width"]))
        targets = self._mapped("targets.float32", (shape["count"], shape["predictions"]))
        # The newest examples, which come last, are held out.
        self.examples = (inputs[: self.count], targets[: self.count])
        self.held = (inputs[self.count :], targets[self.count :]) if held else None
        self.network = ForecastingNetwork(settings).to(self.device)
        self.weights = dict(self.network.named_parameters())
        self.updater = optimization.Updater(settings["optimizer"], self.weights)
        self.checkpoints = options.folder / "checkpoints"
        self.best: dict[str, np.ndarray] = {}
        self.figures: dict[str, float] = {}
        self._load()
        self.wrapped = self.network if processes.count == 1 else DistributedDataParallel(self.network)
        self.interruption = Interruption()

    def train(self) -> int:
        """To the end of the epochs, or of the updates asked for."""
        memory, ending = self.memory, None
        if self.options.updates is not None:
            ending = memory["step"] + self.options.updates
        while memory["epoch"] <= self.epochs and not self._has_stopped:
            for _ in self._epoch():
                if memory["step"] == ending or self.processes.sums(1.0 if self.interruption.number else 0.0)[0] > 0:
                    self._save()
                    return self.interruption.code
                if memory["step"] % self.options.checkpoint_every == 0:
                    self._save()
            self._end_epoch()
        self._save(finished=True)
        return 0

    @property
    def _has_stopped(self) -> bool:
        """Whether too many validations in a row passed without a new best."""
        return self.held is not None and self.memory["sinceBest"] > self.settings["patience"]

    def _epoch(self):
        """The rest of the epoch; yields after every update."""
        memory, size = self.memory, self.settings["batch"]
        order = list(range(self.count))
        Random(memory["random"]).shuffle(order)
        started = time.perf_counter()
        while memory["index"] * size < self.count:
            rows = order[memory["index"] * size : (memory["index"] + 1) * size]
            self._update(rows)
            memory["index"] += 1
            memory["seconds"] += time.perf_counter() - started
            yield
            started = time.perf_counter()
        # The next epoch is drawn from a stream that is forked from this one's.
        memory["random"] = Random(memory["random"]).fork().state

    def _update(self, rows: list[int]) -> None:
        memory, processes = self.memory, self.processes
        mine = rows[len(rows) * processes.rank // processes.count : len(rows) * (processes.rank + 1) // processes.count]
        self.wrapped.train()
        # A process without an example of its own computes one that does not count.
        summed, predictions = self._summed(self.wrapped, self.examples, mine or rows[:1])
        weight = processes.count if mine else 0
        (summed * weight).backward()
        total, everywhere = processes.sums(*((float(summed.detach()), predictions) if mine else (0, 0)))
        for one in self.weights.values():
            optimization.gradient(one).div_(max(1, everywhere))
        norm = optimization.clip(self.settings["clip"], self.weights.values())
        if not (math.isfinite(total) and math.isfinite(norm)):
            raise RunError(f"the loss of update {memory['step'] + 1} is not finite; train it with a lower learning rate")
        self.updater.update(1, None)
        self.network.zero_grad(set_to_none=True)
        memory["step"] += 1
        memory["lossSum"] += total
        memory["predictions"] += int(everywhere)
        self._tell("step", step=memory["step"], epoch=memory["epoch"], loss=total / max(1, everywhere), gradientNorm=norm)

    def _summed(self, network, examples: tuple[np.ndarray, np.ndarray], rows) -> tuple[torch.Tensor, int]:
        """The sum of the losses of predictions that are not missing, and how many these are."""
        inputs, targets = (torch.from_numpy(np.array(part[rows])).to(self.device) for part in examples)
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.options.precision == "bf16"):
            outputs = network(inputs)
        known = ~targets.isnan()
        losses = self.network.losses(outputs.float(), torch.where(known, targets, torch.zeros_like(targets)))
        return torch.where(known, losses, torch.zeros_like(losses)).sum(), int(known.sum())

    def _end_epoch(self) -> None:
        memory = self.memory
        fields = {"loss": memory["lossSum"] / max(1, memory["predictions"]), "seconds": memory["seconds"]}
        if self.held is not None:
            self.network.eval()
            with torch.no_grad():
                summed, predictions = self._summed(self.network, self.held, slice(None))
            loss = float(summed) / max(1, predictions)
            is_best = memory["best"] is None or loss < memory["best"]
            memory["best"] = loss if is_best else memory["best"]
            memory["sinceBest"] = 0 if is_best else memory["sinceBest"] + 1
            if is_best:
                self.best = {f"best/{name}": array.copy() for name, array in self._arrays().items()}
            fields["validation"] = loss
        self._tell("epoch", epoch=memory["epoch"], **fields)
        names = {"loss": "trainingLoss", "validation": "validationLoss"}
        self.figures = {"epoch": memory["epoch"], **{names[name]: fields[name] for name in names if name in fields}}
        memory.update(epoch=memory["epoch"] + 1, index=0, lossSum=0, predictions=0, seconds=0)
        self._save()

    def _save(self, finished: bool = False) -> None:
        """A checkpoint, and the weights for `forecast`; by the first process."""
        if self.processes.is_first:
            weights = self._arrays()
            slots = {f"optimizer/{name}": _numpy(array) for name, array in self.updater.arrays().items()}
            arrays = {**{f"parameter/{name}": array for name, array in weights.items()}, **slots, **self.best}
            path = save_checkpoint(self.checkpoints, Checkpoint({"forecaster": self.memory}, arrays))
            if finished:
                weights = {name: self.best.get(f"best/{name}", array) for name, array in weights.items()}
            prefix = self.settings["prefix"]
            change_weights(self.options.folder / "model", {f"{prefix}{name}": array for name, array in weights.items()})
            continue_card(self.options.folder / "model", {"updates": self.memory["step"], **self.figures})
            self._tell("checkpoint", step=self.memory["step"], location=str(path))
        if self.processes.count > 1:
            dist.barrier()

    def _load(self) -> None:
        if has_checkpoint(self.checkpoints):
            checkpoint = latest_checkpoint(self.checkpoints)
            self.memory, arrays = checkpoint.memory["forecaster"], checkpoint.arrays
            self.best = {name: array for name, array in arrays.items() if name.startswith("best/")}
        else:
            prefix = self.settings["prefix"]
            saved = read_weights(self.options.folder / "model")
            arrays = {f"parameter/{name[len(prefix) :]}": array for name, array in saved.items() if name.startswith(prefix)}
            progress = {"epoch": 1, "index": 0, "step": 0, "random": self.settings["random"]}
            self.memory = {**progress, "lossSum": 0, "predictions": 0, "seconds": 0, "best": None, "sinceBest": 0}
        for name, weight in self.weights.items():
            saved_weight = arrays.get(f"parameter/{name}")
            if saved_weight is None or saved_weight.shape != tuple(weight.shape):
                got = "none" if saved_weight is None else f"one of shape {list(saved_weight.shape)}"
                raise RunError(f"the weights: expected '{name}' of shape {list(weight.shape)}, got {got}")
            weight.data.copy_(torch.from_numpy(saved_weight))
        zeros = {f"{n}/{slot}": torch.zeros_like(w.data) for n, w in self.weights.items() for slot in self.updater.slots}
        moved = {name: torch.from_numpy(arrays[f"optimizer/{name}"]).to(self.device) for name in zeros} if self.memory["step"] else zeros
        self.updater.load(moved, self.memory["step"])

    def _arrays(self) -> dict[str, np.ndarray]:
        return {name: _numpy(weight) for name, weight in self.weights.items()}

    def _mapped(self, name: str, shape: tuple[int, ...]) -> np.ndarray:
        path = self.options.folder / name
        try:
            values = np.memmap(path, dtype="<f4", mode="r")
        except (OSError, ValueError) as error:
            raise RunError(f"{path}: could not be read: {error}") from error
        if values.size != math.prod(shape):
            raise RunError(f"{path}: expected {math.prod(shape)} numbers, got {values.size}")
        return values.reshape(shape)

    def _tell(self, event: str, **fields) -> None:
        if not self.processes.is_first:
            return
        if self.options.json:
            print(json.dumps({"event": event, **fields}), flush=True)
        elif event == "epoch":
            shown = f"epoch {fields['epoch']}: loss {fields['loss']:.6g}"
            if "validation" in fields:
                shown += f", validation {fields['validation']:.6g}"
            print(f"{shown} ({fields['seconds']:.1f} s)", flush=True)


def _numpy(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().float().cpu().numpy()


if __name__ == "__main__":
    sys.exit(main())
