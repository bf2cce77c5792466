import { readFile } from 'node:fs/promises';
import {
  accessibilityViolations,
  clippedSelects,
  firstLoad,
  keptOffline,
  PageBrowser,
  patience,
} from '@throughtime/page-server/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  builtPage,
  chooseQuickModel,
  csvFile,
  drawnFigure,
  errorOf,
  hasBrowser,
  monthlyCsv,
  openReady,
  rowNames,
  soon,
  train,
} from './fixtures/forecast-page.js';

describe.skipIf(!hasBrowser())('the page', () => {
  let browser: PageBrowser;

  beforeAll(async () => {
    browser = await PageBrowser.start(builtPage);
  });

  afterAll(async () => {
    await browser?.close();
  });

  /** The page, which waits for a file until it is released. */
  async function openHolding(file: RegExp) {
    const context = await browser.browser.newContext({ serviceWorkers: 'block' });
    const page = await context.newPage();
    page.setDefaultTimeout(patience);
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await context.route(file, async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(browser.address);
    return { page, context, release };
  }

  it('trains on a generated sine, and shows the four figures and the comparison with its noise floor', async () => {
    const { page, context, errors } = await openReady(browser);
    await page.fill('[name=period1]', '40');
    await page.fill('[name=amplitude2]', '0.5');
    await page.fill('#length', '400');
    await chooseQuickModel(page);
    expect(await train(page)).toBe('trained: Linear (4)');
    for (const name of ['data', 'one-step', 'multi-step', 'k-step', 'forecast', 'horizon'] as const)
      await drawnFigure(page, name);
    await drawnFigure(page, 'multi-step', 'free running');
    expect(await rowNames(page)).toEqual([
      'Linear (4)',
      expect.stringMatching(/^AR\(\d+\)$/),
      'Naive',
      'Seasonal naive (40)',
      'Drift',
      'noise floor',
    ]);
    // The noise is drawn with deviation 0.2; autoregression comes near its floor, and repeating the last value does not.
    const [ar, naive, floor] = [
      await errorOf(page, 'AR('),
      await errorOf(page, 'Naive'),
      await errorOf(page, 'noise floor'),
    ];
    expect(floor).toBe(0.04);
    expect(ar).toBeLessThan(0.06);
    expect(naive).toBeGreaterThan(0.08);
    expect(await page.locator('#threads').textContent()).toMatch(/thread/);
    expect(errors).toEqual([]);
    await context.close();
  });

  it('shows a fitted model before anything is pressed, and others beside it', async () => {
    const { page, context, errors } = await openReady(browser);
    const verdict = page.locator('#verdict');
    await expect
      .poll(() => verdict.textContent(), soon)
      .toMatch(/^Linear \(4\) beats repeating the last value/);
    for (const id of ['one-step', 'multi-step', 'k-step', 'forecast'])
      await page.locator(`#${id}-figure svg`).waitFor();
    await page.fill('#epochs', '2');
    await page.fill('#hidden', '4');
    await page.selectOption('#model', 'rnn');
    // Typed text stays, whatever the model suggests.
    expect(await page.locator('#epochs').inputValue()).toBe('2');
    expect(await train(page)).toBe('trained: RNN');
    expect((await rowNames(page)).slice(0, 2)).toEqual(['Linear (4)', 'RNN']);
    expect(await verdict.locator('p').first().textContent()).toMatch(/^RNN /);
    await page.locator('#one-step-figure svg[aria-label*="Linear (4), RNN"]').waitFor();
    await page.selectOption('#shown', 'linear');
    await expect.poll(() => verdict.locator('p').first().textContent(), soon).toMatch(/^Linear/);
    await page.click('#suggested');
    expect(await page.locator('#epochs').inputValue()).toBe('30');
    // The curve follows a switch to the dark while it is drawn.
    await page.locator('#loss-curve').scrollIntoViewIfNeeded();
    const pixels = () =>
      page.locator('#loss-curve canvas').evaluate((one: HTMLCanvasElement) => one.toDataURL());
    const light = await pixels();
    await page.emulateMedia({ colorScheme: 'dark' });
    await expect.poll(async () => (await pixels()) !== light, soon).toBe(true);
    expect(errors).toEqual([]);
    await context.close();
  });

  it('draws a model that comes with it before its worker is there, and keeps the figures once that has judged it', async () => {
    const { page, context, release } = await openHolding(/worker-.*js/);
    const ids = ['data', 'one-step', 'multi-step', 'k-step'];
    for (const id of ids)
      await page.locator(`#${id}-figure svg`).evaluate((figure) => figure.setAttribute('data-old', ''));
    expect(await page.locator('#k').isEnabled()).toBe(false);
    expect(await page.locator('#verdict .verdict').count()).toBe(0);
    release();
    await page.locator('#verdict .verdict').waitFor();
    for (const id of ids) expect(await page.locator(`#${id}-figure svg[data-old]`).count(), id).toBe(1);
    // Every number of steps ahead is there now.
    await page.locator('#k').focus();
    await page.keyboard.press('ArrowRight');
    await page.locator('#k-step-figure svg[aria-label*="17 steps ahead"]').waitFor();
    await context.close();
  });

  it('shows nothing of the first series where another source is chosen before the worker is there', async () => {
    const { page, context, release } = await openHolding(/worker-.*js/);
    await page.locator('#k-step-figure svg').waitFor();
    await page.selectOption('#source', 'file');
    release();
    // All that the arrival leads to has been done.
    await page.locator('#threads', { hasText: /thread/ }).waitFor();
    expect(await page.locator('.figures-row svg').count()).toBe(0);
    expect(await page.locator('#verdict .verdict').count()).toBe(0);
    await context.close();
  });

  it('tells its story by clicks, in Portuguese to those who read it', async () => {
    const { page, context, errors } = await openReady(browser, { locale: 'pt-BR' });
    expect(await page.evaluate(() => document.documentElement.lang)).toBe('pt-BR');
    await expect.poll(() => page.locator('#verdict').textContent(), soon).toMatch(/^Linear \(4\) vence/);
    await page.click('#story-lags');
    await expect.poll(() => page.locator('#state').textContent(), soon).toBe('treinado: Linear (2)');
    expect(await page.locator('#story-text').textContent()).toContain('modelo linear');
    await page.click('#story-intervals');
    await expect.poll(() => page.locator('#verdict').textContent(), soon).toContain('repetir o ano passado');
    expect(await page.locator('#comparison').textContent()).toMatch(/\d,\d/);
    expect(await page.locator('#series-notes').textContent()).toContain('Passageiros aéreos');
    await page.locator('#forecast-figure svg[aria-label*="Passageiros"]').waitFor();
    const day = (i: number) => new Date(Date.UTC(2020, 0, 1 + i)).toISOString().slice(0, 10);
    const value = (i: number) => (i % 17 === 5 ? '' : Math.sin(i / 5).toFixed(3));
    const rows = Array.from({ length: 300 }, (_, i) => `${day(i)},${value(i)}`);
    await page.setInputFiles('#file', csvFile('lacunas.csv', `date,y\n${rows.join('\n')}\n`));
    await expect
      .poll(() => page.locator('#series-notes').textContent(), soon)
      .toContain('18 de 300 valores estão ausentes');
    await expect
      .poll(() => page.locator('#comparison').textContent(), soon)
      .toContain('As previsões vão até 45 passos à frente');
    expect((await rowNames(page)).slice(2)).toEqual(['Naive', 'Seasonal naive (7)', 'Drift']);
    await page.setInputFiles('#file', csvFile('curto.csv', 'x\n1\n2\n3\n5\n4\n'));
    await expect.poll(() => page.locator('#file-name').textContent(), soon).toBe('curto.csv');
    await page.click('#train');
    await expect
      .poll(() => page.locator('#problem').textContent(), soon)
      .toBe(
        'curto.csv tem 2 valores depois da parte de treino; são precisos ao menos 4 para julgar o modelo.',
      );
    await page.selectOption('#language', 'en');
    await expect.poll(() => page.locator('h1').textContent(), soon).toContain('Forecast');
    expect(errors).toEqual([]);
    await context.close();
  });

  it('carries the settings in a link', async () => {
    const { page, context, errors } = await openReady(browser);
    await page.selectOption('#source', 'seattle-weather');
    await page.locator('#column-field').waitFor();
    await page.selectOption('#column', { index: 1 });
    const column = await page.locator('#column').inputValue();
    await page.selectOption('#model', 'lstm');
    await page.fill('#lags', '9');
    await page.locator('#k').fill('23');
    await page.click('#share-link');
    await expect.poll(() => page.locator('#share-state').textContent(), soon).toMatch(/link/i);
    const link = page.url();
    expect(link).toContain('#');
    const other = await openReady(browser, { hash: new URL(link).hash });
    await other.page.locator('#column-field').waitFor();
    const settings: Record<string, string> = {
      source: 'seattle-weather',
      column,
      model: 'lstm',
      lags: '9',
      k: '23',
    };
    for (const [id, value] of Object.entries(settings)) {
      expect(await other.page.locator(`#${id}`).inputValue()).toBe(value);
    }
    // A link that is put into an open page counts, too.
    await other.page.evaluate(() => {
      location.hash = '#source=sunspots&model=linear&lags=5&trained=yes&origin=290';
    });
    await other.page.locator('#state', { hasText: 'trained: Linear (5)' }).waitFor();
    await expect.poll(() => other.page.locator('#origin').inputValue(), soon).toBe('290');
    const refused = await openReady(browser, { hash: '#lags=0&model=%3Cb%3E&epochs=7' });
    expect(await refused.page.locator('#share-state').textContent()).toContain('model, lags');
    expect(await refused.page.locator('#epochs').inputValue()).toBe('7');
    expect([...errors, ...other.errors, ...refused.errors]).toEqual([]);
    for (const one of [context, other.context, refused.context]) await one.close();
  });

  it('carries the trained model in a link, or in a file where it is too large for one', async () => {
    const { page, context, errors } = await openReady(browser);
    await page.selectOption('#model', 'gru');
    await page.fill('#epochs', '1');
    await page.fill('#hidden', '8');
    expect(await train(page)).toBe('trained: GRU');
    // A setting typed after the training is no part of its result.
    await page.fill('#epochs', '77');
    await page.locator('#origin').fill('700');
    const summary = page.locator('#forecast-summary');
    await expect.poll(() => page.locator('#origin-value').textContent(), soon).toBe('700');
    await page.click('#share-link');
    await expect
      .poll(() => page.locator('#share-state').textContent(), soon)
      .toContain('carries the trained model');
    expect(await page.locator('#share-file').isHidden()).toBe(true);
    const { hash } = new URL(page.url());
    expect(hash).toMatch(/epochs=1&.*weights=/);
    const other = await openReady(browser, { hash });
    await other.page.locator('#state', { hasText: 'trained: GRU' }).waitFor();
    await expect
      .poll(() => other.page.locator('#forecast-summary').textContent(), soon)
      .toBe(await summary.textContent());
    // Nothing was trained for it.
    expect(await other.page.locator('#epoch').textContent()).toBe('-');
    await other.context.close();

    await page.fill('#epochs', '1');
    await page.fill('#hidden', '128');
    expect(await train(page)).toBe('trained: GRU');
    await page.click('#share-link');
    await expect
      .poll(() => page.locator('#share-state').textContent(), soon)
      .toContain('does not fit into a link');
    expect(page.url()).not.toContain('weights=');
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#share-file')]);
    const fresh = await openReady(browser);
    await fresh.page.setInputFiles('#file', {
      name: 'a.zip',
      mimeType: 'application/zip',
      buffer: await readFile(await download.path()),
    });
    await fresh.page.locator('#state', { hasText: 'trained: GRU' }).waitFor();
    expect(await fresh.page.locator('#hidden').inputValue()).toBe('128');
    expect(await fresh.page.locator('#epoch').textContent()).toBe('-');
    await fresh.page.setInputFiles('#file', {
      name: 'b.zip',
      mimeType: 'application/zip',
      buffer: Buffer.from('no'),
    });
    await expect.poll(() => fresh.page.locator('#problem').textContent(), soon).toContain('cannot be opened');
    expect([...errors, ...other.errors, ...fresh.errors]).toEqual([]);
    for (const one of [context, fresh.context]) await one.close();
  });

  it('stops a training that waits for its series', async () => {
    const { page, context, release } = await openHolding(/sunspots/);
    await page.locator('#verdict .verdict').waitFor();
    await page.selectOption('#source', 'sunspots');
    await page.click('#train');
    await page.click('#stop');
    expect(await page.locator('#state').textContent()).toBe('stopped');
    expect(await page.locator('#train').isEnabled()).toBe(true);
    release();
    // The series comes all the same, with the quick fit that every series has.
    await page.locator('#state', { hasText: /^trained: Linear/ }).waitFor();
    expect(await page.locator('#shown option').allTextContents()).toHaveLength(1);
    await context.close();
  });

  it('stops when asked, and trains again', async () => {
    const { page, context } = await openReady(browser);
    await page.fill('#epochs', '1000');
    await page.click('#train');
    await expect.poll(() => page.locator('#epoch').textContent(), soon).toContain('of 1,000');
    await page.click('#stop');
    await expect.poll(() => page.locator('#state').textContent(), soon).toBe('stopped');
    await chooseQuickModel(page);
    expect(await train(page)).toBe('trained: Linear (4)');
    await context.close();
  });

  it('hears of every epoch before a training ends, however long that takes', async () => {
    const { page, context, errors } = await openReady(browser);
    await page.fill('#length', '100');
    await chooseQuickModel(page);
    // Progress comes through a port of its own, and the end of the training does not.
    const epoch = page.evaluate(
      () =>
        new Promise((resolve) => {
          MessagePort.prototype.addEventListener = function (type: string, listener: unknown) {
            EventTarget.prototype.addEventListener.call(this, type, (event) =>
              setTimeout(listener as (event: Event) => void, 500, event),
            );
          };
          const state = document.querySelector('#state')!;
          let isAsked = false;
          new MutationObserver(() => {
            isAsked ||= state.textContent === 'training';
            if (isAsked && state.textContent?.startsWith('trained'))
              resolve(document.querySelector('#epoch')?.textContent);
          }).observe(state, { childList: true });
        }),
    );
    expect(await train(page)).toBe('trained: Linear (4)');
    expect(await epoch).toBe('3 of 3');
    expect(errors).toEqual([]);
    await context.close();
  });

  it('does not say that a fit was stopped which nobody asked for', async () => {
    const { page, context, errors } = await openReady(browser);
    // Another column as soon as one is drawn, whose fit has just begun.
    const states = page.evaluate(
      () =>
        new Promise<string[]>((resolve) => {
          const state = document.querySelector('#state')!;
          const column = document.querySelector<HTMLSelectElement>('#column')!;
          const said: string[] = [];
          let changed = 0;
          new MutationObserver(() => {
            said.push(state.textContent ?? '');
            if (changed === 4 && said.at(-1)?.startsWith('trained')) resolve(said);
          }).observe(state, { childList: true });
          new MutationObserver(() => {
            if (changed === 4) return;
            changed++;
            column.selectedIndex = changed % 2;
            column.dispatchEvent(new Event('change'));
          }).observe(column, { childList: true });
        }),
    );
    await page.setInputFiles('#file', csvFile('months.csv', monthlyCsv(120)));
    const said = await states;
    expect(said.at(-1)).toMatch(/^trained/);
    expect(said).not.toContain('stopped');
    expect(errors).toEqual([]);
    await context.close();
  });

  it.each([
    ['a desktop', { width: 1280, height: 900 }],
    ['a phone in the dark', { width: 390, height: 844, dark: true }],
  ] as const)('has no accessibility violations on %s, and fits it', async (_, visit) => {
    const { page, context, errors } = await openReady(browser, visit);
    await chooseQuickModel(page);
    await train(page);
    await drawnFigure(page, 'horizon');
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(visit.width);
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await clippedSelects(page)).toEqual([]);
    expect(errors).toEqual([]);
    await context.close();
  });

  it('loads less than 400 kB, compressed', async () => {
    const { bytes } = await firstLoad(browser, async (page) => {
      await page.locator('#verdict .verdict').waitFor();
    });
    console.log(`first load: ${(bytes / 1000).toFixed(0)} kB compressed`);
    expect(bytes).toBeGreaterThan(100_000);
    expect(bytes).toBeLessThan(400_000);
  });

  it('works without the network once it was loaded', async () => {
    const { page, context } = await openReady(browser);
    await keptOffline(page);
    await context.setOffline(true);
    await page.reload();
    await page.selectOption('#source', 'us-births');
    await expect.poll(() => page.locator('#series-notes').textContent(), soon).toContain('Daily births');
    await page.selectOption('#source', 'sine');
    await chooseQuickModel(page);
    expect(await train(page)).toBe('trained: Linear (4)');
    await context.close();
  });

  it('trains on one thread where the server does not isolate it, and says so', async () => {
    const plain = await PageBrowser.start(builtPage, {});
    const { page, context } = await openReady(plain);
    await expect
      .poll(() => page.locator('#threads').textContent(), soon)
      .toContain('one thread: the server does not isolate');
    await page.selectOption('#model', 'rnn');
    await page.fill('#epochs', '1');
    expect(await train(page)).toBe('trained: RNN');
    await context.close();
    await plain.close();
  });
});
