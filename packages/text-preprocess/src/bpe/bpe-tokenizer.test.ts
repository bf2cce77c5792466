import { Tokenizer as PeerTokenizer } from '@huggingface/tokenizers';
import { ArgumentError } from '@throughtime/errors';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InvalidFormatError, InvalidTokenIdError } from '../errors.js';
import { mirrorText, mobyDick } from '../fixtures/corpora.js';
import { LANGUAGES } from '../fixtures/languages.js';
import { nastyText } from '../fixtures/nasty-text.js';
import { isWellFormed } from '../tokenizers/surrogates.js';
import { BpeTokenizer } from './bpe-tokenizer.js';
import { trainBpe } from './train-bpe.js';

const languages = Object.entries(LANGUAGES);
const everything = [mobyDick().slice(0, 60_000), ...languages.map(([, text]) => text)].join('\n\n');
const bpe = trainBpe(everything, {
  vocabularySize: 1500,
  specialTokens: ['<|endoftext|>', '<|end|>', '[MASK]'],
});
/** The same encoding in Hugging Face's library, by way of the file. */
const peer = new PeerTokenizer(JSON.parse(JSON.stringify(bpe)), {});
const idsOfPeer = (text: string) => peer.encode(text).ids;

/** What the tests change in a file. */
interface EditableFile {
  normalizer: unknown;
  pre_tokenizer: { type: string };
  post_processor: unknown;
  decoder: unknown;
  added_tokens: { content: string; id: number }[];
  model: {
    type: string;
    dropout: unknown;
    vocab: Record<string, number>;
    merges: (string | string[])[];
  };
}

function renameToken({ model }: EditableFile, from: string, to: string): void {
  model.vocab[to] = model.vocab[from];
  delete model.vocab[from];
}

describe('encoding, beside @huggingface/tokenizers', () => {
  it.each(languages)('gives the same ids for %s', (_, text) => {
    expect([...bpe.encode(text)]).toEqual(idsOfPeer(text));
    expect(bpe.tokenize(text)).toEqual(peer.tokenize(text));
    expect(bpe.decode(bpe.encode(text))).toBe(text);
  });

  it('gives the same ids for a book', () => {
    const text = mobyDick();
    const ids = bpe.encode(text);
    expect([...ids]).toEqual(idsOfPeer(text));
    expect(ids.length).toBeLessThan(text.length / 2);
  });

  const german = mirrorText('kafka-verwandlung.clean.txt');
  it.runIf(german)('gives the same ids for a German book', () => {
    expect([...bpe.encode(german!)]).toEqual(idsOfPeer(german!));
  });

  it('gives the same ids for special tokens, whatever is around them', () => {
    for (const text of [
      '<|endoftext|>',
      'a<|end|>b <|end|> c',
      '<|end|><|endoftext|>',
      '<|endo',
      ' [MASK]. [MASK',
    ]) {
      expect([...bpe.encode(text)]).toEqual(idsOfPeer(text));
      expect(bpe.decode(bpe.encode(text))).toBe(text);
    }
    expect([...bpe.encode('<|end|>')]).toEqual([1]);
  });

  it('gives the same ids for any well-formed text', () => {
    fc.assert(
      fc.property(nastyText.filter(isWellFormed), (text) => {
        // The peer has JavaScript's white space, where Unicode's is meant.
        fc.pre(text !== '' && !/[\x85\ufeff]/.test(text));
        expect([...bpe.encode(text)]).toEqual(idsOfPeer(text));
      }),
    );
  });

  it('gives the same ids for long runs, where order of merging matters', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'aa', 'th', 'he', 'e', ' '), { maxLength: 300 }),
        (pieces) => {
          const text = `x${pieces.join('')}`;
          expect([...bpe.encode(text)]).toEqual(idsOfPeer(text));
        },
      ),
    );
  });
});

describe('encoding', () => {
  it('takes a word of 300,000 letters', () => {
    const text = 'the'.repeat(100_000);
    expect(bpe.decode(bpe.encode(text))).toBe(text);
  });

  it('gives the same ids when its cache has been emptied on the way', () => {
    // More distinct words than the cache holds.
    const words = Array.from({ length: 140_000 }, (_, i) => `w${i.toString(36)}`);
    const ids = bpe.encode(words.join(' '));
    expect(bpe.decode(ids)).toBe(words.join(' '));
    expect(bpe.encode(words.join(' '))).toEqual(ids);
  });

  it('keeps lone surrogates, which UTF-8 has no bytes for', () => {
    expect(bpe.decode(bpe.encode('a\ud83d b\udc33'))).toBe('a\ud83d b\udc33');
  });

  it('has no unknown text', () => {
    expect(bpe.vocabulary.unknown).toBeNull();
    expect([...bpe.encode('')]).toEqual([]);
  });
});

describe('decoding', () => {
  it('puts U+FFFD for bytes that are no UTF-8', () => {
    // The first of the two bytes of é.
    const [first] = trainBpe('', { vocabularySize: 256 }).tokenize('é');
    expect(bpe.detokenize([first])).toBe('\ufffd');
  });

  it('refuses an id and a token that are not in it', () => {
    expect(() => bpe.decode([bpe.vocabulary.size])).toThrow(InvalidTokenIdError);
    expect(() => bpe.detokenize(['not written in its alphabet'])).toThrow(ArgumentError);
  });
});

describe('tokenizer.json', () => {
  const file = bpe.toJSON();
  const changed = (change: (json: EditableFile) => void) => {
    const json = JSON.parse(JSON.stringify(file)) as EditableFile;
    change(json);
    return json;
  };

  it('comes back the same', () => {
    const copy = BpeTokenizer.fromJSON(JSON.stringify(file));
    expect(copy.toJSON()).toEqual(file);
    expect(copy.encode(everything)).toEqual(bpe.encode(everything));
  });

  it('is read in the older form, with merges as one string and special tokens outside the vocabulary', () => {
    const older = changed((json) => {
      json.model.merges = json.model.merges.map((pair) => (pair as string[]).join(' '));
      const [{ content }] = json.added_tokens;
      // GPT-2's own file has its special token last.
      const last = Object.keys(json.model.vocab).length - 1;
      const [swapped] = Object.entries(json.model.vocab).find(([, id]) => id === last)!;
      json.model.vocab[swapped] = 0;
      delete json.model.vocab[content];
      json.added_tokens[0].id = last;
      json.post_processor = { type: 'ByteLevel', trim_offsets: false };
    });
    const loaded = BpeTokenizer.fromJSON(older);
    expect([...loaded.encode(everything)]).toEqual(new PeerTokenizer(older, {}).encode(everything).ids);
  });

  it.each<[string, (json: EditableFile) => void, string]>([
    [
      'another model',
      (json) => (json.model.type = 'WordPiece'),
      "model.type: expected 'BPE', got 'WordPiece'",
    ],
    ['a normalizer of another kind', (json) => (json.normalizer = { type: 'Nmt' }), 'normalizer.type'],
    ['another pre-tokenizer', (json) => (json.pre_tokenizer.type = 'Metaspace'), 'pre_tokenizer.type'],
    ['dropout', (json) => (json.model.dropout = 0.1), 'model.dropout: expected null, got 0.1'],
    ['no decoder', (json) => (json.decoder = null), 'decoder: expected an object'],
    [
      'no vocabulary',
      (json) => Object.assign(json.model, { vocab: null }),
      'model.vocab: expected an object',
    ],
    ['an id beyond all', (json) => (json.model.vocab['!'] = 1e9), 'model.vocab: expected ids from 0 to'],
    ['an id twice', (json) => (json.model.vocab['!'] = json.model.vocab['#']), 'once each'],
    ['a byte missing', (json) => renameToken(json, '!', 'zzz'), 'none for !'],
    [
      'a merge of nothing',
      (json) => json.model.merges.push(['q', 'qqq']),
      'model.merges: expected two tokens',
    ],
    ['a special token with two ids', (json) => (json.added_tokens[0].id = 7), 'has two ids'],
  ])('is refused with %s', (_, change, message) => {
    expect(() => BpeTokenizer.fromJSON(changed(change))).toThrow(InvalidFormatError);
    expect(() => BpeTokenizer.fromJSON(changed(change))).toThrow(message);
  });

  it('is refused when cut short', () => {
    expect(() => BpeTokenizer.fromJSON(JSON.stringify(file).slice(0, 1000))).toThrow(InvalidFormatError);
    expect(() => BpeTokenizer.fromJSON(null)).toThrow('tokenizer.json: expected an object');
  });
});
