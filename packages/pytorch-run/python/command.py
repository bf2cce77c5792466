"""What the programs of exported folders share: options, settings, and how errors are told."""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import sys
from pathlib import Path
from collections.abc import Callable

import torch

from checkpoint import RunError

OLDEST_TORCH = (1, 13)


def run_program(description: str | None, train: Callable[[argparse.Namespace], int]) -> int:
    """Reads the options and trains. What a user can mend is one line and exit code 2; a process that was lost, exit code 1."""
    options = _parse(description)
    try:
        _require_torch()
        return train(options)
    except RunError as error:
        print(f"train: {error}", file=sys.stderr)
        return 2
    except RuntimeError as error:
        if not re.search("gloo|nccl|connection|peer|timed out", str(error), re.IGNORECASE):
            raise
        problem = str(error).strip().splitlines()[0]
        print(
            f"train: another process ended, or cannot be reached ({problem}); run all again: they continue from the last checkpoint",
            file=sys.stderr,
            flush=True,
        )
        # The library would wait for the others in its destructors.
        os._exit(1)


def _parse(description: str | None) -> argparse.Namespace:
    here = Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=here, help="the exported folder (default: that of this file)")
    parser.add_argument("--epochs", type=int, help="the last epoch (default: that of the run)")
    parser.add_argument("--updates", type=int, help="end after so many more updates, with a checkpoint")
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu", choices=["cpu", "cuda"])
    parser.add_argument("--backend", choices=["gloo", "nccl"], help="default: nccl on GPUs, else gloo")
    parser.add_argument("--precision", default="float32", choices=["float32", "bf16"], help="bf16: by autocast")
    parser.add_argument("--checkpoint-every", type=int, default=500, metavar="UPDATES", help="besides each epoch (default 500)")
    parser.add_argument("--threads", type=int, help="of one process on a processor (default: PyTorch's)")
    parser.add_argument("--json", action="store_true", help="one JSON line for each update and epoch")
    options = parser.parse_args()
    for name in ("epochs", "updates", "checkpoint_every", "threads"):
        value = getattr(options, name)
        if value is not None and value < 1:
            parser.error(f"--{name.replace('_', '-')}: expected a whole number of at least 1, got {value}")
    return options


def _require_torch() -> None:
    found = tuple(int("".join(filter(str.isdigit, part))) for part in torch.__version__.split("+")[0].split(".")[:2])
    if found < OLDEST_TORCH:
        raise RunError(f"expected PyTorch {'.'.join(map(str, OLDEST_TORCH))} or later, got {torch.__version__}")


def read_settings(folder: Path, kind: str, program: str) -> dict:
    """run.json. `kind` is the format that it names, `program` the command that exports it."""
    path = folder / "run.json"
    try:
        settings = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise RunError(f"{folder}: expected a folder that `{program} export --format pytorch` wrote: {error}") from error
    if not isinstance(settings, dict) or settings.get("format") != kind:
        raise RunError(f"{path}: expected the settings of an exported run, got something else")
    if settings.get("version") != 1:
        raise RunError(f"{path}: expected version 1, got {settings.get('version')}; take the train.py of that export")
    return settings


class Interruption:
    """Ctrl-C and SIGTERM ask the run to save and end; a second one ends it at once."""

    def __init__(self) -> None:
        self.number: int | None = None
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._interrupt)

    @property
    def code(self) -> int:
        """What the program exits with."""
        return 128 + self.number if self.number else 0

    def _interrupt(self, number: int, frame) -> None:
        if self.number:
            sys.exit(128 + number)
        self.number = number
