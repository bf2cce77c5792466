"""nltk.lm on the sentences of stdin (ids separated by spaces): trains a 5-gram Kneser-Ney model, scores some tokens of the
last sentences, prints one JSON line. nltk has one fixed discount, not three for each order: the nearest it offers."""

import json
import sys
import time

import nltk
from nltk.lm import KneserNeyInterpolated
from nltk.lm.preprocessing import pad_both_ends, padded_everygram_pipeline

ORDER = 5
SCORE_SECONDS = 10

sentences = [line.split() for line in sys.stdin]
start = time.perf_counter()
ngrams, vocabulary = padded_everygram_pipeline(ORDER, sentences)
model = KneserNeyInterpolated(ORDER)
model.fit(ngrams, vocabulary)
trained = time.perf_counter() - start

scored = 0
start = time.perf_counter()
for sentence in reversed(sentences):
    padded = list(pad_both_ends(sentence, ORDER))
    for i in range(ORDER - 1, len(padded) - ORDER + 2):
        model.score(padded[i], tuple(padded[i - ORDER + 1 : i]))
        scored += 1
    if time.perf_counter() - start > SCORE_SECONDS:
        break
elapsed = time.perf_counter() - start
print(json.dumps({"version": nltk.__version__, "seconds": trained, "scored": scored / elapsed}))
