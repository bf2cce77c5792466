import { addProduct, preparePanels } from '../engine/products.js';
import type { Program } from '../engine/program.js';
import { GATHER, SCALE_ROWS, SCAN_FORWARD, SEQUENCE_FORWARD, TABLE } from '../generated/commands.js';
import type { LayerBuffers } from './layer-buffers.js';
import {
  addNormRows,
  inputRows,
  projectionPanels,
  recurrentPanels,
  tableFields,
  unitsByGate,
} from './layer-operands.js';

/**
 * Appends a layer's forward pass: the input's contribution to all steps as one product (or a table, for one-hot inputs),
 * then the recurrence, which is a scan where the gates see the input only.
 * @param options.keepGates whether a backward pass will follow
 * @param options.rows the address of other input rows, of the same stride as the layer's
 * @param options.recurrentWeights the address of what stands for W_hh; the program's preparations, or something before it, write there
 */
export function addLayerForward(
  layer: LayerBuffers,
  program: Program,
  options: {
    readonly keepGates: boolean;
    readonly rows?: number | undefined;
    readonly recurrentWeights?: number | undefined;
  },
): void {
  const { inputSize, input, parameters, batchSize } = layer.options;
  const { norm } = layer;
  // W_hh^T, gate by gate
  const { weightHh } = parameters;
  const weights =
    weightHh &&
    recurrentPanels(layer, program, { own: weightHh, dropped: options.recurrentWeights }, 0, {
      k: { stride: 1, size: layer.stateSize },
      n: unitsByGate(layer, { stride: layer.stateSize }),
    });
  let table = 0;
  if (input.kind === 'one-hot' && input.factors && options.keepGates) {
    addFactoredInputs(layer, program, input.ids, input.factors);
  } else if (input.kind === 'one-hot' && norm) {
    addGatheredInputs(layer, program, input.ids);
  } else if (input.kind === 'one-hot') {
    table = program.float32(inputSize * layer.gateStride).byteOffset;
    program.prepare(TABLE, tableFields(layer, parameters.weightIh, table, { backward: false }));
  } else {
    // gates [T * N, G * H] = x [T * N, D] W_ih^T + b
    addProduct(program, {
      a: { ...inputRows(layer, input), address: options.rows ?? input.rows },
      b: preparePanels(
        program,
        parameters.weightIh.byteOffset,
        { stride: 1, size: inputSize },
        unitsByGate(layer, { stride: inputSize, rotation: layer.cell.inputRotation }),
      ),
      c: layer.gateRows(0, layer.cell.gates),
      bias: norm ? 0 : layer.bias.byteOffset,
    });
  }
  program.join();
  if (norm) addNormRows(layer, program, norm, { backward: false });
  const { weightHr } = parameters;
  const fields = {
    ...layer.sequenceFields(),
    // An LSTM's norm waits for all of c', and finds o among the gates.
    keepGates: options.keepGates || norm ? 1 : 0,
    table,
    ids: input.kind === 'one-hot' ? input.ids : 0,
    zoneout: layer.zoneout({ training: options.keepGates }),
    ...(weightHr && {
      projection: projectionPanels(layer, program, weightHr, { transposed: true }),
      product: program.float32(batchSize * layer.stateStride).byteOffset,
    }),
  };
  const sequence =
    weights === undefined
      ? program.add(SCAN_FORWARD, fields)
      : program.add(SEQUENCE_FORWARD, { ...fields, weights });
  layer.registerSequence(sequence);
  program.join();
}

/** Appends the products of one-hot inputs as rows of gates, without bias. */
function addGatheredInputs(layer: LayerBuffers, program: Program, ids: number): void {
  const { inputSize, parameters, batchSize, steps } = layer.options;
  const table = program.float32(inputSize * layer.gateStride).byteOffset;
  program.prepare(TABLE, { ...tableFields(layer, parameters.weightIh, table, { backward: false }), bias: 0 });
  program.add(GATHER, {
    table,
    ids,
    target: layer.gates.byteOffset,
    targetStride: layer.gateStride,
    width: layer.gateStride,
    count: batchSize * steps,
  });
}

/** Appends what one-hot inputs, times a factor for each position, contribute: factors[i] * W_ih[:, ids[i]] + b. */
function addFactoredInputs(layer: LayerBuffers, program: Program, ids: number, factors: number): void {
  const { inputSize, parameters, batchSize, steps } = layer.options;
  const table = program.float32(inputSize * layer.gateStride).byteOffset;
  const fields = tableFields(layer, parameters.weightIh, table, { backward: false });
  program.prepare(TABLE, { ...fields, bias: 0 });
  program.add(SCALE_ROWS, {
    source: table,
    sourceStride: layer.gateStride,
    ids,
    factors,
    bias: layer.norm ? 0 : layer.bias.byteOffset,
    target: layer.gates.byteOffset,
    targetStride: layer.gateStride,
    width: layer.cell.gates * layer.paddedHiddenSize,
    count: batchSize * steps,
  });
}
