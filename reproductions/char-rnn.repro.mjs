// char-rnn: its parameter counts, and its two-layer LSTM on tiny shakespeare, beside what counting reaches.
import { encodeCorpus, loadCorpus } from '@throughtime/char-generator/core/corpus';
import { evaluateNgram, trainNgram } from '@throughtime/char-generator/core/ngram';
import { presetRecipe } from '@throughtime/char-generator/core/presets';
import { completeSettings, ngramRecipe } from '@throughtime/char-generator/core/settings';
import { fitOptions, prepareRun } from '@throughtime/char-generator/core/training-run';
import { perplexityCurves } from '@throughtime/figures';
import { parameterCount, preset } from '@throughtime/lang-model';

export const description =
  "char-rnn's networks: parameter counts, and its defaults on tiny shakespeare for some epochs";
export const duration = 'five epochs of half a minute; --epochs 50 trains them all';
export const options = /** @type {const} */ ({ epochs: { type: 'string', default: '5' } });

/** Nats per character of the last tenth, by the frequencies of the characters before, in the split of nanoGPT. */
const unigramFloor = 3.3473;
const splitAt = 1_003_854;

/** @param {{ report(line: string): void, values: { epochs: string }, quick?: boolean }} context */
export async function run({ report, values, quick = false }) {
  const epochs = quick ? 1 : Math.max(1, Math.round(Number(values.epochs)) || 1);
  const counts = [
    { vocabularySize: 78, layers: 3, hiddenSize: 512, expected: 5_454_926 },
    { vocabularySize: 65, layers: 2, hiddenSize: 128, expected: 240_321 },
  ].map(({ expected, ...sizes }) => {
    const ours = parameterCount({ cell: 'lstm', ...sizes });
    return {
      name: `parameters of ${sizes.layers} x ${sizes.hiddenSize}, ${sizes.vocabularySize} symbols, two biases a gate`,
      expected: String(expected),
      ours: String(ours),
      within: ours === expected,
    };
  });

  const corpus = await loadCorpus('tiny-shakespeare');
  if (!corpus) throw new Error('tiny-shakespeare: not in the catalog');
  const settings = completeSettings(
    { epochs, ...(quick && { maxTokens: 200_000 }) },
    presetRecipe('char-rnn'),
  );
  const run = prepareRun(corpus, settings);
  /** @type {{ at: number, value: number }[]} */
  const [training, validation] = [[], []];
  let loss = Number.NaN;
  for await (const event of run.trainer.fit(run.batches, fitOptions(run))) {
    if (event.type !== 'epoch' || !event.validation) continue;
    ({ loss } = event.validation);
    training.push({ at: event.epoch, value: event.perplexity });
    validation.push({ at: event.epoch, value: event.validation.perplexity });
    report(
      `  epoch ${event.epoch} of ${epochs}: ${event.loss.toFixed(3)}, validation ${loss.toFixed(3)} nats`,
    );
  }
  const floor = Math.log(run.unigram.validation ?? Number.NaN);
  const ngram = { ...ngramRecipe, validation: settings.validation, maxTokens: settings.maxTokens, order: 2 };
  const encoded = encodeCorpus(corpus, ngram);
  const bigram = evaluateNgram(trainNgram(encoded, ngram), encoded)?.evaluation.loss ?? Number.NaN;
  return {
    checks: [
      ...counts,
      {
        name: `validation loss after ${epochs} epochs of ${preset('char-rnn').training.epochs}, nats (frequencies alone: ${floor.toFixed(2)})`,
        expected: quick ? `< ${floor.toFixed(2)}` : `< ${bigram.toFixed(2)}, of the bigram`,
        ours: loss.toFixed(3),
        within: loss < (quick ? floor : bigram),
      },
      ...(quick
        ? []
        : [
            {
              name: "nats of the frequencies alone, in nanoGPT's split",
              expected: unigramFloor.toFixed(4),
              ours: frequenciesAlone(corpus.text).toFixed(4),
              within: Math.abs(frequenciesAlone(corpus.text) - unigramFloor) < 5e-5,
            },
          ]),
    ],
    figures: {
      perplexity: perplexityCurves([
        { label: 'training', points: training },
        { label: 'validation', points: validation },
      ]),
    },
  };
}

/** The loss per character behind `splitAt`, in nats, of a model that knows how frequent each character is before it. @param {string} text */
function frequenciesAlone(text) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const character of text.slice(0, splitAt)) counts.set(character, (counts.get(character) ?? 0) + 1);
  const rest = [...text.slice(splitAt)];
  return (
    rest.reduce((sum, character) => sum - Math.log((counts.get(character) ?? 0) / splitAt), 0) / rest.length
  );
}
