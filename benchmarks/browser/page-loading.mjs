// Both built pages in Chromium, as fast as this machine is and slowed like a phone: when they can be used, and for how long their main
// thread is kept busy.
import { fileURLToPath } from 'node:url';
import { mainThreadTasks, PageBrowser, patience } from '@throughtime/page-server/testing';

/** The file of a built page. @param {string} app */
const built = (app) => fileURLToPath(new URL(`../../apps/${app}/dist/web`, import.meta.url));

/**
 * `ready`: what there is once a press is answered. `alive`: what there is once the page shows its first result. `train` trains, and
 * resolves when that is over.
 */
const pages = [
  {
    name: 'char-generator',
    ready: '#start:enabled',
    alive: '#written span',
    train: async (page) => {
      for (const [id, value] of Object.entries({ hidden: 64, epochs: 2 }))
        await page.fill(`#${id}`, `${value}`);
      await page.click('#start');
      await page.locator('#time-left', { hasText: 'done' }).waitFor();
    },
  },
  {
    name: 'sine-forecast',
    // Filled in by the page's script.
    ready: '#language option',
    // Forecasts one step ahead and many. The fourth figure is drawn in the next frame, or once it comes near.
    alive: '#multi-step-figure svg',
    train: async (page) => {
      await page.click('#train');
      await page.locator('#state', { hasText: /^trained: GRU/ }).waitFor();
    },
  },
];

/** By how much the main thread is slowed; workers are not. Four times is what Chromium's tools and Lighthouse take for a middling phone. */
export const rates = { desk: 1, phone: 4 };

/** Milliseconds without a long task after which a page is loaded, by the usual definition of time to interactive. */
const quiet = 5000;
/** Loading that takes longer has failed. */
const longest = 60_000;

/**
 * Loads and trains both pages, each time in a browser of its own with nothing cached.
 * @returns {Promise<{ page: string, device: string, painted: number, interactive: number, alive: number, loading: number, training: number }[]>}
 *   milliseconds; the last two are of computing, of the main thread's longest task
 */
export async function measurePages() {
  const measured = [];
  for (const [device, rate] of Object.entries(rates))
    for (const one of pages) measured.push({ page: one.name, device, ...(await visit(one, rate)) });
  return measured;
}

/** @param {typeof pages[number]} one @param {number} rate */
async function visit({ name, ready, alive, train }, rate) {
  const browser = await PageBrowser.start(built(name));
  try {
    const viewport = { width: 390, height: 844 };
    const context = await browser.browser.newContext({ serviceWorkers: 'block', viewport });
    const page = await context.newPage();
    page.setDefaultTimeout(patience);
    await page.addInitScript(watch, { ready, alive });
    const session = await context.newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate });
    let times;
    const loading = await mainThreadTasks(browser.browser, page, async () => {
      await page.goto(browser.address);
      times = await page.evaluate(timesOf, { quiet, longest });
    });
    const training = await mainThreadTasks(browser.browser, page, () => train(page));
    return { ...times, loading: loading.longestCpu, training: training.longestCpu };
  } finally {
    await browser.close();
  }
}

/** In the page, before its scripts: notes when each selector first finds something, and when long tasks end. */
function watch(selectors) {
  const noted = { longTasks: [] };
  globalThis.noted = noted;
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) noted.longTasks.push(startTime + duration);
  }).observe({ type: 'longtask', buffered: true });
  const look = () => {
    for (const [name, selector] of Object.entries(selectors))
      if (!(name in noted) && document.querySelector(selector)) noted[name] = performance.now();
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
}

/** In the page: waits until it is ready, alive and quiet. */
async function timesOf({ quiet, longest }) {
  const { noted } = globalThis;
  const isLoaded = () => {
    const { ready = Infinity, alive = Infinity, longTasks } = noted;
    return performance.now() > Math.max(ready, alive, ...longTasks) + quiet;
  };
  while (!isLoaded()) {
    if (performance.now() > longest) throw new Error(`the page was not loaded: ${JSON.stringify(noted)}`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const { ready, alive, longTasks } = noted;
  const [painted] = performance.getEntriesByName('first-contentful-paint');
  return { painted: painted.startTime, interactive: Math.max(ready, ...longTasks), alive };
}
