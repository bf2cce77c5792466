// A model that is saved again and again, as a program: node saving-forever.mjs FOLDER. All its weights are one number, another each
// time: a file that mixes two saves would have two.
import { RecurrentLanguageModel } from '@throughtime/lang-model';
import { saveModel } from '@throughtime/lang-model/node';
import { Random } from '@throughtime/random';
import { Vocabulary } from '@throughtime/text-preprocess';

const [folder] = process.argv.slice(2);
const vocabulary = Vocabulary.fromList(Array.from('abcdefghijklmnopqrstuvwxyz '));
const model = new RecurrentLanguageModel({ vocabulary, hiddenSize: 64, layers: 2, random: Random.seeded(1) });
const first = Date.now() % 1000;
for (let i = 0; ; i++) {
  for (const { data } of model.parameters) data.fill(first + i);
  // Notes change, too: so does config.json.
  await saveModel(folder, model, { notes: { number: Math.floor((first + i) / 10) } });
  console.log(i);
}
