import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request as httpRequest, type IncomingHttpHeaders, type RequestOptions } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type FolderServer, serveFolders } from './serve-folders.js';

let folder: string;
let server: FolderServer;
let port: number;
const script = `${'let x = 1;\n'.repeat(1000)}`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'throughtime-pages-'));
  await writeFile(join(folder, 'index.html'), '<!doctype html><title>a page</title>');
  await writeFile(join(folder, 'main.js'), script);
  await writeFile(join(folder, 'ten.bin'), '0123456789');
  await mkdir(join(folder, 'assets'));
  server = await serveFolders({ '/one/': folder });
  port = Number(new URL(server.url).port);
});

afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** A request as it is written: fetch would fix its path and refuse some of its headers. */
async function ask(path: string, options: RequestOptions = {}): Promise<Answer> {
  const request = httpRequest({ port, host: '127.0.0.1', path, agent: false, ...options });
  request.end();
  const [response] = await once(request, 'response');
  const body: Buffer[] = [];
  for await (const chunk of response) body.push(chunk);
  return { status: response.statusCode, headers: response.headers, body: Buffer.concat(body) };
}

const ranged = (range: string) => ask('/one/ten.bin', { headers: { range } });

it('serves a folder under its path, isolated and under a strict policy', async () => {
  const response = await fetch(`${server.url}/one/`);
  expect(await response.text()).toContain('a page');
  expect(response.headers.get('cross-origin-opener-policy')).toBe('same-origin');
  expect(response.headers.get('cross-origin-embedder-policy')).toBe('require-corp');
  expect(response.headers.get('content-security-policy')).toContain("default-src 'none'");
});

it('lists the pages at the root and knows nothing else', async () => {
  expect(await (await fetch(server.url)).text()).toContain('<a href="/one/">one</a>');
  for (const path of ['/one/../package.json', '/one/%2e%2e/package.json', '/two/', '/one/none.js', '//one/'])
    expect((await ask(path)).status, path).toBeGreaterThanOrEqual(400);
});

it('redirects a folder without its slash and keeps the query', async () => {
  expect(await ask('/one?seed=3')).toMatchObject({ status: 301, headers: { location: '/one/?seed=3' } });
  expect(await ask('/one/assets')).toMatchObject({ status: 301, headers: { location: '/one/assets/' } });
});

describe('at the root', () => {
  let root: FolderServer;
  beforeAll(async () => {
    root = await serveFolders({ '/': folder });
  });
  afterAll(() => root.close());

  it.each([
    ['/assets', '/assets/'],
    ['//evil.example/..', '/evil.example/../'],
    ['//evil.example/%2e%2e?a#b', '/evil.example/%2e%2e/?a#b'],
    ['///evil.example/..', '/evil.example/../'],
    ['/\\evil.example/..', '/evil.example/../'],
    ['/\\/evil.example/../..', '/evil.example/../../'],
  ])('a redirect of %s leads to the same host', async (path, location) => {
    const answer = await ask(path, { port: Number(new URL(root.url).port) });
    expect(answer).toMatchObject({ status: 301, headers: { location } });
    expect(new URL(location, root.url).origin).toBe(root.url);
  });
});

it.each(['/one', 'one/', 'one', '', '//', '/one//', '/a b/', '/ä/', '/a?b/', '/../', '/one/./', '/"/'])(
  'refuses the path %j, under which nothing or too much would be found',
  async (path) => {
    await expect(serveFolders({ [path]: folder })).rejects.toThrow(
      /^folders: expected paths that begin and end/,
    );
  },
);

it('answers GET and HEAD alone', async () => {
  for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS', 'TRACE', 'PATCH'])
    expect(await ask('/one/', { method })).toMatchObject({ status: 405, headers: { allow: 'GET, HEAD' } });
  const head = await ask('/one/ten.bin', { method: 'HEAD' });
  expect(head).toMatchObject({ status: 200, headers: { 'content-length': '10' } });
  expect(head.body).toHaveLength(0);
});

it.each(['localhost', 'LOCALHOST:80', '127.0.0.1:8080', '[::1]:8080'])('knows the name %s', async (host) => {
  expect((await ask('/one/', { headers: { host } })).status).toBe(200);
});

it.each([
  'example.com',
  'localhost.example.com',
  '127.0.0.1.example.com:80',
  'localhost:80@x',
  'localhost:',
  'user@localhost',
])('refuses the foreign name %j', async (host) => {
  expect((await ask('/one/', { headers: { host } })).status).toBe(403);
});

it('compresses what browsers accept compressed', async () => {
  const gzip = await ask('/one/main.js', { headers: { 'accept-encoding': 'gzip' } });
  expect(gzip.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
  expect(gzip.body.length).toBeLessThan(script.length / 10);
  expect(gunzipSync(gzip.body).toString()).toBe(script);
  expect((await ask('/one/main.js')).body.toString()).toBe(script);
});

describe('ranges', () => {
  it.each([
    ['bytes=0-0', 206, '0', 'bytes 0-0/10'],
    ['bytes=2-5', 206, '2345', 'bytes 2-5/10'],
    ['bytes=7-', 206, '789', 'bytes 7-9/10'],
    ['bytes=-3', 206, '789', 'bytes 7-9/10'],
    ['bytes=-30', 206, '0123456789', 'bytes 0-9/10'],
    ['bytes=4-400', 206, '456789', 'bytes 4-9/10'],
    // Malformed, not of bytes, and several at once: the whole file is a right answer.
    ['bytes=5-2', 200, '0123456789', undefined],
    ['bytes=a-b', 200, '0123456789', undefined],
    ['bytes=-', 200, '0123456789', undefined],
    ['bytes=--1', 200, '0123456789', undefined],
    ['lines=1-2', 200, '0123456789', undefined],
    ['bytes 1-2', 200, '0123456789', undefined],
    ['bytes=1-2,4-5', 200, '0123456789', undefined],
  ])('%s', async (range, status, body, contentRange) => {
    const answer = await ranged(range);
    expect(answer.status).toBe(status);
    expect(answer.body.toString()).toBe(body);
    expect(answer.headers['content-range']).toBe(contentRange);
  });

  it.each(['bytes=10-', 'bytes=10-12', 'bytes=-0', 'bytes=99999999999999999999-'])(
    '%s fits no file',
    async (range) => {
      const answer = await ranged(range);
      expect(answer).toMatchObject({ status: 416, headers: { 'content-range': 'bytes */10' } });
    },
  );

  it('counts the bytes of the file, not of what compresses it', async () => {
    const headers = { range: 'bytes=0-4999', 'accept-encoding': 'gzip' };
    const answer = await ask('/one/main.js', { headers });
    expect(answer.headers['content-encoding']).toBeUndefined();
    expect(answer.body.toString()).toBe(script.slice(0, 5000));
  });
});

it('survives files that vanish and files that cannot be opened', async () => {
  const file = join(folder, 'sometimes.js');
  const churn = (async () => {
    for (let i = 0; i < 300; i++) {
      await writeFile(file, script);
      await chmod(file, i % 2 === 0 ? 0o600 : 0);
      await rm(file);
    }
  })();
  const statuses = new Set<number>();
  for (let i = 0; i < 300; i++) {
    const answer = await ask('/one/sometimes.js').catch(() => undefined);
    if (answer) statuses.add(answer.status);
  }
  await churn;
  expect([...statuses].filter((status) => ![200, 404, 500].includes(status))).toEqual([]);
  expect((await ask('/one/')).status).toBe(200);
});

it('answers or refuses 10,000 random requests, and then still serves', async () => {
  const path = fc.oneof(
    fc.constantFrom(
      '/one/',
      '/one',
      '/',
      '/one/main.js',
      '/one/ten.bin',
      '/one/assets',
      '*',
      '/one/%',
      '/%00',
    ),
    fc.stringMatching(/^\/one\/[!-~]{0,40}$/),
    fc.stringMatching(/^[!-~]{1,60}$/),
    fc.webPath(),
  );
  const whole = fc.oneof(fc.nat(20).map(String), fc.constantFrom('', '-', 'a', '1e9', '9'.repeat(30)));
  const header = fc.oneof(
    fc.tuple(whole, whole).map(([from, to]) => ['Range', `bytes=${from}-${to}`]),
    fc.stringMatching(/^[ -~]{0,40}$/).map((text) => ['Range', text]),
    fc.stringMatching(/^[ -~]{0,40}$/).map((text) => ['Accept-Encoding', text]),
    fc.stringMatching(/^[ -~]{0,40}$/).map((text) => ['If-Range', text]),
    fc.stringMatching(/^[ -~]{0,40}$/).map((text) => ['If-Modified-Since', text]),
    fc.stringMatching(/^[ -~]{0,40}$/).map((text) => ['If-None-Match', text]),
    fc.stringMatching(/^[!-~]{0,20}$/).map((text) => ['Host', text]),
    fc.constantFrom(['Expect', '100-continue'], ['Upgrade', 'websocket'], ['Content-Length', '-1']),
    fc.tuple(fc.stringMatching(/^[!-~]{1,10}$/), fc.stringMatching(/^[ -ÿ]{0,20}$/)),
  );
  const method = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom('GET', 'HEAD') },
    { weight: 2, arbitrary: fc.stringMatching(/^[A-Z]{1,8}$/) },
  );
  const request = fc
    .record({ method, path, version: fc.constantFrom('1.1', '1.1', '1.0', '9'), headers: fc.array(header) })
    .map(({ method: verb, path: target, version, headers }) =>
      [`${verb} ${target} HTTP/${version}`, 'Host: localhost', ...headers.map((one) => one.join(': '))].join(
        '\r\n',
      ),
    );
  // One after another on a connection; where the server closes, the rest of them has no answer, as it should be.
  const exchange = async (requests: readonly string[]) => {
    const socket = connect(port, '127.0.0.1');
    let answers = '';
    socket.setEncoding('latin1').on('data', (text) => {
      answers += text;
    });
    socket.on('error', () => {});
    for (const one of requests) socket.write(`${one}\r\n\r\n`, 'latin1');
    socket.end();
    await once(socket, 'close');
    return answers;
  };
  const statuses = new Map<string, number>();
  let sent = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 5, maxLength: 5, size: 'max' }), async (requests) => {
      sent += requests.length;
      // Each on a connection of its own: none is lost behind another that ends its connection.
      for (const answers of await Promise.all(requests.map((one) => exchange([one])))) {
        const status = /^HTTP\/1\.1 (\d{3})/.exec(answers)?.[1] ?? 'closed';
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
      await exchange(requests);
    }),
    { numRuns: 1000 },
  );
  expect(sent * 2).toBe(10_000);
  expect([...statuses.keys()].filter((status) => /^5/.test(status))).toEqual([]);
  expect(statuses.get('200')).toBeGreaterThan(50);
  expect((await ask('/one/')).status).toBe(200);
}, 120_000);

it('names a folder that was not built, and a port that is taken', async () => {
  await expect(serveFolders({ '/two/': join(folder, 'none') })).rejects.toThrow('run npm run build');
  await expect(serveFolders({ '/one/': folder }, { port: '80' as unknown as number })).rejects.toThrow(
    "port: expected a whole number from 0 to 65535, got '80'",
  );
  await expect(serveFolders({ '/one/': folder }, { port })).rejects.toMatchObject({ code: 'EADDRINUSE' });
});
