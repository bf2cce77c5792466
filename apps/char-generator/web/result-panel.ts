import {
  element,
  longestAttachment,
  offerDownload,
  passOn,
  readSettings,
  type Settings,
  shareLink,
} from '@throughtime/web-page';
import { explain } from './explain.js';
import type { ReadingView } from './reading-view.js';
import { numbers, texts } from './texts/chosen.js';
import type { TrainingClient } from './training-client.js';

export interface ResultPanelOptions {
  readonly client: TrainingClient;
  readonly view: ReadingView;
  /** Says what was done. */
  readonly note: HTMLElement;
}

/** Hands a text to others: as a link that carries its model, as a file where that is too large, or as an image. */
export class ResultPanel {
  readonly #options: ResultPanelOptions;
  readonly #writing = element('writing', HTMLFormElement);
  readonly #file = element('share-file', HTMLButtonElement);

  constructor(options: ResultPanelOptions) {
    this.#options = options;
  }

  /** Copies a link that carries the model, or offers a file instead. */
  share(): Promise<void> {
    return this.#attempt(() => this.#share());
  }

  /** Hands out the file that a link cannot carry. */
  hand(): Promise<void> {
    return this.#attempt(() => this.#hand());
  }

  /** Hands out an image of the text. */
  draw(): Promise<void> {
    return this.#attempt(() => this.#draw());
  }

  /** Prompt, temperature, seed and the rest: with the same model they give the same text. */
  get #settings(): Settings {
    return readSettings(this.#writing);
  }

  async #share(): Promise<void> {
    const bytes = await this.#options.client.withModel((workshop) => workshop.shared());
    this.#file.hidden = bytes.length <= longestAttachment;
    if (!this.#file.hidden) {
      this.#options.note.textContent = texts.result.tooLarge(
        kilobytes(bytes.length),
        kilobytes(longestAttachment),
      );
      return;
    }
    const link = shareLink(location.href, this.#settings, bytes);
    const copied = (await passOn(link)) ? texts.result.copied : texts.share.inAddressBar;
    this.#options.note.textContent = `${copied} ${texts.result.size(numbers.count(link.length))}`;
  }

  async #hand(): Promise<void> {
    const bytes = await this.#options.client.withModel((workshop) => workshop.shared(this.#settings));
    offerDownload('throughtime-text.zip', bytes as Uint8Array<ArrayBuffer>, 'application/zip');
    this.#options.note.textContent = texts.result.file;
  }

  async #draw(): Promise<void> {
    const { pieces, colors } = this.#options.view;
    const { textCard } = await import('./text-card.js');
    const image = await textCard({ pieces, colors, caption: texts.result.caption });
    offerDownload('throughtime-text.png', image, 'image/png');
  }

  async #attempt(work: () => Promise<void>): Promise<void> {
    this.#options.note.textContent = '';
    try {
      await work();
    } catch (error) {
      this.#options.note.textContent = explain(error);
    }
  }
}

function kilobytes(bytes: number): string {
  return numbers.count(Math.ceil(bytes / 1000));
}
