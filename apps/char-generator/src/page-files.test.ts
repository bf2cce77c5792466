import { readFileSync } from 'node:fs';
import { loadEngine } from '@throughtime/lang-model';
import { FileProblem } from '@throughtime/web-page';
import { zipSync } from 'fflate';
import { expect, it } from 'vitest';
import {
  modelFiles,
  openModelFiles,
  readModelFiles,
  sharedModel,
  writingOf,
} from '../web/worker/page-files.js';

const zip = (members: Record<string, Uint8Array>) =>
  new File([zipSync(members) as Uint8Array<ArrayBuffer>], 'model.zip');

it('reads the members of a model from an archive, wherever in it they are', async () => {
  const files = await readModelFiles([
    zip({
      'a/b/config.json': Uint8Array.of(1),
      'vocabulary.json': Uint8Array.of(2),
      'a/other': Uint8Array.of(3),
    }),
  ]);
  expect(files).toEqual({ 'config.json': Uint8Array.of(1), 'vocabulary.json': Uint8Array.of(2) });
});

it('refuses an archive with two members of one name before it unpacks them', async () => {
  const twice = zip({
    'd1/model.safetensors': new Uint8Array(10),
    'd2/model.safetensors': new Uint8Array(10),
  });
  await expect(readModelFiles([twice])).rejects.toThrow('model.zip holds more than one model.safetensors.');
});

it('refuses an archive whose members come to more than the page opens, by what it claims', async () => {
  const archive = zipSync({ 'model.safetensors': new Uint8Array(10), 'config.json': new Uint8Array(10) });
  const view = new DataView(archive.buffer);
  const sizes = [300e6, 201e6];
  // An entry of the central directory: its signature, and the uncompressed size 24 bytes on.
  for (let at = 0; at + 46 < archive.length; at++)
    if (view.getUint32(at, true) === 0x02014b50) view.setUint32(at + 24, sizes.shift() ?? 0, true);
  const chosen = new File([archive as Uint8Array<ArrayBuffer>], 'model.zip');
  await expect(readModelFiles([chosen])).rejects.toThrow(FileProblem);
  await expect(readModelFiles([chosen])).rejects.toThrow(/model\.zip come to 501 MB/);
});

it('refuses an archive with a flipped bit in a member', async () => {
  const archive = zipSync({ 'config.json': new TextEncoder().encode('{"hiddenSize": 8}') }, { level: 0 });
  // The member's last byte but two: its header has 30 bytes and its name.
  archive[30 + 'config.json'.length + 15] ^= 1;
  const chosen = new File([archive as Uint8Array<ArrayBuffer>], 'model.zip');
  await expect(readModelFiles([chosen])).rejects.toThrow('model.zip is no .zip file, or a damaged one.');
});

it('warns of a model without a checksum, as the command does, and of none that it saved itself', async () => {
  await loadEngine();
  const folder = new URL(
    '../../../packages/lang-model/src/files/fixtures/format-1/gru-fused-dropout/',
    import.meta.url,
  );
  const names = ['config.json', 'vocabulary.json', 'model.safetensors'];
  const files = Object.fromEntries(
    names.map((name) => [name, new Uint8Array(readFileSync(new URL(name, folder)))]),
  );
  const { model, warnings } = openModelFiles(files);
  expect(warnings).toEqual([expect.stringMatching(/^model\.safetensors: .*no checksum/)]);
  expect(openModelFiles(modelFiles(model)).warnings).toEqual([]);
});

it('shares a model with how its text was written, as the same bytes every time, and takes nothing else for that', async () => {
  const files = { 'config.json': Uint8Array.of(1), 'model.safetensors': new Uint8Array(100) };
  const writing = { prompt: 'the "owl"\n', temperature: '0.7' };
  const archive = sharedModel(files, writing);
  expect(sharedModel(files, writing)).toEqual(archive);
  const { 'writing.json': told, ...others } = await readModelFiles([new File([archive], 'shared.zip')]);
  expect(others).toEqual(files);
  expect(writingOf({ 'writing.json': told })).toEqual(writing);
  expect(await readModelFiles([new File([sharedModel(files)], 'shared.zip')])).toEqual(files);
  const say = (text: string) => writingOf({ 'writing.json': new TextEncoder().encode(text) });
  expect(say('{"prompt": "a", "seed": 3, "model": {}}')).toEqual({ prompt: 'a' });
  for (const text of ['', '[1]', 'null', '"a"', `{"prompt": "${'x'.repeat(30_000)}"}`])
    expect(say(text), text.slice(0, 9)).toBeUndefined();
});
