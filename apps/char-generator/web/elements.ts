/** An element that the page has from the start, of the type that it must have. */
export function element<T extends HTMLElement>(id: string, type: abstract new () => T): T {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`index.html: expected #${id} to be a ${type.name}`);
  return found;
}

/** An element with a class and text; text is never taken for HTML. */
export function created<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  { className, text }: { readonly className?: string; readonly text?: string } = {},
): HTMLElementTagNameMap[K] {
  const made = document.createElement(tag);
  if (className !== undefined) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}
