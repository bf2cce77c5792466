// Starts what is compared, one process a measurement: ours on two Node versions, and the peers.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { notInstalled, python } from '../python.mjs';

const run = promisify(execFile);
const path = (file) => fileURLToPath(new URL(file, import.meta.url));

/**
 * A way to measure: gives back what the script printed, or `{ cannot }` with the reason.
 * @typedef {(settings: object) => Promise<any>} Runner
 */

/**
 * @param {string} node a Node binary
 * @param {string} script beside this file
 * @param {readonly string[]} [flags] of Node
 * @returns {Runner}
 */
export function nodeRunner(node, script, flags = []) {
  return (settings) => measured(node, [...flags, path(script), JSON.stringify(settings)], process.env);
}

/**
 * tfjs-layers, bundled first: what it needs of tfjs-core (gradients, chained operations) has a form that Node cannot load.
 * @returns {Promise<Runner>}
 */
export async function tfjsLayersRunner() {
  const outfile = path('../node_modules/.cache/train-tfjs-layers.mjs');
  await build({
    entryPoints: [path('train-tfjs-layers.mjs')],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    // Finds its .wasm files beside its own.
    external: ['@tensorflow/tfjs-backend-wasm', '@throughtime/wasm-kernels'],
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    logLevel: 'error',
  });
  return (settings) => measured(process.execPath, [outfile, JSON.stringify(settings)], process.env);
}

/**
 * A peer in Python: that of `npm run peers -- --setup`, else the system's.
 * @param {string} script in ../peers
 * @param {number} threads
 * @returns {Runner}
 */
export function pythonRunner(script, threads) {
  // Threads that spin while they wait take the cores from each other on a machine with few.
  const env = { ...process.env, OMP_WAIT_POLICY: 'PASSIVE', OMP_NUM_THREADS: String(threads) };
  return (settings) =>
    measured(python, [path(`../peers/${script}`), JSON.stringify({ ...settings, threads })], env);
}

/**
 * The Nodes that are compared: the oldest that is supported, which has plain SIMD only, and newer ones with relaxed SIMD. One that does not
 * run this process comes from npm's `node` package.
 * @param {(line: string) => void} report
 * @param {readonly number[]} [majors]
 * @returns {Promise<{ name: string, binary: string, simd: 'plain' | 'relaxed' }[]>}
 */
export async function nodeVersions(report, majors = [24, 20]) {
  const found = [];
  for (const major of majors) {
    const simd = major < 22 ? 'plain' : 'relaxed';
    try {
      found.push({ name: `Node ${major}`, binary: await nodeBinary(major), simd });
    } catch (error) {
      report(`Node ${major}: NOT COMPARED: npx node@${major} failed (${firstLine(error.message)})`);
    }
  }
  return found;
}

async function nodeBinary(major) {
  if (process.versions.node.startsWith(`${major}.`)) return process.execPath;
  const { stdout } = await run('npx', ['--yes', `node@${major}`, '-p', 'process.execPath']);
  return stdout.trim();
}

async function measured(command, args, env) {
  try {
    const { stdout } = await run(command, args, { env, maxBuffer: 2 ** 24 });
    return JSON.parse(stdout.trim().split('\n').at(-1));
  } catch (error) {
    if (error.code === 'ENOENT') return { cannot: `there is no ${command}` };
    const text = String(error.stderr || error.message);
    if (text.includes('No module named')) return { cannot: notInstalled };
    const lines = text.trim().split('\n');
    // Node ends its report with its version, Python with the error.
    return { cannot: lines.find((line) => /^\w*Error\b/.test(line)) ?? lines.at(-1) };
  }
}

function firstLine(text) {
  return text.split('\n')[0];
}
