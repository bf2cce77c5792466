/**
 * Texts of a page's markup, in groups. `{group.name}` in index.html stands for one, as all that an element or an attribute holds. Text
 * between backticks is code. A text that depends on something (what a token is called) is a function.
 */
export type MarkupTexts<W = undefined> = Readonly<
  Record<string, Readonly<Record<string, string | ((words: W) => string)>>>
>;

/** Built elements carry the key of their text in it, and those of attributes in attributes whose names begin with it. */
const textAttribute = 'data-text';

/** Attributes that may hold texts: browsers have no selector for the beginning of an attribute's name. */
const attributes = ['aria-label', 'placeholder', 'title', 'content', 'label'];

/**
 * Gives every element that names a text the text, in the language of the texts. Asked again with other words, it renews the texts that
 * depend on them, and no other: what scripts have written meanwhile stays.
 */
export function showTexts<W>(root: ParentNode, texts: MarkupTexts<W>, words: W): void {
  for (const [attribute, key] of [undefined, ...attributes].map(keyed)) {
    for (const element of root.querySelectorAll(`[${key}]`)) {
      const text = textOf(texts, element.getAttribute(key) ?? '');
      const shown = said(text, words);
      // The build has written English ones: to write them once more would have the browser lay out the page again.
      if (attribute !== undefined) {
        if (element.getAttribute(attribute) !== shown) element.setAttribute(attribute, shown);
      } else if (element.textContent !== shown.replaceAll('`', ''))
        element.replaceChildren(...withCode(shown).map(({ code, part }) => (code ? codeOf(part) : part)));
      if (typeof text === 'string') element.removeAttribute(key);
    }
  }
}

function keyed(attribute: string | undefined): [attribute: string | undefined, key: string] {
  return [attribute, attribute === undefined ? textAttribute : `${textAttribute}-${attribute}`];
}

/**
 * A page's HTML with its texts filled in, as a build writes it: it can be read before any script has run. Where the source has
 * `<h1>{page.heading}</h1>` or `title="{page.heading}"`, the result has the text, and the key for {@link showTexts}.
 */
export function htmlWithTexts<W>(html: string, texts: MarkupTexts<W>, words: W): string {
  return html
    .replace(/(<[a-z][^<>]*)>\s*\{([\w.]+)\}\s*(?=<\/)/g, (_, begin: string, key: string) => {
      const parts = withCode(said(textOf(texts, key), words));
      const shown = parts.map(({ code, part }) => (code ? `<code>${escaped(part)}</code>` : escaped(part)));
      return `${begin} ${textAttribute}="${key}">${shown.join('')}`;
    })
    .replace(/\s([\w-]+)="\{([\w.]+)\}"/g, (_, attribute: string, key: string) => {
      if (!attributes.includes(attribute)) throw new Error(`index.html: no text can be in '${attribute}'`);
      return ` ${attribute}="${escaped(said(textOf(texts, key), words))}" ${textAttribute}-${attribute}="${key}"`;
    });
}

/** @throws Error when there is none: index.html and the texts have come apart */
function textOf<W>(texts: MarkupTexts<W>, key: string): string | ((words: W) => string) {
  const [group, name] = key.split('.');
  const text = texts[group]?.[name];
  if (text === undefined) throw new Error(`index.html: there is no text '${key}'`);
  return text;
}

function said<W>(text: string | ((words: W) => string), words: W): string {
  return typeof text === 'function' ? text(words) : text;
}

function withCode(text: string): { readonly code: boolean; readonly part: string }[] {
  return text.split('`').map((part, i) => ({ code: i % 2 === 1, part }));
}

function codeOf(text: string): HTMLElement {
  const code = document.createElement('code');
  code.textContent = text;
  return code;
}

function escaped(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return text.replace(/[&<>"]/g, (character) => entities[character]);
}
