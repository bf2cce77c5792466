import { lineColors } from '@throughtime/figures';
import { element, LiveCurve } from '@throughtime/web-page';
import { formatNumber } from './comparison-table.js';
import type { TrainingProgress } from './protocol.js';

/** How training goes: the loss as it falls, and where it stands. */
export class TrainingView {
  readonly #epoch = element('epoch', HTMLElement);
  readonly #loss = element('loss', HTMLElement);
  readonly #state = element('state', HTMLElement);
  readonly #train = element('train', HTMLButtonElement);
  readonly #stop = element('stop', HTMLButtonElement);
  readonly #curve = new LiveCurve(element('loss-curve', HTMLDivElement), {
    title: 'Training loss',
    horizontalLabel: 'epoch, of both fits',
    lines: [
      { label: 'calibration fit', ...lineColors(1) },
      { label: 'final fit', ...lineColors(0) },
    ],
  });

  begin(): void {
    this.#curve.clear();
    this.#train.disabled = true;
    this.#stop.disabled = false;
    this.state('training');
    // On a phone the curve is below the form: whoever presses the button wants to see what it does.
    const panel = element('training-panel', HTMLElement);
    if (panel.getBoundingClientRect().top > innerHeight) panel.scrollIntoView();
  }

  progress({ phase, epoch, epochs, loss }: TrainingProgress): void {
    const final = phase === 'final';
    this.#curve.push(final ? epochs + epoch : epoch, final ? [null, loss] : [loss, null]);
    this.#epoch.textContent = `${epoch} of ${epochs}`;
    this.#loss.textContent = formatNumber(loss);
    this.state(final && epoch === epochs ? 'forecasting' : final ? 'final fit' : 'calibrating');
  }

  end(state: string): void {
    this.#train.disabled = false;
    this.#stop.disabled = true;
    this.state(state);
  }

  state(state: string): void {
    this.#state.textContent = state;
  }
}
