import { lineColors } from '@throughtime/figures';
import { element, LiveCurve } from '@throughtime/web-page';
import { numberText } from './number-text.js';
import type { TrainingProgress } from './protocol.js';
import { numbers, texts } from './texts/chosen.js';

/** How training goes: the loss as it falls, and where it stands. */
export class TrainingView {
  readonly #epoch = element('epoch', HTMLElement);
  readonly #loss = element('loss', HTMLElement);
  readonly #state = element('state', HTMLElement);
  readonly #train = element('train', HTMLButtonElement);
  readonly #stop = element('stop', HTMLButtonElement);
  /** Epochs of the final fit, which comes first. */
  #fitted = 0;
  readonly #progress = element('progress', HTMLProgressElement);
  readonly #curve = new LiveCurve(element('loss-curve', HTMLDivElement), {
    title: texts.run.curve,
    none: texts.run.curveNone,
    empty: texts.run.curveEmpty,
    horizontalLabel: texts.run.curveAxis,
    lines: [
      { label: texts.run.finalFit, ...lineColors(0) },
      { label: texts.run.calibrationFit, ...lineColors(1) },
    ],
  });

  begin(): void {
    this.#curve.clear();
    this.#train.disabled = true;
    this.#stop.disabled = false;
    this.#progress.hidden = false;
    this.#progress.removeAttribute('value');
    this.state(texts.run.training);
  }

  progress({ phase, epoch, epochs, loss }: TrainingProgress): void {
    const calibrates = phase === 'calibration';
    this.#progress.value = (calibrates ? epochs + epoch : epoch) / (2 * epochs);
    // A fit may end early: L-BFGS stops by itself.
    if (!calibrates) this.#fitted = epoch;
    this.#curve.push(calibrates ? this.#fitted + epoch : epoch, calibrates ? [null, loss] : [loss, null]);
    this.#epoch.textContent = texts.run.epochOf(numbers.count(epoch), numbers.count(epochs));
    this.#loss.textContent = numberText(loss);
    const { forecasting, finalFit, calibrating } = texts.run;
    this.state(calibrates && epoch === epochs ? forecasting : calibrates ? calibrating : finalFit);
  }

  end(state: string): void {
    this.#train.disabled = false;
    this.#stop.disabled = true;
    this.#progress.hidden = true;
    this.state(state);
  }

  /** Of another series nothing is trained yet. */
  clear(): void {
    this.#curve.clear();
    this.#epoch.textContent = this.#loss.textContent = '-';
    this.end(texts.run.notTrained);
  }

  state(state: string): void {
    this.#state.textContent = state;
  }
}
