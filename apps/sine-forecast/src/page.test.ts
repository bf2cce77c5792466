import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromiumPath } from '@throughtime/page-server';
import {
  accessibilityViolations,
  clippedSelects,
  dragFiles,
  firstLoad,
  keptOffline,
  mainThreadTasks,
  PageBrowser,
  patience,
} from '@throughtime/page-server/testing';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { builtPage, chooseQuickModel, openReady, train } from './fixtures/forecast-page.js';

const browserPath = chromiumPath();
if (browserPath === undefined) {
  console.warn('sine-forecast: NO CHROMIUM FOUND: the page was not tested. Set CHROMIUM to the path of one.');
}

/** Not a bound on speed, but on patience with a busy machine. */
const soon = { timeout: 30_000 };

describe.skipIf(browserPath === undefined)('the page', () => {
  let browser: PageBrowser;

  beforeAll(async () => {
    browser = await PageBrowser.start(builtPage);
  });

  afterAll(async () => {
    await browser?.close();
  });

  it('trains on a generated sine, and shows the four figures and the comparison with its noise floor', async () => {
    const { page, context, errors } = await openReady(browser);
    await page.fill('[name=period1]', '40');
    await page.fill('[name=amplitude2]', '0.5');
    await page.fill('#length', '400');
    await chooseQuickModel(page);
    expect(await train(page)).toBe('trained: Linear (4)');
    for (const id of ['data', 'one-step', 'multi-step', 'k-step', 'forecast', 'horizon']) {
      await page.locator(`#${id}-figure svg`).waitFor();
    }
    expect(await page.locator('#multi-step-figure svg').getAttribute('aria-label')).toContain('free running');
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

  it('reads values where someone points, and zooms where someone drags', async () => {
    const { page, context, errors } = await openReady(browser);
    await page.locator('#k-step-figure svg').waitFor();
    const figure = page.locator('#one-step-figure');
    const drawn = () => figure.locator('svg').innerHTML();
    const all = await drawn();
    await figure.scrollIntoViewIfNeeded();
    const box = (await figure.boundingBox())!;
    const at = (share: number) => [box.x + box.width * share, box.y + 120] as const;
    await page.mouse.move(...at(0.75));
    await figure.locator('.readout', { hasText: /^\d+ · data .* · Linear \(4\), one step / }).waitFor();
    await page.mouse.down();
    await page.mouse.move(...at(0.9), { steps: 3 });
    await page.mouse.up();
    await expect.poll(drawn, soon).not.toBe(all);
    expect(await page.locator('#window').inputValue()).toBe('');
    await page.mouse.dblclick(...at(0.75));
    await expect.poll(drawn, soon).toBe(all);
    expect(await page.locator('#window').inputValue()).toBe('0');
    await page.selectOption('#window', '30');
    await expect.poll(drawn, soon).not.toBe(all);
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#image')]);
    const picture = await readFile(await download.path());
    // A PNG as wide and high as cards are.
    expect([...picture.subarray(1, 4)]).toEqual([...'PNG'].map((letter) => letter.charCodeAt(0)));
    expect([picture.readUInt32BE(16), picture.readUInt32BE(20)]).toEqual([1200, 630]);
    expect(errors).toEqual([]);
    await context.close();
  });

  it('takes files as people have them on a phone: newest first, with gaps, with long numbers', async () => {
    const { page, context, errors } = await openReady(browser, { width: 390, height: 844 });
    const notes = () => page.locator('#series-notes').textContent();
    const day = (i: number) => new Date(Date.UTC(2020, 0, 1 + i)).toISOString().slice(0, 10);
    const rows = Array.from(
      { length: 120 },
      (_, i) => `${day(i)},${i % 17 === 3 ? '' : 1e12 + 1e9 * Math.sin(i / 4)}`,
    );
    await page.setInputFiles(
      '#file',
      csvFile(
        'a-name-that-is-longer-than-a-phone-is-wide-and-has-no-spaces.csv',
        `date,v\n${rows.reverse().join('\n')}\n`,
      ),
    );
    await expect.poll(notes, soon).toMatch(/newest.*7 of 120 values are missing/s);
    await page.getByText('How it is read', { exact: true }).click();
    await page.selectOption('#fill', 'lines');
    await expect.poll(notes, soon).toContain('7 missing values were filled in');
    await page.locator('#forecast-figure svg').waitFor();
    // Beyond the newest day, not before the oldest.
    await expect.poll(() => page.locator('#origin-value').textContent(), soon).toBe(day(119));
    const labels = await page.locator('#data-figure svg text').allTextContents();
    expect(labels.filter((label) => /^[\d.]+T$/.test(label)).length).toBeGreaterThan(2);
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(390);
    // Nothing of the last file stays when the next is none.
    await page.setInputFiles('#file', csvFile('empty.csv', ''));
    await expect.poll(() => page.locator('#problem').textContent(), soon).toBe('empty.csv is empty.');
    expect(await page.locator('#state').textContent()).toBe('not trained');
    expect(await notes()).toBe('');
    expect(await page.locator('main svg').count()).toBe(0);
    expect(errors).toEqual([]);
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

  it('follows the k slider, by keyboard', async () => {
    const { page, context, errors } = await openReady(browser);
    await chooseQuickModel(page);
    await train(page);
    await page.focus('#k');
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('#k').getAttribute('aria-valuetext')).toBe('17 steps ahead');
    await page.locator('#k-step-figure svg[aria-label*="17 steps ahead"]').waitFor();
    await page.keyboard.press('End');
    await page.locator('#k-step-figure svg[aria-label*="64 steps ahead"]').waitFor();
    expect(errors).toEqual([]);
    await context.close();
  });

  it('moves the origin of the forecast by pointer and by keyboard', async () => {
    const { page, context, errors } = await openReady(browser);
    await chooseQuickModel(page);
    await train(page);
    const chart = page.locator('#forecast-figure svg');
    await chart.scrollIntoViewIfNeeded();
    const origin = () => page.locator('#origin').inputValue().then(Number);
    expect(await origin()).toBe(936);
    const box = (await chart.boundingBox())!;
    await page.mouse.move(box.x + box.width * 0.9, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height / 2, { steps: 5 });
    await page.mouse.up();
    // The chart shows rows 604 to 1064: its middle, between the margins, is about row 825.
    expect(await origin()).toBeGreaterThan(780);
    expect(await origin()).toBeLessThan(870);
    const before = await page.locator('#forecast-summary').textContent();
    await page.focus('#origin');
    await page.keyboard.press('End');
    expect(await origin()).toBe(1000);
    await expect
      .poll(() => page.locator('#forecast-summary').textContent(), soon)
      .toContain('Nobody has seen');
    expect(await page.locator('#forecast-summary').textContent()).not.toBe(before);
    expect(errors).toEqual([]);
    await context.close();
  });

  it('forecasts a CSV file dropped or chosen, with a choice of columns, and gives the forecast as CSV', async () => {
    const { page, context, errors } = await openReady(browser);
    const folder = await mkdtemp(join(tmpdir(), 'throughtime-page-'));
    const path = join(folder, '<img src=x onerror=alert(1)>.csv');
    await writeFile(path, monthlyCsv(120));
    await dragFiles(page.locator('h1'), [path]);
    await expect
      .poll(() => page.locator('#column option').allTextContents(), soon)
      .toEqual(['sales', 'stock']);
    expect(await page.locator('#file-name').textContent()).toBe('<img src=x onerror=alert(1)>.csv');
    expect(await page.locator('img').count()).toBe(0);
    await page.selectOption('#column', 'stock');
    await chooseQuickModel(page);
    await page.fill('#horizon', '12');
    expect(await train(page)).toMatch(/^trained: Linear/);
    expect(await rowNames(page)).toContain('Seasonal naive (12)');
    // After the end of the file: its 120 months are 2010 to 2019.
    await page.locator('#forecast-figure svg[aria-label*="12 steps"]').waitFor();
    expect(await page.locator('#origin-value').textContent()).toBe('2019-12-01');
    const [download] = await Promise.all([page.waitForEvent('download'), page.click('#download')]);
    const lines = (await readFile(await download.path(), 'utf8')).trim().split('\n');
    expect(lines).toHaveLength(13);
    expect(lines[0]).toBe('time,forecast,lower,upper,actual');
    const [time, forecast, lower, upper] = lines[1].split(',');
    expect(time).toBe('2020-01-01');
    expect(Number(lower)).toBeLessThan(Number(forecast));
    expect(Number(upper)).toBeGreaterThan(Number(forecast));
    await rm(folder, { recursive: true });
    expect(errors).toEqual([]);
    await context.close();
  });

  it('says in words what is wrong with a file, and continues', async () => {
    const { page, context, errors } = await openReady(browser);
    const problem = async (name: string, content: string | Buffer) => {
      const before = await page.locator('#problem').textContent();
      await page.setInputFiles('#file', csvFile(name, content));
      await expect.poll(() => page.locator('#problem').textContent(), soon).not.toBe(before);
      return page.locator('#problem').textContent();
    };
    expect(await problem('empty.csv', '')).toBe('empty.csv is empty.');
    expect(await problem('photo.png', Buffer.from([0x89, 0x50, 0xff, 0xd8, 0]))).toBe(
      'photo.png: expected a text file, got one with NUL bytes',
    );
    expect(await problem('words.csv', 'a,b\nx,y\n')).toContain('expected a column of values');
    expect(await problem('quote.csv', 'a,b\n"1,2\n3,4\n')).toContain('quote.csv: not CSV');
    expect(await problem('hole.csv', `x\n${'1\n2\n'.repeat(20)}oops\n`)).toContain("got 'oops' at line 42");
    const days = Array.from({ length: 9 }, (_, i) => `0${i + 1}/01/2021;${i % 4}`).join('\n');
    expect(await problem('days.csv', `date;y\n${days}\n`)).toContain(
      "'02/01/2021' may be 2021-01-02 or 2021-02-01. Choose how it is read: Dates: day first, or Dates: month first.",
    );
    await page.getByText('How it is read', { exact: true }).click();
    await page.selectOption('#dates', 'mdy');
    await expect.poll(() => page.locator('#problem').textContent(), soon).toBe('');
    await page.selectOption('#dates', '');
    await expect.poll(() => page.locator('#problem').textContent(), soon).toContain('may be');
    expect(await problem('wide.csv', ','.repeat(100_000))).toContain('expected at most 200 columns');
    await page.evaluate(() => {
      const data = new DataTransfer();
      const part = new Blob(['1\n'.repeat(5_000_000)]);
      data.items.add(new File(Array<Blob>(20).fill(part), 'big.csv'));
      document.body.dispatchEvent(
        new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }),
      );
    });
    await page.getByText('big.csv has 200 MB; this page takes up to 5.0 MB').waitFor();
    expect(await problem('long.csv', `x\n${'1\n2\n'.repeat(15_000)}`)).toContain('takes up to 20,000');
    // A series that can be read, but not learned from.
    await page.setInputFiles('#file', csvFile('short.csv', 'x\n1\n2\n3\n5\n4\n'));
    await expect.poll(() => page.locator('#problem').textContent(), soon).toBe('');
    expect(await train(page)).toBe('failed');
    expect(await page.locator('#problem').textContent()).toContain('at least 4 are needed');
    await page.selectOption('#source', 'sine');
    await chooseQuickModel(page);
    expect(await train(page)).toBe('trained: Linear (4)');
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
    const context = await browser.browser.newContext({ serviceWorkers: 'block' });
    const page = await context.newPage();
    page.setDefaultTimeout(patience);
    let release = () => {};
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await context.route(/sunspots/, async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(browser.address);
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

  it('keeps the main thread free while a recurrent network trains and its figures are drawn', async () => {
    const { page, context, errors } = await openReady(browser);
    await page.selectOption('#model', 'gru');
    await page.fill('#epochs', '4');
    const { longestCpu, longest } = await mainThreadTasks(browser.browser, page, async () => {
      expect(await train(page)).toBe('trained: GRU');
      await page.locator('#horizon-figure svg').waitFor();
    });
    console.log(
      `main thread: the longest task ${longestCpu.toFixed(1)} ms of computing, ${longest.toFixed(1)} ms by the clock`,
    );
    expect(longestCpu).toBeLessThan(50);
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
    await page.locator('#horizon-figure svg').waitFor();
    const width = await page.evaluate(() => document.documentElement.scrollWidth);
    expect(width).toBeLessThanOrEqual(visit.width);
    expect(await accessibilityViolations(page)).toEqual([]);
    expect(await clippedSelects(page)).toEqual([]);
    expect(errors).toEqual([]);
    await context.close();
  });

  it('loads less than 400 kB, compressed', async () => {
    const { bytes } = await firstLoad(browser, async (page) => {
      await page.locator('#data-figure svg').waitFor();
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

const csvFile = (name: string, content: string | Buffer) => ({
  name,
  mimeType: 'text/csv',
  buffer: Buffer.from(content),
});

/** Months from 2010 with a season, in the semicolons of half the world, and a column of words. */
function monthlyCsv(months: number): string {
  const rows = Array.from({ length: months }, (_, i) => {
    const date = `${2010 + Math.floor(i / 12)}-${String((i % 12) + 1).padStart(2, '0')}-01`;
    const wobble = ((i * 7919) % 13) / 13;
    const sales = 100 + i + 10 * Math.sin((2 * Math.PI * i) / 12) + wobble;
    return `${date};${sales.toFixed(3)};shop ${i % 3};${(500 - sales + 3 * wobble).toFixed(3)}`;
  });
  return `month;sales;shop;stock\n${rows.join('\n')}\n`;
}

async function rowNames(page: Page): Promise<string[]> {
  return page.locator('#comparison tbody th').allTextContents();
}

/** One step ahead. */
async function errorOf(page: Page, name: string): Promise<number> {
  const row = page.locator('#comparison tbody tr', {
    has: page.locator('th', { hasText: new RegExp(`^${name.replace('(', '\\(')}`) }),
  });
  return Number.parseFloat((await row.locator('td').first().textContent()) ?? '');
}
