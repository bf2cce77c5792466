// The page's side of the start page's model.

/** How many characters it writes. */
const length = 160;

/**
 * @typedef {object} Continued
 * @property {string} text  that was continued
 * @property {string} characters  that follow it
 * @property {{ character: string, probability: number }[]} next  the likeliest first characters
 * @property {string} speed  characters per second
 */

/**
 * @param {URL} site  the site's root
 * @param {{ ready: () => void, continued: (answer: Continued) => void, failed: (message: string) => void }} listener
 * @returns {{ write: (text: string) => void, close: () => void }}
 */
export function openLiveModel(site, { ready, continued, failed }) {
  const worker = new Worker(new URL('./live-model-worker.mjs', import.meta.url), { type: 'module' });
  let isBusy = true;
  /** The latest text that was typed while the model wrote: those before it need no answer. @type {string | undefined} */
  let waiting;
  const write = (text) => {
    if (isBusy) waiting = text;
    else {
      isBusy = true;
      worker.postMessage({ text, length });
    }
  };
  worker.onerror = ({ message }) => failed(message);
  worker.onmessage = ({ data }) => {
    if (data.kind === 'failed') return failed(data.message);
    if (data.kind === 'ready') ready();
    else continued(data);
    isBusy = false;
    const text = waiting;
    waiting = undefined;
    if (text !== undefined) write(text);
  };
  worker.postMessage({ site: site.href });
  return { write, close: () => worker.terminate() };
}
