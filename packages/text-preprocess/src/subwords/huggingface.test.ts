import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { hashesOf, RandomStrings } from '../fixtures/random-strings.js';
import { tokenizerFromJSON } from '../index.js';
import type { SubwordTokenizer } from './subword-tokenizer.js';

interface Results {
  readonly model: object;
  readonly decoder: object;
  readonly seed: number;
  readonly variants: readonly {
    readonly parts: Record<string, unknown>;
    /** Hashes of ids, and of what they decode to. */
    readonly ids: readonly number[];
    readonly texts: readonly number[];
  }[];
}

/** What Hugging Face's library (Rust) makes of random strings, written by scripts/subwords-fixture.py. */
const fixture: { pieces: string[]; count: number; wordpiece: Results; unigram: Results } = JSON.parse(
  readFileSync(new URL('./fixtures/huggingface.json', import.meta.url), 'utf8'),
);

const cases = [fixture.wordpiece, fixture.unigram].flatMap(({ model, decoder, seed, variants }) =>
  variants.map(({ parts, ids, texts }) => ({
    name: JSON.stringify(parts),
    file: {
      version: '1.0',
      truncation: null,
      padding: null,
      added_tokens: [],
      normalizer: null,
      pre_tokenizer: null,
      post_processor: null,
      decoder,
      ...parts,
      model: { ...model, ...(parts.model as object | undefined) },
    },
    texts: new RandomStrings(fixture.pieces, seed).take(fixture.count),
    expected: { ids, texts },
  })),
);

describe.each(cases)('by a file with $name', ({ file, texts, expected }) => {
  const tokenizer = tokenizerFromJSON(file) as SubwordTokenizer;

  it("ids are those of Hugging Face's library, and so is what they decode to", () => {
    const ids = texts.map((text) => tokenizer.encode(text));
    expect(hashesOf(ids.map((some) => some.join(' ')))).toEqual(expected.ids);
    expect(hashesOf(ids.map((some) => tokenizer.decode(some)))).toEqual(expected.texts);
  });

  it('the file is written back as it was read', () => {
    expect(JSON.parse(JSON.stringify(tokenizer))).toEqual(file);
    expect(Object.keys(tokenizer.toJSON())).toEqual(Object.keys(file));
  });
});
