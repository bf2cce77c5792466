"""Writes src/tokenizers/fixtures/treebank-random.json: hashes of nltk's tokens of 6,000 random strings.

nltk's rules look for blanks, and a line end or tab is none to them. Ours count all white space of Python's str.split as blanks, so
nltk gets every such character as a blank.
"""

import json
import pathlib

from nltk.tokenize import TreebankWordTokenizer
from random_strings import RandomStrings, hashes_of

PIECES = [
    *["can", "not", "cannot", "Cannot", "gonna", "gimme", "lemme", "gotta", "wanna", "d'ye", "more'n", "'tis", "'Twas"],
    *["don't", "'s", "'S", "'ll", "'re", "n't", "N'T", "I", "a", "Mr.", "U.S.", "3.14", "1,000", "12:30", "é", "日本", "_"],
    *[".", "...", ",", ":", ";", "!", "?", '"', "'", "''", "``", "`", "(", ")", "[", "]", "{", "}", "<", ">", "-", "--"],
    *["—", "…", "“", "”", "’", "/", "@", "#", "$", "%", "&", " ", " ", " ", "  ", "\ufeff"],
    *["\t", "\n", "\r\n", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\x1f", "\x85", "\xa0", "\u1680", "\u2003", "\u2028", "\u2029"],
    *["\u202f", "\u205f", "\u3000"],
]
SEED = 15
COUNT = 6000


def tokens(tokenizer, text):
    return tokenizer.tokenize("".join(" " if c.isspace() else c for c in text))


tokenizer = TreebankWordTokenizer()
lines = ["\t".join(tokens(tokenizer, text)) for text in RandomStrings(PIECES, SEED).take(COUNT)]
fixture = {"pieces": PIECES, "seed": SEED, "count": COUNT, "hashes": hashes_of(lines)}
target = pathlib.Path(__file__).parent.parent / "src/tokenizers/fixtures/treebank-random.json"
target.write_text(json.dumps(fixture) + "\n", encoding="utf-8")
