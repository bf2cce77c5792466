import { expect, it } from 'vitest';
import { RunPace } from './run-pace.mjs';

/** @param {number[]} times */
const clock = (times) => () => times.shift() ?? Number.NaN;

it('adds up updates, and leaves out what lies between', () => {
  const pace = new RunPace(clock([0, 1000, 3000, 9000, 10_000]));
  pace.update();
  pace.update();
  pace.resume(); // six seconds of validation
  pace.update();
  expect(pace.seconds).toBe(4);
});

it('takes the pace of the undisturbed updates for all', () => {
  const times = [0];
  // Eight updates of ten take three times as long as the other two.
  for (let i = 0; i < 100; i++) times.push(times[i] + (i % 10 < 8 ? 300 : 100));
  const pace = new RunPace(clock(times));
  for (let i = 0; i < 100; i++) pace.update();
  expect(pace.seconds).toBeCloseTo(26, 9);
  expect(pace.undisturbedSeconds()).toBeCloseTo(10, 9);
  expect(pace.undisturbedSeconds(500)).toBeCloseTo(50, 9);
});

it('knows of no time before the first update', () => {
  const pace = new RunPace(clock([0]));
  expect(pace.seconds).toBe(0);
  expect(pace.undisturbedSeconds()).toBeNaN();
});
