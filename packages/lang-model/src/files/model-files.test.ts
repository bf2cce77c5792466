import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { Random } from '@throughtime/random';
import { decodeHeader, decodeSafetensors, encodeSafetensors, type Tensor } from '@throughtime/safetensors';
import { charTokenizer, Vocabulary } from '@throughtime/text-preprocess';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  RecurrentLanguageModel,
  type RecurrentLanguageModelOptions,
} from '../recurrent/recurrent-language-model.js';
import type { ModelFileName, ModelFiles } from './file-contents.js';
import { fnv1a } from './fingerprint.js';
import { decodeModel, encodeModel, savedRun } from './model-files.js';
import { DamagedModelFileError, MissingModelFileError, NewerModelFileError } from './model-files-error.js';

const vocabulary = Vocabulary.fromTokens([...'call me ishmael 😀']);

function model(options: Partial<RecurrentLanguageModelOptions> = {}): RecurrentLanguageModel {
  return new RecurrentLanguageModel({ vocabulary, hiddenSize: 5, random: Random.seeded(2), ...options });
}

function files(lm = model()): Record<ModelFileName, Uint8Array> {
  const pieces = encodeModel(lm, { tokenizer: charTokenizer(), notes: { cleaning: 'none' } });
  return Object.fromEntries(
    Object.entries(pieces).map(([name, parts]) => [
      name,
      Uint8Array.from(parts.flatMap((part) => [...part])),
    ]),
  ) as Record<ModelFileName, Uint8Array>;
}

/** The same files with a change to one of the JSON files. */
function edited(
  name: 'config.json' | 'vocabulary.json',
  change: (json: Record<string, unknown>) => unknown,
): ModelFiles {
  const all = files();
  const json = change(JSON.parse(new TextDecoder().decode(all[name])));
  return { ...all, [name]: new TextEncoder().encode(JSON.stringify(json)) };
}

/** The same files with a change to the weights. */
function reweighted(change: (tensors: Map<string, Tensor>) => void): ModelFiles {
  const all = files();
  const tensors = new Map(decodeSafetensors(all['model.safetensors']).tensors);
  change(tensors);
  return { ...all, 'model.safetensors': encodeSafetensors(tensors) };
}

beforeAll(async () => {
  await tf.setBackend('wasm');
});

describe('a model saved and loaded', () => {
  it.each<[string, Partial<RecurrentLanguageModelOptions>]>([
    ['as it is by default', {}],
    ['with two GRU layers and an embedding', { cell: 'gru', layers: 2, embedding: 3 }],
    ['with a tied decoder', { embedding: 5, tied: true, dropout: { embedding: 0.1, locked: true } }],
    ['with layers of different sizes', { hiddenSize: [4, 3] }],
    ['with dropout of the state', { cell: 'gru', dropout: { state: 0.25 } }],
  ])('%s gives the same scores', async (_, options) => {
    const lm = model(options);
    const loaded = decodeModel(files(lm));
    const ids = vocabulary.encode([...'me call']);
    expect([...(await loaded.model.score(ids))]).toEqual([...(await lm.score(ids))]);
    expect(loaded.model.config).toEqual(lm.config);
    expect(loaded.model.vocabulary?.tokens).toEqual(vocabulary.tokens);
  });

  describe('with a tied decoder', () => {
    const tied = () => model({ embedding: 5, tied: true });
    const ids = vocabulary.encode([...'me call']);
    /** The files with a change to the weights, whose checksum is gone, and this metadata beside the model's own. */
    const changed = (change: (tensors: Map<string, Tensor>) => void, more: Record<string, string> = {}) => {
      const all = files(tied());
      const read = decodeSafetensors(all['model.safetensors']);
      const tensors = new Map(read.tensors);
      change(tensors);
      const { 'throughtime.data': _, ...metadata } = read.metadata;
      return { ...all, 'model.safetensors': encodeSafetensors(tensors, { ...metadata, ...more }) };
    };

    it('loads under either name alone, as safetensors.torch.save_model keeps only one', async () => {
      const expected = [...(await tied().score(ids))];
      const kept = { 'embedding.weight': 'decoder.weight' };
      const first = changed((tensors) => tensors.delete('embedding.weight'), kept);
      expect([...(await decodeModel(first).model.score(ids))]).toEqual(expected);
      expect([
        ...(await decodeModel(changed((tensors) => tensors.delete('decoder.weight'))).model.score(ids)),
      ]).toEqual(expected);
      const neither = changed((tensors) => {
        tensors.delete('decoder.weight');
        tensors.delete('embedding.weight');
      });
      expect(() => decodeModel(neither)).toThrow("expected a weight 'embedding.weight', found none");
    });

    it('is refused where the two names differ in any weight', () => {
      fc.assert(
        fc.property(fc.nat(10_000), fc.constantFrom('decoder.weight', 'embedding.weight'), (where, name) => {
          const damaged = changed((tensors) => {
            const { shape, data } = tensors.get(name)! as Tensor & { data: Float32Array };
            const values = data.slice();
            values[where % values.length] = 2 * values[where % values.length] + 1;
            tensors.set(name, { dtype: 'F32', shape, data: values });
          });
          expect(() => decodeModel(damaged)).toThrow(DamagedModelFileError);
          expect(() => decodeModel(damaged)).toThrow(
            "'decoder.weight': expected the values of 'embedding.weight', to which config.json ties it, got",
          );
        }),
        { numRuns: 20 },
      );
    });

    it('is refused where the second name has another shape', () => {
      const damaged = changed((tensors) => {
        tensors.set('decoder.weight', { dtype: 'F32', shape: [1], data: new Float32Array(1) });
      });
      expect(() => decodeModel(damaged)).toThrow("'decoder.weight': expected shape");
    });
  });

  it('is refused where a bit of its weights has flipped, unless that is accepted', () => {
    const whole = files();
    const { dataStart } = decodeHeader(whole['model.safetensors']);
    const first = decodeModel(whole).model.parameters;
    fc.assert(
      fc.property(
        fc.integer({ min: dataStart, max: whole['model.safetensors'].length - 1 }),
        // The highest bit of an exponent may make a weight infinite, which no option accepts.
        fc.constantFrom(0, 1, 2, 3, 4, 5, 7),
        (at, bit) => {
          const weights = whole['model.safetensors'].slice();
          weights[at] ^= 1 << bit;
          const damaged = { ...whole, 'model.safetensors': weights };
          expect(() => decodeModel(damaged)).toThrow(DamagedModelFileError);
          expect(() => decodeModel(damaged)).toThrow(
            'model.safetensors: damaged: the data do not match their checksum',
          );
          const warnings: string[] = [];
          const { model } = decodeModel(damaged, {
            acceptDamage: true,
            onWarning: (warning) => warnings.push(warning),
          });
          expect(warnings).toEqual(['model.safetensors: damaged: the data do not match their checksum']);
          const changed = model.parameters.filter(({ data }, i) =>
            data.some((value, j) => !Object.is(value, first[i].data[j])),
          );
          expect(changed).toHaveLength(1);
        },
      ),
      { numRuns: 200 },
    );
  });

  it('says where its weights have no checksum, as other programs write them', () => {
    const warnings: string[] = [];
    const onWarning = (warning: string) => warnings.push(warning);
    decodeModel(files(), { onWarning });
    expect(warnings).toEqual([]);
    decodeModel(
      reweighted(() => {}),
      { onWarning },
    );
    expect(warnings).toEqual([expect.stringMatching(/^model\.safetensors: has no checksum/)]);
    expect(() => decodeModel(files(), { acceptDamages: true } as never)).toThrow(
      "did you mean 'acceptDamage'?",
    );
  });

  it('names its run where it was told, and is the same to the byte each time', () => {
    const encoded = (run?: string) =>
      Buffer.concat(encodeModel(model(), run === undefined ? {} : { run })['model.safetensors']!);
    expect(savedRun(decodeHeader(encoded('ab12')).metadata)).toBe('ab12');
    expect(savedRun(decodeHeader(encoded()).metadata)).toBeUndefined();
    expect(encoded('ab12')).toEqual(encoded('ab12'));
    expect(() => encodeModel(model(), { run: '' })).toThrow('run: expected a string that is not empty');
  });

  it('may have been written as version 1, whose weights know its fingerprint', async () => {
    const lm = model({ cell: 'gru' });
    const written = files(lm);
    const config = JSON.parse(new TextDecoder().decode(written['config.json']));
    const { hiddenSize: units, ...architecture } = config.model;
    const old = { ...config, version: 1, model: { ...architecture, units } };
    const fingerprint = fnv1a(
      new TextEncoder().encode(JSON.stringify({ architecture: old.model, tokenizer: old.tokenizer })),
    );
    const { tensors, metadata } = decodeSafetensors(written['model.safetensors']);
    const loaded = decodeModel({
      ...written,
      'config.json': new TextEncoder().encode(JSON.stringify(old)),
      'model.safetensors': encodeSafetensors(tensors, { ...metadata, 'throughtime.config': fingerprint }),
    });
    expect(loaded.model.config).toMatchObject({ cell: 'gru', hiddenSize: 5 });
    expect(loaded.model.config).not.toHaveProperty('units');
    const ids = vocabulary.encode([...'me call']);
    expect([...(await loaded.model.score(ids))]).toEqual([...(await lm.score(ids))]);
  });

  it('is refused by name where a newer release wrote it', () => {
    const newer = edited('config.json', (json) => ({ ...json, version: 4 }));
    expect(() => decodeModel(newer)).toThrow(NewerModelFileError);
    expect(() => decodeModel(newer)).toThrow('config.json: version: expected at most 3, got 4');
  });

  it('tells by config.json alone what is no model', () => {
    const files = { 'config.json': new TextEncoder().encode('{"format": 1}') };
    expect(() => decodeModel(files)).toThrow('config.json: format: expected');
  });

  it('brings its tokenizer and notes back', () => {
    const { tokenizer, notes } = decodeModel(files());
    expect(tokenizer?.toJSON()).toEqual(charTokenizer().toJSON());
    expect(notes).toEqual({ cleaning: 'none' });
  });

  it('may have no vocabulary', () => {
    const lm = new RecurrentLanguageModel({ vocabularySize: 4, hiddenSize: 3, random: Random.seeded(1) });
    const saved = files(lm);
    expect(Object.keys(saved)).not.toContain('vocabulary.json');
    expect(decodeModel(saved).model.vocabularySize).toBe(4);
  });

  it('holds the weights under the names of a PyTorch module, a tied decoder included', () => {
    const names = (lm: RecurrentLanguageModel) =>
      [...decodeSafetensors(files(lm)['model.safetensors']).tensors.keys()].sort();
    const lstm = ['rnn.bias_hh_l0', 'rnn.bias_ih_l0', 'rnn.weight_hh_l0', 'rnn.weight_ih_l0'];
    expect(names(model())).toEqual(['decoder.bias', 'decoder.weight', ...lstm]);
    expect(names(model({ embedding: 5, tied: true }))).toEqual([
      'decoder.bias',
      'decoder.weight',
      'embedding.weight',
      ...lstm,
    ]);
  });

  it('may come with half precision weights', () => {
    const half = reweighted((tensors) => {
      // 0x3C00 is 1 in IEEE 754 binary16.
      const { shape } = tensors.get('decoder.bias')!;
      tensors.set('decoder.bias', { dtype: 'F16', shape, data: new Uint16Array(shape[0]).fill(0x3c00) });
    });
    expect(Math.max(...decodeModel(half).model.parameters.at(-1)!.data)).toBe(1);
  });
});

describe('weights that were saved with other files', () => {
  const otherTokens = Vocabulary.fromTokens([...'call me ishmael 🙂']);
  const says = (file: string) =>
    new RegExp(`model.safetensors: expected weights saved together with this ${file}`);

  it('as a kill between two files leaves them, are refused, though the sizes are the same', () => {
    expect(otherTokens.size).toBe(vocabulary.size);
    const mixed = {
      ...files(),
      'vocabulary.json': files(model({ vocabulary: otherTokens }))['vocabulary.json'],
    };
    expect(() => decodeModel(mixed)).toThrow(DamagedModelFileError);
    expect(() => decodeModel(mixed)).toThrow(says('vocabulary.json'));
    const gru = { cell: 'gru' as const };
    const before = {
      ...files(model(gru)),
      'config.json': files(model({ ...gru, resetAfter: false }))['config.json'],
    };
    expect(() => decodeModel(before)).toThrow(says('config.json'));
  });

  it('are taken where only notes, dropout or penalties differ', () => {
    const changed = edited('config.json', ({ model: architecture, ...json }) => ({
      ...json,
      notes: { epochs: 2 },
      model: { ...(architecture as object), dropout: { output: 0.5 }, activationPenalty: { size: 2 } },
    }));
    expect(decodeModel(changed).notes).toEqual({ epochs: 2 });
  });

  it('are taken from older files and other programs, which do not tell', () => {
    const { vocabulary: loaded } = decodeModel(reweighted(() => {})).model;
    expect(loaded?.tokens).toEqual(vocabulary.tokens);
  });
});

describe('files that are no model', () => {
  it.each(['config.json', 'vocabulary.json', 'model.safetensors'] as const)('without %s say so', (name) => {
    const { [name]: _, ...rest } = files();
    expect(() => decodeModel(rest)).toThrow(MissingModelFileError);
    expect(() => decodeModel(rest)).toThrow(new RegExp(`^${name}: expected`));
  });

  it.each(['config.json', 'vocabulary.json', 'model.safetensors'] as const)(
    'with %s cut short anywhere say so',
    (name) => {
      const all = files();
      const { length } = all[name];
      for (const keep of [0, 1, 7, 8, 20, Math.floor(length / 2), length - 2]) {
        const cut = { ...all, [name]: all[name].slice(0, keep) };
        expect(() => decodeModel(cut), `${keep} bytes`).toThrow(DamagedModelFileError);
        expect(() => decodeModel(cut)).toThrow(new RegExp(`^${name}: `));
      }
    },
  );

  it('is refused where a weight is NaN or infinite, also as float32 alone', () => {
    const model64 = (value: number) => ({ dtype: 'F64' as const, value });
    const bits = (dtype: 'F16' | 'BF16', value: number) => ({ dtype, value });
    fc.assert(
      fc.property(
        fc.constantFrom(
          { dtype: 'F32' as const, value: Number.NaN },
          { dtype: 'F32' as const, value: Infinity },
          { dtype: 'F32' as const, value: -Infinity },
          model64(1e300),
          model64(-1e39),
          model64(Number.NaN),
          bits('F16', 0x7c00),
          bits('F16', 0x7e00),
          bits('BF16', 0xff80),
          bits('BF16', 0x7fc0),
        ),
        fc.nat(1000),
        fc.nat(1000),
        ({ dtype, value }, which, where) => {
          let damagedName = '';
          const damaged = reweighted((tensors) => {
            const names = [...tensors.keys()];
            damagedName = names[which % names.length];
            const { shape, data } = tensors.get(damagedName)!;
            const Data = { F32: Float32Array, F64: Float64Array, F16: Uint16Array, BF16: Uint16Array }[dtype];
            const values = new Data(data.length);
            values[where % data.length] = value;
            tensors.set(damagedName, { dtype, shape, data: values } as Tensor);
          });
          expect(() => decodeModel(damaged)).toThrow(DamagedModelFileError);
          expect(() => decodeModel(damaged)).toThrow(`model.safetensors: '${damagedName}': expected`);
        },
      ),
      { numRuns: 60 },
    );
    const overflowing = reweighted((tensors) => {
      const { shape, data } = tensors.get('decoder.bias')!;
      tensors.set('decoder.bias', { dtype: 'F64', shape, data: new Float64Array(data.length).fill(1e300) });
    });
    expect(() => decodeModel(overflowing)).toThrow(
      "'decoder.bias': expected numbers within the range of float32, got 1e+300 at index 0",
    );
  });

  it('is not written with weights that could not be read again', () => {
    const lm = model();
    lm.parameters[1].data[0] = Number.NaN;
    expect(() => encodeModel(lm)).toThrow(
      `model: expected finite weights, got NaN in '${lm.parameters[1].name}'`,
    );
  });

  it.each(['F8_E4M3', 'Q4'])('is refused by name where a weight is %s', (dtype) => {
    const all = files();
    const bytes = all['model.safetensors'].slice();
    const header = new TextDecoder().decode(
      bytes.subarray(8, 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true))),
    );
    const json = JSON.parse(header);
    json['decoder.bias'].dtype = dtype;
    if (dtype === 'F8_E4M3') json['decoder.bias'].shape = [json['decoder.bias'].shape[0] * 4];
    const text = new TextEncoder().encode(JSON.stringify(json));
    const damaged = new Uint8Array(8 + text.length + bytes.length - 8 - header.length);
    new DataView(damaged.buffer).setBigUint64(0, BigInt(text.length), true);
    damaged.set(text, 8);
    damaged.set(bytes.subarray(8 + header.length), 8 + text.length);
    expect(() => decodeModel({ ...all, 'model.safetensors': damaged })).toThrow(DamagedModelFileError);
    expect(() => decodeModel({ ...all, 'model.safetensors': damaged })).toThrow("'decoder.bias': expected");
  });

  it.each<[string, ModelFiles, RegExp]>([
    ['another JSON', edited('config.json', () => ({ model_type: 'bert' })), /config.json: format: expected/],
    ['a list', edited('config.json', () => []), /config.json: expected an object/],
    [
      'a version that is none',
      edited('config.json', (json) => ({ ...json, version: 0 })),
      /version: expected a whole number from 1 to 3, got 0/,
    ],
    [
      'a field of a later version in version 1',
      edited('config.json', (json) => ({ ...json, version: 1 })),
      /model.hiddenSize: expected no field of that name in version 1/,
    ],
    [
      'a field of version 1 in a later version',
      edited('config.json', (json) => ({ ...json, model: { vocabularySize: 12, units: 5 } })),
      /config.json: model.units: expected the name of an option/,
    ],
    [
      'an n-gram model',
      edited('config.json', (json) => ({ ...json, kind: 'ngram' })),
      /kind: expected none, as of a recurrent model, got 'ngram'/,
    ],
    [
      'an impossible architecture',
      edited('config.json', (json) => ({ ...json, model: { vocabularySize: 12, hiddenSize: 'many' } })),
      /config.json: model.hiddenSize: expected a whole number/,
    ],
    [
      'a rate where a record of rates belongs',
      edited('config.json', (json) => ({ ...json, model: { vocabularySize: 12, dropout: 0.9 } })),
      /config.json: model.dropout: expected an object with the options/,
    ],
    [
      'an unknown rate',
      edited('config.json', (json) => ({ ...json, model: { vocabularySize: 12, zoneout: { hiden: 0.1 } } })),
      /config.json: model.zoneout.hiden: expected the name of an option/,
    ],
    [
      'an unknown field',
      edited('config.json', (json) => ({ ...json, model: { vocabularySize: 12, attention: true } })),
      /config.json: model.attention: expected the name of an option/,
    ],
    [
      'a vocabulary of another size',
      edited('vocabulary.json', () => Vocabulary.fromList(['a', 'b']).toJSON()),
      /vocabulary.json: expected \d+ tokens, as config.json has it, got 2/,
    ],
    [
      'a vocabulary that is none',
      edited('vocabulary.json', () => ({ tokens: [] })),
      /vocabulary.json: vocabulary: format: expected/,
    ],
    [
      'a weight missing',
      reweighted((tensors) => tensors.delete('decoder.bias')),
      /model.safetensors: expected a weight 'decoder.bias', found none/,
    ],
    [
      'a weight too many',
      reweighted((tensors) => tensors.set('head', { dtype: 'F32', shape: [1], data: Float32Array.of(1) })),
      /expected no weight 'head'/,
    ],
    [
      'a weight of another shape',
      reweighted((tensors) =>
        tensors.set('decoder.bias', { dtype: 'F32', shape: [1], data: Float32Array.of(1) }),
      ),
      /'decoder.bias': expected shape \[\d+\], as config.json has it, got \[1\]/,
    ],
    [
      'whole numbers for weights',
      reweighted((tensors) => {
        const { shape } = tensors.get('decoder.bias')!;
        tensors.set('decoder.bias', { dtype: 'I32', shape, data: new Int32Array(shape[0]) });
      }),
      /model.safetensors: .*I32/,
    ],
  ])('with %s say so', (_, damaged, message) => {
    expect(() => decodeModel(damaged)).toThrow(DamagedModelFileError);
    expect(() => decodeModel(damaged)).toThrow(message);
  });

  it('claiming a huge architecture are refused before its weights are allocated', () => {
    const claiming = (architecture: object) =>
      edited('config.json', (json) => ({ ...json, model: { vocabularySize: 2 ** 40, ...architecture } }));
    expect(() => decodeModel(claiming({ hiddenSize: 2 ** 30 }))).toThrow(/expected shape/);
    for (const hiddenSize of [4, 2 ** 30]) {
      expect(() => decodeModel(claiming({ hiddenSize, layers: 4e9 }))).toThrow(DamagedModelFileError);
      expect(() => decodeModel(claiming({ hiddenSize, layers: 4e9 }))).toThrow(
        /config.json: model.layers: expected/,
      );
    }
  });
});
