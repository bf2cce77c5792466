import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dragFiles, PageBrowser } from '@throughtime/page-server/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  builtPage,
  chooseQuickModel,
  csvFile,
  hasBrowser,
  monthlyCsv,
  openReady,
  rowNames,
  soon,
  train,
} from './fixtures/forecast-page.js';

describe.skipIf(!hasBrowser())('files that people bring to the page', () => {
  let browser: PageBrowser;

  beforeAll(async () => {
    browser = await PageBrowser.start(builtPage);
  });

  afterAll(async () => {
    await browser?.close();
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
});
