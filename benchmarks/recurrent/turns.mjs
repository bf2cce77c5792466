/**
 * Every model in every way, `rounds` times. Every second round takes the ways from the last to the first, so that nobody always runs on a core
 * that another one has just heated.
 * @template {{ name: string }} Model
 * @template {{ name: string }} Way
 * @param {readonly Model[]} models
 * @param {readonly Way[]} ways
 * @param {number} rounds
 * @param {{ report: (line: string) => void, progress: (line: string) => void }} listeners
 * @returns {Generator<{ model: Model, way: Way }>}
 */
export function* turns(models, ways, rounds, { report, progress }) {
  const started = performance.now();
  const all = rounds * models.length * ways.length;
  let done = 0;
  for (let round = 0; round < rounds; round++) {
    for (const model of models) {
      for (const way of round % 2 ? [...ways].reverse() : ways) {
        const minutes = (performance.now() - started) / 60_000;
        const left = done > 0 ? `, ${((minutes / done) * (all - done)).toFixed(0)} minutes left` : '';
        progress(`round ${round + 1} of ${rounds}${left}: ${model.name}, ${way.name}`);
        yield { model, way };
        done++;
      }
    }
    const minutes = (performance.now() - started) / 60_000;
    if (minutes >= 2) report(`round ${round + 1} of ${rounds}: done after ${minutes.toFixed(0)} minutes`);
  }
}
