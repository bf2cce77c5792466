import { type Awaitable, type AwaitableLanguageModel, whenReady } from '@throughtime/contract';
import { checkOptions, number, probability, whole } from '@throughtime/errors';
import type { ModelWithOutput } from '../language-model.js';

/** The size and weight of the cache (Grave, Joulin and Usunier 2017). */
export interface CachePointerOptions {
  /** How many of the last tokens are remembered. Default 500. */
  readonly window?: number;
  /** Weight of the cache in the mixture, 0 to 1. Default 0.1. */
  readonly weight?: number;
  /** How sharply similar contexts are preferred (theta): 0 counts every remembered token alike. Default 0.3. */
  readonly flatness?: number;
}

/** What a model with a cache has read. */
export interface CachePointerState<S> {
  /** The state of the model below the cache. */
  readonly model: S;
  /** The latest remembered pair of context and token; older ones follow by `previous`. */
  readonly latest: Memory | undefined;
}

interface Memory {
  readonly output: Float32Array;
  readonly token: number;
  readonly previous: Memory | undefined;
  /** How many memories the chain holds at least; long chains are cut so that old outputs can be collected. */
  readonly depth: number;
}

/**
 * The continuous cache (Grave, Joulin, Usunier 2017): tokens that followed contexts similar to the present one become more
 * probable, with nothing trained.
 *
 *     p(w) = (1 - weight) p_model(w) + weight p_cache(w)
 *     p_cache(w) is proportional to the sum over remembered i with token_i = w of exp(flatness * h . h_i)
 */
export class CachePointerModel<S> implements AwaitableLanguageModel<CachePointerState<S>> {
  readonly vocabularySize: number;
  readonly #model: ModelWithOutput<S>;
  readonly #window: number;
  readonly #weight: number;
  readonly #flatness: number;
  readonly #mixed: Float64Array;

  /** @throws ArgumentError naming the option */
  constructor(model: ModelWithOutput<S>, options: CachePointerOptions = {}) {
    checkOptions<CachePointerOptions>(options, {
      window: whole({ from: 1 }),
      weight: probability,
      flatness: number({ from: 0, to: 100 }),
    });
    const { window = 500, weight = 0.1, flatness = 0.3 } = options;
    this.vocabularySize = model.vocabularySize;
    this.#model = model;
    this.#window = window;
    this.#weight = weight;
    this.#flatness = flatness;
    this.#mixed = new Float64Array(model.vocabularySize);
  }

  initialState(): CachePointerState<S> {
    return { model: this.#model.initialState(), latest: undefined };
  }

  advance({ model, latest }: CachePointerState<S>, token: number): Awaitable<CachePointerState<S>> {
    const memory: Memory = {
      output: this.#model.output(model),
      token,
      previous: latest,
      depth: (latest?.depth ?? 0) + 1,
    };
    return whenReady(this.#model.advance(model, token), (next) => ({
      model: next,
      latest: shortened(memory, this.#window),
    }));
  }

  logProbabilities({ model, latest }: CachePointerState<S>): Awaitable<Float64Array> {
    return whenReady(this.#model.logProbabilities(model), (own) => this.#mix(own, model, latest));
  }

  #mix(own: ArrayLike<number>, model: S, latest: Memory | undefined): Float64Array {
    const mixed = this.#mixed;
    for (let v = 0; v < mixed.length; v++) mixed[v] = own[v];
    if (latest === undefined || this.#weight === 0) return mixed;

    const similarities = this.#similarities(this.#model.output(model), latest);
    // Not spread into Math.max, which takes some 100,000 arguments at most.
    const highest = similarities.reduce((most, { similarity }) => Math.max(most, similarity), -Infinity);
    const shares = similarities.map(({ similarity }) => Math.exp(similarity - highest));
    const total = shares.reduce((a, b) => a + b, 0);
    for (let v = 0; v < mixed.length; v++) mixed[v] = (1 - this.#weight) * Math.exp(mixed[v]);
    similarities.forEach(({ token }, i) => {
      mixed[token] += (this.#weight * shares[i]) / total;
    });
    for (let v = 0; v < mixed.length; v++) mixed[v] = Math.log(mixed[v]);
    return mixed;
  }

  #similarities(output: Float32Array, latest: Memory): { token: number; similarity: number }[] {
    const similarities: { token: number; similarity: number }[] = [];
    let memory: Memory | undefined = latest;
    while (memory !== undefined && similarities.length < this.#window) {
      let dot = 0;
      for (let h = 0; h < output.length; h++) dot += output[h] * memory.output[h];
      similarities.push({ token: memory.token, similarity: this.#flatness * dot });
      memory = memory.previous;
    }
    return similarities;
  }
}

/** Rebuilds a chain that has grown to twice the window with the window's memories alone: amortized, O(1) per token. */
function shortened(latest: Memory, window: number): Memory {
  if (latest.depth < 2 * window) return latest;
  const kept: Memory[] = [];
  for (let memory: Memory | undefined = latest; memory && kept.length < window; memory = memory.previous)
    kept.push(memory);
  return kept.reduceRight<Memory | undefined>(
    (previous, memory) => ({ ...memory, previous, depth: (previous?.depth ?? 0) + 1 }),
    undefined,
  )!;
}
