// Run before a program (`node --import`): a second after its start, somebody sets the clock back by SOAK_DAYS days.
const { Date: TrueDate } = globalThis;
const days = Number(process.env.SOAK_DAYS ?? 1);
const started = performance.now();
const now = () => TrueDate.now() - (performance.now() - started > 1000 ? days * 86_400_000 : 0);

/** @type {any} */
const SetBack = class extends TrueDate {
  /** @param {any[]} args */
  constructor(...args) {
    if (args.length === 0) super(now());
    // @ts-expect-error Every form of the constructor's arguments.
    else super(...args);
  }

  /** @override */
  static now() {
    return now();
  }
};
globalThis.Date = SetBack;
