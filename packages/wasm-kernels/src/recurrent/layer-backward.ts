import {
  addProduct,
  addRowPanels,
  addRowSums,
  type Matrix,
  padded,
  preparePanels,
  type RowPanels,
  transposed,
} from '../engine/products.js';
import type { Program } from '../engine/program.js';
import {
  FILL,
  SCALE_ROWS,
  SCAN_BACKWARD,
  SCATTER_ADD,
  SEQUENCE_BACKWARD,
  TABLE,
} from '../generated/commands.js';
import type { LayerBuffers, LayerInput } from './layer-buffers.js';
import type { LayerNormBuffers } from './layer-norm.js';
import {
  addNormRows,
  inputRows,
  projectionPanels,
  type RecurrentWeights,
  recurrentPanels,
  tableFields,
  unitsByGate,
} from './layer-operands.js';
import type { LayerParameters } from './layer-parameters.js';

/**
 * Appends a layer's backward pass, from `outputGradients`, `stateGradient` and `cellGradient` of the layer: gradients of the
 * gates for all steps, then of weights and input, each as one product over all steps.
 * @param options.gradients undefined: those of input and states alone are wanted
 * @param options.recurrentWeights the address of what stood for W_hh in the forward pass. Default: W_hh
 * @param options.toInitialState whether the gradient of the initial state is wanted, which is one more recurrent product
 */
export function addLayerBackward(
  layer: LayerBuffers,
  program: Program,
  options: {
    readonly gradients: LayerParameters | undefined;
    readonly recurrentWeights: number | undefined;
    readonly toInitialState: boolean;
  },
): void {
  const { gradients, recurrentWeights } = options;
  const { batchSize, cell, input, inputSize } = layer.options;
  const { weightHh, weightHr } = layer.options.parameters;
  const resetsBefore = cell === 'gru-reset-before';
  const fields = {
    ...layer.sequenceFields(),
    zoneout: layer.zoneout({ training: true }),
    outputGradients: layer.outputGradients.byteOffset,
    stateGradient: layer.stateGradient.byteOffset,
    cellGradient: layer.cellGradient.length > 0 ? layer.cellGradient.byteOffset : 0,
    projection: weightHr ? projectionPanels(layer, program, weightHr, { transposed: false }) : 0,
    toInitialState: options.toInitialState ? 1 : 0,
  };
  const used = weightHh && { own: weightHh, dropped: recurrentWeights };
  const weights = used && stateWeights(layer, program, used, 0, resetsBefore ? 2 : layer.cell.gates);
  const newWeights = used && resetsBefore ? stateWeights(layer, program, used, 2, 1) : 0;
  if (recurrentWeights !== undefined) program.join();
  const sequence = weights
    ? program.add(SEQUENCE_BACKWARD, {
        ...fields,
        weights,
        newWeights,
        product: program.float32(batchSize * layer.stateStride).byteOffset,
      })
    : program.add(SCAN_BACKWARD, fields);
  layer.registerSequence(sequence);
  program.join();

  if (gradients) addPartGradients(layer, program, gradients);
  if (layer.norm) {
    addNormedGradients(layer, program, gradients, layer.norm);
    return;
  }
  if (!gradients) {
    if (input.kind === 'rows' && input.gradient)
      addInputGradient(layer, program, input.gradient, input.gradientStride);
    program.join();
    return;
  }
  const addStateGradients = weightHh ? packStates(layer, program) : undefined;
  if (input.kind === 'rows') {
    const rows = inputPanels(layer, program, input);
    program.join();
    for (const run of gateRuns(layer, inputBlock(layer))) {
      addWeightGradient(layer, program, run, rows, {
        weight: gradients.weightIh,
        bias: gradients.biasIh,
        width: inputSize,
      });
    }
    if (input.gradient) addInputGradient(layer, program, input.gradient, input.gradientStride);
  } else {
    program.join();
    if (!input.factors) addTableGradients(layer, program, gradients, input.ids);
  }
  if (gradients.weightHh) addStateGradients?.(gradients.weightHh, gradients.biasHh);
  program.join();
  if (input.kind === 'one-hot' && input.factors)
    addFactoredGradients(layer, program, gradients, { ids: input.ids, factors: input.factors });
}

/** Appends the gradients of projection and peepholes, where there are any. */
function addPartGradients(layer: LayerBuffers, program: Program, gradients: LayerParameters): void {
  const { batchSize, steps, hiddenSize } = layer.options;
  const { weightHr, weightPeephole } = gradients;
  const rows = steps * batchSize;
  if (weightHr) {
    // dW [P, H] = the gradients of h, transposed, times what was projected
    const [address, rowStride] = [layer.unprojected.byteOffset, layer.stateStride];
    const { b, panelRows } = addRowPanels(program, { address, rows, columns: hiddenSize, rowStride });
    program.join();
    const projected = {
      address: layer.projectedGradients.byteOffset,
      rows,
      columns: layer.stateSize,
      rowStride,
    };
    addProduct(program, {
      a: transposed(projected),
      b,
      panelRows,
      c: { address: weightHr.byteOffset, rows: layer.stateSize, columns: hiddenSize },
    });
  }
  for (let block = 0; weightPeephole && block < 3; block++)
    addUnitSums(layer, program, {
      address: layer.peepholeGradients.byteOffset + block * layer.paddedHiddenSize * 4,
      rowStride: layer.gateStride,
      target: weightPeephole.byteOffset + block * hiddenSize * 4,
    });
}

/** Appends target [H] = sums over all positions of rows at an address. */
function addUnitSums(
  layer: LayerBuffers,
  program: Program,
  {
    address,
    rowStride,
    target,
  }: { readonly address: number; readonly rowStride: number; readonly target: number },
): void {
  const { batchSize, steps, hiddenSize } = layer.options;
  const rows = { address, rows: steps * batchSize, columns: hiddenSize, rowStride };
  addRowSums(program, transposed(rows), target);
}

/**
 * The rest of a backward pass with layer norm: the gates hold the gradients of their sums, and those of what the input contributed take
 * their place.
 * @param gradients undefined: that of the input alone is wanted
 */
function addNormedGradients(
  layer: LayerBuffers,
  program: Program,
  gradients: LayerParameters | undefined,
  norm: LayerNormBuffers,
): void {
  const { hiddenSize, input, inputSize, cell } = layer.options;
  const { stateBlock } = layer.cell;
  /** Appends the sums of what stands at an address in rows of gates. */
  const sumGates = (target: Float32Array | undefined, source: number, blockOf: (gate: number) => number) => {
    for (let gate = 0; target && gate < layer.cell.gates; gate++)
      addUnitSums(layer, program, {
        address: source + blockOf(gate) * layer.paddedHiddenSize * 4,
        rowStride: layer.gateStride,
        target: target.byteOffset + gate * hiddenSize * 4,
      });
  };
  const sumCells = (target: Float32Array | undefined, address: number) => {
    if (target)
      addUnitSums(layer, program, { address, rowStride: layer.stateStride, target: target.byteOffset });
  };
  if (gradients) {
    sumGates(gradients.biasIh, layer.gates.byteOffset, inputBlock(layer));
    if (gradients.weightHh && stateBlock !== undefined) {
      const isReset = (gate: number) => cell === 'gru-reset-before' && gate === 2;
      sumGates(gradients.biasHh, layer.gates.byteOffset, (gate) => (isReset(gate) ? 0 : stateBlock + gate));
      sumGates(gradients.gainHh, norm.fields.normal, (gate) => gate);
      const addStateGradients = packStates(layer, program);
      program.join();
      addStateGradients(gradients.weightHh, undefined);
    }
    sumCells(gradients.gainCell, norm.fields.cellNormal);
    sumCells(gradients.biasCell, norm.fields.squashed);
    program.join();
  }
  addNormRows(layer, program, norm, { backward: true });
  if (gradients) sumGates(gradients.gainIh, norm.inputNormal, inputBlock(layer));
  if (input.kind === 'rows') {
    if (gradients) {
      const rows = inputPanels(layer, program, input);
      program.join();
      const weight = { weight: gradients.weightIh, bias: undefined, width: inputSize };
      for (const run of gateRuns(layer, inputBlock(layer)))
        addWeightGradient(layer, program, run, rows, weight);
    }
    if (input.gradient) addInputGradient(layer, program, input.gradient, input.gradientStride);
  } else if (gradients) {
    if (input.factors) addFactors(layer, program, input.factors);
    addTableGradients(layer, program, { weightIh: gradients.weightIh }, input.ids);
  }
  program.join();
}

/**
 * Packs the states that entered the recurrent products.
 * @returns a function that appends the gradients of W_hh and its bias
 */
function packStates(layer: LayerBuffers, program: Program) {
  const { cell, hiddenSize } = layer.options;
  const { stateBlock: first = 0, gates } = layer.cell;
  const states = recurrentInputPanels(layer, program);
  // A GRU that resets before keeps r h in its last block of gates.
  const resetStates =
    cell === 'gru-reset-before'
      ? addRowPanels(program, { ...layer.gateRows(3), columns: hiddenSize })
      : undefined;
  return (weight: Float32Array, bias: Float32Array | undefined): void => {
    const isReset = (gate: number) => resetStates !== undefined && gate === 2;
    // With layer norm the gradients of the products have rows of their own, in the weights' order.
    const runs = layer.norm
      ? Array.from({ length: gates }, (_, gate) => ({ gate, block: gate, count: 1 }))
      : gateRuns(layer, (gate) => (isReset(gate) ? 0 : first + gate));
    const source = layer.norm?.fields.gradients;
    for (const run of runs) {
      const rows = (isReset(run.gate) && resetStates) || states;
      addWeightGradient(layer, program, run, rows, { weight, bias, width: layer.stateSize, source });
    }
  };
}

/** Packs the states that enter the recurrent products, or what a mask leaves of them. */
function recurrentInputPanels(layer: LayerBuffers, program: Program): RowPanels {
  if (!layer.options.masksStates) return layer.statePanels(program).before;
  const { command, ...panels } = addRowPanels(program, layer.stateRows(layer.stateSize));
  layer.registerStatePacking(command);
  return panels;
}

/** Packs `gates` gates of W_hh, the first being `first`, for products with gradients of the gates. */
function stateWeights(
  layer: LayerBuffers,
  program: Program,
  weightHh: RecurrentWeights,
  first: number,
  gates: number,
): number {
  const { stateSize } = layer;
  // The blocks that the recurrent weights produce come in the weights' order, for every cell.
  return recurrentPanels(layer, program, weightHh, first, {
    k: unitsByGate(layer, { stride: stateSize, groups: gates }),
    n: { stride: 1, size: stateSize, padded: padded(stateSize) },
  });
}

/** Packs the input's rows. */
function inputPanels(
  layer: LayerBuffers,
  program: Program,
  input: Extract<LayerInput, { readonly kind: 'rows' }>,
): RowPanels {
  return input.panels?.(program) ?? addRowPanels(program, inputRows(layer, input));
}

/** Gates with gradients side by side both in a row of gates and in the weights. One product computes them all. */
interface GateRun {
  /** The first of them. */
  readonly gate: number;
  /** Its block in a row of gates. */
  readonly block: number;
  readonly count: number;
}

function gateRuns(layer: LayerBuffers, blockOf: (gate: number) => number): GateRun[] {
  const runs: GateRun[] = [];
  for (let gate = 0; gate < layer.cell.gates; gate++) {
    const block = blockOf(gate);
    const run = runs.at(-1);
    // A padded hidden size leaves gaps between blocks.
    const follows =
      run && run.block + run.count === block && layer.paddedHiddenSize === layer.options.hiddenSize;
    if (follows) runs[runs.length - 1] = { ...run, count: run.count + 1 };
    else runs.push({ gate, block, count: 1 });
  }
  return runs;
}

/** The block in a row of gates through which the input reaches a gate. */
function inputBlock({ cell: { gates, inputRotation } }: LayerBuffers): (gate: number) => number {
  return (gate) => (gate - inputRotation + gates) % gates;
}

/** The gradients of a run's gates at all positions, [T * N, count * H]; or what stands in other rows of their width. */
function gateGradients(
  layer: LayerBuffers,
  { block, count }: GateRun,
  source = layer.gates.byteOffset,
): Matrix {
  const address = source + block * layer.paddedHiddenSize * 4;
  return { ...layer.gateRows(block), address, columns: layer.options.hiddenSize * count };
}

/** The rows of a run in a gradient [G * H, width]. */
function runRows(
  layer: LayerBuffers,
  { gate, count }: GateRun,
  gradient: Float32Array,
  width: number,
): Matrix {
  const { hiddenSize } = layer.options;
  const address = gradient.byteOffset + gate * hiddenSize * width * 4;
  return { address, rows: hiddenSize * count, columns: width };
}

/** dW [count * H, width] = the gates' gradients, transposed, times packed rows; db = their sums. */
function addWeightGradient(
  layer: LayerBuffers,
  program: Program,
  run: GateRun,
  { b, panelRows }: RowPanels,
  gradients: {
    readonly weight: Float32Array;
    readonly bias: Float32Array | undefined;
    readonly width: number;
    readonly source?: number | undefined;
  },
): void {
  const { weight, bias, width, source } = gradients;
  addProduct(program, {
    a: transposed(gateGradients(layer, run, source)),
    b,
    panelRows,
    c: runRows(layer, run, weight, width),
    ...(bias && { rowSums: runRows(layer, run, bias, 1).address }),
  });
}

/** One-hot inputs: adds up the gates' gradients by id, and transposes the sums into the gradient of W_ih. */
function addTableGradients(
  layer: LayerBuffers,
  program: Program,
  gradients: { readonly weightIh: Float32Array; readonly biasIh?: Float32Array | undefined },
  ids: number,
): void {
  const { inputSize, batchSize, steps } = layer.options;
  const positions = batchSize * steps;
  const length = inputSize * layer.gateStride;
  const table = program.float32(length).byteOffset;
  program.add(FILL, { target: table, count: length, value: 0 });
  program.join();
  program.add(SCATTER_ADD, {
    table,
    tableStride: layer.gateStride,
    ids,
    source: layer.gates.byteOffset,
    sourceStride: layer.gateStride,
    width: layer.cell.gates * layer.paddedHiddenSize,
    count: positions,
  });
  program.join();
  program.add(TABLE, tableFields(layer, gradients.weightIh, table, { backward: true }));
  const { biasIh } = gradients;
  if (!biasIh) return;
  // The gradient of the bias is the sum over all positions, which equals the sum over all ids. Take whichever are fewer.
  for (const run of gateRuns(layer, inputBlock(layer))) {
    const byId = { address: table + run.block * layer.paddedHiddenSize * 4, rows: inputSize };
    const summed = { ...gateGradients(layer, run), ...(inputSize < positions && byId) };
    addRowSums(program, transposed(summed), runRows(layer, run, biasIh, 1).address);
  }
}

/**
 * One-hot inputs times factors: the gradients of W_ih and b. Afterwards the gates' gradients are those of the factored inputs: no other
 * command may need them any more.
 */
function addFactoredGradients(
  layer: LayerBuffers,
  program: Program,
  gradients: LayerParameters,
  { ids, factors }: { readonly ids: number; readonly factors: number },
): void {
  const { weightIh, biasIh } = gradients;
  for (const run of gateRuns(layer, inputBlock(layer))) {
    if (biasIh)
      addRowSums(program, transposed(gateGradients(layer, run)), runRows(layer, run, biasIh, 1).address);
  }
  program.join();
  addFactors(layer, program, factors);
  addTableGradients(layer, program, { weightIh }, ids);
  program.join();
}

/** Appends the gates' gradients times a factor for each position. */
function addFactors(layer: LayerBuffers, program: Program, factors: number): void {
  const { batchSize, steps } = layer.options;
  const gates = layer.gates.byteOffset;
  program.add(SCALE_ROWS, {
    source: gates,
    sourceStride: layer.gateStride,
    ids: 0,
    factors,
    bias: 0,
    target: gates,
    targetStride: layer.gateStride,
    width: layer.cell.gates * layer.paddedHiddenSize,
    count: batchSize * steps,
  });
  program.join();
}

/** dx [T * N, D] = the gates' gradients times W_ih, all positions at once. */
function addInputGradient(layer: LayerBuffers, program: Program, target: number, stride: number): void {
  const { inputSize, parameters, batchSize, steps } = layer.options;
  addProduct(program, {
    a: layer.gateRows(0, layer.cell.gates),
    b: preparePanels(
      program,
      parameters.weightIh.byteOffset,
      unitsByGate(layer, { stride: inputSize, rotation: layer.cell.inputRotation }),
      { stride: 1, size: inputSize },
    ),
    c: { address: target, rows: batchSize * steps, columns: padded(inputSize), rowStride: stride },
  });
}
