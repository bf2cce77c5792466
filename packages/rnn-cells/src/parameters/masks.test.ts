import { Random } from '@throughtime/random';
import { describe, expect, it } from 'vitest';
import { drawMasks } from './masks.js';
import type { RecurrentConfig } from './recurrent-config.js';

const base: RecurrentConfig = { cell: 'lstm', inputSize: 3, hiddenSize: 4, layers: 2 };
const draw = (config: RecurrentConfig, random = Random.seeded(1), steps = 5) =>
  drawMasks(config, { batchSize: 6, steps, random });

describe('drawMasks', () => {
  it('draws nothing, and leaves the random state alone, where nothing is dropped', () => {
    const random = Random.seeded(1);
    const before = random.state();
    expect(draw(base, random)).toBeUndefined();
    expect(draw({ ...base, layers: 1, dropout: { between: 0.5 } }, random)).toBeUndefined();
    expect(random.state()).toEqual(before);
  });

  it('draws new masks at every call', () => {
    const random = Random.seeded(1);
    const config = {
      ...base,
      dropout: { input: 0.5, state: 0.5, recurrentWeights: 0.5 },
      zoneout: { cell: 0.5 },
    };
    const [first, second] = [draw(config, random)!, draw(config, random)!];
    expect(first.layers[0]!.values).not.toEqual(second.layers[0]!.values);
    expect(first.recurrentWeights[0]).not.toEqual(second.recurrentWeights[0]);
    expect(first.recurrentWeights[0]).not.toEqual(first.recurrentWeights[1]);
    expect(first.state[0]!.values).not.toEqual(second.state[0]!.values);
    expect(first.state[0]!.values).not.toEqual(first.state[1]!.values);
    expect(first.cellZoneout[0]!.values).not.toEqual(second.cellZoneout[0]!.values);
    expect(draw(config, Random.seeded(1))).toEqual(first);
  });

  it('has the shapes of what the masks multiply', () => {
    const masks = draw({
      ...base,
      bidirectional: true,
      projectionSize: 2,
      dropout: { input: 0.1, between: 0.1, output: 0.1, state: 0.1, recurrentWeights: 0.1 },
      zoneout: { hidden: 0.1, cell: 0.1 },
    })!;
    expect(masks.layers.map((mask) => mask!.shape)).toEqual([
      [5, 6, 3],
      [5, 6, 4],
      [5, 6, 4],
    ]);
    expect(masks.recurrentWeights.map((mask) => mask!.length)).toEqual([32, 32, 32, 32]); // [4 * 4, 2]
    expect(masks.state.map((mask) => mask!.shape)).toEqual(Array.from({ length: 4 }, () => [1, 6, 2]));
    expect(masks.hiddenZoneout[3]!.shape).toEqual([5, 6, 2]);
    expect(masks.cellZoneout[3]!.shape).toEqual([5, 6, 4]);
  });

  it('locked, draws one mask for all steps, for each row its own', () => {
    const { layers } = draw({ ...base, dropout: { between: 0.5, locked: true } })!;
    expect(layers[0]).toBeUndefined();
    expect(layers[1]!.shape).toEqual([1, 6, 4]);
    expect(layers[1]!.values.slice(0, 4)).not.toEqual(layers[1]!.values.slice(4, 8));
  });

  it('draws one mask of the state for all steps, for each row its own, locked or not', () => {
    const { layers, state } = draw({ ...base, dropout: { state: 0.5 } })!;
    expect(layers).toEqual([undefined, undefined, undefined]);
    expect(state.map((mask) => mask!.shape)).toEqual([
      [1, 6, 4],
      [1, 6, 4],
    ]);
    expect(state[0]!.values.slice(0, 4)).not.toEqual(state[0]!.values.slice(4, 8));
    expect(new Set(state[1]!.values)).toEqual(new Set([0, 2]));
  });

  it('drops with its probability and scales what it keeps', () => {
    const { layers, recurrentWeights, hiddenZoneout } = draw(
      { ...base, dropout: { input: 0.2, recurrentWeights: 0.75 }, zoneout: { hidden: 0.1 } },
      Random.seeded(1),
      500,
    )!;
    const share = (values: Float32Array, wanted: number) =>
      values.filter((value) => value === Math.fround(wanted)).length / values.length;
    // 9,000 and 12,000 draws: standard errors 0.0042 and 0.0027; five of them.
    expect(Math.abs(share(layers[0]!.values, 0) - 0.2)).toBeLessThan(0.021);
    expect(share(layers[0]!.values, 0) + share(layers[0]!.values, 1.25)).toBe(1);
    expect(share(recurrentWeights[0]!, 0) + share(recurrentWeights[0]!, 4)).toBe(1);
    expect(Math.abs(share(hiddenZoneout[0]!.values, 1) - 0.1)).toBeLessThan(0.014);
    expect(share(hiddenZoneout[0]!.values, 0) + share(hiddenZoneout[0]!.values, 1)).toBe(1);
  });

  it('names an option that is missing or unknown', () => {
    expect(() => drawMasks(base, { batchSize: 6, steps: 5 } as never)).toThrow('random: expected a Random');
    const misspelled = { batchSize: 6, step: 5, random: Random.seeded(1) } as never;
    expect(() => drawMasks(base, misspelled)).toThrow(
      "step: expected the name of an option, got one that is not known (did you mean 'steps'?)",
    );
  });
});
