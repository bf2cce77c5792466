import type { Parameter, TrainableModel } from '@throughtime/contract';
import type { Random } from '@throughtime/random';
import { createSequenceNetwork, type ExecutionPath, type RecurrentConfig } from '@throughtime/rnn-cells';
import { EncoderDecoderModel } from '../network/encoder-decoder-model.js';
import type { ExampleBatch, Examples } from '../network/examples.js';
import { createHead, type HeadOptions } from '../network/heads.js';
import { inputWidth, type LagInputs, writeInputs } from '../network/lag-inputs.js';
import { RecurrentModel } from '../network/recurrent-model.js';
import type { EncodedSeries } from '../network/series-encoder.js';
import type { Forecast, ForecastRequest } from './forecast.js';
import { forecastRecursively, readDirectForecasts, type Unfolding } from './network-forecasts.js';

/** How a network that was trained on windows forecasts several steps ahead. */
export type StrategyName = 'recursive' | 'direct' | 'encoder-decoder';

export interface StrategyOptions {
  readonly config: RecurrentConfig;
  readonly path: ExecutionPath | undefined;
  readonly contextLength: number; // L
  /** Steps that are predicted at once, or by the decoder. */
  readonly steps: number; // H
  readonly inputs: LagInputs;
  readonly head: HeadOptions;
  readonly random: Random;
}

interface StrategyRequest {
  readonly name: string;
  readonly variables: readonly string[];
  readonly request: ForecastRequest;
  readonly random: Random;
}

/** How a recurrent network forecasts several steps from a context. */
export interface RecurrentStrategy {
  readonly inputs: LagInputs;
  /** The windows it learns from. */
  readonly window: SequenceWindow;
  readonly model: TrainableModel<ExampleBatch, unknown> & { readonly parameters: readonly Parameter[] };
  forecast(contexts: readonly EncodedSeries[], request: StrategyRequest): Promise<Forecast[]>;
}

/** The strategy of that name. */
export function createStrategy(name: StrategyName, options: StrategyOptions): RecurrentStrategy {
  return strategies[name](options);
}

/** One network that always predicts the next step; its own forecasts are its next inputs. */
function recursiveStrategy({
  config,
  path,
  contextLength,
  inputs,
  head: headOptions,
  random,
}: StrategyOptions): RecurrentStrategy {
  const head = createHead(headOptions);
  const network = createSequenceNetwork(config, { random, path });
  // The first steps do not count: the state has seen too little there to forecast from.
  const readFrom = Math.floor(contextLength / 4);
  const model = new RecurrentModel({ network, head, values: inputs.variables, readFrom, random });
  return {
    inputs,
    window: { inputSteps: contextLength, targetFrom: readFrom, targetSteps: contextLength - readFrom },
    model,
    forecast: (contexts, request) =>
      forecastRecursively(contexts, {
        ...request,
        head,
        start(unfoldings) {
          const batchSize = unfoldings.length;
          let state = network.initialState(batchSize);
          return {
            async outputs(step) {
              // The first call reads the whole context; the others read one step each.
              const steps = step === 0 ? contextLength : 1;
              const rows = sequenceInputs(inputs, unfoldings, { until: step, steps });
              const read = await network.forward(rows, state, { batchSize, steps });
              state = read.state;
              return model.readout.forward(lastStep(read.outputs, batchSize, steps), batchSize);
            },
          };
        },
      }),
  };
}

/** Reads out the state after the context once, for all steps. It sees the known features of the first forecast step only. */
function directStrategy({
  config,
  path,
  contextLength,
  steps: trained,
  inputs,
  head: headOptions,
  random,
}: StrategyOptions): RecurrentStrategy {
  const head = createHead(headOptions);
  const network = createSequenceNetwork(config, { random, path });
  const readFrom = contextLength - 1;
  const model = new RecurrentModel({ network, head, values: trained * inputs.variables, readFrom, random });
  return {
    inputs,
    window: { inputSteps: contextLength, targetFrom: readFrom, targetSteps: trained },
    model,
    async forecast(contexts, { name, variables, request }) {
      const unfoldings = contexts.map((encoded) => ({ encoded, filled: encoded.filled }));
      const rows = sequenceInputs(inputs, unfoldings, { until: 0, steps: contextLength });
      const outputs = await model.outputs({ inputs: rows, batchSize: contexts.length, steps: contextLength });
      return readDirectForecasts(contexts, { name, variables, head, trained, request, outputs });
    },
  };
}

/** One network reads the context. Another continues from its state over the horizon, fed with its own forecasts. */
function encoderDecoderStrategy({
  config,
  path,
  contextLength,
  steps: trained,
  inputs,
  head: headOptions,
  random,
}: StrategyOptions): RecurrentStrategy {
  const head = createHead(headOptions);
  const model = new EncoderDecoderModel({
    encoder: createSequenceNetwork(config, { random, path, prefix: 'encoder.' }),
    decoder: createSequenceNetwork(config, { random, path, prefix: 'decoder.' }),
    head,
    values: inputs.variables,
    contextSteps: contextLength,
    random,
  });
  return {
    inputs,
    window: { inputSteps: contextLength + trained, targetFrom: contextLength, targetSteps: trained },
    model,
    forecast: (contexts, request) =>
      forecastRecursively(contexts, {
        ...request,
        head,
        async start(unfoldings) {
          const batchSize = unfoldings.length;
          const context = sequenceInputs(inputs, unfoldings, { until: -1, steps: contextLength });
          let state = await model.encode(context, batchSize);
          return {
            async outputs(step) {
              const rows = sequenceInputs(inputs, unfoldings, { until: step, steps: 1 });
              const decoded = await model.decode(rows, state, { batchSize, steps: 1 });
              state = decoded.state;
              return decoded.outputs;
            },
          };
        },
      }),
  };
}

const strategies: Readonly<Record<StrategyName, (options: StrategyOptions) => RecurrentStrategy>> = {
  recursive: recursiveStrategy,
  direct: directStrategy,
  'encoder-decoder': encoderDecoderStrategy,
};

export const strategyNames = Object.keys(strategies) as StrategyName[];

/**
 * Input steps for a batch of series, [N, steps, inputWidth]. The last step predicts the value `until` steps after the first future
 * one (-1: the last of the context).
 */
function sequenceInputs(
  inputs: LagInputs,
  unfoldings: readonly Unfolding[],
  { until, steps }: { readonly until: number; readonly steps: number },
): Float32Array {
  const width = inputWidth(inputs);
  const rows = new Float32Array(unfoldings.length * steps * width);
  unfoldings.forEach(({ encoded: { length, features }, filled }, row) => {
    for (let t = 0; t < steps; t++) {
      const target = length + until - (steps - 1) + t;
      writeInputs(inputs, { filled, features }, target, rows, (row * steps + t) * width);
    }
  });
  return rows;
}

/** The last step of each row: [N, T, H] to [N, H]. */
function lastStep(outputs: Float32Array, batchSize: number, steps: number): Float32Array {
  if (steps === 1) return outputs;
  const width = outputs.length / (batchSize * steps);
  const last = new Float32Array(batchSize * width);
  for (let row = 0; row < batchSize; row++) {
    const end = (row + 1) * steps * width;
    last.set(outputs.subarray(end - width, end), row * width);
  }
  return last;
}

export interface SequenceWindow {
  /** Steps of inputs. */
  readonly inputSteps: number;
  /** The target of the first predicting step, counted from the target of the first input step. */
  readonly targetFrom: number;
  /** Steps with targets. */
  readonly targetSteps: number;
}

/**
 * Training windows of all series, oldest first. Step t of a window that begins at index s has the lags and features of index
 * s + t; the targets are the values from s + targetFrom on.
 */
export function sequenceExamples(
  series: readonly EncodedSeries[],
  {
    inputs,
    stride,
    inputSteps,
    targetFrom,
    targetSteps,
  }: SequenceWindow & { readonly inputs: LagInputs; readonly stride: number },
): Examples {
  const reach = Math.max(inputSteps, targetFrom + targetSteps);
  const first = inputs.offsets[0];
  const windows = series.flatMap((encoded) => {
    // Windows are counted from the end, so that the newest values are always among them.
    const count = Math.floor((encoded.length - first - reach) / stride) + 1;
    return Array.from({ length: Math.max(0, count) }, (_, i) => ({
      encoded,
      start: encoded.length - reach - i * stride,
      age: i,
    }));
  });
  windows.sort((a, b) => b.age - a.age);
  const width = inputWidth(inputs);
  const { variables } = inputs;
  const rows = new Float32Array(windows.length * inputSteps * width);
  const targets = new Float32Array(windows.length * targetSteps * variables);
  windows.forEach(({ encoded, start }, row) => {
    for (let t = 0; t < inputSteps; t++) {
      writeInputs(inputs, encoded, start + t, rows, (row * inputSteps + t) * width);
    }
    const from = (start + targetFrom) * variables;
    targets.set(
      encoded.targets.subarray(from, from + targetSteps * variables),
      row * targetSteps * variables,
    );
  });
  return { count: windows.length, inputs: rows, targets, steps: inputSteps };
}
