import * as tf from '@tensorflow/tfjs-core';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { expectAsOnCpu, expectClose, seeds } from './fixtures/backends.js';

beforeAll(async () => {
  await tf.setBackend('wasm');
});

/** Numbers from a seed; of some, one in `every` is NaN, infinite or zero. Every 0: all are finite. */
function numbers(shape: number[], seed: number, every: number): Float32Array {
  const special = [Number.NaN, Infinity, -Infinity, -0, 0, Number.NaN];
  let state = (seed * 2654435761 + 1) >>> 0;
  const next = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  return Float32Array.from({ length: tf.util.sizeFromShape(shape) }, () =>
    every > 0 && next(every) === 0 ? special[next(special.length)] : next(2000) / 100 - 15,
  );
}

const pads = fc.constantFrom<'same' | 'valid'>('same', 'valid');
const oneOrTwo = fc.integer({ min: 1, max: 2 });
/** At least what a filter of 3 with a hole between its weights reaches over. */
const side = fc.integer({ min: 5, max: 7 });
/** One number in this many is not an ordinary one; 0: none. */
const hostility = fc.constantFrom(0, 4, 30);
const activations = ['linear', 'relu', 'relu6', 'elu', 'sigmoid', 'leakyrelu', 'prelu'] as const;

describe.each([false, true])('convolutions, each channel by itself: %s', (depthwise) => {
  it('are those of the cpu backend, NaN and infinities included', async () => {
    await fc.assert(
      fc.asyncProperty(
        ...([
          seeds,
          side,
          side,
          oneOrTwo,
          oneOrTwo,
          pads,
          hostility,
          fc.constantFrom(...activations, null),
        ] as const),
        async (seed, height, width, stride, dilation, pad, every, activation) => {
          const strides = dilation > 1 ? 1 : stride;
          const channels = 2;
          const tensor = (shape: number[], more: number, hostile = every) =>
            tf.tensor(numbers(shape, seed + more, hostile), shape);
          await expectAsOnCpu(() => {
            const x = tensor([2, height, width, channels], 1) as tf.Tensor4D;
            const filter = tensor([2, 3, channels, 3], 2) as tf.Tensor4D;
            const options = { x, filter, strides, pad, dilations: dilation };
            if (activation === null)
              return depthwise
                ? tf.depthwiseConv2d(x, filter, strides, pad, 'NHWC', dilation)
                : tf.conv2d(x, filter, strides, pad, 'NHWC', dilation);
            const outputs = depthwise ? 6 : 3;
            const more = {
              bias: tensor([outputs], 3),
              activation,
              ...(activation === 'leakyrelu' && { leakyreluAlpha: 0.3 }),
              // tfjs's own kernel ignores these weights where they are needed at all.
              ...(activation === 'prelu' && every > 0 && { preluActivationWeights: tf.tensor1d([0.25]) }),
            };
            const fused =
              activation === 'prelu' && every === 0 ? { ...more, activation: 'relu' as const } : more;
            return depthwise
              ? tf.fused.depthwiseConv2d({ ...options, ...fused })
              : tf.fused.conv2d({ ...options, ...fused });
          });
        },
      ),
      { numRuns: 150 },
    );
  });

  it('add up products that float32 cannot hold', async () => {
    await tf.setBackend('wasm');
    const x = tf.fill([1, 1, 2, 1], 3e38) as tf.Tensor4D;
    const filter = tf.tensor4d([10, -10], [1, 2, 1, 1]);
    const options = { x, filter, strides: 1, pad: 'same' as const, activation: 'relu' as const };
    const out = depthwise ? tf.fused.depthwiseConv2d(options) : tf.fused.conv2d(options);
    expect([...out.dataSync()]).toEqual([0, Infinity]);
  });
});

/** Of windows over [N, D, H, W, C], by looking at each. */
function pooled(
  x: Float32Array,
  [batch, depth, height, width, channels]: number[],
  { size, stride, pad, kind }: { size: number[]; stride: number; pad: 'same' | 'valid'; kind: 'max' | 'avg' },
): number[] {
  const lengths = [depth, height, width];
  const counts = lengths.map((length, i) =>
    pad === 'same' ? Math.ceil(length / stride) : Math.ceil((length - size[i] + 1) / stride),
  );
  const starts = counts.map((count, i) =>
    pad === 'same' ? -Math.floor(Math.max(0, (count - 1) * stride + size[i] - lengths[i]) / 2) : 0,
  );
  const range = (count: number) => Array.from({ length: count }, (_, i) => i);
  return range(batch).flatMap((n) =>
    range(counts[0]).flatMap((a) =>
      range(counts[1]).flatMap((b) =>
        range(counts[2]).flatMap((c) =>
          range(channels).map((channel) => {
            const inside = (axis: number, window: number) =>
              range(size[axis])
                .map((i) => starts[axis] + window * stride + i)
                .filter((i) => i >= 0 && i < lengths[axis]);
            const values = inside(0, a).flatMap((d) =>
              inside(1, b).flatMap((y) =>
                inside(2, c).map((z) => x[(((n * depth + d) * height + y) * width + z) * channels + channel]),
              ),
            );
            // Math.max gives NaN where one of them is.
            return kind === 'max'
              ? Math.max(...values)
              : values.reduce((sum, v) => sum + v, 0) / values.length;
          }),
        ),
      ),
    ),
  );
}

describe('pools', () => {
  it.each(['max', 'avg', 'max with places', 'max of three dimensions'] as const)(
    '%s: a window with NaN gives NaN, and one of negative numbers a negative number',
    async (kind) => {
      await fc.assert(
        fc.asyncProperty(
          ...([seeds, side, side, oneOrTwo, pads, hostility] as const),
          async (seed, height, width, stride, pad, every) => {
            const depth = kind === 'max of three dimensions' ? 3 : 1;
            const shape: [number, number, number, number, number] = [2, depth, height, width, 2];
            const values = numbers(shape, seed, every);
            const flat = () => tf.tensor(values, [2, height, width, 2]) as tf.Tensor4D;
            const size = [depth > 1 ? 2 : 1, 2, 3];
            await tf.setBackend('wasm');
            const out = tf.tidy(() => {
              if (kind === 'avg') return tf.avgPool(flat(), [2, 3], stride, pad).dataSync();
              if (kind === 'max') return tf.maxPool(flat(), [2, 3], stride, pad).dataSync();
              if (kind === 'max of three dimensions')
                return tf
                  .maxPool3d(tf.tensor5d(values, shape), size as [number, number, number], stride, pad)
                  .dataSync();
              const { result, indexes } = tf.maxPoolWithArgmax(flat(), [2, 3], stride, pad, true);
              const found = result.dataSync();
              const places = indexes.dataSync();
              found.forEach((value, i) => {
                expect(values[places[i]]).toBe(value);
              });
              return found;
            });
            const options = { size, stride, pad, kind: kind === 'avg' ? ('avg' as const) : ('max' as const) };
            expectClose(out, pooled(values, shape, options));
          },
        ),
        { numRuns: 100 },
      );
    },
  );
});
