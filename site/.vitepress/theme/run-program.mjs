// Runs a program in a worker of its own, so that an endless loop does no harm and the policy of the page need not allow eval:
// the program is a module from a blob, and its imports lead to the packages that the site serves.

/**
 * @param {string} code  a module; imports of @throughtime/... only
 * @param {URL} runtime  the folder of the packages
 * @param {{ print: (line: string) => void, end: () => void }} listener
 * @returns {() => void} ends the program
 */
export function startProgram(code, runtime, { print, end }) {
  const url = URL.createObjectURL(new Blob([moduleOf(code, runtime)], { type: 'text/javascript' }));
  const worker = new Worker(url, { type: 'module' });
  const finish = () => {
    worker.terminate();
    URL.revokeObjectURL(url);
    end();
  };
  worker.onmessage = ({ data }) => {
    if (data.kind === 'print') print(data.line);
    else finish();
  };
  worker.onerror = (event) => {
    event.preventDefault();
    print(
      event.message ??
        'The program could not be read: is there a typing error, or an import that this page does not have?',
    );
    finish();
  };
  return () => {
    worker.terminate();
    URL.revokeObjectURL(url);
  };
}

/** @param {string} code @param {URL} runtime */
function moduleOf(code, runtime) {
  const imports = [];
  const body = code.replace(
    /^import\s[^;]*?from\s+'@throughtime\/([\w/-]+)';?$|^import\s+'@throughtime\/([\w/-]+)';?$/gm,
    (statement, name, bare) => {
      const url = new URL(`${(name ?? bare).replaceAll('/', '-')}.js`, runtime);
      imports.push(statement.replace(/'@throughtime\/[\w/-]+'/, `'${url}'`));
      return '';
    },
  );
  return `${imports.join('\n')}
import { loadEngine } from '${new URL('wasm-kernels.js', runtime)}';
const shown = (value) => (typeof value === 'string' ? value : typeof value === 'number' ? String(value) : JSON.stringify(value, (_, v) => (ArrayBuffer.isView(v) ? [...v] : v)) ?? String(value));
console.log = console.info = console.warn = console.error = (...values) =>
  postMessage({ kind: 'print', line: values.map(shown).join(' ') });
try {
  await loadEngine();
${body}
} catch (error) {
  console.log(String(error));
}
postMessage({ kind: 'end' });
`;
}
