"""Random strings that src/fixtures/random-strings.ts makes too: the same pieces and the same numbers, so that a fixture holds hashes only."""


class RandomStrings:
    def __init__(self, pieces, seed):
        self.pieces = pieces
        self.state = seed

    def _below(self, limit):
        self.state = (self.state * 1664525 + 1013904223) % 2**32
        return (self.state >> 16) % limit

    def next(self):
        return "".join(self.pieces[self._below(len(self.pieces))] for _ in range(1 + self._below(12)))

    def take(self, count):
        return [self.next() for _ in range(count)]


def hash_of(text):
    """FNV-1a over the UTF-16 units, low byte first."""
    value = 0x811C9DC5
    for byte in text.encode("utf-16-le"):
        value = ((value ^ byte) * 0x01000193) % 2**32
    return value


def hashes_of(lines, per=100):
    return [hash_of("\n".join(lines[i : i + per])) for i in range(0, len(lines), per)]
