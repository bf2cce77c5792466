"""The random stream of throughtime: the same state gives the same batches, there and here."""

from __future__ import annotations

import math

_WORD = (1 << 32) - 1
_LONG = (1 << 64) - 1
_JUMP = (0xDF900294D8F554A5, 0x170865DF4B3201FC)


class Random:
    """xoroshiro128+ (Blackman and Vigna). `state` is four signed 32-bit words, as a checkpoint holds them."""

    def __init__(self, state: list[int]) -> None:
        high0, low0, high1, low1 = (word & _WORD for word in state)
        self._s0 = high0 << 32 | low0
        self._s1 = high1 << 32 | low1

    @property
    def state(self) -> list[int]:
        words = (self._s0 >> 32, self._s0, self._s1 >> 32, self._s1)
        return [_signed(word & _WORD) for word in words]

    def fork(self) -> Random:
        """A new stream: what draws from either does not disturb the other."""
        child = Random(self.state)
        child._jump()
        self._next()
        child._s0 ^= (self._next() & _WORD) << 32
        return child

    def uniform(self) -> float:
        """In [0, 1), with 53 random bits."""
        high = self._next() & ((1 << 26) - 1)
        low = self._next() & ((1 << 27) - 1)
        return high * 2.0**-26 + low * 2.0**-53

    def normal(self) -> float:
        """Mean 0, standard deviation 1 (Box-Muller)."""
        radius = math.sqrt(-2 * math.log(1 - self.uniform()))
        return radius * math.cos(2 * math.pi * self.uniform())

    def integer(self, low: int, high: int) -> int:
        """A whole number in [low, high), high excluded."""
        size = high - low
        allowed = (1 << 32) // size * size
        while True:
            drawn = self._next() + (1 << 31)
            if drawn < allowed:
                return low + drawn % size

    def shuffle(self, values) -> None:
        """Reorders in place, every order equally likely (Fisher-Yates)."""
        for last in range(len(values) - 1, 0, -1):
            other = self.integer(0, last + 1)
            values[last], values[other] = values[other], values[last]

    def _next(self) -> int:
        s0, s1 = self._s0, self._s1
        self._advance()
        return _signed((s0 + s1) & _WORD)

    def _advance(self) -> None:
        mixed = self._s0 ^ self._s1
        self._s0 = _rotated(self._s0, 24) ^ mixed ^ (mixed << 16 & _LONG)
        self._s1 = _rotated(mixed, 37)

    def _jump(self) -> None:
        s0 = s1 = 0
        for word in _JUMP:
            for bit in range(64):
                if word >> bit & 1:
                    s0 ^= self._s0
                    s1 ^= self._s1
                self._advance()
        self._s0, self._s1 = s0, s1


def _rotated(value: int, by: int) -> int:
    return (value << by | value >> (64 - by)) & _LONG


def _signed(word: int) -> int:
    return word - (1 << 32) if word >> 31 else word
