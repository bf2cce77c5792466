import { packedLength, packFields, padded } from '../engine/panels.js';
import type { CommandHandle, Program } from '../engine/program.js';
import { FILL, GEMM, PACK, SCATTER_ADD, SEQUENCE_BACKWARD, TABLE } from '../generated/commands.js';
import { tableFields } from './layer-forward.js';
import type { LayerParameters } from './layer-parameters.js';
import type { LayerPlan } from './layer-plan.js';

/**
 * Appends a layer's backward pass, from `outputGradients`, `stateGradient` and `cellGradient` of the plan: gradients of the
 * gates for all steps, then of weights and input, each as one product over all steps.
 */
export function addLayerBackward(plan: LayerPlan, program: Program, gradients: LayerParameters): void {
  const { batchSize, cell, input } = plan.options;
  const before = cell === 'gru-reset-before';
  const sequence = program.add(SEQUENCE_BACKWARD, {
    ...plan.sequenceFields(),
    weights: prepareState(plan, program, 0, before ? 2 : plan.cell.gates),
    newWeights: before ? prepareState(plan, program, 2, 1) : 0,
    product: program.float32(batchSize * plan.stateStride).byteOffset,
    outputGradients: plan.outputGradients.byteOffset,
    stateGradient: plan.stateGradient.byteOffset,
    cellGradient: plan.cellGradient.length > 0 ? plan.cellGradient.byteOffset : 0,
  });
  plan.follow(sequence);
  program.join();

  const states = packPositions(
    plan,
    program,
    plan.states.byteOffset,
    plan.stateStride,
    plan.options.hiddenSize,
  );
  plan.followStates(states.handle);
  const resetStates = before
    ? packPositions(plan, program, plan.gateBlock(3), plan.gateStride, plan.options.hiddenSize).target
    : 0;
  if (input.kind === 'rows') {
    const rows = packPositions(plan, program, input.rows, input.stride, plan.options.inputSize).target;
    program.join();
    addInputWeightGradients(plan, program, gradients, rows);
    if (input.gradient) addInputGradient(plan, program, input.gradient, input.gradientStride);
  } else {
    addTableGradients(plan, program, gradients, input.ids);
  }
  addStateWeightGradients(plan, program, gradients, states.target, resetStates);
  program.join();
}

/** Packs `gates` gates of W_hh, the first being `first`, for products with gradients of the gates. */
function prepareState(plan: LayerPlan, program: Program, first: number, gates: number): number {
  const { hiddenSize, parameters } = plan.options;
  // The blocks that the recurrent weights produce come in the weights' order, for every cell.
  const target = program.float32(
    packedLength(gates * plan.paddedHiddenSize, plan.paddedHiddenSize),
  ).byteOffset;
  program.prepare(
    PACK,
    packFields(
      parameters.weightHh.byteOffset + first * hiddenSize * hiddenSize * 4,
      target,
      { stride: hiddenSize, size: hiddenSize, padded: plan.paddedHiddenSize, groups: gates },
      { stride: 1, size: hiddenSize, padded: plan.paddedHiddenSize },
    ),
  );
  return target;
}

/** Packs rows [T * N, size] for products over all positions. */
function packPositions(
  plan: LayerPlan,
  program: Program,
  source: number,
  stride: number,
  size: number,
): { readonly target: number; readonly handle: CommandHandle<keyof typeof PACK.fields> } {
  const positions = plan.options.batchSize * plan.options.steps;
  const target = program.float32(packedLength(positions, size)).byteOffset;
  const handle = program.add(
    PACK,
    packFields(source, target, { stride, size: positions }, { stride: 1, size }),
  );
  return { target, handle };
}

/** Gates with gradients side by side both in a row of gates and in the weights. One product computes them all. */
interface GateRun {
  /** The first of them. */
  readonly gate: number;
  /** Its block in a row of gates. */
  readonly block: number;
  readonly count: number;
}

function gateRuns(plan: LayerPlan, blockOf: (gate: number) => number): GateRun[] {
  const runs: GateRun[] = [];
  for (let gate = 0; gate < plan.cell.gates; gate++) {
    const block = blockOf(gate);
    const run = runs.at(-1);
    // A padded hidden size leaves gaps between blocks.
    const follows =
      run && run.block + run.count === block && plan.paddedHiddenSize === plan.options.hiddenSize;
    if (follows) runs[runs.length - 1] = { ...run, count: run.count + 1 };
    else runs.push({ gate, block, count: 1 });
  }
  return runs;
}

/** The fields of a product of gates' gradients, transposed, with packed rows: [count * H, n] over all positions. */
function gateProduct(plan: LayerPlan, { block, count }: GateRun): Record<keyof typeof GEMM.fields, number> {
  return {
    a: plan.gateBlock(block),
    aRow: 1,
    aStep: plan.gateStride,
    b: 0,
    bias: 0,
    c: 0,
    cRow: 0,
    m: plan.options.hiddenSize * count,
    n: 0,
    k: plan.options.batchSize * plan.options.steps,
    alpha: 1,
    beta: 0,
    rowSums: 0,
  };
}

/** The address of gate `gate` in a gradient [G * H, width], or 0 where there is none. */
function gateRows(plan: LayerPlan, gradient: Float32Array | undefined, gate: number, width: number): number {
  return gradient ? gradient.byteOffset + gate * plan.options.hiddenSize * width * 4 : 0;
}

function addStateWeightGradients(
  plan: LayerPlan,
  program: Program,
  gradients: LayerParameters,
  states: number,
  resetStates: number,
): void {
  const { hiddenSize } = plan.options;
  const isReset = (gate: number) => resetStates !== 0 && gate === 2;
  for (const run of gateRuns(plan, (gate) => (isReset(gate) ? 0 : plan.cell.stateBlock + gate))) {
    program.add(GEMM, {
      ...gateProduct(plan, run),
      b: isReset(run.gate) ? resetStates : states,
      c: gateRows(plan, gradients.weightHh, run.gate, hiddenSize),
      cRow: hiddenSize,
      n: hiddenSize,
      rowSums: gateRows(plan, gradients.biasHh, run.gate, 1),
    });
  }
}

/** The block in a row of gates through which the input reaches `gate`. */
function inputBlock(plan: LayerPlan, gate: number): number {
  const { gates, inputRotation } = plan.cell;
  return (gate - inputRotation + gates) % gates;
}

function addInputWeightGradients(
  plan: LayerPlan,
  program: Program,
  gradients: LayerParameters,
  rows: number,
): void {
  const { inputSize } = plan.options;
  for (const run of gateRuns(plan, (gate) => inputBlock(plan, gate))) {
    program.add(GEMM, {
      ...gateProduct(plan, run),
      b: rows,
      c: gateRows(plan, gradients.weightIh, run.gate, inputSize),
      cRow: inputSize,
      n: inputSize,
      rowSums: gateRows(plan, gradients.biasIh, run.gate, 1),
    });
  }
}

/** One-hot inputs: adds up the gates' gradients by id, and transposes the sums into the gradient of W_ih. */
function addTableGradients(plan: LayerPlan, program: Program, gradients: LayerParameters, ids: number): void {
  const { inputSize, batchSize, steps } = plan.options;
  const length = inputSize * plan.gateStride;
  const table = program.float32(length).byteOffset;
  program.add(FILL, { target: table, count: length, value: 0 });
  program.join();
  program.add(SCATTER_ADD, {
    table,
    tableRow: plan.gateStride,
    ids,
    source: plan.gates.byteOffset,
    sourceRow: plan.gateStride,
    width: plan.cell.gates * plan.paddedHiddenSize,
    count: batchSize * steps,
  });
  program.join();
  program.add(TABLE, tableFields(plan, gradients.weightIh, table, { backward: true }));
  if (!gradients.biasIh) return;
  // The gradient of the bias is the sum over all positions, which equals the sum over all ids. Take whichever are fewer.
  const positions = batchSize * steps;
  for (const run of gateRuns(plan, (gate) => inputBlock(plan, gate))) {
    program.add(GEMM, {
      ...gateProduct(plan, run),
      ...(inputSize < positions && { a: table + run.block * plan.paddedHiddenSize * 4, k: inputSize }),
      rowSums: gateRows(plan, gradients.biasIh, run.gate, 1),
    });
  }
}

/** dx = W_ih^T times the gates' gradients, all positions at once. */
function addInputGradient(plan: LayerPlan, program: Program, target: number, stride: number): void {
  const { hiddenSize, inputSize, parameters, batchSize, steps } = plan.options;
  const { gates, inputRotation } = plan.cell;
  const weights = program.float32(packedLength(gates * plan.paddedHiddenSize, inputSize)).byteOffset;
  program.prepare(
    PACK,
    packFields(
      parameters.weightIh.byteOffset,
      weights,
      {
        stride: inputSize,
        size: hiddenSize,
        padded: plan.paddedHiddenSize,
        groups: gates,
        rotation: inputRotation,
      },
      { stride: 1, size: inputSize },
    ),
  );
  program.add(GEMM, {
    a: plan.gates.byteOffset,
    aRow: plan.gateStride,
    aStep: 1,
    b: weights,
    bias: 0,
    c: target,
    cRow: stride,
    m: batchSize * steps,
    n: padded(inputSize),
    k: gates * plan.paddedHiddenSize,
    alpha: 1,
    beta: 0,
    rowSums: 0,
  });
}
