import { describe, expect, it } from 'vitest';
import { evaluateBatches } from './evaluate-batches.js';
import { ElmanModel } from './fixtures/elman-model.js';
import { tokenBatches } from './fixtures/token-batches.js';

describe('evaluateBatches', () => {
  it('carries the state where batches continue, and weighs batches by their predictions', async () => {
    const model = new ElmanModel();
    const whole = tokenBatches({ steps: 12, count: 1 });
    const parts = tokenBatches({ steps: 4, count: 3 });
    expect((await evaluateBatches(model, parts)).loss).toBeCloseTo(
      (await evaluateBatches(model, whole)).loss,
      6,
    );
    const [a, b] = [...parts];
    const short = { ...b, steps: 1, inputs: b.inputs.slice(0, 2), targets: b.targets.slice(0, 2) };
    const [lossA, lossB] = await Promise.all([evaluateBatches(model, [a]), evaluateBatches(model, [short])]);
    const both = await evaluateBatches(model, [a, short]);
    expect(both.loss).toBeCloseTo((8 * lossA.loss + 2 * lossB.loss) / 10, 12);
    expect(both).toMatchObject({ predictions: 10, perplexity: Math.exp(both.loss) });
    expect((await evaluateBatches(model, [])).loss).toBeNaN();
  });

  it('names what are no batches', async () => {
    const model = new ElmanModel();
    await expect(evaluateBatches(model, undefined as never)).rejects.toThrow(
      'batches: expected a list of batches or a batch source, got undefined',
    );
    await expect(evaluateBatches(model, 'text' as never)).rejects.toThrow("got 'text'");
  });

  it('stops between batches on a signal, with its reason', async () => {
    const stopped = evaluateBatches(new ElmanModel(), tokenBatches(), AbortSignal.abort(new Error('enough')));
    await expect(stopped).rejects.toThrow('enough');
  });
});
