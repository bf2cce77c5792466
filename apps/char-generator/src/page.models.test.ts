// Models and settings that go to and from the page.
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { expect, it } from 'vitest';
import { pageSuite } from './fixtures/page-suite.js';
import { eventsOf, generate } from './fixtures/run-cli.js';
import { perplexityBelow, resting, rhyme as text, trainBriefly, write } from './fixtures/training-page.js';

pageSuite('a model', (suite) => {
  it(
    'writes models that the command line opens, and opens its models',
    suite.onPage({}, async ({ page }) => {
      await trainBriefly(page);
      const waiting = page.waitForEvent('download');
      await page.click('#download');
      const download = await waiting;
      expect(download.suggestedFilename()).toBe('my-model.zip');
      const files = unzipSync(await readFile(await download.path()));
      const model = join(suite.folder, 'from-page');
      await mkdir(model);
      for (const [name, bytes] of Object.entries(files)) await writeFile(join(model, name), bytes);
      const sample = await generate('sample', '--model', model, '--prompt', 'the owl ', '--length', '20');
      expect(sample.stderr).toBe('');
      expect(sample.stdout.trimEnd()).toHaveLength('the owl '.length + 20);

      const corpus = join(suite.folder, 'rhyme.txt');
      await writeFile(corpus, text);
      const own = join(suite.folder, 'from-command');
      const options = '--hidden 16 --batch 4 --steps 8 --epochs 1 --cell lstm --json'.split(' ');
      const trained = await generate('train', '--corpus', corpus, '--out', own, ...options);
      expect(eventsOf(trained.stdout).at(-1)).toMatchObject({ event: 'done' });
      const parts = ['config.json', 'vocabulary.json', 'model.safetensors'];
      await page.setInputFiles(
        '#upload',
        parts.map((name) => join(own, name)),
      );
      await page.getByText(/^Opened config.json.*: lstm, 1 x 16 units/).waitFor();
      expect(await write(page)).not.toBe('');
      // Weights that claim to be longer than the file, or than any file.
      const damaged = await readFile(join(own, 'model.safetensors'));
      damaged.writeBigUInt64LE(2n ** 60n);
      const hostile = join(suite.folder, 'model.safetensors');
      await writeFile(hostile, damaged);
      await page.setInputFiles('#upload', [join(own, 'config.json'), join(own, 'vocabulary.json'), hostile]);
      await page.getByText('This model cannot be opened.').waitFor();

      // It knows no other characters than its text has.
      await page.fill('#pasted', `${text}€`);
      await page.click('#further');
      await page.locator('#problem').getByText("has never seen, such as '€'").waitFor();
      await page.fill('#pasted', text);
      // It comes without a run: the form says how to go on.
      await page.click('#further');
      await perplexityBelow(page, 4);
      await page.click('#stop');
      await resting(page);
    }),
  );

  it(
    'answers what it cannot use with a message, and works on',
    suite.onPage({}, async ({ page }) => {
      const facts = page.locator('#text-facts');
      const problem = page.locator('#problem');
      const file = (name: string, buffer: Buffer) => ({ name, mimeType: 'text/plain', buffer });
      await page.selectOption('#corpus', 'own');
      await page.click('#start');
      await problem.getByText('Paste a text').waitFor();
      await page.setInputFiles('#file', file('image.png', Buffer.from([0x89, 0x50, 0xff, 0x00])));
      await facts.getByText('image.png is not UTF-8 text.').waitFor();
      await page.evaluate(() => {
        const data = new DataTransfer();
        const part = new Blob(['a'.repeat(10_000_000)]);
        data.items.add(new File(Array<Blob>(20).fill(part), 'large.txt'));
        const drop = new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true });
        document.querySelector('#drop')!.dispatchEvent(drop);
      });
      await facts.getByText('large.txt has 200 MB; this page takes up to 10 MB.').waitFor();
      await page.fill('#pasted', 'too short');
      await page.click('#start');
      await problem.getByText('The text is too short').waitFor();

      await page.setInputFiles('#upload', file('model.zip', Buffer.from('PK no archive')));
      await page.getByText('model.zip is no .zip file, or a damaged one.').waitFor();
      await page.setInputFiles('#upload', file('config.json', Buffer.from('{"format": 1}')));
      await page.getByText('This model cannot be opened. config.json: format: expected').waitFor();
      await page.fill('#hidden', '0');
      await page.click('#start');
      expect(await page.locator('#hidden:invalid').count()).toBe(1);

      // A paste that would choke a text field is kept out of it.
      await page.evaluate(() => {
        const data = new DataTransfer();
        data.setData('text/plain', 'a'.repeat(200_000_000));
        const paste = new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true });
        document.querySelector('#pasted')!.dispatchEvent(paste);
      });
      await facts.getByText('That is 200.0 million characters.').waitFor();
      await trainBriefly(page);
      await page.fill('#prompt', 'żółw');
      await page.click('#write');
      await page.getByText('The model has never seen some of this text.').waitFor();
    }),
  );

  it(
    'shares settings by a link, and says which of a link it would not take',
    suite.onPage(
      { hash: '#cell=lstm&hidden=64&layers=99&corpus=alice&lr=%3Cb%3E' },
      async ({ page, context }) => {
        expect(await page.inputValue('#cell')).toBe('lstm');
        expect(await page.inputValue('#hidden')).toBe('64');
        expect(await page.inputValue('#layers')).toBe('1');
        expect(await page.textContent('#share-note')).toMatch(/stay as they are here: layers, lr\.$/);
        await page.getByText(/^\d+,\d+ characters, \d+ different$/).waitFor();
        await context.grantPermissions(['clipboard-read', 'clipboard-write']);
        await page.fill('#hidden', '48');
        await page.click('#share');
        await page.getByText('Copied.').waitFor();
        const link = await page.evaluate(() => navigator.clipboard.readText());
        expect(link).toBe(page.url());
        expect(link).toContain('hidden=48');
        expect(link).toContain('corpus=alice');
      },
    ),
  );
});
