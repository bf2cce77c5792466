// What a reproduction's time was measured under: a time says little without it.
import { loadavg } from 'node:os';

/** Seconds between two looks at the load. */
const interval = 15;

/**
 * Begins to watch; the result, called at the end, says what there was: 'Node 20, load 5.6' (2 is the run itself).
 * @param {readonly string[]} [settings] of this Node, said after its version: 'wide vectors'
 */
export function conditions(settings = []) {
  /** @type {number[]} */
  const loads = [];
  const timer = setInterval(() => loads.push(loadavg()[0]), interval * 1000);
  timer.unref();
  return () => {
    clearInterval(timer);
    loads.push(loadavg()[0]);
    const load = loads.reduce((sum, value) => sum + value, 0) / loads.length;
    const node = `Node ${process.versions.node.split('.')[0]}`;
    return [node, ...settings, `load ${load.toFixed(1)}`].join(', ');
  };
}
