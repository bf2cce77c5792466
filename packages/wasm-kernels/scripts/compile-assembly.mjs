// AssemblyScript to WebAssembly, with what all our modules have in common.
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';
import { writeVariants } from './assembly-variants.mjs';

const root = new URL('..', import.meta.url);

const OPTIONS = [
  ...['--runtime', 'stub', '--noAssert', '-O3', '--use', 'abort='],
  ...['--importMemory', '--sharedMemory', '--maximumMemory', '65536'],
  ...['--enable', 'simd', '--enable', 'threads'],
];

/**
 * @param {string} entry path of the source below the package's root
 * @param {string[]} options more of asc's options
 * @returns {Promise<Buffer>} the module, which imports a shared memory env.memory
 */
export async function compileAssembly(entry, options) {
  await writeVariants();
  let binary;
  const { error, stderr } = await asc.main([entry, ...OPTIONS, ...options, '--outFile', 'out.wasm'], {
    baseDir: fileURLToPath(root),
    writeFile: (name, contents) => {
      if (name === 'out.wasm') binary = contents;
    },
  });
  const messages = stderr.toString();
  if (error || messages) throw new Error(`${entry} does not compile cleanly:\n${messages}`, { cause: error });
  return Buffer.from(binary);
}
