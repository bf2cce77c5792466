// Trains a small model, saves it and has it read back and speak; asks for what needs tfjs, which is not installed.
import { createRequire } from 'node:module';
import { encodeModel, RecurrentLanguageModel } from '@throughtime/lang-model';
import { saveModel } from '@throughtime/lang-model/node';
import { Random } from '@throughtime/random';
import { charTokenizer, Vocabulary } from '@throughtime/text-preprocess';
import { forecast } from './forecast.js';
import { generate } from './generate.js';

const random = Random.seeded(1);
const tokenizer = charTokenizer();
const tokens = tokenizer.tokenize('to be or not to be, that is the question');
const vocabulary = Vocabulary.fromTokens(tokens);
const ids = vocabulary.encode(tokens);
const chunk = { inputs: ids.subarray(0, -1), targets: ids.subarray(1), batchSize: 1, steps: ids.length - 1 };
const model = new RecurrentLanguageModel({ vocabulary, cell: 'gru', hiddenSize: 16, random });
const losses: number[] = [];
for (let update = 0; update < 20; update++) {
  const { loss } = await model.lossAndGradients(chunk, model.initialState(), { random });
  losses.push(loss);
  for (const { data, gradient } of model.parameters)
    for (let i = 0; i < data.length; i++) data[i] -= gradient[i];
}
if (!(losses[19] < losses[0])) throw new Error(`the loss did not fall: ${losses.join(' ')}`);

const files = encodeModel(model, { tokenizer });
const joined = Object.entries(files).map(([name, parts]) => [name, new Uint8Array(Buffer.concat(parts))]);
await saveModel('model', model, { tokenizer });
console.log(`${await generate(Object.fromEntries(joined))}; ${await forecast()}`);

// CommonJS programs read the same modules.
const { defaultEngine } = createRequire(import.meta.url)('@throughtime/wasm-kernels');
if (defaultEngine().allocate(1).length !== 1) throw new Error('require gives another module');

const reference = new RecurrentLanguageModel({ vocabulary, path: 'reference', random });
const refused = await Promise.resolve()
  .then(() => reference.lossAndGradients(chunk, reference.initialState(), { random }))
  .then(() => 'nothing', String);
if (!refused.includes('npm install @tensorflow/tfjs-core@^4.22.0'))
  throw new Error(`without tfjs: ${refused}`);
