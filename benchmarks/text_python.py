"""The usual Python for what text.bench.mjs measures, timed: reads text on stdin, prints megabytes a second as JSON."""

import json
import statistics
import sys
import time
from collections import Counter

text = sys.stdin.buffer.read().decode("utf-8")
megabytes = len(text.encode("utf-8")) / 1e6
ROUNDS = 3


def speed(task):
    rounds = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        task()
        rounds.append(megabytes / (time.perf_counter() - start))
    return statistics.median(rounds)


def count_words():
    """A vocabulary by frequency, from counts (the chapter's code)."""
    counts = Counter(text.split())
    tokens = ["<unk>"] + [token for token, _ in sorted(counts.items(), key=lambda item: item[1], reverse=True)]
    return {token: i for i, token in enumerate(tokens)}


characters = {character: i for i, character in enumerate(sorted(set(text)))}
words = count_words()
unknown = words["<unk>"]
print(
    json.dumps(
        {
            "version": sys.version.split()[0],
            "characters": speed(lambda: [characters[character] for character in text]),
            "counting": speed(count_words),
            "words": speed(lambda: [words.get(word, unknown) for word in text.split()]),
        }
    )
)
