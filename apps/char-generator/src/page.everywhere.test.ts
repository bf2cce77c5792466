// What holds wherever the page runs: for whom, on what, and without the network.
import {
  accessibilityViolations,
  clippedSelects,
  firstLoad,
  keptOffline,
  mainThreadTasks,
  PageBrowser,
} from '@throughtime/page-server/testing';
import { expect, it } from 'vitest';
import { pageSuite } from './fixtures/page-suite.js';
import {
  builtPage,
  openReady,
  ready,
  reportsShown,
  startTraining,
  trainBriefly,
  write,
} from './fixtures/training-page.js';

pageSuite('the page, wherever it runs', (suite) => {
  it.each([
    ['at a desk', { width: 1280 }],
    ['on a phone, in the dark', { width: 360, dark: true }],
  ])('has no serious accessibility problem %s', async (_, options) => {
    await suite.onPage(options, async ({ page }) => {
      await trainBriefly(page);
      await write(page);
      await page.selectOption('#color', 'surprise');
      expect(await accessibilityViolations(page)).toEqual([]);
      const wider = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(wider).toBe(0);
      expect(await clippedSelects(page)).toEqual([]);
    })();
  });

  it(
    'speaks Portuguese to a Brazilian browser, numbers included, and English when asked to',
    suite.onPage({ locale: 'pt-BR' }, async ({ page }) => {
      expect(await page.getAttribute('html', 'lang')).toBe('pt-BR');
      expect(await page.textContent('#start')).toBe('Iniciar');
      await page.getByText(/^182\.273 caracteres, \d+ diferentes$/).waitFor();
      await page.selectOption('#corpus', 'own');
      await page.setInputFiles('#file', {
        name: 'a.txt',
        mimeType: 'text/plain',
        buffer: Buffer.from([0xff]),
      });
      await page.getByText('a.txt não é texto em UTF-8.').waitFor();
      expect(await clippedSelects(page)).toEqual([]);
      await page.selectOption('#language', 'en');
      await page.getByText('Is it any good?').waitFor();
      expect(await page.getAttribute('html', 'lang')).toBe('en');
      await ready(page);
      // The choice is remembered.
      await page.reload();
      await page.getByText('Is it any good?').waitFor();
    }),
  );

  it(
    'leaves its main thread free while it trains at full speed, on every core',
    suite.onPage({}, async ({ page }) => {
      expect(await page.textContent('#threads')).toMatch(/^Uses (\d+ threads|one thread: this machine)/);
      const tasks = await mainThreadTasks(suite.browser.browser, page, async () => {
        await startTraining(page);
        await reportsShown(page, 20);
      });
      const { count, longestCpu, longest, ninetieth } = tasks;
      console.log(
        `main thread: ${count} tasks, the longest ${longestCpu.toFixed(1)} ms of computing, ${longest.toFixed(1)} ms by the clock, nine of ten below ${ninetieth.toFixed(1)} ms`,
      );
      expect(count).toBeGreaterThan(50);
      expect(longestCpu).toBeLessThan(50);
      // By the clock a single task may wait for a core that trains; as a rule none does.
      expect(ninetieth).toBeLessThan(50);
    }),
  );

  it('loads less than 385 kB, compressed, before it can train', async () => {
    const { files, bytes } = await firstLoad(suite.browser, async (page) => {
      await ready(page);
      await page.getByText(/characters, \d+ different/).waitFor();
    });
    console.log(`first load: ${files} files, ${(bytes / 1000).toFixed(0)} kB compressed`);
    // Page, style, workers and the book.
    expect(files).toBeGreaterThanOrEqual(5);
    expect(bytes).toBeLessThan(385_000);
  });

  it(
    'works without the network once it was loaded',
    suite.onPage({}, async ({ page, context }) => {
      await keptOffline(page);
      await context.setOffline(true);
      await page.reload();
      await ready(page);
      await page.selectOption('#corpus', 'alice');
      await page.getByText(/^14\d,\d+ characters/).waitFor();
      await trainBriefly(page);
    }),
  );

  it('computes with one thread where the server does not isolate it, and says so, and when memory runs out', async () => {
    const bare = await PageBrowser.start(builtPage, {});
    try {
      const { page, errors } = await openReady(bare);
      expect(await page.textContent('#threads')).toMatch(/^Uses one thread: (the server|this machine)/);
      await trainBriefly(page);

      // Here the memory is the smaller one: a network that needs more is refused before it computes for long.
      await page.selectOption('#corpus', 'moby-dick');
      await page.selectOption('#cell', 'lstm');
      for (const [id, value] of Object.entries({ hidden: 1024, batch: 256, steps: 500 }))
        await page.fill(`#${id}`, String(value));
      await page.click('#start');
      await page.locator('#problem').getByText('This needs more memory than the browser gives.').waitFor();
      expect(errors).toEqual([]);
    } finally {
      await bare.close();
    }
  });
});
