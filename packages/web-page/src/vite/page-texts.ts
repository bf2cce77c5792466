import type { Plugin } from 'vite';
import { htmlWithTexts, type MarkupTexts } from '../markup-texts.js';

/** The texts that a build writes into index.html. */
export interface PageTexts<W = unknown> {
  readonly markup: MarkupTexts<W>;
  /** What texts that are functions are given. */
  readonly words?: W;
}

/** Writes the texts that index.html names into it: the page reads well before its script has run, and where none runs. */
export function pageTexts<W>({ markup, words }: PageTexts<W>): Plugin {
  return {
    name: 'throughtime:texts',
    transformIndexHtml: { order: 'pre', handler: (html) => htmlWithTexts(html, markup, words as W) },
  };
}
