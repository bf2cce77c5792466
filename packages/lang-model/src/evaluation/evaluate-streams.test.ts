import { Random } from '@throughtime/random';
import { Vocabulary } from '@throughtime/text-preprocess';
import { describe, expect, it } from 'vitest';
import { RecurrentLanguageModel } from '../recurrent/recurrent-language-model.js';
import { evaluateStreams } from './evaluate-streams.js';

const vocabulary = Vocabulary.fromTokens(['a', 'b', 'c', 'd']);
const model = new RecurrentLanguageModel({ vocabulary, hiddenSize: 6, random: Random.seeded(3) });
const unknown = vocabulary.unknownId!;

/** Mean loss of all predictions but those of `unknown`, one token after another. */
async function lossOfKnown(ids: Int32Array): Promise<number> {
  let state = await model.advance(model.initialState(), ids[0]);
  let [loss, count] = [0, 0];
  for (const id of ids.subarray(1)) {
    if (id !== unknown) {
      loss -= (await model.logProbabilities(state))[id];
      count++;
    }
    state = await model.advance(state, id);
  }
  return loss / count;
}

describe('evaluateStreams without the predictions of an unknown token', () => {
  const random = Random.seeded(15);
  const text = Int32Array.from({ length: 150 }, () => random.integer(0, vocabulary.size));

  it('is the mean over the others, with the unknown token as context', async () => {
    const all = await evaluateStreams(model, text, { streams: 1 });
    const { withoutUnknown, unknownTokens, ...figures } = await evaluateStreams(model, text, {
      streams: 1,
      unknown,
    });
    expect(figures).toEqual({
      tokens: all.tokens,
      loss: all.loss,
      perplexity: all.perplexity,
      bitsPerToken: all.bitsPerToken,
    });
    expect(unknownTokens).toBe([...text.subarray(1)].filter((id) => id === unknown).length);
    expect(withoutUnknown.tokens).toBe(text.length - 1 - unknownTokens);
    expect(withoutUnknown.loss).toBeCloseTo(await lossOfKnown(text), 5);
  });

  it('is the same in several streams with a long warm-up, the last one shorter', async () => {
    const { withoutUnknown } = await evaluateStreams(model, text, {
      streams: 4,
      steps: 7,
      warmUp: 150,
      unknown,
    });
    expect(withoutUnknown.loss).toBeCloseTo(await lossOfKnown(text), 4);
  });

  it('is all where none is unknown, and NaN where all are', async () => {
    const known = text.map((id) => (id === unknown ? 1 : id));
    const { withoutUnknown, loss } = await evaluateStreams(model, known, { unknown });
    expect(withoutUnknown.loss).toBe(loss);
    const none = await evaluateStreams(
      model,
      text.map(() => unknown),
      { unknown },
    );
    expect(none.withoutUnknown).toMatchObject({ tokens: 0, loss: Number.NaN });
  });
});
