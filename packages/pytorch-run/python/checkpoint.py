"""Checkpoints and model folders in throughtime's own formats: what is trained here goes on there, and the other way round."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
from safetensors import safe_open
from safetensors.numpy import save_file

_TYPES = {"float32": "F32", "float64": "F64", "int32": "I32", "uint8": "U8"}


class RunError(Exception):
    """What a user can mend, in one line."""


class Checkpoint:
    """Everything that a run is, between two updates: `memory` is plain data, `arrays` are by name."""

    def __init__(self, memory: dict[str, Any], arrays: dict[str, np.ndarray]) -> None:
        self.memory, self.arrays = memory, arrays


def latest_checkpoint(folder: Path) -> Checkpoint:
    """The last checkpoint of a run.

    Raises RunError when there is none, and for one that is damaged.
    """
    numbers = _numbers(folder)
    if not numbers:
        raise RunError(f"{folder}: expected a checkpoint, found none; was the folder exported by `generate export`?")
    path = folder / _name(numbers[-1])
    arrays, metadata = _read(path)
    if metadata.get("format") != "throughtime-checkpoint" or metadata.get("version") != "1":
        raise RunError(f"{path}: expected a checkpoint of version 1, got another file; take the train.py of a newer export")
    if metadata["checksum"] != _checksum(arrays, crc32c(metadata["memory"].encode())):
        raise RunError(f"{path}: damaged: the content does not match its checksum; remove it to continue from the one before")
    return Checkpoint(json.loads(metadata["memory"]), arrays)


def save_checkpoint(folder: Path, checkpoint: Checkpoint, keep: int = 2) -> Path:
    """Writes the next checkpoint, and removes all but the last ones."""
    folder.mkdir(parents=True, exist_ok=True)
    before = _numbers(folder)
    path = folder / _name((before[-1] if before else 0) + 1)
    memory = json.dumps(checkpoint.memory, separators=(",", ":"), allow_nan=False)
    metadata = {
        "format": "throughtime-checkpoint",
        "version": "1",
        "memory": memory,
        "checksum": _checksum(checkpoint.arrays, crc32c(memory.encode())),
    }
    _replace(path, checkpoint.arrays, metadata)
    for number in before[: max(0, len(before) + 1 - keep)]:
        (folder / _name(number)).unlink(missing_ok=True)
    return path


def save_weights(folder: Path, weights: dict[str, np.ndarray]) -> None:
    """Replaces the weights of a model folder; what they say of vocabulary and architecture stays."""
    path = folder / "model.safetensors"
    with safe_open(path, "np") as before:
        metadata = dict(before.metadata())
        if set(before.keys()) != set(weights):
            raise RunError(f"{path}: expected the weights {sorted(weights)}, got {sorted(before.keys())}")
    metadata["throughtime.data"] = _checksum(weights, 0)
    _replace(path, weights, metadata)


def change_weights(folder: Path, weights: dict[str, np.ndarray]) -> None:
    """Replaces some of the arrays of a model folder; the others stay."""
    arrays, _ = _read(folder / "model.safetensors")
    save_weights(folder, {**arrays, **weights})


def has_checkpoint(folder: Path) -> bool:
    return bool(_numbers(folder))


def read_weights(folder: Path) -> dict[str, np.ndarray]:
    """The arrays of a model folder. Raises RunError where they are damaged."""
    path = folder / "model.safetensors"
    arrays, metadata = _read(path)
    if metadata.get("throughtime.data") != _checksum(arrays, 0):
        raise RunError(f"{path}: damaged: the content does not match its checksum")
    return arrays


def _read(path: Path) -> tuple[dict[str, np.ndarray], dict[str, str]]:
    try:
        with safe_open(path, "np") as file:
            return {name: file.get_tensor(name) for name in file.keys()}, dict(file.metadata() or {})
    except Exception as error:  # the library's own classes differ from version to version
        raise RunError(f"{path}: no checkpoint, or a damaged one: {error}") from error


def _replace(path: Path, arrays: dict[str, np.ndarray], metadata: dict[str, str]) -> None:
    """The old file or the new one, whole, whatever happens in between."""
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        save_file({name: np.ascontiguousarray(array) for name, array in arrays.items()}, beside, metadata)
        with open(beside, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(beside, path)
    except OSError as error:
        raise RunError(f"{path}: could not be written: {error.strerror}; what was there before is whole") from error
    finally:
        beside.unlink(missing_ok=True)


def _numbers(folder: Path) -> list[int]:
    if not folder.is_dir():
        return []
    found = (re.fullmatch(r"checkpoint-(\d+)\.safetensors", name) for name in os.listdir(folder))
    return sorted(int(match[1]) for match in found if match)


def _name(number: int) -> str:
    return f"checkpoint-{number:06}.safetensors"


def _checksum(arrays: dict[str, np.ndarray], crc: int) -> str:
    """Of every array's name, type, shape and bytes, in the order of the names: eight hexadecimal digits."""
    for name in sorted(arrays):
        array = np.ascontiguousarray(arrays[name])
        head = json.dumps([name, _TYPES[array.dtype.name], list(array.shape)], separators=(",", ":"), ensure_ascii=False)
        crc = crc32c(head.encode(), crc)
        crc = crc32c(array.tobytes(), crc)
    return f"{crc:08x}"


def _table() -> np.ndarray:
    values = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        values = np.where(values & 1, values >> 1 ^ np.uint32(0x82F63B78), values >> 1)
    return values.astype(np.uint32)


_TABLE = _table()
_LANES = 4096


def crc32c(data: bytes, previous: int = 0) -> int:
    """CRC-32C (Castagnoli). Long data are read in lanes side by side, whose sums are then joined."""
    crc = previous ^ 0xFFFFFFFF
    length = len(data) // _LANES
    if length >= 64:
        lanes = np.frombuffer(data, dtype=np.uint8, count=length * _LANES).reshape(_LANES, length)
        sums = np.zeros(_LANES, dtype=np.uint32)
        for column in np.ascontiguousarray(lanes.T):
            sums = _TABLE[(sums ^ column) & 0xFF] ^ sums >> np.uint32(8)
        # A sum that goes through `length` zeros is a linear map of its 32 bits.
        shift = _zeros(length)
        for value in sums.tolist():
            crc = _mapped(shift, crc) ^ value
        data = data[length * _LANES :]
    table = _TABLE.tolist()
    for byte in data:
        crc = table[(crc ^ byte) & 0xFF] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def _zeros(count: int) -> list[int]:
    """What becomes of each bit of a sum after so many zero bytes, by squaring."""
    table = _TABLE.tolist()
    result = [1 << bit for bit in range(32)]
    power = [table[value & 0xFF] ^ value >> 8 for value in result]
    while count:
        if count & 1:
            result = [_mapped(power, value) for value in result]
        power = [_mapped(power, value) for value in power]
        count >>= 1
    return result


def _mapped(columns: list[int], value: int) -> int:
    mapped, bit = 0, 0
    while value:
        if value & 1:
            mapped ^= columns[bit]
        value >>= 1
        bit += 1
    return mapped
