/**
 * An element that the page has from the start.
 * @throws Error when the page has none such: index.html and the scripts have come apart
 */
export function element<E extends Element>(id: string, type: abstract new () => E): E {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`index.html: expected a ${type.name} with id '${id}'`);
  return found;
}

/** A new element with a class and text. Text is text: whatever a file is called, it cannot become markup. */
export function created<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  { className, text }: { readonly className?: string; readonly text?: string } = {},
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className !== undefined) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

/** A paragraph in the style of hints. */
export function hint(text: string): HTMLParagraphElement {
  return created('p', { className: 'hint', text });
}
