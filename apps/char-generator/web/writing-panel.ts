import { element, type Settings, writeSettings } from '@throughtime/web-page';
import { proxy } from 'comlink';
import { explain } from './explain.js';
import { ReadingView } from './reading-view.js';
import type { TrainingClient } from './training-client.js';
import type { GenerateRequest } from './worker/protocol.js';

/** Writes with the model, and shows what it thought. */
export class WritingPanel {
  readonly #client: TrainingClient;
  readonly #form = element('writing', HTMLFormElement);
  readonly #write = element('write', HTMLButtonElement);
  readonly #stop = element('stop-writing', HTMLButtonElement);
  readonly #problem = element('writing-problem', HTMLElement);
  /** The text, in color. */
  readonly view = new ReadingView((tokens) =>
    this.#client.withModel((workshop) => workshop.dependence(tokens)),
  );
  readonly #prompt = element('prompt', HTMLTextAreaElement);
  #model = false;
  /** Counts the models that there were: a text belongs to one. */
  #generation = 0;
  /** A prompt of the person's own stays. */
  #edited = false;
  /** What stands in its place otherwise. */
  #opening = '';

  constructor(client: TrainingClient) {
    this.#client = client;
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      this.#run();
    });
    this.#prompt.addEventListener('input', () => {
      this.#edited = true;
    });
    this.#prompt.addEventListener('blur', () => this.#offerOpening());
    this.#stop.addEventListener('click', () => client.workshop.stopGenerating());
    this.#form.addEventListener('input', () => this.#lock());
    this.#lock();
  }

  /** @param opening a few words that the model can continue */
  setModel(exists: boolean, opening: string): void {
    this.#model = exists;
    this.#generation++;
    this.#write.disabled = !exists;
    this.#problem.textContent = '';
    // Text of another model is not this one's.
    this.view.clear();
    if (!exists) return;
    this.#opening = opening;
    this.#offerOpening();
  }

  /**
   * Fills in a prompt and how it is continued.
   * @returns the names of values that the form would not take
   */
  fill(settings: Settings): string[] {
    if (settings.prompt !== undefined) this.#edited = true;
    const refused = writeSettings(this.#form, settings).map(({ name }) => name);
    this.#lock();
    return refused;
  }

  /** Writes a text with the prompt and settings that there are, as pressing Generate does. */
  write(): Promise<void> {
    return this.#run();
  }

  /** Not while someone is in the field, about to enter a prompt: what is typed would join this one. */
  #offerOpening(): void {
    if (!this.#edited && document.activeElement !== this.#prompt) this.#prompt.value = this.#opening;
  }

  /** At temperature 0 there is no choice: nothing is cut off, and nothing is drawn. */
  #lock(): void {
    const { temperature } = this.#request();
    for (const id of ['top-k', 'top-p', 'text-seed'])
      element(id, HTMLInputElement).disabled = temperature === 0;
  }

  async #run(): Promise<void> {
    const request = this.#request();
    const { temperature, topK, topP } = request;
    this.#problem.textContent = '';
    this.#write.disabled = true;
    this.#stop.disabled = false;
    this.view.begin(request.prompt);
    let text = request.prompt;
    const generation = this.#generation;
    const isOver = () => generation !== this.#generation;
    try {
      await this.#client.withModel((workshop) =>
        workshop.generate(
          request,
          proxy((piece) => {
            text += piece;
            if (!isOver()) this.view.append(piece);
          }),
        ),
      );
      const reading = await this.#client.withModel((workshop) =>
        workshop.read(text, request.prompt, { temperature, topK, topP }),
      );
      if (!isOver()) this.view.show(reading);
    } catch (error) {
      // A model that gave way to another says nothing any more.
      if (!isOver()) this.#problem.textContent = explain(error);
    } finally {
      this.#write.disabled = !this.#model;
      this.#stop.disabled = true;
    }
  }

  #request(): GenerateRequest {
    const number = (id: string) => Number(element(id, HTMLInputElement).value);
    return {
      prompt: this.#prompt.value,
      length: number('length'),
      temperature: number('temperature'),
      topK: number('top-k') || undefined,
      topP: number('top-p'),
      seed: number('text-seed'),
    };
  }
}
