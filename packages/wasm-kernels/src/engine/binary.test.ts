import { readFileSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import * as fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';

afterEach(() => {
  vi.doUnmock('#binary-file');
  vi.doUnmock('../generated/engine-binaries.js');
  vi.resetModules();
  vi.restoreAllMocks();
});

/** The package as a browser gets it: no file can be read. */
async function inBrowser() {
  vi.resetModules();
  vi.doMock('#binary-file', () => import('./no-binary-file.js'));
  return {
    ...(await import('../index.js')),
    ...(await import('./binary.js')),
    ...(await import('./module.js')),
  };
}

const file = (name: string) =>
  new Uint8Array(readFileSync(new URL(`../generated/${name}.wasm`, import.meta.url)));

/** As scripts/generated.mjs writes them. */
function byTurns({ block, plain, relaxed }: { block: number; plain: number[]; relaxed: number[] }) {
  const blocks: number[] = [];
  for (let at = 0; at < Math.max(plain.length, relaxed.length); at += block)
    blocks.push(...plain.slice(at, at + block), ...relaxed.slice(at, at + block));
  return {
    block,
    lengths: { plain: plain.length, relaxed: relaxed.length },
    deflated: deflateRawSync(Buffer.from(blocks)).toString('base64'),
  };
}

describe('the probe', () => {
  it.each(['plain', 'relaxed'] as const)('says of %s SIMD what the whole module says', async (simd) => {
    const { hasSimd } = await import('./binary.js');
    expect(hasSimd(simd)).toBe(WebAssembly.validate(file(`engine-${simd}`)));
    expect(hasSimd(simd)).toBe(WebAssembly.validate(file(`tfjs-${simd}`)));
  });

  it('says no where there is no WebAssembly, and the engine then cannot run', async () => {
    const { bestSimd, Engine, EngineError, hasSimd, loadEngine } = await inBrowser();
    vi.stubGlobal('WebAssembly', undefined);
    try {
      expect(hasSimd('plain')).toBe(false);
      expect(bestSimd()).toBe('plain');
      await loadEngine();
      expect(() => new Engine()).toThrow(EngineError);
    } finally {
      vi.unstubAllGlobals();
    }
  });
});

describe('where no file can be read', () => {
  it('an engine made before loadEngine() is an error that says what to await, and nothing falls back', async () => {
    const { Engine, EngineError, EngineNotLoadedError, engineOrUndefined, loadEngine } = await inBrowser();
    const memory = vi.spyOn(WebAssembly, 'Memory');
    for (const make of [() => new Engine(), engineOrUndefined]) {
      expect(make).toThrow(EngineNotLoadedError);
      expect(make).not.toThrow(EngineError);
      expect(make).toThrow('await loadEngine() of @throughtime/wasm-kernels before');
    }
    expect(memory).not.toHaveBeenCalled();
    memory.mockRestore();
    await loadEngine();
    const engine = engineOrUndefined();
    expect(engine?.allocate(3)).toHaveLength(3);
    engine?.dispose();
  });

  it('keeps one variant: the other one has to be asked for', async () => {
    const { bestSimd, Engine, loadEngine } = await inBrowser();
    await Promise.all([loadEngine(), loadEngine()]);
    if (bestSimd() === 'relaxed') {
      expect(() => new Engine({ simd: 'plain' })).toThrow("await loadEngine({ simd: 'plain' })");
    }
    await loadEngine({ simd: 'plain' });
    const engine = new Engine({ simd: 'plain', threads: 1 });
    expect(engine.simd).toBe('plain');
    engine.dispose();
    await expect(loadEngine({ simd: 'fast' as 'plain' })).rejects.toThrow(
      "simd: expected one of 'relaxed', 'plain'",
    );
  });

  it('a download that fails is an error with its reason, and can be tried again', async () => {
    const { Binary } = await inBrowser();
    const { EngineNotLoadedError } = await import('./errors.js');
    expect(new EngineNotLoadedError('').isUserError).toBe(false);
    let fails = true;
    const binary = new Binary('engine', async () => {
      if (fails) throw new TypeError('Failed to fetch');
      return { BINARIES: byTurns({ block: 4, plain: [0, 1], relaxed: [] }) };
    });
    await expect(binary.load('plain')).rejects.toThrow('Failed to fetch');
    expect(binary.bytes('plain')).toBeUndefined();
    fails = false;
    await binary.load('plain');
    expect([...binary.bytes('plain')!]).toEqual([0, 1]);
    expect(binary.holds('relaxed')).toBe(false);
  });

  it('names the failed download', async () => {
    const { EngineNotLoadedError, loadEngine } = await inBrowser();
    vi.doMock('../generated/engine-binaries.js', () => {
      throw new TypeError('Failed to fetch');
    });
    const failure = loadEngine();
    await expect(failure).rejects.toThrow(EngineNotLoadedError);
    await expect(failure).rejects.toThrow("the engine's WebAssembly could not be loaded: ");
  });
});

it('in Node the engine is there without loading, and its bytes are what browsers import', async () => {
  const { Binary } = await import('./binary.js');
  const { loadEngine } = await import('./module.js');
  await loadEngine();
  const browsers = (await inBrowser()).Binary;
  for (const simd of ['plain', 'relaxed'] as const) {
    const binary = new Binary('engine', async () => {
      throw new Error('not imported in Node');
    });
    await binary.load(simd);
    const imported = new browsers('engine', () => import('../generated/engine-binaries.js'));
    await imported.load(simd);
    expect(imported.bytes(simd)).toEqual(binary.bytes(simd));
    binary.bytes(simd)![0] = 9;
    expect(binary.bytes(simd)![0]).toBe(0);
  }
});

it('variants of any lengths come out of their blocks', async () => {
  const { Binary } = await inBrowser();
  const bytes = fc.array(fc.nat(255), { maxLength: 20 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 9 }), bytes, bytes, async (block, plain, relaxed) => {
      const binary = new Binary('engine', async () => ({ BINARIES: byTurns({ block, plain, relaxed }) }));
      for (const [simd, expected] of [
        ['plain', plain],
        ['relaxed', relaxed],
      ] as const) {
        await binary.load(simd);
        expect([...binary.bytes(simd)!]).toEqual(expected);
      }
    }),
  );
});
