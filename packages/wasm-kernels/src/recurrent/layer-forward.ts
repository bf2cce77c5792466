import { packedLength, packFields } from '../engine/panels.js';
import type { Program } from '../engine/program.js';
import { GEMM, PACK, SEQUENCE_FORWARD, TABLE } from '../generated/commands.js';
import type { LayerPlan } from './layer-plan.js';

/**
 * Appends a layer's forward pass: the input's contribution to all steps as one product (or a table, for one-hot inputs),
 * then the recurrence.
 * @param options.keepGates whether a backward pass will follow
 * @param options.rows the address of other input rows, of the same stride as the plan's
 */
export function addLayerForward(
  plan: LayerPlan,
  program: Program,
  options: { readonly keepGates: boolean; readonly rows?: number | undefined },
): void {
  const { batchSize, steps, inputSize, input } = plan.options;
  const inputWeights = input.kind === 'one-hot' ? prepareTable(plan, program) : prepareInput(plan, program);
  if (input.kind === 'rows') {
    program.add(GEMM, {
      a: options.rows ?? input.rows,
      aRow: input.stride,
      aStep: 1,
      b: inputWeights,
      bias: plan.bias.byteOffset,
      c: plan.gates.byteOffset,
      cRow: plan.gateStride,
      m: steps * batchSize,
      n: plan.cell.gates * plan.paddedHiddenSize,
      k: inputSize,
      alpha: 1,
      beta: 0,
      rowSums: 0,
    });
    program.join();
  }
  const sequence = program.add(SEQUENCE_FORWARD, {
    ...plan.sequenceFields(),
    keepGates: options.keepGates ? 1 : 0,
    table: input.kind === 'one-hot' ? inputWeights : 0,
    ids: input.kind === 'one-hot' ? input.ids : 0,
    weights: prepareState(plan, program),
  });
  plan.follow(sequence);
  program.join();
}

/** Packs W_hh for h' = ... W_hh h, gate by gate. */
function prepareState(plan: LayerPlan, program: Program): number {
  const { hiddenSize, parameters } = plan.options;
  const { gates } = plan.cell;
  const target = program.float32(packedLength(hiddenSize, gates * plan.paddedHiddenSize)).byteOffset;
  program.prepare(
    PACK,
    packFields(
      parameters.weightHh.byteOffset,
      target,
      { stride: 1, size: hiddenSize },
      { stride: hiddenSize, size: hiddenSize, padded: plan.paddedHiddenSize, groups: gates },
    ),
  );
  return target;
}

function prepareInput(plan: LayerPlan, program: Program): number {
  const { hiddenSize, inputSize, parameters } = plan.options;
  const { gates, inputRotation } = plan.cell;
  const target = program.float32(packedLength(inputSize, gates * plan.paddedHiddenSize)).byteOffset;
  program.prepare(
    PACK,
    packFields(
      parameters.weightIh.byteOffset,
      target,
      { stride: 1, size: inputSize },
      {
        stride: inputSize,
        size: hiddenSize,
        padded: plan.paddedHiddenSize,
        groups: gates,
        rotation: inputRotation,
      },
    ),
  );
  return target;
}

function prepareTable(plan: LayerPlan, program: Program): number {
  const target = program.float32(plan.options.inputSize * plan.gateStride).byteOffset;
  program.prepare(TABLE, tableFields(plan, plan.options.parameters.weightIh, target, { backward: false }));
  return target;
}

/** The fields of a TABLE command between weights [G * H, D] and a table [D, gateStride], or back. */
export function tableFields(
  plan: LayerPlan,
  weights: Float32Array,
  table: number,
  options: { readonly backward: boolean },
): Record<keyof typeof TABLE.fields, number> {
  return {
    weights: weights.byteOffset,
    table,
    tableRow: plan.gateStride,
    tokens: plan.options.inputSize,
    groups: plan.cell.gates,
    hiddenSize: plan.options.hiddenSize,
    paddedHiddenSize: plan.paddedHiddenSize,
    rotation: plan.cell.inputRotation,
    bias: options.backward ? 0 : plan.bias.byteOffset,
    backward: options.backward ? 1 : 0,
  };
}
