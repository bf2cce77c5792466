import type { FileSet } from '@throughtime/web-page';

/** The files of the model that comes with the page, and what the page shows of its training; `npm run reproduce -- page-model` makes them. */
const addresses: Readonly<Record<string, URL>> = {
  'config.json': new URL('./arrival/config.json', import.meta.url),
  'vocabulary.json': new URL('./arrival/vocabulary.json', import.meta.url),
  'model.safetensors': new URL('./arrival/model.safetensors', import.meta.url),
  'page.json': new URL('./arrival/page.json', import.meta.url),
};

/** What it begins its text with: words of a sailor. */
export const arrivalPrompt = 'The whale ';

/** @throws Error when a file does not come: the page works without, and says so */
export async function arrivalFiles(): Promise<FileSet> {
  const fetched = Object.entries(addresses).map(async ([name, address]) => {
    const response = await fetch(address);
    if (!response.ok) throw new Error(`${name}: ${response.status}`);
    return [name, new Uint8Array(await response.arrayBuffer())] as const;
  });
  return Object.fromEntries(await Promise.all(fetched));
}
