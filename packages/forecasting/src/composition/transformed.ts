import type { Forecast } from '../methods/forecast.js';
import { Forecaster } from '../methods/forecaster.js';
import type { ForecasterFitOptions, ForecastRequest, Method, SavedMethod } from '../methods/method.js';
import type { TimeSeries } from '../series/time-series.js';
import { createTransform, type Transform, type TransformOptions } from './transform.js';

/** A model of a transformed series, whose forecasts are turned back. */
export class Transformed implements Method {
  readonly #inner: Method;
  readonly #options: readonly TransformOptions[];
  readonly #transforms: readonly Transform[];

  constructor(inner: Method, options: readonly TransformOptions[]) {
    this.#inner = inner;
    this.#options = options;
    this.#transforms = options.map(createTransform);
  }

  get name(): string {
    const parts = this.#options.map((option) => (option.kind === 'log' ? 'log' : `diff ${option.lag}`));
    return `${this.#inner.name} of ${parts.join(', ')}`;
  }

  requires(use: 'fit' | 'forecast'): { length: number; reason: string } {
    const { length, reason } = this.#inner.requires(use);
    const lost = this.#transforms.reduce((sum, transform) => sum + transform.lost, 0);
    return { length: length + lost, reason: lost === 0 ? reason : `${reason}, after differencing` };
  }

  async fit(training: readonly TimeSeries[], options: ForecasterFitOptions): Promise<void> {
    const transformed = training.map((series) => this.#stages(series).at(-1) as TimeSeries);
    await this.#inner.fit(transformed, options);
  }

  async forecast(contexts: readonly TimeSeries[], request: ForecastRequest): Promise<Forecast[]> {
    const stages = contexts.map((context) => this.#stages(context));
    const forecasts = await this.#inner.forecast(
      stages.map((all) => all[all.length - 1]),
      request,
    );
    return forecasts.map((forecast, i) =>
      this.#transforms.reduceRight(
        (result, transform, at) => transform.invert(result, stages[i][at]),
        forecast,
      ),
    );
  }

  save(): SavedMethod {
    return { kind: 'transformed', config: { transforms: this.#options }, members: [this.#inner.save()] };
  }

  /** The series before each transform, and after the last. */
  #stages(series: TimeSeries): TimeSeries[] {
    const stages = [series];
    for (const transform of this.#transforms) stages.push(transform.apply(stages[stages.length - 1]));
    return stages;
  }
}

/** `model`, fitted to the series after the transforms, in their order; its forecasts are in the series' own units. */
export function transformed(model: Forecaster, transforms: readonly TransformOptions[]): Forecaster {
  return new Forecaster(new Transformed(model.method, transforms));
}
