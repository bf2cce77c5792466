import { describe, expect, it } from 'vitest';
import { expectedLines, readmeExamples, runExample } from './readme-examples.mjs';

describe('expectedLines', () => {
  it('takes the comment behind each console.log', () => {
    expect(
      expectedLines(
        "const a = 1; // not this\nconsole.log(a); // 1\nconsole.log('x'); // x y\nconsole.log(a);\n",
      ),
    ).toEqual(['1', 'x y']);
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
