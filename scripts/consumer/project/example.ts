import { adam, BpttTrainer } from '@throughtime/bptt-trainer';
import { loadText, sequentialBatches } from '@throughtime/datasets';
import { generateText, RecurrentLanguageModel } from '@throughtime/lang-model';
import { Random } from '@throughtime/random';
import { charTokenizer, Vocabulary } from '@throughtime/text-preprocess';
import { loadEngine } from '@throughtime/wasm-kernels';

/** From text to a trained model and a sample; gives the perplexity that it reached. */
export async function example(): Promise<string> {
  await loadEngine(); // in browsers, before a model is made
  const random = Random.seeded(1);
  const tokenizer = charTokenizer();
  const tokens = tokenizer.tokenize((await loadText('alice')).text.slice(0, 6000));
  const vocabulary = Vocabulary.fromTokens(tokens);
  const model = new RecurrentLanguageModel({ vocabulary, cell: 'gru', hiddenSize: 32, random });
  const batches = sequentialBatches(vocabulary.encode(tokens), { batchSize: 8, steps: 16, random });
  const trainer = new BpttTrainer(model, { optimizer: adam(0.01), clipNorm: 1, random });
  let perplexity = Number.NaN;
  for await (const event of trainer.fit(batches, { epochs: 4 })) {
    if (event.type === 'epoch') perplexity = event.perplexity;
  }
  let sample = '';
  for await (const piece of generateText({ model, tokenizer }, { prompt: 'Alice ', length: 40 }))
    sample += piece;
  if ([...sample].length !== 40) throw new Error(`expected a sample of 40 characters, got '${sample}'`);
  return perplexity.toFixed(3);
}
