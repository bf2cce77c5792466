import { runInNewContext } from 'node:vm';
import { beforeEach, expect, it, vi } from 'vitest';
import { serviceWorkerSource } from './service-worker-source.js';

const scope = 'https://example.org/page/';

/** The little of a browser that the service worker needs, with a network that can be cut. */
function browser() {
  const stores = new Map<string, Map<string, string>>();
  const network = { up: true };
  const listeners: Record<string, (event: object) => void> = {};
  const address = (request: string | { url: string }) =>
    new URL(typeof request === 'string' ? request : request.url, scope).href.replace(/\?.*/, '');
  const fetched = vi.fn(async (request: string | { url: string }) => {
    if (!network.up) throw new TypeError('Failed to fetch');
    return `network: ${address(request)}`;
  });
  const caches = {
    keys: async () => [...stores.keys()],
    delete: async (name: string) => stores.delete(name),
    open: async (name: string) => {
      const store = stores.get(name) ?? new Map<string, string>();
      stores.set(name, store);
      return {
        addAll: async (all: { url: string }[]) => {
          for (const request of all) store.set(address(request), `kept: ${address(request)}`);
        },
        match: async (request: string | { url: string }) => store.get(address(request)),
      };
    },
  };
  const self = {
    registration: { scope },
    location: new URL(scope),
    skipWaiting: async () => {},
    clients: { claim: async () => {} },
    addEventListener: (type: string, listener: (event: object) => void) => {
      listeners[type] = listener;
    },
  };
  class Request {
    url: string;
    constructor(file: string) {
      this.url = new URL(file, scope).href;
    }
  }
  const send = async (type: string, more: object = {}): Promise<unknown> => {
    let answer: unknown;
    const take = (promise: unknown) => {
      answer = promise;
    };
    listeners[type]({ ...more, waitUntil: take, respondWith: take });
    return answer;
  };
  const request = (path: string, mode = 'cors') =>
    send('fetch', { request: { method: 'GET', url: new URL(path, scope).href, mode } });
  const run = (source: string) => runInNewContext(source, { self, caches, fetch: fetched, Request, URL });
  return { stores, network, fetched, send, request, run };
}

let page: ReturnType<typeof browser>;

beforeEach(async () => {
  page = browser();
  page.run(serviceWorkerSource(['./', 'assets/a.js'], 'v1'));
  await page.send('install');
  await page.send('activate');
});

it('answers from what it keeps, and with the page itself without a network', async () => {
  expect(await page.request('assets/a.js')).toBe(`kept: ${scope}assets/a.js`);
  expect(page.fetched).not.toHaveBeenCalled();
  expect(await page.request('./?x=1', 'navigate')).toBe(`network: ${scope}`);
  page.network.up = false;
  expect(await page.request('./', 'navigate')).toBe(`kept: ${scope}`);
  await expect(page.request('assets/other.js')).rejects.toThrow('Failed to fetch');
});

it('leaves other origins and methods alone', async () => {
  expect(await page.request('https://elsewhere.org/x')).toBeUndefined();
  const request = { method: 'POST', url: scope, mode: 'cors' };
  expect(await page.send('fetch', { request })).toBeUndefined();
});

it('drops the files of the build before, and of no other page', async () => {
  page.stores.set('throughtime https://example.org/other/ v1', new Map());
  page.run(serviceWorkerSource(['./'], 'v2'));
  await page.send('install');
  await page.send('activate');
  expect([...page.stores.keys()].sort()).toEqual([
    'throughtime https://example.org/other/ v1',
    `throughtime ${scope} v2`,
  ]);
});
