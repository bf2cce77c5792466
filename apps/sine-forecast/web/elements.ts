/**
 * The element of the page with this id.
 * @throws Error when the page has none such: index.html and the scripts have come apart
 */
export function element<E extends Element>(id: string, type: new () => E): E {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`index.html: expected a ${type.name} with id '${id}'`);
  return found;
}

/** A paragraph in the style of hints. Text is text: whatever a file is called, it cannot become markup. */
export function hint(text: string): HTMLParagraphElement {
  const paragraph = document.createElement('p');
  paragraph.className = 'hint';
  paragraph.textContent = text;
  return paragraph;
}
