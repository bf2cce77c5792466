"""Batches of token ids, cut from the corpus exactly as throughtime cuts them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from random_stream import Random


@dataclass
class Batch:
    """Inputs and targets are [N, T]; `lengths` [N] says how many steps of a row count, where not all do."""

    inputs: np.ndarray
    targets: np.ndarray
    lengths: np.ndarray | None = None

    @property
    def rows(self) -> int:
        return self.inputs.shape[0]

    @property
    def steps(self) -> int:
        return self.inputs.shape[1]

    def part(self, rank: int, ranks: int) -> tuple[Batch, int]:
        """The rows of one of several processes, and how many of them count: a process without any computes one that does not."""
        first, end = self.rows * rank // ranks, self.rows * (rank + 1) // ranks
        counted = end - first
        rows = slice(first, end) if counted else slice(0, 1)
        lengths = None if self.lengths is None else self.lengths[rows]
        return Batch(self.inputs[rows], self.targets[rows], lengths), counted


def read_ids(path: Path) -> np.ndarray:
    """The ids of a text, mapped into memory rather than read: 32-bit little-endian."""
    return np.memmap(path, dtype="<i4", mode="r")


def cut(ids: np.ndarray, starts, steps: int) -> Batch:
    rows = np.stack([np.asarray(ids[start : start + steps + 1]) for start in starts]).astype(np.int64)
    return Batch(rows[:, :-1], rows[:, 1:])


class Epoch:
    """One pass over the text: `count` batches, batch by batch."""

    def __init__(self, ids: np.ndarray, steps: int, starts: list[np.ndarray]) -> None:
        self._ids, self._steps, self._starts = ids, steps, starts
        self.count = len(starts)

    def batch(self, index: int) -> Batch:
        return cut(self._ids, self._starts[index], self._steps)


class Source:
    """The training batches of a run. `continues`: whether a batch goes on where the one before it ended."""

    def __init__(self, ids: np.ndarray, sampling: str, batch: int, steps: int) -> None:
        self._ids, self._sampling, self._batch, self._steps = ids, sampling, batch, steps
        self.continues = sampling in ("sequential", "penn-treebank")
        self.length = {
            "sequential": (len(ids) - 1) // batch // steps,
            "random": (len(ids) - 1) // steps // batch,
            "windows": -(-max(0, len(ids) - steps) // batch),
            "penn-treebank": (len(ids) // batch - 1) // steps,
        }[sampling]

    def epoch(self, state: list[int]) -> Epoch:
        """The epoch that this state of the random stream draws; without a state, every epoch is the same."""
        if self._sampling == "penn-treebank":
            return Epoch(self._ids, self._steps, penn_treebank_starts(len(self._ids), self._batch, self._steps))
        random = Random(state)
        draw = {"sequential": self._sequential, "random": self._random, "windows": self._windows}
        return Epoch(self._ids, self._steps, draw[self._sampling](random))

    def _sequential(self, random: Random) -> list[np.ndarray]:
        """N parallel streams behind a random offset in [0, T]."""
        length, N, T = len(self._ids), self._batch, self._steps
        offset = random.integer(0, min(T, length - 1 - N * T) + 1)
        columns = (length - offset - 1) // N
        return [offset + np.arange(N) * columns + index * T for index in range(columns // T)]

    def _random(self, random: Random) -> list[np.ndarray]:
        """Pieces of T tokens behind a random offset in [0, T - 1], shuffled."""
        length, N, T = len(self._ids), self._batch, self._steps
        offset = random.integer(0, min(T - 1, length - 1 - N * T) + 1)
        starts = [offset + row * T for row in range((length - offset - 1) // T)]
        random.shuffle(starts)
        return [np.array(starts[at : at + N]) for at in range(0, len(starts) - N + 1, N)]

    def _windows(self, random: Random) -> list[np.ndarray]:
        """Every window of T tokens, shuffled; the last batch may be smaller."""
        starts = list(range(len(self._ids) - self._steps))
        random.shuffle(starts)
        return [np.array(starts[at : at + self._batch]) for at in range(0, len(starts), self._batch)]


def penn_treebank_starts(length: int, batch: int, steps: int) -> list[np.ndarray]:
    """The text as (N, length // N), cut from left to right."""
    columns = length // batch
    return [np.arange(batch) * columns + index * steps for index in range((columns - 1) // steps)]


def validation_batches(ids: np.ndarray, layout: str, batch: int, steps: int):
    """The validation text, always the same batches. Those of "windows" start from a zero state each, others continue one another."""
    if layout == "streams":
        yield from _streams(ids, batch, steps)
        return
    if layout == "windows":
        starts = np.arange(len(ids) - steps)
        cuts = [starts[at : at + batch] for at in range(0, len(starts), batch)]
    else:
        cuts = penn_treebank_starts(len(ids), batch, steps)
    for chosen in cuts:
        yield cut(ids, chosen, steps)


def _streams(ids: np.ndarray, batch: int, steps: int):
    """Parallel streams of the whole text, each id but the first predicted once."""
    predictions = len(ids) - 1
    streams = min(max(1, min(batch, predictions // steps)), predictions)
    columns = -(-predictions // streams)
    rows = -(-predictions // columns)
    for start in range(0, columns, steps):
        width = min(steps, columns - start)
        first = np.arange(rows) * columns + start
        lengths = np.clip(np.minimum((np.arange(rows) + 1) * columns, predictions) - first, 0, width)
        padded = np.zeros((rows, width + 1), dtype=np.int64)
        for row in range(rows):
            if lengths[row]:
                padded[row, : lengths[row] + 1] = ids[first[row] : first[row] + lengths[row] + 1]
        yield Batch(padded[:, :-1], padded[:, 1:], None if (lengths == width).all() else lengths)
