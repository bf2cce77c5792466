import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { asCalled, nameAsCalled } from './called-name.js';

const greeting = () => {
  const program = new Command('greet');
  program.command('hello');
  return program;
};

describe('the name that a program is called by', () => {
  it('is its own in a clone', () => {
    const program = greeting();
    nameAsCalled(program, '/clone/build/greet.js');
    expect(program.name()).toBe('greet');
    expect(asCalled('Try: greet hello')).toBe('Try: greet hello');
  });

  it('is the installed one in what names its commands, and in nothing else', () => {
    const program = greeting();
    nameAsCalled(program, '/project/node_modules/.bin/throughtime-greet');
    expect(program.name()).toBe('throughtime-greet');
    expect(asCalled('Try: greet hello --loud')).toBe('Try: throughtime-greet hello --loud');
    expect(asCalled('greet the world, regreet hello, throughtime-greet hello')).toBe(
      'greet the world, regreet hello, throughtime-greet hello',
    );
  });
});
