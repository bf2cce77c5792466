import { ArgumentError } from '@throughtime/errors';
import { describe, expect, it } from 'vitest';
import { type RecurrentConfig, resolveConfig } from './recurrent-config.js';

const base: RecurrentConfig = { cell: 'lstm', inputSize: 3, hiddenSize: 4 };

describe('resolveConfig', () => {
  it('returns a configuration that it resolved before as it is', () => {
    const resolved = resolveConfig({ ...base, dropout: { between: undefined } as object });
    expect(resolved.dropout.between).toBe(0);
    expect(resolveConfig(resolved)).toBe(resolved);
  });

  it("fills in PyTorch's defaults", () => {
    expect(resolveConfig({ cell: 'gru', inputSize: 3, hiddenSize: 4 })).toMatchObject({
      layers: 1,
      resetAfter: true,
      bidirectional: false,
      gates: 3,
      stateSize: 4,
      outputSize: 4,
    });
    expect(resolveConfig({ ...base, projectionSize: 2, bidirectional: true })).toMatchObject({
      stateSize: 2,
      outputSize: 4,
    });
  });

  it.each([
    [
      { ...base, cell: 'tcn' as 'rnn' },
      "cell: expected one of 'rnn', 'gru', 'lstm', 'mingru', 'minlstm', got 'tcn'",
    ],
    [
      { ...base, layrs: 2 } as RecurrentConfig,
      "layrs: expected the name of an option, got one that is not known (did you mean 'layers'?)",
    ],
    [
      { ...base, dropout: 0.9 as never },
      'dropout: expected an object with the options input, between, output, locked, state, recurrentWei',
    ],
    [undefined as never, 'options: expected an object with the options cell, inputSize, hiddenSize,'],
    [{ ...base, inputSize: 0 }, 'inputSize: expected a whole number of at least 1, got 0'],
    [{ ...base, hiddenSize: 2.5 }, 'hiddenSize: expected a whole number of at least 1, got 2.5'],
    [{ ...base, layers: -1 }, 'layers: expected a whole number from 1 to 1000, got -1'],
    [{ ...base, layers: 4e9 }, 'layers: expected a whole number from 1 to 1000, got 4000000000'],
    [{ ...base, projectionSize: 0 }, 'projectionSize: expected a whole number of at least 1, got 0'],
    [
      { ...base, projectionSize: base.hiddenSize },
      `projectionSize: expected a whole number below hiddenSize, ${base.hiddenSize}, got ${base.hiddenSize}`,
    ],
    [
      { ...base, cell: 'toString' as never },
      "cell: expected one of 'rnn', 'gru', 'lstm', 'mingru', 'minlstm',",
    ],
    [{ ...base, nonlinearity: 'relu' as const }, "nonlinearity: expected 'tanh' for cell 'lstm', got 'relu'"],
    [{ ...base, resetAfter: false }, "resetAfter: expected true for cell 'lstm', got false"],
    [{ ...base, cell: 'rnn' as const, peephole: true }, "peephole: expected false for cell 'rnn', got true"],
    [
      { ...base, cell: 'gru' as const, projectionSize: 2 },
      "projectionSize: expected undefined for cell 'gru', got 2",
    ],
    [
      { ...base, cell: 'gru' as const, zoneout: { cell: 0.1 } },
      "zoneout.cell: expected 0 for cell 'gru', got 0.1",
    ],
    [
      { ...base, zoneout: { hidden: 1.5 } },
      'zoneout.hidden: expected a probability from 0 to below 1, got 1.5',
    ],
    [{ ...base, dropout: { input: 1 } }, 'dropout.input: expected a probability from 0 to below 1, got 1'],
    [
      { ...base, dropout: { between: Number.NaN } },
      'dropout.between: expected a probability from 0 to below 1, got NaN',
    ],
    [
      { ...base, cell: 'mingru' as const, dropout: { recurrentWeights: 0.5 } },
      'dropout.recurrentWeights: expected 0',
    ],
    [
      { ...base, cell: 'minlstm' as const, dropout: { state: 0.5 } },
      "dropout.state: expected 0 for cell 'minlstm', which has no recurrent product, got 0.5",
    ],
    [
      { ...base, dropout: { states: 0.5 } as object },
      "dropout.states: expected the name of an option, got one that is not known (did you mean 'state'?)",
    ],
    [
      { ...base, zoneout: { c: 0.5 } as object },
      'zoneout.c: expected the name of an option (hidden, cell), got one that is not known',
    ],
    [
      { ...base, dropout: { state: -0.1 } },
      'dropout.state: expected a probability from 0 to below 1, got -0.1',
    ],
  ])('refuses %j', (config, message) => {
    expect(() => resolveConfig(config)).toThrow(ArgumentError);
    expect(() => resolveConfig(config)).toThrow(message);
  });
});
