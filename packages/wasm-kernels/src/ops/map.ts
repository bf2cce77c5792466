import { oneOf } from '@throughtime/errors';
import type { Engine } from '../engine/engine.js';
import { Elementwise, MAP } from '../generated/commands.js';
import { checkLength, floats } from './checks.js';

const MAPS = {
  exp: Elementwise.EXP,
  sigmoid: Elementwise.SIGMOID,
  tanh: Elementwise.TANH,
} as const;

/** Functions applied to each element, within 4 units in the last place over all of float32. */
export type ElementwiseMap = keyof typeof MAPS;

const mapName = oneOf(Object.keys(MAPS));

/**
 * target[i] = f(source[i]); `target` may be `source`.
 * @throws ArgumentError
 */
export function map(engine: Engine, f: ElementwiseMap, source: Float32Array, target: Float32Array): void {
  mapName('f', f);
  floats('source', source);
  floats('target', target);
  checkLength('target', target, source.length, 'as source');
  const program = engine.program();
  try {
    program.add(MAP, {
      map: MAPS[f],
      source: engine.memory.address(source, 'source'),
      target: engine.memory.address(target, 'target'),
      count: source.length,
    });
    program.run();
  } finally {
    program.free();
  }
}
