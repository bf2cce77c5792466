import { element } from '@throughtime/web-page';
import { numbers, texts } from './texts/chosen.js';
import type { TrainingClient } from './training-client.js';

/** The learning rate and the temperature of the samples, which act at once on a network that learns. */
export class LiveControls {
  readonly #client: TrainingClient;
  readonly #rate = element('live-rate', HTMLInputElement);
  readonly #rateValue = element('live-rate-value', HTMLOutputElement);
  readonly #temperature = element('live-temperature', HTMLInputElement);
  readonly #temperatureValue = element('live-temperature-value', HTMLOutputElement);
  #learningRate: number | undefined;

  constructor(client: TrainingClient) {
    this.#client = client;
    this.#rate.addEventListener('input', () => {
      client.workshop.setRate(this.#factor);
      this.#describe();
    });
    this.#temperature.addEventListener('input', () => {
      client.workshop.setTemperature(Number(this.#temperature.value));
      this.#describe();
    });
    this.close();
    this.#describe();
  }

  /** There is no run: neither slider does anything. */
  close(): void {
    this.#rate.disabled = true;
    this.#temperature.disabled = true;
  }

  /** The run has ended: the temperature acts on what its network writes still. */
  rest(): void {
    this.#rate.disabled = true;
  }

  /** A run begins: at the rate that was planned, and at the temperature that is set. */
  begin(): void {
    this.#rate.value = '0';
    this.#learningRate = undefined;
    this.#rate.disabled = false;
    this.#temperature.disabled = false;
    this.#client.workshop.setRate(1);
    this.#client.workshop.setTemperature(Number(this.#temperature.value));
    this.#describe();
  }

  /** @param learningRate of the last update */
  show(learningRate: number): void {
    this.#learningRate = learningRate;
    this.#describe();
  }

  /** The slider is logarithmic: from a tenth of the planned rate to ten times. */
  get #factor(): number {
    return 10 ** Number(this.#rate.value);
  }

  #describe(): void {
    const factor = this.#factor;
    const rate = this.#learningRate === undefined ? '' : rateText(this.#learningRate);
    const changed =
      factor === 1 ? texts.play.rateAsPlanned : texts.play.rateTimes(numbers.precise(factor, 2));
    const said = [rate, changed].filter((part) => part !== '').join(', ');
    this.#rateValue.value = said;
    this.#rate.setAttribute('aria-valuetext', said);
    const temperature = numbers.fixed(Number(this.#temperature.value), 2);
    this.#temperatureValue.value = temperature;
    this.#temperature.setAttribute('aria-valuetext', temperature);
  }
}

/** A schedule ends at rates of many zeros. */
function rateText(rate: number): string {
  return rate >= 1e-5 || rate === 0 ? numbers.precise(rate, 2) : numbers.scientific(rate);
}
