import { countCorpus, kneserNey } from '@throughtime/lang-model';
import { cleanTokens, Vocabulary, vocabularyOptionsOf } from '@throughtime/text-preprocess';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeCorpus } from './corpus.js';
import { type Cleaning, cleanings, isLearned, ngramRecipe, type TokenKind, tokenKinds } from './settings.js';
import { conventionOf, learnedTokens, TextForm, tokenizerFor } from './text-form.js';

const form = (tokens: TokenKind, clean: Cleaning = 'none', lines = false) =>
  new TextForm({
    tokenizer: isLearned(tokens)
      ? learnedTokens('the cat and the Dog', { tokens, clean, vocabularySize: 262 })
      : tokenizerFor(tokens, clean),
    clean,
    lines,
  });

describe('texts of a form', () => {
  it.each([
    [false, undefined, [['a', 'b', '\n', 'c', 'd']]],
    [false, 4, [['a', 'b', '\n', 'c']]],
    [
      true,
      undefined,
      [
        ['a', 'b'],
        ['c', 'd'],
      ],
    ],
    [true, 3, [['a', 'b'], ['c']]],
    [true, 2, [['a', 'b']]],
  ])('of lines: %s, at most %s tokens', (lines, maxTokens, texts) => {
    expect(form('char', 'none', lines).texts('ab\ncd', { maxTokens })).toEqual(texts);
    expect(form('char', 'none', lines).texts('', { maxTokens })).toEqual([]);
  });

  it.each(['', '\ufeff'])('end lines by <eos>, however the file ends them (mark: %j)', (mark) => {
    const expected = [['the', 'cat', '<eos>', 'a', 'dog', '<eos>']];
    for (const end of ['\n', '\r\n', '\r'])
      expect(form('word', 'eos').texts(`${mark}the cat${end}a dog${end}`)).toEqual(expected);
  });

  it('keep words between blanks as the file has them', () => {
    const words = form('whitespace');
    expect(words.texts("\ufeff a <unk> n't\u00a0x\u0085y, \tz.\r\n")).toEqual([
      ['a', '<unk>', "n't\u00a0x\u0085y,", 'z.'],
    ]);
    expect(words.tokenizer.detokenize(['a', '<unk>', 'b.'])).toBe('a <unk> b.');
  });

  it('are the same with a mark and with any line ends, for words of every cleaning (seeded)', () => {
    const line = fc.array(fc.constantFrom('the', 'cat', 'Dog', '<unk>', 'a.b'), { maxLength: 4 });
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 6 }),
        fc.constantFrom<TokenKind>('word', 'whitespace'),
        fc.constantFrom(...cleanings),
        fc.boolean(),
        (lines, tokens, clean, asLines) => {
          const text = (end: string) => lines.map((words) => words.join(' ')).join(end);
          const how = form(tokens, clean, asLines);
          const expected = how.texts(text('\n'));
          for (const end of ['\r\n', '\r']) expect(how.texts(`\ufeff${text(end)}`)).toEqual(expected);
        },
      ),
    );
  });
});

describe('prompts of a form', () => {
  it('end their lines as training did', () => {
    expect(form('word', 'eos').prompt('roses are red\n')).toEqual(['roses', 'are', 'red', '<eos>']);
    expect(form('word', 'none', true).prompt('roses are red\n')).toEqual(['roses', 'are', 'red', '\n']);
    // What samplers cut a prompt with does so.
    expect(form('word', 'eos').prompts.tokenize('roses\n')).toEqual(['roses', '<eos>']);
    expect(form('word', 'none', true).prompt('\ufeffroses\r\n\r\nare\rred')).toEqual([
      'roses',
      '\n',
      'are',
      '\n',
      'red',
    ]);
    expect(form('char', 'letters').prompt('Roses, ')).toEqual([...'roses ']);
    expect(form('char').prompt('a\nb ')).toEqual([...'a\nb ']);
    // No letter is dropped unseen.
    expect(form('char', 'letters').prompt('A ψ, 4')).toEqual([...'a ψ ']);
  });

  it('leave a model where reading the same text in training left it (seeded)', () => {
    const line = fc.array(fc.constantFrom('the', 'cat', 'Dog'), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(
        fc.array(line, { minLength: 1, maxLength: 5 }),
        fc.constantFrom(...tokenKinds),
        fc.constantFrom(...cleanings),
        fc.boolean(),
        fc.constantFrom('\n', '\r\n', '\r'),
        (lines, tokens, clean, asLines, end) => {
          const words = tokens === 'word' || tokens === 'whitespace';
          if (clean === 'eos' && !words) return;
          const how = form(tokens, clean, asLines);
          const whole = lines.map((words) => `${words.join(' ')}${end}`).join('');
          const read = how.texts(whole);
          if (!asLines) {
            // What a model of letters reads ends without the blank that a prompt may end with.
            const prompt = how.prompt(whole);
            if ((tokens === 'bpe' || tokens === 'unigram') && clean === 'letters') {
              expect(how.tokenizer.detokenize(prompt).trimEnd()).toBe(how.tokenizer.detokenize(read[0]));
              return;
            }
            expect(
              clean === 'letters' && (tokens === 'char' || tokens === 'grapheme' || tokens === 'byte')
                ? prompt.slice(0, -1)
                : prompt,
            ).toEqual(read[0]);
          } else expect(how.prompt(whole)).toEqual(read.flatMap((text) => [...text, '\n']));
        },
      ),
    );
  });

  it('start a line of a sample without a blank', () => {
    const words = form('word', 'none', true).prompts.detokenizer();
    const pieces = ['the', 'log', '\n', 'the', 'dog', '\n'].map((token) => words.push(token));
    expect(pieces.join('') + words.end()).toBe('the log\nthe dog\n');
    expect(form('word').prompts.detokenize(['a', 'b'])).toBe('a b');
  });

  it('of a poem: the next line begins as after <s>', () => {
    const text =
      'roses are red\nviolets are blue\nsugar is sweet\nand so are you\nroses are red\nviolets are blue\n';
    const settings = { ...ngramRecipe, tokens: 'word', validation: 0, lines: true } as const;
    const corpus = encodeCorpus({ name: 'poem', text }, settings);
    const { model } = kneserNey(
      countCorpus(corpus.training, {
        order: 3,
        vocabularySize: corpus.vocabulary.size,
        sentences: corpus.sentences,
      }),
    );
    let state = model.initialState();
    for (const id of corpus.vocabulary.encode(corpus.form.prompt('roses are red\n')))
      state = model.advance(state, id);
    expect(state).toBe(model.initialState());
  });
});

describe('the forms of the chapter’s editions', () => {
  const editions = cleanings.filter((clean) => conventionOf(clean) !== undefined);
  const words = fc.constantFrom('Time', '"time', 'machine.', '--', 'a', "trav'ler", ' ', '');
  const text = fc
    .array(
      fc.tuple(
        fc.array(words, { maxLength: 5 }).map((line) => line.join(' ')),
        fc.constantFrom('\n', '\r\n', '\r'),
      ),
      { maxLength: 6 },
    )
    .map((lines) => lines.flat().join(''));

  it.each(editions)(
    '%s: texts, and prompts of whole lines, are what cleanTokens makes of them (seeded)',
    (clean) => {
      const convention = conventionOf(clean)!;
      fc.assert(
        fc.property(text, (whole) => {
          for (const [kind, unit] of [
            ['char', 'character'],
            ['word', 'word'],
          ] as const) {
            const expected = cleanTokens(whole, { convention, unit });
            expect(form(kind, clean).texts(whole).flat()).toEqual(expected);
            expect(form(kind, clean).prompt(whole)).toEqual(expected);
          }
          // Bytes of letters and blanks are those characters.
          expect(form('byte', clean).texts(whole).flat().length).toBe(
            cleanTokens(whole, { convention, unit: 'character' }).length,
          );
        }),
      );
    },
  );

  it.each(editions)('%s: the vocabulary is of the whole text, in the edition’s order', (clean) => {
    const convention = conventionOf(clean)!;
    const corpus = { name: 'text', text: 'Beta alpha gamma.\nBeta, beta; alpha?\n"Zeta eta eta eta eta!"\n' };
    for (const [tokens, unit] of [
      ['char', 'character'],
      ['word', 'word'],
    ] as const) {
      const settings = { ...ngramRecipe, tokens, clean, maxTokens: 4, validation: 0.5 };
      const { vocabulary, training, validation } = encodeCorpus(corpus, settings);
      const all = cleanTokens(corpus.text, { convention, unit });
      expect(vocabulary.tokens).toEqual(Vocabulary.fromTokens(all, vocabularyOptionsOf(convention)).tokens);
      expect([...training[0], ...validation[0]]).toEqual([...vocabulary.encode(all.slice(0, 4))]);
    }
  });

  it('go on with a prompt that has not ended', () => {
    expect(form('char', 'd2l-0.17').prompt('The time\n  traveller ')).toEqual([...'the timetraveller ']);
    expect(form('char', 'd2l-0.7').prompt('The end.\n(time')).toEqual([...'the end  time']);
    expect(form('word', 'd2l-0.7').prompt('The end.\n(time ')).toEqual(['the', 'end', '', '', 'time']);
    expect(form('char', 'd2l-1.0').prompt(' The\ntime ')).toEqual([...' the time ']);
    // No letter is dropped unseen.
    for (const clean of editions) expect(form('char', clean).prompt('a ψ')).toContain('ψ');
  });
});

describe('the form of a saved model', () => {
  it('comes from its notes, or of older ones from its sentence marks', () => {
    for (const clean of cleanings)
      for (const lines of [false, true]) {
        const made = form('word', clean, lines);
        expect(TextForm.of({ model: {}, tokenizer: made.tokenizer, notes: made.notes })).toEqual(made);
      }
    const tokenizer = tokenizerFor('word', 'none');
    const model = { sentences: { begin: 0, end: 1 } };
    expect(TextForm.of({ model, tokenizer, notes: { cleaning: 'none' } }).lines).toBe(true);
  });
});

describe('encodeCorpus', () => {
  it('names the mark <s> as a word of a line, and the line', () => {
    const corpus = { name: 'x.txt', text: 'a b\n\nc <s> d\n' };
    const settings = { ...ngramRecipe, tokens: 'whitespace', validation: 0, lines: true } as const;
    expect(() => encodeCorpus(corpus, settings)).toThrow(
      "corpus: expected words other than <s>, which marks where a line begins, got '<s>' in line 3 of 'x.txt'",
    );
    expect(encodeCorpus(corpus, { ...settings, lines: false }).vocabulary.has('<s>')).toBe(true);
  });

  it('counts <unk> of the text as the vocabulary’s unknown word', () => {
    const settings = { ...ngramRecipe, tokens: 'whitespace', validation: 0 } as const;
    const { training, vocabulary } = encodeCorpus({ name: 'x', text: 'a <unk> b <unk>' }, settings);
    expect(vocabulary.size).toBe(3);
    expect([...training[0]].filter((id) => id === vocabulary.unknownId).length).toBe(2);
  });
});
