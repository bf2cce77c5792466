"""Writes src/bpe/fixtures/random-strings.json and tokenizer-files.json: what Hugging Face's own library (Rust) makes of random strings.

random-strings.json: 20,000 strings with every white space, through a byte-level BPE with added tokens of every kind, and the merges
that its trainer learns from such strings. tokenizer-files.json: small files of the shapes that well-known models ship (our own
vocabulary), and some settings of normalizers and pre-tokenizers.
"""

import json
import pathlib

from random_strings import RandomStrings, hashes_of
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers

FIXTURES = pathlib.Path(__file__).parent.parent / "src/bpe/fixtures"
WHITE_SPACE = [chr(c) for c in range(0x3001) if chr(c).isspace()] + ["\ufeff"]
PIECES = [
    *WHITE_SPACE,
    *[" ", " ", " ", "  ", "    ", "\n", "\r\n", "\t\t", "\ufeff", "\x85"],
    *["a", "b", "ab", "abc", "xab", "w", "the", "The", "Whale", "'s", "'S", "'ll", "'RE", "'", "don't", "\u017f", "'\u017f"],
    *["1", "12", "1234", "٣", "½", ".", "...", "!", "-", "_", "=", "(", ")", '"', "—", "…", "ï»¿", "Â", "\x01", "\u200b", "\u200d"],
    *["é", "e\u0301", "\u0301", "ß", "ΑΣ", "Кит", "日本語", "ไทย", "मा", "😀", "\U0001f468\u200d\U0001f469", "ﬁ", "①", "K", "\u0130", "가"],
    *["<|end|>", "<m>", "<n>", "<s>", "</s>", "<unk>", "<mask>", "<|im_start|>", "<tool>"],
]


def added(id, content, **flags):
    names = ["single_word", "lstrip", "rstrip", "normalized", "special"]
    return {"id": id, "content": content, **{name: flags.get(name, False) for name in names}}


def placed(model, *tokens):
    """The tokens with the ids that the library gives them: those of the vocabulary, else the next ones."""
    ids = dict(model["vocab"])
    free = len(ids)
    for token in tokens:
        if token["content"] not in ids:
            ids[token["content"]] = free
            free += 1
        token["id"] = ids[token["content"]]
    return list(tokens)


def byte_level(**options):
    return {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True, **options}


def trained(text, vocab_size, specials):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        min_frequency=2,
        special_tokens=specials,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator([text], trainer)
    return json.loads(tokenizer.to_str())["model"]


def file_of(model, **parts):
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": byte_level(),
        "post_processor": None,
        "decoder": byte_level(),
        **parts,
        "model": model,
    }


def ids_of(file, texts):
    tokenizer = Tokenizer.from_str(json.dumps(file))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return [" ".join(map(str, tokenizer.encode(text, add_special_tokens=False).ids)) for text in texts]


def write(name, fixture):
    (FIXTURES / name).write_text(json.dumps(fixture, separators=(",", ":")) + "\n", encoding="utf-8")


# The trainer would merge within special tokens; ours leaves them out.
training = [text.replace("<|end|>", "") for text in RandomStrings(PIECES, 1).take(3000)]
model = trained("".join(training), 400, ["<|end|>"])
file = file_of(
    model,
    added_tokens=placed(
        model,
        added(0, "<|end|>", special=True),
        added(400, "    ", normalized=True),
        added(401, "\t\t", normalized=True),
        added(402, "<m>", lstrip=True, rstrip=True),
        added(403, "<n>", lstrip=True, normalized=True),
        added(404, "w", single_word=True),
        added(405, "ab"),
        added(406, "xab", normalized=True),
        added(407, "abc", normalized=True),
        added(408, "<s>", rstrip=True, special=True),
    ),
)
texts = RandomStrings(PIECES, 2).take(20000)
write(
    "random-strings.json",
    {
        "pieces": PIECES,
        "training": {"seed": 1, "count": 3000, "vocabularySize": 400, "specialTokens": ["<|end|>"]},
        "seed": 2,
        "count": 20000,
        "file": file,
        "hashes": hashes_of(ids_of(file, texts)),
    },
)

# ---- Shapes of files. One small vocabulary for all.
LLAMA = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
POSSESSIVE = (
    r"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}++|\p{N}{1,3}+| ?[^\s\p{L}\p{N}]++[\r\n]*+|\s++$|\s*[\r\n]|\s+(?!\S)|\s"
)
CASED = (
    r"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*(?i:'s|'t|'re|'ve|'m|'ll|'d)?"
    r"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)


def split(pattern, behavior="Isolated", invert=False):
    kind, text = pattern
    return {"type": "Split", "pattern": {kind: text}, "behavior": behavior, "invert": invert}


def sequence(*parts):
    return {"type": "Sequence", "pretokenizers": list(parts)}


def normalizers(*names):
    return {"type": "Sequence", "normalizers": [{"type": name} for name in names]}


plain = {"continuing_subword_prefix": "", "end_of_word_suffix": ""}
small = trained("".join(training[:1500]), 340, [])
older = {**small, **plain, "merges": [" ".join(pair) for pair in small["merges"]]}
del older["byte_fallback"], older["ignore_merges"]
# Some tokens that no merge makes, which only ignore_merges finds.
whole = {**small, "ignore_merges": True, "vocab": {**small["vocab"]}}
for token in ["Whale", "ĠWhale", "Ġthe", "1234", "123", "'S"]:
    whole["vocab"].setdefault(token, len(whole["vocab"]))
roberta_specials = ["<s>", "<pad>", "</s>", "<unk>"]
roberta = trained("".join(training[:1500]), 340, roberta_specials)
roberta = {**roberta, **plain, "unk_token": "<unk>", "vocab": {**roberta["vocab"], "<mask>": 340}}
star_specials = ["<|end|>", "<m>", "<n>"]
star = trained("".join(training[:1500]), 340, star_specials)
template = {
    "type": "TemplateProcessing",
    "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
    "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
    "special_tokens": {"<s>": {"id": "<s>", "ids": [343], "tokens": ["<s>"]}},
}
files = {
    "GPT-2": file_of(
        older,
        added_tokens=[added(340, "<|end|>", special=True, normalized=True)],
        post_processor=byte_level(trim_offsets=False),
    ),
    "RoBERTa": file_of(
        roberta,
        truncation={"direction": "Right", "max_length": 512, "strategy": "LongestFirst", "stride": 0},
        added_tokens=[
            *[added(i, name, special=True, normalized=True) for i, name in enumerate(roberta_specials)],
            added(340, "<mask>", special=True, lstrip=True),
        ],
        post_processor={
            "type": "RobertaProcessing",
            "sep": ["</s>", 2],
            "cls": ["<s>", 0],
            "trim_offsets": True,
            "add_prefix_space": False,
        },
    ),
    "Llama-3": file_of(
        whole,
        added_tokens=placed(whole, added(0, "<s>", special=True), added(0, "</s>", special=True)),
        pre_tokenizer=sequence(split(("Regex", LLAMA)), byte_level(use_regex=False)),
        post_processor={"type": "Sequence", "processors": [byte_level(), template]},
    ),
    "Qwen2": file_of(
        {**small, **plain},
        added_tokens=[
            added(340, "<|end|>", special=True),
            added(341, "<|im_start|>", special=True),
            added(342, "<tool>"),
        ],
        normalizer={"type": "NFC"},
        pre_tokenizer=sequence(
            split(("Regex", LLAMA.replace("{1,3}", ""))), byte_level(use_regex=False, trim_offsets=False)
        ),
        post_processor=byte_level(trim_offsets=False),
    ),
    "StarCoder": file_of(
        star,
        padding={
            "strategy": "BatchLongest",
            "direction": "Right",
            "pad_to_multiple_of": None,
            "pad_id": 0,
            "pad_type_id": 0,
            "pad_token": "<|end|>",
        },
        added_tokens=[added(i, name, special=True) for i, name in enumerate(star_specials)],
        pre_tokenizer=sequence({"type": "Digits", "individual_digits": True}, byte_level()),
        post_processor=byte_level(),
    ),
}
gapped = {token: id + 7 * (id > 300) for token, id in small["vocab"].items()}
without_a = {token: id for token, id in {**small["vocab"], "<unk>": 340}.items() if token != "!"}
repeated = {**small, "merges": [*small["merges"], *small["merges"][3:9]]}
prefix = byte_level(add_prefix_space=True)
marks = placed(
    small, added(0, "<m>"), added(0, "É", normalized=True), added(0, "the", normalized=True, single_word=True)
)
bare = byte_level(use_regex=False)
variants = [
    {"pre_tokenizer": prefix},
    {"pre_tokenizer": prefix, "added_tokens": marks},
    *[{"normalizer": {"type": name}, "added_tokens": marks} for name in ["NFC", "NFD", "NFKC", "NFKD", "Lowercase"]],
    {"normalizer": normalizers("NFKD", "Lowercase", "NFC"), "added_tokens": marks, "pre_tokenizer": prefix},
    {"normalizer": normalizers()},
    {"pre_tokenizer": bare},
    {"pre_tokenizer": sequence({"type": "Digits", "individual_digits": False}, prefix)},
    {"pre_tokenizer": sequence({"type": "Digits", "individual_digits": True}, sequence(bare))},
    *[
        {"pre_tokenizer": sequence(split(pattern, behavior, invert), bare)}
        for pattern in [("String", "a"), ("String", "."), ("Regex", r"\s+"), ("Regex", r"[a-c]|\S\s"), ("Regex", "b*")]
        for behavior in ["Removed", "Isolated", "MergedWithPrevious", "MergedWithNext", "Contiguous"]
        for invert in [False, True]
    ],
    *[
        {"pre_tokenizer": sequence(split(("Regex", pattern)), bare)}
        for pattern in [
            *[LLAMA, POSSESSIVE, CASED],
            *[r"\w+|[^\w\s]+", r"\b\p{L}", r"\d+|\D+", r"^.|.$", r"\A.|.\z", r".+", r"(?i)the|[wk-]|日", r"(a|b)+(?<![a])b|(?>ab|abc)w"],
            *[r"[\S\n]+", r"[^\S\n]+", r"(?<name>a)\x{301}?|\u00e9|\x09", r"\p{Han}+|\p{Greek}|\P{L}|\p{^Lu}", r"a{,2}b|b{2,}|\/\-\'"],
            *[r"[\]\[\-a]|[-.]|[.-]", r"(?=\s)\s(?!\s)|(?<=a)b", r"(?#no)\p{Lu}(?-i:a)?", r"[一-龥가-힣ぁ-ん]+|\t|\e|\f|\v|\a"],
        ]
    ],
    {"pre_tokenizer": sequence(split(("Regex", r"\n")), split(("Regex", " ?[A-Za-z]+")), {"type": "Digits", "individual_digits": True}, byte_level(use_regex=False))},
    {"model": {**small, "vocab": gapped}},
    {"model": repeated},
    {"model": {**small, "dropout": 0.0}},
    *[
        {"model": {**small, "vocab": without_a, "unk_token": "<unk>", "fuse_unk": fuse}, "pre_tokenizer": bare}
        for fuse in [False, True]
    ],
]
variants = [{"model": variant.pop("model", small), **variant} for variant in variants]
SHAPE_TEXTS = RandomStrings(PIECES, 3).take(2000)
VARIANT_TEXTS = RandomStrings(PIECES, 4).take(500)
write(
    "tokenizer-files.json",
    {
        "shapes": {name: {"file": file, "hashes": hashes_of(ids_of(file, SHAPE_TEXTS))} for name, file in files.items()},
        "shapeTexts": {"seed": 3, "count": 2000},
        "variantTexts": {"seed": 4, "count": 500},
        # The model is left out where it is that of most, the first one's.
        "model": small,
        "variants": [
            {
                **{name: part for name, part in variant.items() if part is not small},
                "hashes": hashes_of(ids_of(file_of(**variant), VARIANT_TEXTS)),
            }
            for variant in variants
        ],
    },
)
