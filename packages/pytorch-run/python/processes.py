"""The processes that train a run together, and what they tell one another."""

from __future__ import annotations

import argparse
import os
from datetime import timedelta

import numpy as np
import torch
import torch.distributed as dist

from checkpoint import RunError


class Processes:
    """The processes that train together: one, unless RANK and WORLD_SIZE say otherwise."""

    def __init__(self, options: argparse.Namespace, rows: int) -> None:
        self.count = int(os.environ.get("WORLD_SIZE", "1"))
        self.rank = int(os.environ.get("RANK", "0"))
        if rows < self.count:
            raise RunError(f"expected at most {rows} processes, one for each row of a batch, got {self.count}")
        self.device = torch.device(options.device)
        if options.device == "cuda":
            if not torch.cuda.is_available():
                raise RunError("--device: expected cpu, since PyTorch sees no GPU here, got cuda")
            self.device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", self.rank % torch.cuda.device_count())))
            torch.cuda.set_device(self.device)
        self._backend = options.backend or ("nccl" if options.device == "cuda" else "gloo")
        if options.threads:
            torch.set_num_threads(options.threads)

    def __enter__(self) -> Processes:
        if self.count > 1:
            dist.init_process_group(self._backend, timeout=timedelta(minutes=5))
        return self

    def __exit__(self, *error) -> None:
        if self.count > 1 and error[0] is None:
            dist.destroy_process_group()

    @property
    def is_first(self) -> bool:
        return self.rank == 0

    def sums(self, *values: float) -> list[float]:
        """Each value, summed over the processes."""
        if self.count == 1:
            return list(values)
        tensor = torch.tensor(values, dtype=torch.float64, device=self.device)
        dist.all_reduce(tensor)
        return tensor.tolist()

    def rows(self, parts: list[np.ndarray]) -> list[np.ndarray]:
        """Arrays of this process's rows, as arrays of all rows."""
        if self.count == 1:
            return parts
        gathered: list = [None] * self.count
        dist.all_gather_object(gathered, parts)
        return [np.concatenate(arrays) for arrays in zip(*gathered)]
