// The form of a text across the commands: what training did with it, evaluation, prompts and ARPA files do alike.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventsOf, generate, quick } from '../fixtures/run-cli.js';

let folder: string;
const at = (...parts: string[]) => join(folder, ...parts);

const poem =
  'roses are red\nviolets are blue\nsugar is sweet\nand so are you\nroses are red\nviolets are blue\n';
const cats = 'the cat sat on the mat\nthe dog sat on the log\nthe cat ate the rat\n';

async function perplexity(model: string, corpus: string, ...options: string[]) {
  const { stdout, stderr } = await generate(
    'evaluate',
    '--model',
    model,
    '--corpus',
    corpus,
    '--json',
    ...options,
  );
  expect(stderr).not.toContain('generate: ');
  return eventsOf(stdout)[0] as {
    perplexity: number;
    unknownTokens: number;
    perplexityWithoutUnknown?: number;
  };
}

async function sampled(model: string, prompt: string) {
  const options = ['--prompt', prompt, '--length', '4', '--temperature', '0', '--json'];
  const { stdout, stderr } = await generate('sample', '--model', model, ...options);
  expect(stderr).not.toContain('generate: ');
  return eventsOf(stdout).at(-1)?.text as string;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'generate forms '));
  await writeFile(at('poem.txt'), poem);
  await writeFile(at('lf.txt'), cats);
  await writeFile(at('bom.txt'), `\ufeff${cats}`);
  await writeFile(at('cr.txt'), cats.replaceAll('\n', '\r'));
  const words = [
    'ngram',
    '--tokens',
    'word',
    '--order',
    '3',
    '--smoothing',
    'witten-bell',
    '--validation',
    '0',
  ];
  const bigrams = ['--tokens', 'word', '--order', '2', '--validation', '0'];
  await Promise.all([
    generate(...words, '--corpus', at('poem.txt'), '--clean', 'eos', '--out', at('E')),
    generate(...words, '--corpus', at('poem.txt'), '--lines', '--out', at('L'), '--arpa', at('L.arpa')),
    generate('ngram', '--corpus', at('lf.txt'), ...bigrams, '--clean', 'eos', '--out', at('lf')),
    generate('train', ...quick, '--epochs', '2', '--out', at('rnn')),
  ]);
});

afterAll(() => rm(folder, { recursive: true }));

describe('a line end in a prompt', () => {
  it('is what it was in training', async () => {
    expect(await sampled(at('E'), 'roses are red\n')).toBe(' violets are blue <eos>');
    expect(await sampled(at('E'), 'roses are red <eos>')).toBe(' violets are blue <eos>');
    // As after <s>.
    expect(await sampled(at('L'), 'roses are red\n')).toBe(await sampled(at('L'), ''));
    expect(await sampled(at('L.arpa'), 'roses are red\n')).toBe(await sampled(at('L'), ''));
  });
});

describe('evaluation', () => {
  it('does not mind a byte order mark, nor how lines end', async () => {
    const plain = await perplexity(at('lf'), at('lf.txt'));
    expect(plain.perplexity).toBeCloseTo(3.0317, 3);
    expect(await perplexity(at('lf'), at('bom.txt'))).toEqual({ ...plain, corpus: at('bom.txt') });
    expect(await perplexity(at('lf'), at('cr.txt'))).toEqual({ ...plain, corpus: at('cr.txt') });
  });

  it('of an ARPA file, packed or not, is that of the model it was written from', async () => {
    const own = await perplexity(at('L'), at('poem.txt'));
    await writeFile(at('L.arpa.gz'), gzipSync(await readFile(at('L.arpa'))));
    for (const file of ['L.arpa', 'L.arpa.gz'])
      expect((await perplexity(at(file), at('poem.txt'))).perplexity).toBeCloseTo(own.perplexity, 4);
  });

  it('gives unknown words of a file without <unk> -100, or leaves them out', async () => {
    const arpa = [
      '\\data\\',
      'ngram 1=4',
      '',
      '\\1-grams:',
      '-99\t<s>',
      '-0.5\t</s>',
      '-0.5\ta',
      '-0.4\tb',
      '',
      '\\end\\',
    ];
    await writeFile(at('srilm.arpa'), arpa.join('\n'));
    await writeFile(at('ab.txt'), 'a zebra b\n');
    const kenlm = await perplexity(at('srilm.arpa'), at('ab.txt'));
    expect(kenlm).toMatchObject({ tokens: 4, unknownTokens: 1 });
    expect(Math.log10(kenlm.perplexity)).toBeCloseTo((0.5 + 100 + 0.4 + 0.5) / 4, 4);
    expect(Math.log10(kenlm.perplexityWithoutUnknown!)).toBeCloseTo(1.4 / 3, 5);
    const srilm = await perplexity(at('srilm.arpa'), at('ab.txt'), '--unknown', 'srilm');
    expect(srilm.perplexity).toBeCloseTo(kenlm.perplexityWithoutUnknown!, 9);
    await writeFile(at('no-mark.arpa'), arpa.join('\n').replace('1=4', '1=3').replace('-99\t<s>\n', ''));
    const warned = await generate('evaluate', '--model', at('no-mark.arpa'), '--corpus', at('ab.txt'));
    expect(warned.code).toBe(0);
    expect(warned.stderr).toContain('the file has no <s>');
  });

  it('of a recurrent model tells the perplexity without unknown tokens', async () => {
    await writeFile(at('known.txt'), 'the whale '.repeat(30));
    await writeFile(at('unknown.txt'), `${'the whale '.repeat(30)}ξ`);
    const [known, unknown] = await Promise.all([
      perplexity(at('rnn'), at('known.txt'), '--streams', '1'),
      perplexity(at('rnn'), at('unknown.txt'), '--streams', '1'),
    ]);
    expect(known.perplexityWithoutUnknown).toBeUndefined();
    // The unknown token is the last one, so the others are predicted as without it.
    expect(unknown.perplexityWithoutUnknown).toBeCloseTo(known.perplexity, 4);
    expect(unknown.perplexity).not.toBeCloseTo(known.perplexity, 4);
  });
});

describe('generate ngram', () => {
  it('keeps the model that is there when a token has no name in an ARPA file', async () => {
    await writeFile(at('marks.txt'), 'a b </s> c\n');
    const before = await readFile(join(at('L'), 'model.safetensors'));
    const options = ['--tokens', 'whitespace', '--lines', '--validation', '0', '--overwrite'];
    const args = [
      'ngram',
      '--corpus',
      at('marks.txt'),
      ...options,
      '--arpa',
      at('no.arpa'),
      '--out',
      at('L'),
    ];
    const { code, stderr } = await generate(...args);
    expect(stderr).toMatch(/got '<\/s>': it is token \d+ too|'<\/s>'/);
    expect(code).toBe(2);
    expect(await readFile(join(at('L'), 'model.safetensors'))).toEqual(before);
    // A blank and the sign that stands for it are two names.
    await writeFile(at('blanks.txt'), 'a b▁c d▁\n'.repeat(9));
    const chars = [
      'ngram',
      '--corpus',
      at('blanks.txt'),
      '--length',
      '5',
      '--arpa',
      at('c.arpa'),
      '--out',
      at('C'),
    ];
    expect((await generate(...chars)).code).toBe(0);
    expect(await readFile(at('c.arpa'), 'utf8')).toContain('<U+2581>');
  });
});

describe('generate train', () => {
  it('resumes on the same text at another path, not on another text', async () => {
    const text = cats.repeat(20);
    await writeFile(at('here.txt'), text);
    await writeFile(at('there.txt'), text);
    await writeFile(at('other.txt'), `${text}!`);
    const small = ['--hidden', '4', '--batch', '4', '--steps', '8', '--json'];
    await generate('train', '--corpus', at('here.txt'), ...small, '--epochs', '2', '--out', at('run'));
    const resume = (...more: string[]) =>
      generate('train', '--out', at('run'), '--resume', '--json', ...more);
    const moved = await resume('--corpus', at('there.txt'), '--epochs', '3');
    expect(moved.code).toBe(0);
    expect(eventsOf(moved.stdout).filter(({ event }) => event === 'epoch')).toHaveLength(1);
    const other = await resume('--corpus', at('other.txt'), '--epochs', '4');
    expect(other.code).toBe(2);
    expect(other.stderr).toMatch(
      /--resume: expected the text that the run was started on, but '.*other\.txt' is another/,
    );
    const record = await readFile(at('run', 'training.json'), 'utf8');
    expect((await resume('--epochs', '2')).code).toBe(0);
    expect(await readFile(at('run', 'training.json'), 'utf8')).toBe(record);
    expect((await resume('--max-tokens', '500')).stderr).toContain('--max-tokens: expected none, as the run');
  });

  it('suggests a prompt that the model can read', async () => {
    // A word with an apostrophe is one: its end alone would be no prompt.
    await writeFile(at('lower.txt'), `\ufeff${"42 zebra's\n".repeat(60)}`);
    const small = ['--hidden', '4', '--batch', '4', '--steps', '8', '--epochs', '1'];
    const { stdout } = await generate('train', '--corpus', at('lower.txt'), ...small, '--out', at('lower'));
    const prompt = /--prompt "?([^"\n]*)"?$/m.exec(stdout)?.[1];
    expect(prompt).toBe("zebra's ");
    expect(
      (await generate('sample', '--model', at('lower'), '--prompt', prompt!, '--length', '3')).code,
    ).toBe(0);
  });

  it('names the options of a batch that is too large', async () => {
    await writeFile(at('short.txt'), 'Call me Ishmael.');
    const { code, stderr } = await generate('train', '--corpus', at('short.txt'), '--out', at('short'));
    expect(code).toBe(2);
    expect(stderr).toMatch(
      /got 15 \(without the part kept by --validation\); take a smaller --batch or fewer --steps/,
    );
  });

  it.each(['train', 'ngram', 'sample'])(
    '%s refuses a seed beyond 2^53 before anything is done',
    async (command) => {
      const args = command === 'sample' ? ['--model', at('rnn')] : ['--out', at('seed')];
      for (const seed of ['9007199254740992', '99999999999999999999']) {
        const { code, stdout, stderr } = await generate(command, ...args, '--seed', seed);
        expect(stderr).toContain(`--seed <n>`);
        expect(stderr).toContain(`got '${seed}'`);
        expect(stderr.trimEnd().split('\n')).toHaveLength(1);
        expect([code, stdout]).toEqual([2, '']);
      }
    },
  );
});

describe('generate sample', () => {
  it('prints the prompt when it stops at the first token', async () => {
    const stop = ['--temperature', '0', '--length', '5', '--stop'];
    const { stdout } = await generate(
      'sample',
      '--model',
      at('E'),
      '--prompt',
      'roses are red\n',
      ...stop,
      ' ',
    );
    expect(stdout).toBe('roses are red\n\n');
  });
});
