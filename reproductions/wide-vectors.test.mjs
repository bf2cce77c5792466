import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { NoWideVectorsError, useWideVectors } from './wide-vectors.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const old = Number.parseInt(process.versions.node, 10) < 24;

describe('useWideVectors', () => {
  it('refuses a Node whose V8 has no such thing', () => {
    expect(() => useWideVectors('20.19.0')).toThrow(NoWideVectorsError);
    expect(() => useWideVectors('20.19.0')).toThrow(/expected Node 24 or newer, got 20.19.0/);
  });

  // Each in a process of its own: the flag is the process's, and a loop is compiled again only once it has run for a while.
  it.skipIf(old)('changes no bit of what is trained', () => {
    const [narrow, wide] = [training, `${widening}${training}`].map((program) =>
      spawnSync(process.execPath, ['--input-type=module', '-e', program], { cwd: here, encoding: 'utf8' }),
    );
    expect(wide.stdout).toBe(narrow.stdout);
    expect(narrow.stdout).toMatch(/^\d+ \d+\.\d+\n$/);
    // V8 only prints that it does not know a flag.
    expect(wide.stderr).not.toContain('unrecognized flag');
  });
});

const widening = "import { useWideVectors } from './wide-vectors.mjs'; useWideVectors();";

/** Some updates of a two-layer LSTM with odd sizes; prints a checksum of its weights and the last loss. */
const training = `
const { BpttTrainer, adamW } = await import('@throughtime/bptt-trainer');
const { sequentialBatches } = await import('@throughtime/datasets');
const { RecurrentLanguageModel } = await import('@throughtime/lang-model');
const { Random } = await import('@throughtime/random');
const { Vocabulary } = await import('@throughtime/text-preprocess');
const random = Random.seeded(1);
const tokens = Array.from({ length: 4000 }, (_, i) => String((i * i) % 23));
const vocabulary = Vocabulary.fromTokens(tokens);
const model = new RecurrentLanguageModel({ cell: 'lstm', hiddenSize: 61, layers: 2, vocabulary, path: 'fused', random });
const batches = sequentialBatches(vocabulary.encode(tokens), { batchSize: 13, steps: 9, random });
const trainer = new BpttTrainer(model, { optimizer: adamW(0.003), clipNorm: 1, random });
let loss = 0;
for await (const event of trainer.fit(batches, { epochs: 5 })) if (event.type === 'epoch') loss = event.loss;
const bits = model.parameters.flatMap(({ data }) => [...new Uint32Array(data.buffer, data.byteOffset, data.length)]);
console.log(bits.reduce((sum, word) => (sum * 31 + word) % 4294967291, 7), loss);
process.exit(0);
`;
