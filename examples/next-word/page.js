// The page: a text field, and below it the words that could come next. A click, or Tab for the first of them, takes one.
import { loadText } from '@throughtime/datasets';
import { startOfWord, suggester } from './suggest.js';

const suggest = suggester((await loadText('alice')).text);
const field = /** @type {HTMLTextAreaElement} */ (document.querySelector('textarea'));
const list = /** @type {HTMLElement} */ (document.querySelector('#words'));

function show() {
  const buttons = suggest(field.value).map((word) => {
    const button = Object.assign(document.createElement('button'), { textContent: word });
    button.onclick = () => take(word);
    return button;
  });
  list.replaceChildren(...buttons);
}

/** @param {string} word */
function take(word) {
  field.value = `${field.value.slice(0, startOfWord(field.value))}${word} `;
  field.focus();
  show();
}

field.oninput = show;
field.onkeydown = (event) => {
  const [first] = suggest(field.value);
  if (event.key !== 'Tab' || event.shiftKey || !first) return;
  event.preventDefault();
  take(first);
};
show();
