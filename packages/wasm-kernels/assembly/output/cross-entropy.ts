// Linear output, softmax and cross-entropy for a block of positions: logits, losses, gradients of the logits and of the
// hidden rows. Each row is finished while it is in cache. The caller keeps the block's logit gradients only until it has
// computed the weights' gradient from them.

import { Command, claim, finish, participants } from '../program/command';
import { multiply } from '../products/gemm';
import { product } from '../products/matrix';
import { exp } from '../math';
import { horizontalSum, largest, TILE_COLUMNS } from '../simd';

@unmanaged
export class CrossEntropyCommand extends Command {
  /** [count, hiddenStride] */
  hidden: usize;
  hiddenStride: i32;
  count: i32;
  /** Width of a hidden row: the depth of the product. */
  depth: i32;
  /** V */
  classes: i32;
  /** Panels of W^T [depth, V]. */
  weights: usize;
  /** [V padded to 8] */
  bias: usize;
  /** [count, logitStride], logitStride >= V padded to 8: receives the gradient of the logits. */
  logits: usize;
  logitStride: i32;
  /** [count]; negative: no prediction here. */
  targets: usize;
  /** [count] receives losses in nats; 0 where there is no prediction. */
  losses: usize;
  /** The gradients are those of scale * (sum of losses). */
  scale: f32;
  /** Panels of W [V, depth padded to 8], or 0: losses only. */
  backwardWeights: usize;
  /** [count, hiddenStride] receives the gradient of the hidden rows. */
  hiddenGradients: usize;
}

const MOST_ROWS: i32 = 120;

export function crossEntropy(command: CrossEntropyCommand): void {
  const threads = participants();
  const count = command.count;
  const wanted = threads * ((count + threads * MOST_ROWS - 1) / (threads * MOST_ROWS));
  const rows = max(1, (count + wanted - 1) / wanted);
  command.tasks = (count + rows - 1) / rows;
  let task = claim(command);
  while (task < command.tasks) {
    const first = task * rows;
    positions(command, first, min(rows, count - first));
    finish(command);
    task = claim(command);
  }
}

function positions(command: CrossEntropyCommand, first: i32, rows: i32): void {
  const logitStride = (<usize>command.logitStride) << 2;
  const logits = command.logits + logitStride * first;
  const panels = (command.classes + TILE_COLUMNS - 1) / TILE_COLUMNS;
  const hidden = (<usize>first * command.hiddenStride) << 2;
  const part = product();
  part.plain();
  part.rows = rows;
  part.a = command.hidden + hidden;
  part.aRowStride = command.hiddenStride;
  part.aKStride = 1;
  part.b = command.weights;
  part.bias = command.bias;
  part.c = logits;
  part.cRowStride = command.logitStride;
  part.columns = panels * TILE_COLUMNS;
  part.k = command.depth;
  multiply(part, 0, panels);
  const gradient = command.backwardWeights !== 0;
  for (let row = 0; row < rows; row++) {
    const position = (<usize>(first + row)) << 2;
    const target = load<i32>(command.targets + position);
    const line = logits + logitStride * row;
    const loss: f32 = target < 0 ? 0 : rowLoss(line, command.classes, target, command.scale, gradient);
    store<f32>(command.losses + position, loss);
    if (target < 0 && gradient) memory.fill(line, 0, (<usize>command.classes) << 2);
  }
  if (!gradient) return;
  const hiddenPanels = (command.depth + TILE_COLUMNS - 1) / TILE_COLUMNS;
  part.a = logits;
  part.aRowStride = command.logitStride;
  part.b = command.backwardWeights;
  part.bias = 0;
  part.c = command.hiddenGradients + hidden;
  part.cRowStride = command.hiddenStride;
  part.columns = hiddenPanels * TILE_COLUMNS;
  part.k = command.classes;
  multiply(part, 0, hiddenPanels);
}

/** -log softmax(logits)[target]; the logits become scale * (softmax - one-hot) when `gradient`. */
function rowLoss(line: usize, classes: i32, target: i32, scale: f32, gradient: bool): f32 {
  const end = line + ((<usize>classes) << 2);
  const vectors = line + ((<usize>(classes & ~3)) << 2);
  const wanted = load<f32>(line + ((<usize>target) << 2));
  const most = largest(line, classes);
  let sums = f32x4.splat(0);
  let address = line;
  const shift = f32x4.splat(most);
  // Two at a time: one e^x alone waits for its own steps.
  for (; address + 16 < vectors; address += 32) {
    const e0 = exp(f32x4.sub(v128.load(address), shift));
    const e1 = exp(f32x4.sub(v128.load(address, 16), shift));
    v128.store(address, e0);
    v128.store(address, e1, 16);
    sums = f32x4.add(f32x4.add(sums, e0), e1);
  }
  for (; address < vectors; address += 16) {
    const e = exp(f32x4.sub(v128.load(address), shift));
    v128.store(address, e);
    sums = f32x4.add(sums, e);
  }
  let sum = horizontalSum(sums);
  for (; address < end; address += 4) {
    const e = f32x4.extract_lane(exp(f32x4.splat(load<f32>(address) - most)), 0);
    store<f32>(address, e);
    sum += e;
  }
  if (gradient) {
    const factor = scale / sum;
    const factors = f32x4.splat(factor);
    for (address = line; address < vectors; address += 16) {
      v128.store(address, f32x4.mul(v128.load(address), factors));
    }
    for (; address < end; address += 4) store<f32>(address, load<f32>(address) * factor);
    const hit = line + ((<usize>target) << 2);
    store<f32>(hit, load<f32>(hit) - scale);
  }
  return Mathf.log(sum) + (most - wanted);
}
