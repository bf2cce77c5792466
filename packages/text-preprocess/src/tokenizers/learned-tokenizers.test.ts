import { describe, expect, it } from 'vitest';
import { InvalidFormatError } from '../errors.js';
import { tokenizerFromJSON } from './tokenizer-json.js';

// In a process of its own (vitest.config.ts): no other test has loaded the classes.
describe('a learned tokenizer', () => {
  it.for([
    ['BPE', 'BpeTokenizer', () => import('../bpe/bpe-tokenizer.js')],
    ['WordPiece', 'WordPieceTokenizer', () => import('../wordpiece/wordpiece-tokenizer.js')],
    ['Unigram', 'UnigramTokenizer', () => import('../unigram/unigram-tokenizer.js')],
  ] as const)('%s is read once its class is in the program, and named before', async ([type, name, load]) => {
    const file = { version: '1.0', model: { type } };
    const missing = new RegExp(`expected ${name} of @throughtime/text-preprocess in the program`);
    expect(() => tokenizerFromJSON(file)).toThrow(InvalidFormatError);
    expect(() => tokenizerFromJSON(file)).toThrow(missing);
    await load();
    expect(() => tokenizerFromJSON(file)).toThrow(InvalidFormatError);
    expect(() => tokenizerFromJSON(file)).not.toThrow(missing);
  });
});
