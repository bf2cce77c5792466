import { element } from '@throughtime/web-page';
import { explain } from './explain.js';
import { numbers, texts } from './texts/chosen.js';
import type { TextFacts, TextReading, TextSource } from './worker/protocol.js';

/** More than this in a text field makes browsers slow; files are read by the worker. */
const longestPaste = 1_000_000;

/** The choice of a text: a corpus that the page has, pasted, or a file. */
export class TextChoice {
  readonly #corpus = element('corpus', HTMLSelectElement);
  readonly #own = element('own-text', HTMLElement);
  readonly #pasted = element('pasted', HTMLTextAreaElement);
  readonly #file = element('file', HTMLInputElement);
  readonly #drop = element('drop', HTMLElement);
  readonly #facts = element('text-facts', HTMLElement);
  readonly #inspect: (source: TextSource, reading: TextReading) => Promise<TextFacts>;
  readonly #reading: () => TextReading;
  readonly #told: (facts: TextFacts | undefined) => void;
  readonly #tokens = element('tokens', HTMLSelectElement);
  #chosen: File | undefined;
  /** Whether the person has chosen what texts are read in. */
  #chosenTokens = false;
  #asked = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * @param inspect reads a text elsewhere than on the page's thread
   * @param reading how texts are read at present
   * @param told called with what the chosen text is; undefined: there is none, or none that can be read
   */
  constructor(
    inspect: (source: TextSource, reading: TextReading) => Promise<TextFacts>,
    reading: () => TextReading,
    told: (facts: TextFacts | undefined) => void,
  ) {
    this.#inspect = inspect;
    this.#reading = reading;
    this.#told = told;
    element('clean', HTMLSelectElement).addEventListener('change', () => this.refresh());
    this.#tokens.addEventListener('change', () => {
      this.#chosenTokens = true;
      this.refresh();
    });
    this.#corpus.addEventListener('change', () => this.#anew());
    this.#pasted.addEventListener('paste', (event) => this.#paste(event));
    this.#pasted.addEventListener('input', () => {
      this.#takeFile(undefined);
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#anew(), 400);
    });
    this.#file.addEventListener('change', () => this.#take(this.#file.files?.[0]));
    this.#acceptDrops();
  }

  /** undefined when a text of one's own is wanted and none is there. */
  get source(): TextSource | undefined {
    if (this.#corpus.value !== 'own') return { kind: 'corpus', name: this.#corpus.value };
    if (this.#chosen) return { kind: 'file', file: this.#chosen };
    return this.#pasted.value === '' ? undefined : { kind: 'text', text: this.#pasted.value };
  }

  /** The text in the field. */
  get pasted(): string {
    return this.#pasted.value;
  }

  /** Shows a text that came with a model. */
  show(text: string): void {
    this.#takeFile(text.length > longestPaste ? new File([text], 'text.txt') : undefined);
    this.#pasted.value = text.length > longestPaste ? '' : text;
    this.refresh();
  }

  /** Says what the chosen text is, or what is wrong with it. */
  async refresh(): Promise<void> {
    this.#own.hidden = this.#corpus.value !== 'own';
    const { source } = this;
    const asked = ++this.#asked;
    if (!source) {
      this.#facts.textContent = texts.text.advice;
      this.#told(undefined);
      return;
    }
    const reading = this.#reading();
    const facts = await this.#inspect(source, reading).catch((error) => explain(error));
    // Another text may have been chosen meanwhile.
    if (asked !== this.#asked) return;
    if (typeof facts === 'string') {
      this.#facts.textContent = facts;
      this.#told(undefined);
      return;
    }
    // Until the person chooses: signs that join others are no characters to a reader.
    if (facts.combines && reading.tokens === 'char' && !this.#chosenTokens) {
      this.#tokens.value = 'grapheme';
      return this.refresh();
    }
    const { many } = texts.tokens(reading.tokens);
    const said = texts.text.facts(numbers.count(facts.tokens), many, numbers.count(facts.distinct));
    this.#facts.textContent = source.kind === 'file' ? texts.text.factsOf(source.file.name, said) : said;
    this.#told(facts);
  }

  #paste(event: ClipboardEvent): void {
    const length = event.clipboardData?.getData('text/plain').length ?? 0;
    if (length <= longestPaste) return;
    event.preventDefault();
    this.#asked++;
    this.#facts.textContent = texts.text.longPaste(numbers.fixed(length / 1e6, 1));
  }

  #take(file: File | undefined): void {
    if (!file) return;
    this.#corpus.value = 'own';
    this.#pasted.value = '';
    this.#chosen = file;
    this.#anew();
  }

  /** Another text: what it is read in is decided again, unless the person has decided. */
  #anew(): void {
    if (!this.#chosenTokens && this.#tokens.value === 'grapheme') this.#tokens.value = 'char';
    this.refresh();
  }

  #takeFile(file: File | undefined): void {
    this.#chosen = file;
    if (!file) this.#file.value = '';
  }

  #acceptDrops(): void {
    // A file dropped beside the field would otherwise replace the page.
    for (const type of ['dragover', 'drop'])
      document.addEventListener(type, (event) => event.preventDefault());
    const over = (on: boolean) => () => this.#drop.classList.toggle('over', on);
    this.#drop.addEventListener('dragenter', over(true));
    this.#drop.addEventListener('dragleave', over(false));
    document.addEventListener('drop', (event) => {
      over(false)();
      const { target, dataTransfer } = event;
      const elsewhere = target instanceof Element && target.closest('.drop:not(#drop)');
      if (!elsewhere) this.#take(dataTransfer?.files[0]);
    });
  }
}
