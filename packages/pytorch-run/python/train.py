"""Trains the run of this folder further: on one processor, on one GPU, or on many by torchrun.

    python train.py                                    # one process
    torchrun --nproc-per-node 4 train.py               # four, which share the rows of each batch
    RANK=0 WORLD_SIZE=2 MASTER_ADDR=... MASTER_PORT=... python train.py

It continues from the last checkpoint in model/checkpoints, and writes checkpoints and weights there: `generate sample --model FOLDER/model`
opens the result, and `generate train --out FOLDER/model --resume` trains it further.
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
from checkpoint import Checkpoint, RunError, latest_checkpoint, save_checkpoint, save_weights
from command import Interruption, read_settings, run_program
from data import Batch, Source, read_ids, validation_batches
from model import LanguageModel, summed_loss
from processes import Processes
from random_stream import Random
from recurrent import State


def main() -> int:
    return run_program(__doc__, train)


def train(options: argparse.Namespace) -> int:
    settings = read_settings(options.folder, "throughtime-pytorch-run", "generate")
    processes = Processes(options, settings["batches"]["batch"])
    with processes:
        return Run(options, settings, processes).train()


class Update:
    """What the windows since the last update add up to."""

    def __init__(self) -> None:
        self.total, self.predictions, self.rows = 0.0, 0, 0
        self.windows, self.rate_factors = 0, 0.0

    def add(self, total: float, predictions: int, rows: int, window: optimization.Window) -> None:
        self.total += total
        self.predictions += predictions
        if window.update:
            self.windows += 1
            self.rows += rows
            self.rate_factors += window.rate_factor


class Run:
    """A run between two updates, and how it goes on. Names are those of throughtime's trainer and its checkpoints."""

    def __init__(self, options: argparse.Namespace, settings: dict, processes: Processes) -> None:
        self.options, self.settings = options, settings
        self.processes, self.device = processes, processes.device
        self.epochs = options.epochs or settings["epochs"]
        self.source = Source(read_ids(options.folder / "training.int32"), **settings["batches"])
        validation = options.folder / "validation.int32"
        self.validation = read_ids(validation) if validation.exists() else None
        self.model = LanguageModel(self.settings["architecture"]).to(self.device)
        checkpoint = latest_checkpoint(options.folder / "model" / "checkpoints")
        self.memory = checkpoint.memory
        self.of_update, self.counted = Update(), 1
        self.state: list[State] | None = None
        self.output: torch.Tensor | None = None
        self._load(checkpoint.arrays)
        self.wrapped = self.model if processes.count == 1 else DistributedDataParallel(self.model)
        self.interruption = Interruption()
        self.figures: dict[str, float] = {}

    def train(self) -> int:
        """To the end of the epochs, or of the updates asked for."""
        ending = None if self.options.updates is None else self.updates + self.options.updates
        while self.memory["epoch"] <= self.epochs and not self._has_stopped:
            for _ in self._epoch():
                if self.updates == ending or self._should_stop():
                    self._save()
                    return self.interruption.code
                if self.updates % self.options.checkpoint_every == 0:
                    self._save()
            self._end_epoch()
            if self._has_stopped:
                break
        self._save(finished=True)
        return 0

    @property
    def _has_stopped(self) -> bool:
        """Whether too many validations in a row passed without a new best."""
        patience = self.settings.get("earlyStopping")
        return patience is not None and self.memory["sinceBest"] > patience

    @property
    def updates(self) -> int:
        return self.memory["updater"]["step"]

    def _epoch(self):
        """The rest of the epoch; yields after every update, when the memory says how to continue."""
        place, started = self.memory["place"], time.perf_counter()
        start = place["cursor"]["random"]
        epoch = self.source.epoch(start)
        random = Random(self.memory["random"])
        first, drawn = place["window"], place.get("windowsFrom")
        for index in range(place["cursor"]["index"], epoch.count):
            batch = epoch.batch(index)
            windows_from = drawn or random.state
            stream = Random(drawn) if drawn else random
            cut = optimization.windows(self.settings["truncation"], batch.steps, stream)
            at_random = stream.state != windows_from
            drawn = None
            if not self.source.continues and first == 0:
                self.state = None
            share, counted = batch.part(self.processes.rank, self.processes.count)
            updates = [i for i, window in enumerate(cut) if window.update]
            for i in range(first, len(cut)):
                window = cut[i]
                self._forward_backward(share, counted, batch.rows, window)
                within = i + 1 < len(cut)
                following = (
                    {"cursor": {"random": start, "index": index}, "window": i + 1, "windowsFrom": windows_from}
                    if within
                    else {"cursor": {"random": start, "index": index + 1}, "window": 0}
                )
                is_last = not within and index + 1 == epoch.count
                if not window.update or (self.of_update.windows < self.settings["accumulate"] and not is_last):
                    continue
                progress = (index + i / len(cut)) / self.source.length
                done = index * len(updates) + updates.index(i) + 1
                self._step(progress, None if at_random else (self.source.length * len(updates), done))
                self.memory["place"] = following
                self.memory["random"] = random.state
                self.memory["seconds"] += time.perf_counter() - started
                yield
                started = time.perf_counter()
            first = 0

    def _forward_backward(self, batch: Batch, counted: int, rows: int, window: optimization.Window) -> None:
        """One window: adds its gradient to those of the update, and carries the state on."""
        if self.state is None:
            self.state = self.model.initial_state(batch.rows, self.device)
        self._seed()
        inputs, targets = (
            torch.from_numpy(part[:, window.start : window.end]).to(self.device) for part in (batch.inputs, batch.targets)
        )
        self.wrapped.train()
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.options.precision == "bf16"):
            output = self.wrapped(inputs, self.state, None, window.gradient_scale)
        minimized, total, predictions = summed_loss(output, targets, None, self.settings.get("activationPenalty"))
        # DistributedDataParallel averages over the processes; a process without rows of its own counts for nothing.
        weight = self.processes.count if counted else 0
        (minimized * weight).backward()
        self.state = [tuple(part.detach().float() for part in layer) for layer in output.state]
        self.output = output.outputs[:, -1].detach().float()
        total, everywhere = self.processes.sums(*((total, predictions) if counted else (0, 0)))
        if not math.isfinite(total):
            raise RunError(f"the loss of update {self.updates + 1} is {total}; take a lower learning rate, or clip more")
        self.memory["lossSum"] += total
        self.memory["predictions"] += int(everywhere)
        self.of_update.add(total, int(everywhere), rows, window)
        self.counted = counted

    def _step(self, progress: float, plan: tuple[int, int] | None) -> None:
        """Clips, moves the weights, and tells of it."""
        update = self.of_update
        sums = self.settings["reduction"] == "sum-over-time"
        for weight in self.learning.values():
            optimization.gradient(weight).div_(update.rows if sums else update.predictions)
        norm = optimization.clip(self.settings["clip"], self.learning.values())
        if not math.isfinite(norm):
            raise RunError(f"the gradient of update {self.updates + 1} is not finite; take a lower learning rate")
        position = self._position(progress, plan)
        scale = optimization.factor(self.settings["schedule"], position, self.memory["schedule"])
        updater = self.memory["updater"]
        scale *= 1 if sums else update.rate_factors / update.windows
        self.updater.update(scale, updater["averageFrom"])
        self.model.zero_grad(set_to_none=True)
        self.of_update = Update()
        self.memory["updater"] = {**updater, "step": updater["step"] + 1}
        self.memory["learningRate"] = self.updater.rate * scale
        loss = update.total / update.predictions
        self._tell("step", step=self.updates, epoch=self.memory["epoch"], loss=loss, gradientNorm=norm)

    def _position(self, progress: float, plan: tuple[int, int] | None) -> optimization.Position:
        epoch, accumulate = self.memory["epoch"], self.settings["accumulate"]
        done = (epoch - 1 + progress) / self.epochs
        if plan is None:
            return optimization.Position(epoch, done, None, 0)
        windows, here = plan
        updates = max(-(-windows // accumulate), 1)
        here = min(max(-(-here // accumulate), 1), updates)
        return optimization.Position(epoch, done, updates * self.epochs, updates * (epoch - 1) + here - 1)

    def _end_epoch(self) -> None:
        memory = self.memory
        fields = {"loss": memory["lossSum"] / max(1, memory["predictions"]), "seconds": memory["seconds"]}
        if self.validation is not None:
            loss = self._validate(self.validation)
            best = memory["best"]
            is_best = best is None or loss < best["loss"]
            memory["best"] = {"epoch": memory["epoch"], "loss": loss} if is_best else best
            memory["sinceBest"] = 0 if is_best else memory["sinceBest"] + 1
            if is_best and self.settings.get("earlyStopping") is not None:
                self._exchange_averages()
                self.kept |= {f"best/{name}": _numpy(weight).copy() for name, weight in self.model.named_parameters()}
                self._exchange_averages()
            memory["schedule"] = optimization.observe(self.settings["schedule"], memory["schedule"], loss)
            patience = self.settings["optimizer"].get("averageAfter")
            memory["updater"] = optimization.observe_average(patience, memory["updater"], loss)
            fields["validation"] = loss
        self._tell("epoch", epoch=memory["epoch"], **fields)
        perplexities = {"trainingPerplexity": "loss", "validationPerplexity": "validation"}
        # Where a loss is out of all bounds there is no such number.
        self.figures = {name: math.exp(fields[key]) for name, key in perplexities.items() if fields.get(key, 800) < 700}
        self.figures["epoch"] = memory["epoch"]
        # The next epoch is drawn from a stream that is forked from this one's, where anything is drawn.
        random = memory["place"]["cursor"]["random"]
        random = Random(random).fork().state if random else []
        memory.update(epoch=memory["epoch"] + 1, lossSum=0, predictions=0, seconds=0, carried=None)
        memory["place"] = {"cursor": {"random": random, "index": 0}, "window": 0}
        self.state = None
        self._save()

    @torch.no_grad()
    def _validate(self, ids: np.ndarray) -> float:
        """The mean loss of the validation text, by averages where there are any."""
        self._exchange_averages()
        self.model.eval()
        state, total, predictions = None, 0.0, 0
        batches = self.settings["batches"]
        layout, steps = self.settings["validation"]["layout"], self.settings["validation"]["steps"]
        for batch in validation_batches(ids, layout, batches["batch"], steps):
            if layout == "windows":
                state = None
            share, counted = batch.part(self.processes.rank, self.processes.count)
            state = state or self.model.initial_state(share.rows, self.device)
            inputs, targets = (torch.from_numpy(part).to(self.device) for part in (share.inputs, share.targets))
            lengths = None if share.lengths is None else torch.from_numpy(share.lengths).to(self.device)
            output = self.model(inputs, state, lengths)
            state = output.state
            if counted:
                _, loss, count = summed_loss(output, targets, lengths, None)
                total, predictions = total + loss, predictions + count
        self._exchange_averages()
        total, everywhere = self.processes.sums(total, predictions)
        return total / everywhere

    def _exchange_averages(self) -> None:
        """Weights and averages change places, where there are averages yet; a second call puts them back."""
        memory = self.memory["updater"]
        start = memory["averageFrom"]
        if start is None:
            start = self.settings["optimizer"]["settings"].get("startAt")
        if self.updater.slots != ["ax"] or start is None or memory["step"] <= start:
            return
        averages = self.updater.arrays()
        for name, weight in self.learning.items():
            kept = weight.detach().clone()
            weight.data.copy_(averages[f"{name}/ax"])
            averages[f"{name}/ax"].copy_(kept)

    def _save(self, finished: bool = False) -> None:
        """A checkpoint, and the weights; by the first process, with the states of all."""
        carried = self.processes.rows(self._carried())
        if self.processes.is_first:
            folder = self.options.folder / "model"
            self.memory["carried"] = self._carried_json(carried)
            weights = {name: _numpy(weight) for name, weight in self.model.named_parameters()}
            arrays = {f"parameter/{name}": weight for name, weight in weights.items()}
            arrays |= {f"optimizer/{name}": _numpy(array) for name, array in self.updater.arrays().items()}
            arrays |= {f"state/{i}": array.reshape(-1) for i, array in enumerate(carried)} if self.state else {}
            self.memory["run"] = {**self.memory["run"], "engine": f"pytorch {torch.__version__.split('+')[0]}"}
            path = save_checkpoint(folder / "checkpoints", Checkpoint(self.memory, {**arrays, **self.kept}))
            if finished:
                self._exchange_averages()
            weights = {name: _numpy(weight).copy() for name, weight in self.model.state_dict().items()}
            if finished:
                self._exchange_averages()
                # Early stopping ends with the best weights; a tied decoder has those of the embedding.
                weights |= {name: self.kept.get(f"best/{name}", weight) for name, weight in weights.items()}
                if self.settings["architecture"]["tied"]:
                    weights["decoder.weight"] = weights["embedding.weight"]
            save_weights(folder, weights)
            continue_card(folder, {"updates": self.updates, **self.figures})
            self._tell("checkpoint", step=self.updates, location=str(path))
        if self.processes.count > 1:
            dist.barrier()

    def _carried(self) -> list[np.ndarray]:
        """The rows of the carried state: each layer's h, and c of an LSTM, then what the decoder read last."""
        if self.state is None or self.output is None:
            return []
        rows = slice(0, self.counted)
        return [_numpy(part[rows]) for layer in self.state for part in layer] + [_numpy(self.output[rows])]

    def _carried_json(self, arrays: list[np.ndarray]) -> dict | None:
        if self.state is None:
            return None
        layers, at = [], 0
        for layer in self.state:
            layers.append({name: {"$array": at + i} for i, name in enumerate("hc"[: len(layer)])})
            at += len(layer)
        return {"json": {"layers": layers, "output": {"$array": at}}, "batchSize": arrays[0].shape[0]}

    def _load(self, arrays: dict[str, np.ndarray]) -> None:
        """Weights, the optimizer's arrays and this process's rows of the carried state."""
        tensors = {name: torch.from_numpy(array).to(self.device) for name, array in arrays.items()}
        frozen = set(self.settings["frozen"])
        for name, weight in self.model.named_parameters():
            saved = tensors.get(f"parameter/{name}")
            if saved is None or saved.shape != weight.shape:
                got = "none" if saved is None else f"one of shape {list(saved.shape)}"
                raise RunError(f"the checkpoint: expected a weight '{name}' of shape {list(weight.shape)}, got {got}")
            weight.data.copy_(saved)
            weight.requires_grad = name not in frozen
        self.learning = {n: w for n, w in self.model.named_parameters() if n not in frozen}
        self.updater = optimization.Updater(self.settings["optimizer"], self.learning)
        prefix = "optimizer/"
        slots = {name[len(prefix) :]: tensor for name, tensor in tensors.items() if name.startswith(prefix)}
        self.updater.load(slots, self.updates + self.memory["updater"].get("stepsBefore", 0))
        # What belongs to frozen weights, or to the best validation, goes on as it is.
        moved = {f"{prefix}{name}/{slot}" for name in self.learning for slot in self.updater.slots}
        self.kept = {
            name: array for name, array in arrays.items() if name.startswith((prefix, "best/")) and name not in moved
        }
        carried = self.memory["carried"]
        if carried:
            rows = carried["batchSize"]
            mine = slice(
                rows * self.processes.rank // self.processes.count,
                rows * (self.processes.rank + 1) // self.processes.count,
            )
            self.counted = mine.stop - mine.start

            def part(at: dict) -> torch.Tensor:
                return tensors[f"state/{at['$array']}"].reshape(rows, -1)[mine].clone()

            self.state = [tuple(part(at) for at in layer.values()) for layer in carried["json"]["layers"]]
            self.output = part(carried["json"]["output"])

    def _seed(self) -> None:
        """Dropout's draws belong to the update, so that a run that was killed makes them again."""
        torch.manual_seed(self.settings["seed"] % 2**31 * 1_000_003 + self.updates * 1009 + self.processes.rank)

    def _should_stop(self) -> bool:
        """Whether any process was asked to end: all must end after the same update."""
        return self.processes.sums(1.0 if self.interruption.number else 0.0)[0] > 0

    def _tell(self, event: str, **fields) -> None:
        if not self.processes.is_first:
            return
        if self.options.json:
            print(json.dumps({"event": event, **fields}), flush=True)
        elif event == "epoch":
            shown = f"epoch {fields['epoch']}: perplexity {math.exp(fields['loss']):.3f}"
            if "validation" in fields:
                shown += f", validation {math.exp(fields['validation']):.3f}"
            print(f"{shown} ({fields['seconds']:.1f} s)", flush=True)


def _numpy(tensor: torch.Tensor) -> np.ndarray:
    return tensor.detach().float().cpu().numpy()


if __name__ == "__main__":
    sys.exit(main())
