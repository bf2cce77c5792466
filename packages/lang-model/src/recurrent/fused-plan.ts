import type { Parameter } from '@throughtime/contract';
import type { Cell, Dropout, LanguageModelParameters, LanguageModelSize } from '@throughtime/wasm-kernels';
import type { ModelPlan } from './model-config.js';

/** An architecture in the engine's words. */
export interface FusedPlan {
  readonly size: LanguageModelSize;
  readonly layers: number;
  readonly dropout: Dropout;
}

/** Why the engine cannot run an architecture: the field, and what it would have to be. */
export interface Obstacle {
  readonly field: string;
  readonly expected: string;
}

/** The engine runs one stack of equal RNN, GRU or LSTM layers; everything else is the reference path's. */
export function planFused(plan: ModelPlan): FusedPlan | Obstacle {
  const { stacks, embedding, vocabularySize, embeddingDropout, activationPenalty } = plan;
  if (stacks.length > 1) return { field: 'hiddenSize', expected: 'layers of one size' };
  const { config } = stacks[0];
  const { hiddenSize, layers = 1, dropout = {}, zoneout = {} } = config;
  const cell = engineCell(config);
  if (!cell) return { field: 'cell', expected: 'rnn, gru or lstm' };
  if (config.layerNorm) return { field: 'layerNorm', expected: 'false' };
  if (config.peephole) return { field: 'peephole', expected: 'false' };
  if (config.projectionSize) return { field: 'projectionSize', expected: 'none' };
  if (config.residual && layers > 1) return { field: 'residual', expected: 'false' };
  if (zoneout.hidden || zoneout.cell) return { field: 'zoneout', expected: 'none' };
  if (dropout.recurrentWeights) return { field: 'dropout.recurrentWeights', expected: '0' };
  if (embeddingDropout) return { field: 'dropout.embedding', expected: '0' };
  if (activationPenalty) return { field: 'activationPenalty', expected: 'none' };
  if (dropout.input && embedding === 'one-hot')
    return { field: 'dropout.input', expected: '0 for one-hot inputs' };
  return {
    size: {
      cell,
      vocabularySize,
      hiddenSize,
      ...(embedding !== 'one-hot' && { embeddingSize: embedding }),
    },
    layers,
    dropout: {
      input: dropout.input ?? 0,
      between: layers > 1 ? (dropout.between ?? 0) : 0,
      output: dropout.output ?? 0,
      state: dropout.state ?? 0,
      locked: dropout.locked ?? false,
    },
  };
}

function engineCell({
  cell,
  nonlinearity,
  resetAfter,
}: ModelPlan['stacks'][number]['config']): Cell | undefined {
  switch (cell) {
    case 'rnn':
      return nonlinearity === 'relu' ? 'rnn-relu' : 'rnn-tanh';
    case 'gru':
      return resetAfter === false ? 'gru-reset-before' : 'gru';
    case 'lstm':
      return 'lstm';
    default:
      return undefined;
  }
}

/** The parameters, or their gradients, by the names that the engine knows them under. */
export function engineParameters(
  { tied }: ModelPlan,
  { layers }: FusedPlan,
  parameters: readonly Parameter[],
  of: 'data' | 'gradient',
): LanguageModelParameters {
  const named = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  const array = (name: string) => named.get(name)![of];
  const embedding = named.has('embedding.weight') ? { embedding: array('embedding.weight') } : {};
  return {
    ...embedding,
    layers: Array.from({ length: layers }, (_, i) => ({
      weightIh: array(`rnn.weight_ih_l${i}`),
      weightHh: array(`rnn.weight_hh_l${i}`),
      biasIh: array(`rnn.bias_ih_l${i}`),
      biasHh: array(`rnn.bias_hh_l${i}`),
    })),
    outputWeight: array(tied ? 'embedding.weight' : 'decoder.weight'),
    outputBias: array('decoder.bias'),
  };
}
