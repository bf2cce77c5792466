import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ArgumentError,
  abortSignal,
  boolean,
  checkOptions,
  dropRate,
  either,
  exactly,
  grouped,
  instance,
  inWords,
  isBytes,
  isUserError,
  list,
  messageOf,
  nearestName,
  number,
  numbers,
  oneOf,
  plainData,
  positive,
  probability,
  record,
  required,
  resolveOptions,
  showValue,
  ThroughtimeError,
  text,
  UnknownOptionError,
  whole,
  withDefault,
  withMethods,
} from './index.js';

const messageFrom = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    return messageOf(error);
  }
  throw new Error('expected an error');
};

describe('ArgumentError', () => {
  it('says which argument, what was expected, what came', () => {
    const error = new ArgumentError('hiddenSize', 'a whole number', 'three', { hint: 'try 3' });
    expect(error.message).toBe("hiddenSize: expected a whole number, got 'three' (try 3)");
    expect(error).toMatchObject({ argument: 'hiddenSize', expected: 'a whole number', got: "'three'" });
    expect(error.messageFor('--hidden')).toBe("--hidden: expected a whole number, got 'three' (try 3)");
  });

  it('takes words in place of a value', () => {
    expect(new ArgumentError('batches', 'at least one', inWords('none')).message).toBe(
      'batches: expected at least one, got none',
    );
  });
});

describe('isUserError', () => {
  class NoMemoryError extends ThroughtimeError {
    override get isUserError() {
      return false;
    }
  }

  it('asks the mark', () => {
    expect(isUserError(new ArgumentError('a', 'b', 1))).toBe(true);
    expect(isUserError(new NoMemoryError('full'))).toBe(false);
    expect(isUserError(new RangeError('Invalid array length'))).toBe(false);
    expect(isUserError('a string')).toBe(false);
    // An error of a second copy of this package.
    expect(isUserError(Object.assign(new Error('from elsewhere'), { isUserError: true }))).toBe(true);
  });

  it('does not show the mark where errors are printed', () => {
    expect(Object.keys(new ThroughtimeError('x'))).not.toContain('isUserError');
  });
});

describe('showValue', () => {
  it.each([
    ['three', "'three'"],
    ["it's", "'it\\'s'"],
    ['a\nb\u001b[31m\u202e', "'a\\nb\\u001b[31m\\u202e'"],
    [-0, '-0'],
    [Number.NaN, 'NaN'],
    [3n, '3n'],
    [undefined, 'undefined'],
    [null, 'null'],
    [[3], '[3]'],
    [[1, 'a', [2, [3]]], "[1, 'a', [2, a list of 1]]"],
    [{ betwen: 0.5, 'a b': null }, "{ betwen: 0.5, 'a b': null }"],
    [{}, '{}'],
    [new Float32Array(4), 'Float32Array(4)'],
    [new DataView(new ArrayBuffer(3)), 'DataView(3)'],
    [new Map(), 'a Map'],
    [new Error('no\nline'), 'Error: no\\nline'],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [() => 1, 'a function'],
    [Map, 'a function'],
    [class Thing {}, 'the class Thing'],
    [Symbol('s'), 'Symbol(s)'],
  ])('%o', (value, shown) => {
    expect(showValue(value)).toBe(shown);
  });

  it('cuts what is long, and takes no longer for it', () => {
    expect(showValue('x'.repeat(1e7))).toBe(`'${'x'.repeat(96)}...`);
    expect(showValue(new Array(1e7).fill(1)).length).toBeLessThanOrEqual(100);
    expect(showValue(`${'x'.repeat(95)}\u{1f600}${'x'.repeat(9)}`)).toBe(`'${'x'.repeat(95)}...`);
  });

  it('shows anything on one line of at most 100 characters, without control characters', () => {
    fc.assert(
      fc.property(fc.anything({ withBigInt: true, withDate: true, withTypedArray: true }), (value) => {
        expect(showValue(value)).toMatch(/^[^\p{Cc}]{0,100}$/su);
      }),
    );
  });

  it('shows what throws when it is looked at', () => {
    const trap = {
      get field() {
        throw new Error('trap');
      },
    };
    expect(showValue(trap)).toBe('a value that cannot be shown');
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(showValue(proxy)).toBe('a value that cannot be shown');
  });
});

describe('grouped', () => {
  it('writes a count as toLocaleString does', () => {
    fc.assert(
      fc.property(fc.oneof(fc.nat(), fc.maxSafeInteger()), (count) => {
        expect(grouped(count)).toBe(count.toLocaleString('en'));
      }),
    );
  });
});

describe('checks', () => {
  it.each([
    [whole(), 'a whole number', [0, -3, 2 ** 53 - 1], [1.5, 2 ** 53, '3', Number.NaN, null, true, [3]]],
    [whole({ from: 1 }), 'a whole number of at least 1', [1], [0, false]],
    [whole({ from: 1, to: 5 }), 'a whole number from 1 to 5', [1, 5], [0, 6]],
    [number(), 'a finite number', [0.5], [Number.POSITIVE_INFINITY, '0.5']],
    [number({ from: 0, below: 1 }), 'a number of at least 0 and below 1', [0, 0.9], [1, -1e-9]],
    [number({ from: 0, to: 1 }), 'a number from 0 to 1', [0, 1], [1.1]],
    [positive, 'a finite number above 0', [1e-300], [0, -1]],
    [probability, 'a probability from 0 to 1', [0, 1], [-0.1, '1']],
    [dropRate, 'a probability from 0 to below 1', [0, 0.999], [1]],
    [boolean, 'true or false', [true, false], [0, 'true', null]],
    [text, 'a string', ['', 'a'], [1, new String('a')]],
    [oneOf(['sgd', 'adam']), "one of 'sgd', 'adam'", ['sgd'], ['SGD', 1]],
    [either(whole({ from: 1 }), list(whole({ from: 1 }))), undefined, [3, [3, 4]], ['three', [0]]],
    [instance(Map), 'a Map', [new Map()], [{}, null]],
    [withMethods<Map<1, 1>>('a map', ['get']), 'a map', [new Map(), { get() {} }], [{ get: 1 }, null, 'x']],
  ] as const)('%#: accept what fits and refuse the rest', (check, expected, good, bad) => {
    if (expected) expect(check.expected).toBe(expected);
    for (const value of good) expect(check('x', value)).toBe(value);
    for (const value of bad) expect(() => check('x', value)).toThrow(ArgumentError);
  });

  it('names the item of a list', () => {
    const sizes = either(whole({ from: 1 }), list(whole({ from: 1 })));
    expect(messageFrom(() => sizes('hiddenSize', 'three'))).toBe(
      'hiddenSize: expected a whole number of at least 1, or a list of items, each a whole number of at least 1, got ' +
        "'three'",
    );
    expect(messageFrom(() => sizes('hiddenSize', [3, 0]))).toBe(
      'hiddenSize[1]: expected a whole number of at least 1, got 0',
    );
    expect(messageFrom(() => list(whole(), { length: { from: 1 } })('sizes', []))).toContain('sizes.length');
    expect(list(whole())('ids', Int32Array.of(1, 2))).toHaveLength(2);
  });

  it('takes plain data that JSON can hold', () => {
    const notes = { seed: 5, tags: ['a'] };
    expect(plainData('notes', notes)).toBe(notes);
    const circle: Record<string, unknown> = {};
    circle.self = circle;
    for (const value of [circle, { big: 1n }, [1], 'a', null]) {
      expect(() => plainData('notes', value)).toThrow(
        'notes: expected an object of plain data, as JSON holds it',
      );
    }
  });

  it('knows a signal by its methods', () => {
    const { signal } = new AbortController();
    expect(abortSignal('signal', signal)).toBe(signal);
    expect(messageFrom(() => abortSignal('signal', new AbortController()))).toBe(
      'signal: expected an AbortSignal, got an AbortController',
    );
  });

  it('takes exactly the values named', () => {
    expect(exactly(1, 2)('biases', 2)).toBe(2);
    expect(messageFrom(() => exactly(1, 2)('biases', 3))).toBe('biases: expected 1 or 2, got 3');
    const limit = either(whole({ from: 1 }), exactly(Infinity));
    expect(limit('maxSize', Infinity)).toBe(Infinity);
    expect(messageFrom(() => limit('maxSize', -1))).toBe(
      'maxSize: expected a whole number of at least 1, or Infinity, got -1',
    );
  });

  it('takes any list of numbers, whatever it holds', () => {
    for (const list of [[1, 2], Float64Array.of(1), { length: 1, 0: 5 }])
      expect(numbers('values', list)).toBe(list);
    expect(messageFrom(() => numbers('values', '12'))).toBe("values: expected a list of numbers, got '12'");
    expect(() => numbers('values', null)).toThrow('got null');
  });

  it('suggests the name that was meant', () => {
    expect(messageFrom(() => oneOf(['sgd', 'adam'])('rule', 'Adam'))).toBe(
      "rule: expected one of 'sgd', 'adam', got 'Adam' (did you mean 'adam'?)",
    );
  });
});

describe('checkOptions', () => {
  interface Options {
    readonly hiddenSize: number;
    readonly layers?: number;
    readonly dropout?: { readonly between?: number; readonly input?: number };
  }
  const check = (options: unknown) =>
    checkOptions<Options>(options, {
      hiddenSize: required(whole({ from: 1 })),
      layers: whole({ from: 1 }),
      dropout: record<NonNullable<Options['dropout']>>({ between: dropRate, input: dropRate }),
    });

  it('accepts what it knows, and undefined for what has a default', () => {
    check({ hiddenSize: 3 });
    check({ hiddenSize: 3, layers: undefined, dropout: { between: 0.5 }, other: undefined });
    checkOptions<{ layers?: number }>(undefined, { layers: whole() });
  });

  it.each([
    [
      { hiddenSize: 3, layrs: 2 },
      "layrs: expected the name of an option, got one that is not known (did you mean 'layers'?)",
    ],
    [
      { hiddenSize: 3, momentum: 1 },
      'momentum: expected the name of an option (hiddenSize, layers, dropout), got one that is not known',
    ],
    [
      { hiddenSize: 3, dropout: { betwen: 0.5 } },
      "dropout.betwen: expected the name of an option, got one that is not known (did you mean 'between'?)",
    ],
    [{ hiddenSize: 3, dropout: 0.9 }, 'dropout: expected an object with the options between, input, got 0.9'],
    [
      { hiddenSize: 3, dropout: { between: 1 } },
      'dropout.between: expected a probability from 0 to below 1, got 1',
    ],
    [{ layers: 2 }, 'hiddenSize: expected a whole number of at least 1, got undefined'],
    [undefined, 'options: expected an object with the options hiddenSize, layers, dropout, got undefined'],
    [[3], 'options: expected an object with the options hiddenSize, layers, dropout, got [3]'],
    [null, 'options: expected an object with the options hiddenSize, layers, dropout, got null'],
  ])('%o is refused in words', (options, message) => {
    expect(messageFrom(() => check(options))).toBe(message);
  });

  it('does not take the names of Object.prototype for options', () => {
    expect(() => check({ hiddenSize: 3, constructor: 1 })).toThrow(UnknownOptionError);
    expect(() => check(JSON.parse('{ "hiddenSize": 3, "__proto__": 1 }'))).toThrow(UnknownOptionError);
  });

  it('refuses every name that it does not know', () => {
    fc.assert(
      fc.property(fc.string(), (name) => {
        fc.pre(!['hiddenSize', 'layers', 'dropout'].includes(name));
        const options = Object.defineProperty({ hiddenSize: 3 }, name, { value: 1, enumerable: true });
        expect(() => check(options)).toThrow(UnknownOptionError);
      }),
    );
  });
});

describe('resolveOptions', () => {
  const checks = { layers: withDefault(whole({ from: 1 }), 1), seed: whole(), rate: required(dropRate) };

  it('gives what is not given its default', () => {
    expect(resolveOptions({ rate: 0.5, layers: undefined }, checks)).toEqual({
      layers: 1,
      seed: undefined,
      rate: 0.5,
    });
    expect(resolveOptions({ rate: 0, layers: 3, seed: 7 }, checks)).toEqual({ layers: 3, seed: 7, rate: 0 });
    expect(resolveOptions(undefined, { layers: checks.layers })).toEqual({ layers: 1 });
  });

  it('refuses what checkOptions refuses', () => {
    expect(messageFrom(() => resolveOptions({ rate: 0, layers: 0 }, checks))).toBe(
      'layers: expected a whole number of at least 1, got 0',
    );
    expect(() => resolveOptions({ rate: 0, layer: 2 }, checks)).toThrow(UnknownOptionError);
    expect(() => resolveOptions({}, checks)).toThrow('rate: expected');
  });
});

describe('nearestName', () => {
  it.each([
    ['betwen', 'between'],
    ['bewteen', 'between'],
    ['Between', 'between'],
    ['inputt', 'input'],
    ['out', 'output'],
    ['ou', undefined],
    ['momentum', undefined],
    ['x'.repeat(1e6), undefined],
  ])('knows what was meant: %#', (name, nearest) => {
    expect(nearestName(name, ['input', 'between', 'output'])).toBe(nearest);
  });
});

it('bytes are a Uint8Array of any realm, and nothing else', () => {
  for (const value of [new Uint8Array(2), Buffer.from('a'), runInNewContext('new Uint8Array(2)')])
    expect(isBytes(value)).toBe(true);
  for (const value of [
    new Uint8ClampedArray(2),
    new Uint16Array(2),
    new DataView(new ArrayBuffer(2)),
    [1],
    'a',
    null,
  ])
    expect(isBytes(value)).toBe(false);
});
