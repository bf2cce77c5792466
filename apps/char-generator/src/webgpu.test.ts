import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromiumPath } from '@throughtime/page-server';
import { PageBrowser } from '@throughtime/page-server/testing';
import { build } from 'vite';
import { expect, it, onTestFinished } from 'vitest';
import type { Comparison } from './fixtures/webgpu/comparison.js';

/** WebGPU without a graphics card. */
const flags = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
  '--use-vulkan=swiftshader',
];

it.skipIf(!chromiumPath())(
  'reference path and tfjsModel give the same losses and gradients on WebGPU as on the CPU',
  async (test) => {
    const folder = await mkdtemp(join(tmpdir(), 'throughtime-webgpu-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    await build({
      configFile: false,
      logLevel: 'error',
      root: fileURLToPath(new URL('fixtures/webgpu', import.meta.url)),
      base: './',
      resolve: { conditions: ['@throughtime/source', 'module', 'browser', 'import', 'default'] },
      build: { outDir: folder, emptyOutDir: true, target: 'es2022', modulePreload: false, minify: false },
    });
    const browser = await PageBrowser.start(folder, undefined, flags);
    onTestFinished(() => browser.close());
    const { page, errors } = await browser.open();
    const output = page.locator('output');
    await output.waitFor();
    const written = (await output.textContent()) ?? '';
    expect(written).not.toMatch(/^failed/);
    const comparison: Comparison = JSON.parse(written);
    if (!comparison.webgpu) {
      console.warn('SKIPPED: this Chromium has no WebGPU.');
      return test.skip();
    }
    expect(errors).toEqual([]);
    const { cpu, webgpu } = comparison.results;
    expect(Object.keys(webgpu)).toEqual(['rnn', 'gru', 'lstm', 'tfjsModel']);
    for (const [model, passes] of Object.entries(cpu)) {
      for (const [i, { loss, gradients }] of passes.entries()) {
        const other = webgpu[model][i];
        expect(Math.abs(other.loss - loss), `${model}, loss`).toBeLessThan(1e-5);
        for (const [name, values] of Object.entries(gradients)) {
          const apart = values.map((value, at) => Math.abs(value - other.gradients[name][at]));
          expect(Math.max(...apart), `${model}, ${name}`).toBeLessThan(1e-5);
          if (i === 0) expect(Math.max(...values.map(Math.abs)), `${model}, ${name}`).toBeGreaterThan(0);
        }
      }
    }
  },
);
