"""The card of a model: `card.json` beside it says who made it, when, of what, and how good it is. Nothing needs it to read the model."""

from __future__ import annotations

import hashlib
import json
import os
import platform
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import torch

_COMMAND = "python train.py"
# How much of a model's file says which one it is: its header has a checksum of the rest.
_BEGINNING = 2**16
# How many entries a card keeps.
_MOST_ENTRIES = 100


def continue_card(folder: Path, figures: dict[str, Any]) -> None:
    """Enters this program into the card of the model that it has just saved.

    A card that is missing or damaged stays so: it is no reason to end a training run. `figures` replace those of the same names.
    """
    path = folder / "card.json"
    try:
        card = json.loads(path.read_text("utf-8"))
        history, known = list(card["history"]), dict(card["figures"])
    except (OSError, ValueError, KeyError, TypeError):
        return
    now = datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    versions = {"python": platform.python_version(), "torch": str(torch.__version__)}
    last = history[-1] if history else {}
    begun = now
    if isinstance(last, dict) and last.get("command") == _COMMAND and last.get("versions") == versions:
        begun = last.get("from", now)
        history.pop()
    entry = {"command": _COMMAND, "from": begun, "to": now, "versions": versions}
    with open(folder / "model.safetensors", "rb") as file:
        card["model"] = hashlib.sha256(file.read(_BEGINNING)).hexdigest()
    card |= {"history": [*history[1 - _MOST_ENTRIES :], entry], "figures": {**known, **figures}}
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        beside.write_text(json.dumps(card, indent=2) + "\n", "utf-8")
        os.replace(beside, path)
    except OSError:
        beside.unlink(missing_ok=True)
