/**
 * A service worker's whole program: it keeps the files of one build, so that the page works without the network once it
 * was loaded. The page itself comes from the network where there is one, so that a new build is seen at the next visit.
 * @param files paths relative to the service worker
 * @param version of the build: another one takes the cache's place
 */
export function serviceWorkerSource(files: readonly string[], version: string): string {
  return `const files = ${JSON.stringify(files)};
const prefix = 'throughtime ' + self.registration.scope;
const name = prefix + ' ${version}';

self.addEventListener('install', (event) => {
  const fresh = files.map((file) => new Request(file, { cache: 'no-cache' }));
  event.waitUntil(caches.open(name).then((cache) => cache.addAll(fresh)).then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  const old = (names) => names.filter((other) => other.startsWith(prefix) && other !== name);
  const clear = async () => Promise.all(old(await caches.keys()).map((other) => caches.delete(other)));
  event.waitUntil(clear().then(() => self.clients.claim()));
});

const kept = async (request) => (await caches.open(name)).match(request, { ignoreSearch: true });

self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || new URL(request.url).origin !== self.location.origin) return;
  const answer = async () => {
    if (request.mode === 'navigate') return fetch(request).catch(async () => (await kept(request)) ?? (await kept('./')));
    return (await kept(request)) ?? fetch(request);
  };
  event.respondWith(answer());
});
`;
}
