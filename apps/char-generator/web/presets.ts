import { element } from '@throughtime/web-page';
import type { TrainForm } from './train-form.js';

/** How long a run takes, instead of a dozen settings: the settings follow, and show what was chosen. */
export class Presets {
  readonly #group = element('presets', HTMLElement);
  readonly #buttons = [...this.#group.querySelectorAll('button')];

  constructor(form: TrainForm) {
    for (const button of this.#buttons)
      button.addEventListener('click', () => {
        const { seconds } = button.dataset;
        if (seconds === undefined) element('hidden', HTMLInputElement).focus();
        else form.fitWithin(Number(seconds));
        this.#press(button);
      });
    // Whoever changes a setting has settings of their own.
    element('settings', HTMLFormElement).addEventListener('input', ({ target }) => {
      const isSetting = target instanceof Element && target.closest('#text-fields') === null;
      if (isSetting) this.#press(this.#buttons.find(({ dataset }) => dataset.seconds === undefined));
    });
  }

  #press(chosen: HTMLButtonElement | undefined): void {
    for (const button of this.#buttons) button.setAttribute('aria-pressed', String(button === chosen));
  }
}
