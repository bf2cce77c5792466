"""Writes src/tokenizers/fixtures/treebank.json: sentences and their tokens by nltk's TreebankWordTokenizer.

Run by hand with Debian's python3-nltk (3.8); the result is committed. The sentences are our own or Melville's.
"""

import json
import pathlib

from nltk.tokenize import TreebankWordTokenizer

SENTENCES = [
    "Call me Ishmael.",
    "Some years ago--never mind how long precisely--having little or no money in my purse.",
    "They'll save and invest more, won't they?",
    "hi, my name can't hello,",
    'He said, "I cannot go; the U.S. ship isn\'t here yet."',
    "It costs $3.88 (roughly 3,36 euros) in New York.",
    "What?! No... really?",
    "The captain's log (of 12:30) reads: \"all's well\".",
    "I'm gonna be there, 'cause I wanna see; gimme a minute, lemme think, d'ye hear?",
    "'Tis but a scratch, and 'twas ever so.",
    "She's 100% sure that A&B <tag> [note] {set} are #1 @home.",
    "'Single quotes' and ``typed quotes'' are kept apart.",
    "The sailors' ropes, the ship's-boy's knife and the cook's pan.",
    "A dash -- and another---longer.",
    "End with brackets (like this.)",
    "End with a quote.\"",
    "\"Queequeg,\" said I, \"don't you hear?\"",
    "We've gotta go; you'd better, they're late and he's more'n ready.",
    "Mr. Smith paid 1,234.56 dollars: half at 9:15, half at 10:45.",
    "no final stop",
    "Trailing space. ",
    "",
    "   ",
    "...",
    "a.b.c.",
    "\u201cCurly\u201d quotes and an em\u2014dash stay inside words.",
    "Na\u00efve caf\u00e9s can't; \u00fcbercannot cannot.",
    "CAN'T SHOUT; IT'S WE'LL THEY'VE YOU'RE I'D.",
    "''Doubled'' and ('' inside)",
    "x'y z'' 'a' b' c",
]

tokenizer = TreebankWordTokenizer()
cases = [{"sentence": sentence, "tokens": tokenizer.tokenize(sentence)} for sentence in SENTENCES]
target = pathlib.Path(__file__).parent.parent / "src/tokenizers/fixtures/treebank.json"
target.write_text(json.dumps(cases, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
