// Models made here, loaded by PyTorch: python3 with torch needed; a few seconds. Exits with 1 when any log-probability
// differs by more than 1e-5. (The tests hold the other direction, from fixtures that pytorch_model.py wrote.)
//   [PYTHON=/usr/bin/python3] node packages/lang-model/scripts/check-pytorch.mjs
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { RecurrentLanguageModel } from '@throughtime/lang-model';
import { saveModel } from '@throughtime/lang-model/node';
import { Random } from '@throughtime/random';

const script = fileURLToPath(new URL('pytorch_model.py', import.meta.url));
const V = 11;
const architectures = [
  { cell: 'rnn', hiddenSize: 6 },
  { cell: 'rnn', hiddenSize: 6, nonlinearity: 'relu' },
  { cell: 'gru', hiddenSize: 6, layers: 2, embedding: 5 },
  { cell: 'lstm', hiddenSize: 6, layers: 3 },
  { cell: 'lstm', hiddenSize: 6, embedding: 6, tied: true },
];

await tf.setBackend('wasm');
const random = Random.seeded(3);
const folder = mkdtempSync(join(tmpdir(), 'check pytorch '));
let worst = 0;
for (const architecture of architectures) {
  const model = new RecurrentLanguageModel({ vocabularySize: V, ...architecture, random });
  const tokens = Array.from({ length: 12 }, () => random.integer(0, V));
  await saveModel(folder, model, { notes: { tokens: [tokens] } });
  const [theirs] = JSON.parse(
    execFileSync(process.env.PYTHON ?? 'python3', [script, 'logits', folder], { encoding: 'utf8' }),
  );
  let state = model.initialState();
  for (const [t, token] of tokens.entries()) {
    state = await model.advance(state, token);
    (await model.logProbabilities(state)).forEach((value, v) => {
      worst = Math.max(worst, Math.abs(value - theirs[t][v]));
    });
  }
  console.log(`${JSON.stringify(architecture)}: largest difference so far ${worst.toExponential(1)}`);
}
rmSync(folder, { recursive: true });
if (!(worst < 1e-5)) process.exitCode = 1;
