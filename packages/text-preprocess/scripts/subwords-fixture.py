"""Writes src/subwords/fixtures/huggingface.json: what Hugging Face's own library (Rust) makes of random strings by WordPiece and Unigram.

Small models that its trainers learned, with the normalizers and pre-tokenizers that we read, the ids of random strings as hashes, and some
texts decoded. Run by hand in an environment with the Python package tokenizers 0.23; the result is committed.
"""

import json
import pathlib

from random_strings import RandomStrings, hashes_of
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

PACKAGE = pathlib.Path(__file__).parent.parent
BOOK = PACKAGE.parent / "datasets/data/moby-dick-chapters-1-17.txt"
WHITE_SPACE = [chr(c) for c in range(0x3001) if chr(c).isspace()] + ["\ufeff"]
PIECES = [
    *WHITE_SPACE,
    *[" ", " ", " ", "  ", "    ", "\n", "\r\n", "\t", "\x85"],
    *["a", "b", "the", "The", "Whale", "whaling", "sea", "seaman", "'s", "don't", "ing", "ness", "un", "x" * 101, "\u017f"],
    *["1", "12", "1234", "٣", "½", ".", ",", "...", "!", "-", "_", "=", "(", ")", "$", "~", '"', "—", "…", "¡", "×"],
    *["\x00", "\x01", "\ufffd", "\u200b", "\u200d", "\u00ad", "\u2028", "\ue000", "\U000e0001"],
    *["é", "e\u0301", "\u0301", "ß", "ΑΣ", "Кит", "й", "日本語", "ไทย", "मा", "😀", "ﬁ", "①", "K", "\u0130", "가", "\U00020000", "豈"],
    *["▁", "▁▁", "##", "##a", "<unk>", "[UNK]", "[CLS]", "<s>", "<m>"],
]


def trained(model, trainer, split, text):
    tokenizer = Tokenizer(model)
    tokenizer.pre_tokenizer = split
    tokenizer.train_from_iterator([text], trainer)
    return json.loads(tokenizer.to_str())["model"]


def added(id, content, **flags):
    names = ["single_word", "lstrip", "rstrip", "normalized", "special"]
    return {"id": id, "content": content, **{name: flags.get(name, False) for name in names}}


def file_of(model, decoder, parts):
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": None,
        "post_processor": None,
        "decoder": decoder,
        **parts,
        "model": {**model, **parts.get("model", {})},
    }


def results(model, decoder, variants, seed):
    entries = []
    for parts in variants:
        file = file_of(model, decoder, parts)
        tokenizer = Tokenizer.from_str(json.dumps(file))
        texts = RandomStrings(PIECES, seed).take(COUNT)
        ids = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
        decoded = [tokenizer.decode(some, skip_special_tokens=False) for some in ids]
        entries.append({"parts": parts, "ids": hashes_of([" ".join(map(str, some)) for some in ids]), "texts": hashes_of(decoded)})
    return {"model": model, "decoder": decoder, "seed": seed, "variants": entries}


COUNT = 400
with open(BOOK, encoding="utf-8", newline="") as file:
    book = file.read()[:20_000]
languages = json.loads((PACKAGE / "src/fixtures/languages.json").read_text(encoding="utf-8"))
text = book + "\n".join(languages.values()) + " don't ##a ﬁ é e 1 12 . ! ( )"

bert = {"type": "BertPreTokenizer"}
word_piece = trained(
    models.WordPiece(unk_token="[UNK]"),
    trainers.WordPieceTrainer(vocab_size=500, special_tokens=["[UNK]", "[CLS]"], limit_alphabet=150, show_progress=False),
    pre_tokenizers.BertPreTokenizer(),
    text,
)
BERT = {"type": "BertNormalizer", "clean_text": True, "handle_chinese_chars": True, "strip_accents": None, "lowercase": True}
word_piece_variants = [
    {"pre_tokenizer": bert},
    {"pre_tokenizer": bert, "normalizer": BERT, "added_tokens": [added(0, "[UNK]", special=True), added(1, "[CLS]", special=True)]},
    {"pre_tokenizer": bert, "normalizer": {**BERT, "lowercase": False}, "model": {"max_input_chars_per_word": 5}},
    {"pre_tokenizer": bert, "normalizer": {**BERT, "strip_accents": False, "handle_chinese_chars": False}},
    {"pre_tokenizer": bert, "normalizer": {**BERT, "strip_accents": True, "lowercase": False, "clean_text": False}},
    {"pre_tokenizer": {"type": "Whitespace"}, "normalizer": {"type": "NFKC"}},
    {"pre_tokenizer": {"type": "WhitespaceSplit"}, "normalizer": {"type": "Lowercase"}},
    {
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, {"type": "Punctuation", "behavior": "Contiguous"}]},
        "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFD"}, {"type": "StripAccents"}]},
    },
    {"pre_tokenizer": {"type": "Digits", "individual_digits": True}, "normalizer": {"type": "Strip", "strip_left": True, "strip_right": True}},
]


def metaspace(scheme, split=True):
    return {"type": "Metaspace", "replacement": "▁", "prepend_scheme": scheme, "split": split}


unigram = trained(
    models.Unigram(),
    trainers.UnigramTrainer(vocab_size=500, special_tokens=["<unk>", "<s>"], unk_token="<unk>", show_progress=False),
    pre_tokenizers.Metaspace(prepend_scheme="never"),
    text,
)
REPLACE = {"type": "Replace", "pattern": {"Regex": " {2,}"}, "content": " "}
unigram_variants = [
    {"pre_tokenizer": metaspace("always")},
    {"pre_tokenizer": metaspace("never"), "added_tokens": [added(0, "<unk>", special=True), added(1, "<s>", special=True, rstrip=True), added(500, "<m>", normalized=True)]},
    {"pre_tokenizer": metaspace("always", False), "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFKC"}, REPLACE]}},
    {"pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "WhitespaceSplit"}, metaspace("always")]}, "normalizer": {"type": "NFKD"}},
    {"pre_tokenizer": None, "normalizer": {"type": "Sequence", "normalizers": [{"type": "Prepend", "prepend": "▁"}, {"type": "Replace", "pattern": {"String": " "}, "content": "▁"}]}},
    {
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [{"type": "Split", "pattern": {"Regex": "[\\r\\n]+"}, "behavior": "Isolated", "invert": False}, metaspace("never")],
        },
    },
]
fixture = {
    "pieces": PIECES,
    "count": COUNT,
    "wordpiece": results(word_piece, {"type": "WordPiece", "prefix": "##", "cleanup": True}, word_piece_variants, 3),
    "unigram": results(unigram, metaspace("always"), unigram_variants, 4),
}
target = PACKAGE / "src/subwords/fixtures/huggingface.json"
target.parent.mkdir(parents=True, exist_ok=True)
target.write_text(json.dumps(fixture, ensure_ascii=False, separators=(",", ":")) + "\n", encoding="utf-8")
