/**
 * Keeps the page's files in the browser, so that it works without the network from now on. Needs the `service-worker.js` that
 * the page's build makes.
 * @returns whether they are kept; false where the browser or the address (http, not localhost) has no service workers
 */
export async function keepOffline(address = './service-worker.js'): Promise<boolean> {
  if (!('serviceWorker' in navigator)) return false;
  try {
    await navigator.serviceWorker.register(address);
    await navigator.serviceWorker.ready;
    return true;
  } catch {
    // Private windows refuse; the page works all the same while there is a network.
    return false;
  }
}
