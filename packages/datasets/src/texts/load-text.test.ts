import { describe, expect, it } from 'vitest';
import { UnknownDatasetError } from '../catalogue/unknown-dataset-error.js';
import { loadText } from './load-text.js';

/** Edition 1.0's cleaning: letters only, lower case, the whole text at once. */
const cleaned = (text: string) => text.replace(/[^A-Za-z]+/g, ' ').toLowerCase();

describe('loadText', () => {
  it.each([
    ['moby-dick', 176_189, 33_412, 5_646],
    ['alice', 135_021, 27_335, 2_569],
  ])('has the characters, words and distinct words of %s', async (name, characters, words, distinct) => {
    const text = cleaned((await loadText(name)).text);
    const tokens = text.split(' ').filter(Boolean);
    expect(text.length).toBe(characters);
    expect(tokens.length).toBe(words);
    expect(new Set(tokens).size).toBe(distinct);
  });

  it('says what the text is and under what rights', async () => {
    const { name, title, rights, source } = await loadText('moby-dick');
    expect({ name, title, rights, source }).toEqual({
      name: 'moby-dick',
      title: expect.stringContaining('Melville'),
      rights: expect.stringContaining('CC0'),
      source: expect.stringContaining('@stdlib'),
    });
  });

  it('lists what there is when asked for what there is not', async () => {
    const failure = loadText('moby');
    await expect(failure).rejects.toThrow(UnknownDatasetError);
    await expect(failure).rejects.toThrow(/expected a text of the catalogue \(moby-dick, alice.*got 'moby'/);
    await expect(loadText('toString')).rejects.toThrow(UnknownDatasetError);
  });
});
