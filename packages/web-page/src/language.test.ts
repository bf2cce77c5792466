import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { chosenLanguage, rememberLanguage } from './language.js';
import { NumberTexts } from './number-texts.js';

const kept = new Map<string, string>();

function browser(...languages: string[]) {
  vi.stubGlobal('document', {});
  vi.stubGlobal('navigator', { languages });
}

beforeEach(() => {
  kept.clear();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => kept.set(key, value),
  });
});

afterEach(() => vi.unstubAllGlobals());

describe('chosenLanguage', () => {
  const chosen = () => chosenLanguage();

  it("follows the browser's languages in their order, then the page's own first", () => {
    browser('de', 'pt-PT', 'en-GB');
    expect(chosen()).toBe('pt-BR');
    browser('en-GB', 'pt');
    expect(chosen()).toBe('en');
    browser('de');
    expect(chosen()).toBe('en');
  });

  it("keeps the person's choice, whatever the browser prefers", () => {
    browser('en');
    rememberLanguage('pt-BR');
    expect(chosen()).toBe('pt-BR');
  });

  it('is what a worker is named', () => {
    vi.stubGlobal('name', 'pt-BR');
    expect(chosen()).toBe('pt-BR');
    vi.stubGlobal('name', '');
    expect(chosen()).toBe('en');
  });
});

describe('NumberTexts', () => {
  it('writes numbers as the language does', () => {
    const portuguese = new NumberTexts('pt-BR');
    expect(portuguese.count(12_345.6)).toBe('12.346');
    expect(portuguese.fixed(4.9, 2)).toBe('4,90');
    const english = new NumberTexts('en');
    expect(english.percent(0.0312, 1)).toBe('3.1%');
    expect(english.precise(0.012345, 2)).toBe('0.012');
    expect(english.scientific(3.21e-8)).toBe('3.2×10⁻⁸');
    expect(portuguese.scientific(123_456, 2)).toBe('1,23×10⁵');
  });
});
