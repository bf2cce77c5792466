import { describe, expect, it } from 'vitest';
import { encodePennTreebank, pennTreebankTokens, UnknownWordError } from './penn-treebank.js';

describe('pennTreebankTokens', () => {
  it('ends every line with <eos>, as the files are written and without their spaces', () => {
    expect(pennTreebankTokens(" no it was n't <unk> \n N years \n")).toEqual(
      "no it was n't <unk> <eos> N years <eos>".split(' '),
    );
    expect(pennTreebankTokens('a\nb\n')).toEqual(['a', '<eos>', 'b', '<eos>']);
    expect(pennTreebankTokens('')).toEqual([]);
  });
});

describe('encodePennTreebank', () => {
  it('orders words by count, then alphabetically', () => {
    const { words, train, validation, test } = encodePennTreebank({
      train: ' b a c \n a b <unk> \n',
      validation: ' c \n',
      test: ' a zebra \n',
    });
    // <eos>, a and b occur twice ('<' comes before letters), <unk> and c once.
    expect(words).toEqual(['<eos>', 'a', 'b', '<unk>', 'c']);
    expect([...train]).toEqual([2, 1, 4, 0, 1, 2, 3, 0]);
    expect([...validation]).toEqual([4, 0]);
    expect([...test]).toEqual([1, 3, 0]);
  });

  it('names a word that has no id', () => {
    const texts = { train: 'a\n', validation: 'a\n', test: 'b\n' };
    expect(() => encodePennTreebank(texts)).toThrow(UnknownWordError);
    expect(() => encodePennTreebank(texts)).toThrow("has no <unk>, got 'b'");
  });
});
