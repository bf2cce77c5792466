import { expect, it } from 'vitest';
import { startWeb } from './web.mjs';

it.each([
  [['--port'], /--port/],
  [['--bogus'], /--bogus/],
  [['--port', 'abc'], /^--port: expected a whole number from 0 to 65535, got "abc"$/],
  [['--port', '-1'], /--port/],
  [['--port=-1'], /--port: expected .* got "-1"/],
  [['--port', '65536'], /65536/],
  [['--port', '1\n2'], /got "1\\n2"/],
  [['extra'], /extra/],
])('says in one line what is wrong with %j', async (args, message) => {
  const error = await startWeb(args, {}).catch((cause) => cause);
  expect(error).toMatchObject({ isMendable: true, message: expect.stringMatching(message) });
  expect(error.message).not.toContain('\n');
});

it('says in one line that a page is not built and that a port is taken', async () => {
  await expect(startWeb(['--port', '0'], { '/a/': '/none' })).rejects.toMatchObject({
    isMendable: true,
    message: expect.stringContaining('run npm run build'),
  });
  const server = await startWeb(['--port', '0'], {});
  const port = new URL(server.url).port;
  await expect(startWeb(['--port', port], {})).rejects.toThrow(`port ${port} is taken`);
  await server.close();
});
