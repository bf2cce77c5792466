import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DownloadError } from './errors.js';
import { cache, content, expectRefused, get, half, serve, sha256, useCache } from './fixtures/harness.js';
import {
  answer,
  type Behavior,
  cutAfter,
  drip,
  endAfter,
  localServer,
  redirect,
  whole,
  withoutRanges,
} from './fixtures/local-server.js';

useCache();

describe('a download from a bad server', () => {
  const html = '<!doctype html><title>Welcome to the hotel</title>';
  const wrong = content.slice();
  wrong[half] ^= 1;

  it.each<[string, Behavior, string]>([
    [
      'a web page',
      answer(html, { headers: { 'content-type': 'text/html; charset=utf-8' } }),
      'a web page came',
    ],
    [
      'a web page called text',
      answer(html, { headers: { 'content-type': 'text/plain' } }),
      'the file there has 50 bytes, not 300000',
    ],
    ['wrong bytes of the right length', whole(wrong), 'another SHA-256: it is not the file'],
    ['a shorter file', whole(content.subarray(0, -1)), 'the file there has 299999 bytes, not 300000'],
    ['a longer file', whole(new Uint8Array(300_001)), 'more came than the 300000 bytes'],
    ['404', answer('no', { status: 404 }), 'the server answered 404 Not Found'],
    ['503 for ever', answer('', { status: 503 }), 'the server answered 503 Service Unavailable'],
  ])('is refused: %s', async (_, behavior, reason) => {
    await expectRefused([behavior], reason);
  });

  it('is refused when it announces too little', async () => {
    // Fewer bytes are announced than the file has: a client hears no more than those.
    const liar: Behavior = (_, response) => {
      response.socket!.end(
        Buffer.concat([Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n'), content]),
      );
    };
    await expectRefused([liar], 'the file there has 1000 bytes, not 300000');
  });

  it('is refused when it announces more than it has', async () => {
    const liar = answer(content.subarray(0, half), { headers: { 'content-length': content.length } });
    const hangUp: Behavior = (request, response) => {
      liar(request, response);
      response.socket!.end();
    };
    await expectRefused([hangUp], 'could not get data.bin');
  });

  it('is refused when it ends early without announcing anything', async () => {
    await expectRefused(
      [endAfter(content, half), endAfter(content, 0)],
      'the connection was cut after 150000 of 300000 bytes',
    );
  });

  it('is refused when a range says that the file has another size', async () => {
    await writeFile(join(cache, 'data.bin.free.partial'), content.subarray(0, half));
    await expectRefused([whole(content.subarray(0, -1))], 'the file there has 299999 bytes, not 300000');
  });

  it('is given up when bytes come slower than they must', async () => {
    const server = await expectRefused([drip(content)], /no more than \d+ bytes came for 0\.2 s/, {
      stallTimeout: 200,
      leastRate: 10_000,
      attempts: 2,
    });
    expect(server.requests.length).toBe(2);
  });

  it('is given up after the time that it may take in all', async () => {
    await expectRefused([drip(content)], /only \d+ of 300000 bytes came in 0\.2 s/, {
      leastRate: 0,
      totalTimeout: 200,
    });
    await expectRefused([answer('', { status: 503 })], /only \d+ of 300000 bytes came in 0\.2 s/, {
      totalTimeout: 200,
      retryDelay: 100_000,
    });
  });

  it('is refused when it redirects in circles', async () => {
    await expectRefused([redirect('/data.bin')], 'redirect count exceeded', { attempts: 1 });
  });

  it('is tried again when the trouble may pass', async () => {
    const { file, server } = await serve(
      answer('', { status: 503 }),
      answer('', { status: 429 }),
      whole(content),
    );
    expect(Buffer.compare((await get(file)).bytes, content)).toBe(0);
    expect(server.requests.length).toBe(3);
  });

  it('never leaves anything wrong in the cache, whatever the server does in whatever order', async () => {
    const anywhere = fc.integer({ min: 0, max: content.length });
    const behavior = fc.oneof(
      anywhere.map((bytes) => cutAfter(content, bytes)),
      anywhere.map((bytes) => cutAfter(wrong, bytes)),
      anywhere.map((bytes) => whole(content.subarray(0, bytes))),
      fc.constantFrom(
        whole(content),
        whole(wrong),
        withoutRanges(content),
        withoutRanges(wrong),
        whole(new Uint8Array(content.length + 7)),
        answer(html, { headers: { 'content-type': 'text/html' } }),
        answer('', { status: 500 }),
        answer('', { status: 416 }),
        answer(content.subarray(9), { status: 206, headers: { 'content-range': 'bytes 9-299999/300000' } }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(behavior, { minLength: 1, maxLength: 6 }), async (behaviors) => {
        const server = await localServer(...behaviors);
        const file = { file: 'data.bin', url: server.url, bytes: content.length, sha256 };
        const got = await get(file).catch((error) => error);
        await server.close();
        const cached = join(cache, 'data.bin');
        if (got instanceof Error) expect(got).toBeInstanceOf(DownloadError);
        else expect(Buffer.compare(got.bytes, content)).toBe(0);
        if (existsSync(cached)) expect(Buffer.compare(await readFile(cached), content)).toBe(0);
        expect(existsSync(cached)).toBe(!(got instanceof Error));
        await rm(cached, { force: true });
      }),
      { numRuns: 60 },
    );
  });
});
