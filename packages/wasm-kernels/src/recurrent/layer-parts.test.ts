// Layer norm, peepholes, projections and zoneout in the engine. Their numbers are held against float64 and PyTorch in rnn-cells.
import { afterAll, describe, expect, it } from 'vitest';
import { Engine } from '../engine/engine.js';
import { expectSameOnAllThreads } from '../engine/fixtures/threads.js';
import { type Cell, cellLayout, isRecurrent } from './cell.js';
import { CompiledLanguageModel } from './compiled-language-model.js';
import { digest, noise } from './fixtures/closeness.js';
import { CELLS } from './fixtures/language-model-problem.js';
import { LanguageModelStepper } from './language-model-stepper.js';
import type { LayerParameters } from './layer-parameters.js';
import { RecurrentStack } from './recurrent-stack.js';

const engine = new Engine({ threads: 2 });
afterAll(() => engine.dispose());

interface LayerShape {
  readonly cell: Cell;
  readonly D: number;
  readonly H: number;
  readonly P?: number | undefined;
}

/** All parts that a cell has, drawn; gains near 1. */
function everyPart({ cell, D, H, P }: LayerShape, seed: number): LayerParameters {
  const rows = cellLayout(cell).gates * H;
  let index = 0;
  const fill = (length: number, around = 0) => {
    const view = engine.allocate(length);
    view.set(noise(seed + index++, length, 0.4).map((value) => around + value));
    return view;
  };
  const isLstm = cell === 'lstm';
  return {
    ...{ weightIh: fill(rows * D), biasIh: fill(rows), gainIh: fill(rows, 1) },
    ...(isRecurrent(cell) && { weightHh: fill(rows * (P ?? H)), biasHh: fill(rows), gainHh: fill(rows, 1) }),
    ...(isLstm && { weightPeephole: fill(3 * H), gainCell: fill(H, 1), biasCell: fill(H) }),
    ...(P !== undefined && { weightHr: fill(P * H) }),
  };
}

function like(layer: LayerParameters): LayerParameters {
  const copies = Object.entries(layer).map(([name, view]) => [
    name,
    engine.allocate(view.length).fill(Number.NaN),
  ]);
  return Object.fromEntries(copies);
}

function stackOf(cell: Cell, oneHot: boolean) {
  const [N, T, D, H] = [30, 7, 19, 21];
  const P = cell === 'lstm' ? 11 : undefined;
  const parameters = [everyPart({ cell, D, H, P }, 1), everyPart({ cell, D: P ?? H, H, P }, 50)];
  const gradients = parameters.map(like);
  const stack = new RecurrentStack(engine, {
    ...{ cell, inputSize: D, hiddenSize: H, projectionSize: P, batchSize: N, steps: T, oneHot },
    ...{ parameters, gradients, zoneout: { hidden: 0.2, ...(cell === 'lstm' && { cell: 0.3 }) } },
    dropout: { between: 0.2, ...(isRecurrent(cell) && { state: 0.1, recurrentWeights: 0.2 }) },
  });
  stack.inputs.set(noise(3, stack.inputs.length));
  for (let i = 0; i < stack.ids.length; i++) stack.ids[i] = (i * 7) % D;
  const lengths = Int32Array.from({ length: N }, (_, n) => n % (T + 1));
  const dOutputs = noise(4, stack.outputs.length);
  const hidden = () => noise(5, T * N * (P ?? H)).map((value) => (value > 0 ? 1 : 0));
  const cells = () => noise(6, T * N * H).map((value) => (value > 0 ? 1 : 0));
  const zoneoutMasks = parameters.map(() => ({
    hidden: hidden(),
    ...(cell === 'lstm' && { cell: cells() }),
  }));
  return {
    stack,
    run: () => {
      const state = stack.forward({ lengths, reverse: true, dropoutSeed: 1, zoneoutMasks });
      const outputs = digest(stack.outputs);
      stack.outputGradients.set(dOutputs);
      const initial = stack.backward();
      const all = gradients.flatMap((layer) => Object.values(layer).map(digest));
      const finite = gradients.every((layer) =>
        Object.values(layer).every((view) => view.every(Number.isFinite)),
      );
      expect(finite).toBe(true);
      return { state, outputs, initial, all, inputs: digest(stack.inputGradients) };
    },
    free() {
      stack.free();
      for (const layer of [...parameters, ...gradients])
        for (const view of Object.values(layer)) engine.free(view);
    },
  };
}

describe('layers with every part', () => {
  it('give the same bits for any number of threads, every time', async () => {
    const stacks = CELLS.flatMap((cell) => [stackOf(cell, false), stackOf(cell, true)]);
    await expectSameOnAllThreads(engine, () => stacks.map(({ run }) => run()));
    for (const { free } of stacks) free();
  });

  it('keep their memory constant, and give it back', () => {
    const { used } = engine.memoryUsage();
    const made = stackOf('lstm', false);
    made.run();
    const running = engine.memoryUsage().used;
    for (let i = 0; i < 500; i++) made.run();
    expect(engine.memoryUsage().used).toBe(running);
    made.free();
    expect(engine.memoryUsage().used).toBe(used);
  });

  it.each(CELLS)('%s: token by token as over a chunk', (cell) => {
    const [V, E, H] = [9, 5, 7];
    const P = cell === 'lstm' ? 3 : undefined;
    const layers = [everyPart({ cell, D: E, H, P }, 1), everyPart({ cell, D: P ?? H, H, P }, 60)];
    const tensor = (length: number, seed: number) => {
      const view = engine.allocate(length);
      view.set(noise(seed, length));
      return view;
    };
    const parameters = { layers, embedding: tensor(V * E, 90), outputWeight: tensor(V * (P ?? H), 91) };
    const size = { cell, vocabularySize: V, hiddenSize: H, projectionSize: P, embeddingSize: E, parameters };
    const compiled = new CompiledLanguageModel(engine, { ...size, batchSize: 1, steps: 5 });
    const stepper = new LanguageModelStepper(engine, size);
    const inputs = Int32Array.of(4, 1, 8, 0, 3);
    const chunk = compiled.evaluate({ inputs, targets: Int32Array.of(1, 8, 0, 3, 2) });
    let state = stepper.initialState();
    let loss = 0;
    for (const [t, token] of inputs.entries()) {
      state = stepper.advance(state, token);
      loss -= stepper.logProbabilities([{ h: stepper.output() }])[[1, 8, 0, 3, 2][t]];
    }
    expect(loss).toBeCloseTo(chunk.loss, 4);
    for (const [i, { h, c }] of state.entries()) {
      expect(Math.hypot(...h.map((value, j) => value - chunk.state[i].h[j]))).toBeLessThan(1e-5);
      expect(c?.length).toBe(chunk.state[i].c?.length);
    }
    compiled.free();
    stepper.free();
  });

  it('name what does not fit', () => {
    const layer = everyPart({ cell: 'lstm', D: 2, H: 3, P: 2 }, 1);
    const make = (parameters: LayerParameters, more = {}) =>
      new RecurrentStack(engine, {
        ...{ cell: 'lstm', inputSize: 2, hiddenSize: 3, batchSize: 1, steps: 1, projectionSize: 2 },
        ...{ parameters: [parameters], ...more },
      });
    expect(() => make(layer)).not.toThrow();
    const { gainHh, weightHr, ...rest } = layer;
    expect(() => make({ ...rest, ...(weightHr && { weightHr }) })).toThrow('parameters[0].gainHh: expected');
    expect(() => make({ ...rest, ...(gainHh && { gainHh }) })).toThrow('parameters[0].weightHr: expected');
    expect(() => make(layer, { projectionSize: 3 })).toThrow(
      'projectionSize: expected less than hiddenSize, 3, got 3',
    );
    expect(() => make(layer, { projectionSize: undefined })).toThrow('parameters[0].weightHr: expected none');
    expect(() => make(layer, { cell: 'gru' })).toThrow("projectionSize: expected none for cell 'gru'");
    const { gainIh: _, ...without } = layer;
    expect(() => make(without)).toThrow('parameters[0].gainHh: expected none in such a layer');
    expect(() => make(everyPart({ cell: 'gru', D: 2, H: 3 }, 1), { projectionSize: undefined })).toThrow(
      'parameters[0].gainCell: expected',
    );
    const stack = make(layer, { backward: true, zoneout: { hidden: 0.1 } });
    expect(() => stack.forward({ zoneoutMasks: [{ hidden: new Float32Array(3) }] })).toThrow(
      'zoneoutMasks[0].hidden: expected 2 elements',
    );
  });
});
