// The parameters of what lies below and above recurrent layers, with their initial values.
import type { Parameter } from '@throughtime/contract';
import {
  boolean,
  checkOptions,
  type OptionChecks,
  oneOf,
  required,
  text,
  whole,
  withMethods,
} from '@throughtime/errors';
import { type Random, randomSource } from '@throughtime/random';
import { type Allocator, createParameter } from './parameter.js';

/** What all of them take. */
export interface OperationParametersOptions {
  /** The source of the initial values. */
  readonly random: Random;
  /** Put before every name, as 'decoder.'. Default: nothing. */
  readonly prefix?: string;
  /** Default: ordinary arrays. */
  readonly allocator?: Allocator | undefined;
}

const commonChecks: OptionChecks<OperationParametersOptions> = {
  random: required(randomSource),
  prefix: text,
  allocator: withMethods<Allocator>('an Allocator', ['float32']),
};

/** Options of {@link embeddingParameters}. */
export interface EmbeddingOptions extends OperationParametersOptions {
  /** V */
  readonly vocabularySize: number;
  /** E */
  readonly outputSize: number;
}

const size = required(whole({ from: 1 }));
const embeddingChecks: OptionChecks<EmbeddingOptions> = {
  ...commonChecks,
  vocabularySize: size,
  outputSize: size,
};

/**
 * The parameter `weight` [V, E] of an embedding, drawn from N(0, 1) as PyTorch does.
 * @throws ArgumentError
 */
export function embeddingParameters(options: EmbeddingOptions): Parameter[] {
  checkOptions<EmbeddingOptions>(options, embeddingChecks);
  const { vocabularySize, outputSize, random, prefix = '' } = options;
  const weight = createParameter(`${prefix}weight`, [vocabularySize, outputSize], options.allocator);
  for (let i = 0; i < weight.data.length; i++) weight.data[i] = random.normal();
  return [weight];
}

/** Options of {@link linearParameters}. */
export interface LinearOptions extends OperationParametersOptions {
  /** I */
  readonly inputSize: number;
  /** O */
  readonly outputSize: number;
  /** Default: true. */
  readonly bias?: boolean;
}

const linearChecks: OptionChecks<LinearOptions> = {
  ...commonChecks,
  inputSize: size,
  outputSize: size,
  bias: boolean,
};

/**
 * The parameters `weight` [O, I] and `bias` [O] of a linear map, uniform in (-1/sqrt(I), 1/sqrt(I)) as PyTorch draws them.
 * @throws ArgumentError
 */
export function linearParameters(options: LinearOptions): Parameter[] {
  checkOptions<LinearOptions>(options, linearChecks);
  const { inputSize, outputSize, bias = true, prefix = '' } = options;
  return [
    drawn(`${prefix}weight`, [outputSize, inputSize], inputSize, options),
    ...(bias ? [drawn(`${prefix}bias`, [outputSize], inputSize, options)] : []),
  ];
}

/** How queries and keys are compared: see `attend`. */
export type AttentionKind = (typeof attentionKinds)[number];

const attentionKinds = ['additive', 'multiplicative'] as const;

/** The check of an option that names one. */
export const attentionKind = oneOf(attentionKinds);

/** Options of {@link attentionParameters}. */
export interface AttentionOptions extends OperationParametersOptions {
  /** How a query and a key are compared: 'additive' or 'multiplicative'. */
  readonly kind: AttentionKind;
  /** Q */
  readonly querySize: number;
  /** K */
  readonly keySize: number;
  /** A, the units of the additive kind; the other has none. Default: K. */
  readonly hiddenSize?: number;
}

const attentionChecks: OptionChecks<AttentionOptions> = {
  ...commonChecks,
  kind: required(attentionKind),
  querySize: size,
  keySize: size,
  hiddenSize: whole({ from: 1 }),
};

/**
 * The parameters of attention: `weight_query` [A, Q], `weight_key` [A, K], `weight_score` [1, A] of the additive kind, `weight` [Q, K] of
 * the multiplicative one. Uniform by the size of what each reads, as a linear map's.
 * @throws ArgumentError
 */
export function attentionParameters(options: AttentionOptions): Parameter[] {
  checkOptions<AttentionOptions>(options, attentionChecks);
  const { kind, querySize, keySize, hiddenSize = keySize, prefix = '' } = options;
  if (kind === 'multiplicative') return [drawn(`${prefix}weight`, [querySize, keySize], keySize, options)];
  return [
    drawn(`${prefix}weight_query`, [hiddenSize, querySize], querySize, options),
    drawn(`${prefix}weight_key`, [hiddenSize, keySize], keySize, options),
    drawn(`${prefix}weight_score`, [1, hiddenSize], hiddenSize, options),
  ];
}

function drawn(
  name: string,
  shape: readonly number[],
  fanIn: number,
  { random, allocator }: OperationParametersOptions,
): Parameter {
  const parameter = createParameter(name, shape, allocator);
  const limit = 1 / Math.sqrt(fanIn);
  for (let i = 0; i < parameter.data.length; i++) parameter.data[i] = limit * (2 * random.uniform() - 1);
  return parameter;
}
