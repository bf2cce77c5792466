import { describe, expect, it } from 'vitest';
import { expectedLines, importedBy, installedBy, readmeExamples, runExample } from './readme-examples.mjs';

describe('expectedLines', () => {
  it('takes the comment behind each console.log', () => {
    expect(
      expectedLines(
        "const a = 1; // not this\nconsole.log(a); // 1\nconsole.log('x'); // x y\nconsole.log(a);\n",
      ),
    ).toEqual(['1', 'x y']);
  });
});

describe('importedBy', () => {
  it('gives packages, without subpaths, Node and relative files', () => {
    const code = [
      "import '@tensorflow/tfjs-backend-wasm';",
      "import { a } from '@throughtime/lang-model/node';",
      "import { readFileSync } from 'node:fs';",
      "import { b } from './b.js';",
      "const { c } = await import('left/right');",
    ].join('\n');
    expect(importedBy(code)).toEqual(['@tensorflow/tfjs-backend-wasm', '@throughtime/lang-model', 'left']);
  });
});

describe('installedBy', () => {
  it('reads an install line that goes over several lines', () => {
    expect(installedBy('packages/sequence-tasks')).toContain('@throughtime/sequence-tasks');
    expect(installedBy('packages/sequence-tasks')).not.toContain('\\');
  });
});

describe('the examples of the READMEs', () => {
  for (const example of readmeExamples()) {
    it(`${example.folder} example ${example.number} runs and prints what it says`, () => {
      const { status, stderr, printed } = runExample(example);
      expect(stderr).toBe('');
      expect(status).toBe(0);
      for (const line of expectedLines(example.code)) expect(printed).toContain(line);
    });
  }
});
