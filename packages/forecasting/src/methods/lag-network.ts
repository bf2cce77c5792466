import { SeriesTooShortError } from '@throughtime/datasets';
import { checkOptions, either, list, type OptionChecks, oneOf, required, whole } from '@throughtime/errors';
import { Random } from '@throughtime/random';
import { NotFittedError } from '../errors.js';
import { DenseModel } from '../network/dense-model.js';
import { DenseNetwork } from '../network/dense-network.js';
import type { Examples } from '../network/examples.js';
import { createHead } from '../network/heads.js';
import {
  inputWidth,
  type LagInputs,
  type Lags,
  lagOffsets,
  lagsCheck,
  writeInputs,
} from '../network/lag-inputs.js';
import { type EncodedSeries, SeriesEncoder } from '../network/series-encoder.js';
import { train } from '../network/train.js';
import { LeastSquares } from '../numeric/least-squares.js';
import type { TimeSeries } from '../series/time-series.js';
import type { Forecast, ForecastRequest } from './forecast.js';
import { Forecaster } from './forecaster.js';
import type { ForecasterFitOptions, Method, SavedMethod } from './method.js';
import { forecastRecursively, readDirectForecasts } from './network-forecasts.js';
import {
  lagCount,
  type NetworkOptions,
  networkChecks,
  readNetwork,
  requireHorizon,
  requireWithin,
  restoreParameters,
  saveNetwork,
} from './network-options.js';

/** The lags that a network reads, and how it is trained. */
export interface LagNetworkOptions extends NetworkOptions {
  /** A count, or a list of offsets. */
  readonly lags: Lags;
  /** H, or a list with the size of each hidden layer; each is followed by ReLU. Default: none, a linear model. */
  readonly hiddenSize?: number | readonly number[] | undefined;
  /**
   * 'recursive' (default): one step is learned, and forecasts are fed back. 'direct': all steps of `horizon` are learned, each with
   * its own outputs.
   */
  readonly strategy?: 'recursive' | 'direct' | undefined;
}

/** `linear` has no hidden layers. */
const linearChecks: OptionChecks<Omit<LagNetworkOptions, 'hiddenSize'>> = {
  ...networkChecks,
  lags: required(lagsCheck),
  strategy: oneOf(['recursive', 'direct']),
};

const checks: OptionChecks<LagNetworkOptions> = {
  ...linearChecks,
  hiddenSize: either(whole({ from: 1 }), list(whole({ from: 1 }))),
};

/** What `fit` learned. */
interface Learned {
  readonly encoder: SeriesEncoder;
  readonly model: DenseModel;
  readonly inputs: LagInputs;
}

/** A dense network on the last values, the calendar and the known covariates. */
export class LagNetwork implements Method {
  readonly name: string;
  readonly #options: LagNetworkOptions;
  readonly #offsets: readonly number[];
  /** Steps predicted at once. */
  readonly #steps: number;
  #learned: Learned | undefined;

  constructor(options: LagNetworkOptions) {
    checkOptions<LagNetworkOptions>(options, checks);
    const { lags, hiddenSize = [], strategy = 'recursive', horizon } = options;
    this.#options = options;
    this.#offsets = lagOffsets(lags);
    this.#steps = strategy === 'direct' ? requireHorizon(strategy, horizon) : 1;
    this.name = `${layersOf(hiddenSize).length === 0 ? 'linear' : 'mlp'}(${Array.isArray(lags) ? `lags ${lags.join(' ')}` : lags})`;
  }

  requires(use: 'fit' | 'forecast'): { length: number; reason: string } {
    const span = this.#offsets[0];
    if (use === 'forecast') return { length: span, reason: `${span} lags` };
    return { length: span + this.#steps + 1, reason: `${span} lags and two windows of ${this.#steps} steps` };
  }

  async fit(training: readonly TimeSeries[], options: ForecasterFitOptions): Promise<void> {
    const { random, hiddenSize = [], head = { kind: 'point' } as const, epochs } = this.#options;
    const encoder = SeriesEncoder.fit(training, this.#options);
    const inputs = this.#inputs(training[0].width, encoder);
    const outputs = this.#steps * training[0].width;
    const model = createModel(inputs, outputs, layersOf(hiddenSize), { head, random });
    const examples = this.#examples(training, encoder, inputs);
    const { optimizer } = this.#options;
    const most = epochs ?? (optimizer === 'lbfgs' ? 200 : 10);
    let iterations = 0;
    await train(model, examples, {
      ...this.#options,
      ...options,
      name: this.name,
      epochs: most,
      onProgress(progress) {
        iterations = progress.epoch;
        options.onProgress?.(progress);
      },
    });
    // A search that ended by itself was on its way to the least squares; how near it came is chance.
    const ended = optimizer === 'lbfgs' && iterations < most && !options.signal?.aborted;
    if (ended && head.kind === 'point' && layersOf(hiddenSize).length === 0) solve(model.network, examples);
    this.#learned = { encoder, model, inputs };
  }

  async forecast(contexts: readonly TimeSeries[], request: ForecastRequest): Promise<Forecast[]> {
    const { encoder, model, inputs } = this.#requireLearned('forecast');
    const span = this.#offsets[0];
    const encoded = contexts.map((context) =>
      encoder.encode(shortened(context, span, this.#options), request.horizon),
    );
    const { variables } = contexts[0];
    const width = inputWidth(inputs);
    if (this.#options.strategy === 'direct') {
      const batch = new Float32Array(encoded.length * width);
      encoded.forEach((one, row) => {
        writeInputs(inputs, one, one.length, batch, row * width);
      });
      const outputs = model.network.forward(batch, encoded.length);
      const { name, head, trained } = { name: this.name, head: model.head, trained: this.#steps };
      return readDirectForecasts(encoded, { name, variables, head, trained, request, outputs });
    }
    return forecastRecursively(encoded, {
      name: this.name,
      variables,
      head: model.head,
      request,
      random: this.#options.random,
      start: (unfoldings) => ({
        outputs(step) {
          const batch = new Float32Array(unfoldings.length * width);
          unfoldings.forEach(({ encoded: { length, features }, filled }, row) => {
            writeInputs(inputs, { filled, features }, length + step, batch, row * width);
          });
          return model.network.forward(batch, unfoldings.length);
        },
      }),
    });
  }

  save(): SavedMethod {
    const { encoder, model, inputs } = this.#requireLearned('save');
    const fitted = { options: this.#options, variables: inputs.variables, encoder };
    return { kind: 'lag-network', ...saveNetwork(fitted, model.parameters) };
  }

  /** @throws ArgumentError, InvalidModelError */
  static load({ config, tensors = [] }: SavedMethod): LagNetwork {
    const { options, variables, encoder } = readNetwork<LagNetworkOptions>(config);
    checkOptions<LagNetworkOptions>(options, checks);
    const { lags, strategy, horizon = 1 } = options;
    const width = lagCount(lags) * variables;
    const outputs = (strategy === 'direct' ? horizon : 1) * variables;
    const sizes = [width + encoder.featureWidth, ...layersOf(options.hiddenSize ?? []), outputs];
    requireWithin(tensors, {
      lags: width,
      horizon: outputs,
      hiddenSize: sizes.slice(1).reduce((sum, size, i) => sum + size * sizes[i], 0),
    });
    const method = new LagNetwork(options);
    const inputs = method.#inputs(variables, encoder);
    const { head = { kind: 'point' } as const, hiddenSize = [] } = options;
    const model = createModel(inputs, method.#steps * variables, layersOf(hiddenSize), {
      head,
      random: Random.seeded(0),
    });
    restoreParameters(model.parameters, tensors);
    method.#learned = { encoder, model, inputs };
    return method;
  }

  #inputs(variables: number, encoder: SeriesEncoder): LagInputs {
    return { offsets: this.#offsets, variables, featureWidth: encoder.featureWidth };
  }

  /** All windows of all series, oldest first. */
  #examples(training: readonly TimeSeries[], encoder: SeriesEncoder, inputs: LagInputs): Examples {
    const span = this.#offsets[0];
    const windows = training.flatMap((series, index) => {
      const encoded = encoder.encode(series, 0);
      const count = series.length - span - this.#steps + 1;
      return Array.from({ length: count }, (_, i) => ({ index, encoded, target: span + i, left: count - i }));
    });
    if (windows.length === 0) {
      throw new SeriesTooShortError(training[0].name, span + this.#steps, this.name, training[0].length);
    }
    if (training.length > 1) windows.sort((a, b) => b.left - a.left);
    const [width, values] = [inputWidth(inputs), this.#steps * inputs.variables];
    const rows = new Float32Array(windows.length * width);
    const targets = new Float32Array(windows.length * values);
    windows.forEach(({ encoded, target }, row) => {
      writeInputs(inputs, encoded, target, rows, row * width);
      targets.set(targetsFrom(encoded, target, values, inputs.variables), row * values);
    });
    return { count: windows.length, inputs: rows, targets, steps: 1 };
  }

  #requireLearned(call: string): Learned {
    if (this.#learned === undefined) throw new NotFittedError(this.name, call);
    return this.#learned;
  }
}

function createModel(
  inputs: LagInputs,
  outputs: number,
  hidden: readonly number[],
  {
    head: options,
    random,
  }: Required<Pick<NetworkOptions, 'random'>> & { head: NonNullable<NetworkOptions['head']> },
): DenseModel {
  const head = createHead(options);
  const network = new DenseNetwork({ sizes: [inputWidth(inputs), ...hidden, outputs * head.size], random });
  return new DenseModel(network, head);
}

/** Gives a linear network the weights of the least squares. Examples whose target is missing are left out. */
function solve(
  { parameters: [weight, bias], sizes: [width, outputs] }: DenseNetwork,
  examples: Examples,
): void {
  for (let output = 0; output < outputs; output++) {
    const design: number[] = [];
    const targets: number[] = [];
    for (let row = 0; row < examples.count; row++) {
      const target = examples.targets[row * outputs + output];
      if (Number.isNaN(target)) continue;
      design.push(1, ...examples.inputs.subarray(row * width, (row + 1) * width));
      targets.push(target);
    }
    if (targets.length === 0) continue;
    const [constant, ...weights] = new LeastSquares(
      Float64Array.from(design),
      Float64Array.from(targets),
    ).coefficients();
    bias.data[output] = constant;
    weight.data.set(weights, output * width);
  }
}

/** The sizes of the hidden layers. */
function layersOf(hiddenSize: number | readonly number[]): readonly number[] {
  return typeof hiddenSize === 'number' ? [hiddenSize] : hiddenSize;
}

function targetsFrom({ targets }: EncodedSeries, row: number, count: number, width: number): Float64Array {
  return targets.subarray(row * width, row * width + count);
}

/** The end of a context, unless the scaler is fitted to the whole context. */
function shortened(context: TimeSeries, span: number, { scaleBy }: NetworkOptions): TimeSeries {
  return scaleBy === 'series' ? context : context.slice(Math.max(0, context.length - span));
}

/** A linear model of the last values, trained by gradient descent. */
export function linear(options: Omit<LagNetworkOptions, 'hiddenSize'>): Forecaster {
  checkOptions<Omit<LagNetworkOptions, 'hiddenSize'>>(options, linearChecks);
  return new Forecaster(new LagNetwork(options));
}

/** A multilayer perceptron on the last values. Default: one hidden layer of 10, the chapter's. */
export function mlp(options: LagNetworkOptions): Forecaster {
  checkOptions<LagNetworkOptions>(options, checks);
  return new Forecaster(new LagNetwork({ ...options, hiddenSize: options.hiddenSize ?? 10 }));
}
