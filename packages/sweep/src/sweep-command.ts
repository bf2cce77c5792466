import { availableParallelism } from 'node:os';
import { basename, join, resolve } from 'node:path';
import {
  exitCode,
  HeldFolder,
  integerOption,
  interruptible,
  nameArguments,
  type Reporter,
  reporterFor,
  reportInterrupted,
  UsageError,
} from '@throughtime/command-line';
import { makeFolder, replaceFile } from '@throughtime/platform/node';
import { Command, Option } from 'commander';
import { parseAxis } from './axis.js';
import { claimFolder, kubernetesJob, shellQuoted, slurmScript } from './job-files.js';
import { choicesInWords, type PlannedRun, runsOf, type SweepPlan } from './plan.js';
import { runAll } from './run-all.js';
import { checkAxes, ofRun, optionsOf } from './run-arguments.js';
import { runOne } from './run-process.js';
import { shortNumber } from './short-number.js';
import { isSame, planName, type RunResult, readPlan, readResult, writePlan } from './sweep-files.js';
import type { SweepTarget } from './target.js';

interface SweepOptions {
  readonly out: string;
  readonly vary?: readonly string[];
  readonly random?: number;
  readonly seed: number;
  readonly processes?: number;
  readonly resume?: boolean;
  readonly run?: number;
  readonly report?: boolean;
  readonly for: 'here' | 'slurm' | 'kubernetes';
  readonly cpus: number;
  readonly program?: string;
  readonly image?: string;
  readonly claim?: string;
  readonly json?: boolean;
}

/** `generate sweep`, `forecast sweep` */
export function sweepCommand(target: SweepTarget): Command {
  const { program } = target;
  const name = target.command().name();
  const command = new Command('sweep')
    .argument('[options...]', `after --: options of ${program} ${name} that all runs have`)
    .requiredOption('--out <folder>', 'where the runs, the table and the figure go')
    .option(
      '--vary <option=values>',
      'an option of the runs: lr=0.002,0.004 (values with commas: hidden=64;64,32), a flag: tied=yes,no, or with --random a range: hidden=64..512, lr=log:0.001..0.1; several times',
      (text: string, before: readonly string[] = []) => {
        parseAxis(text);
        return [...before, text];
      },
    )
    .option(
      '--random <n>',
      'draw n combinations instead of running all',
      integerOption({ min: 1, max: 10_000 }),
    )
    .option('--seed <n>', 'seed of what --random draws', integerOption(), 1)
    .option(
      '--processes <n>',
      'runs at a time (default: as many as there are cores; of a cluster: as many as it has room for)',
      integerOption({ min: 1, max: 1024 }),
    )
    .option('--resume', 'continue the sweep in --out: what has ended is not run again, what failed is')
    .option(
      '--run <n>',
      'one run of the sweep alone, as the tasks of a cluster do',
      integerOption({ min: 1 }),
    )
    .option('--report', 'run nothing: the table and the figure of the runs that have ended')
    .addOption(
      new Option('--for <where>', 'slurm, kubernetes: write the sweep as work for a cluster instead')
        .choices(['here', 'slurm', 'kubernetes'])
        .default('here'),
    )
    .option('--cpus <n>', 'for a cluster: cores of each run', integerOption({ min: 1, max: 1024 }), 2)
    .option(
      '--program <words>',
      `for a cluster: what starts ${program} there (default: slurm: this file with node; kubernetes: ${program})`,
    )
    .option('--image <name>', 'for kubernetes: the image of the containers')
    .option('--claim <name>', `for kubernetes: the volume claim that holds the folder, at ${claimFolder}`)
    .option('--json', 'JSON lines on stdout: start, run, ..., done')
    .addHelpText('after', helpOf(target))
    .action((args: string[], options: SweepOptions) =>
      interruptible((signal) => sweep(target, args, options, reporterFor(options.json), signal)),
    );
  return nameArguments(command, { vary: '--vary' });
}

function helpOf({ program, command, scoring, examples }: SweepTarget): string {
  const name = command().name();
  return `
${scoring}
Options and names are checked before the first run starts. Each run is a process of its own with its folder: FOLDER/runs/0001/model has what ${program} ${name} --out writes, FOLDER/runs/0001/events.jsonl its --json lines.
FOLDER/sweep.csv is the table, best first, and FOLDER/sweep.svg the figure. Runs that fail are rows with their error, and the exit code
is not 0. Ctrl-C lets the runs save; --resume continues, also after a crash.
Slurm: sbatch FOLDER/sweep.slurm, on a file system that all nodes share. Kubernetes: kubectl apply -f FOLDER/kubernetes.json. When the
tasks have ended: ${program} sweep --out FOLDER --report.

How long it takes: as long as its runs, divided by --processes.

Examples:
${examples}`;
}

async function sweep(
  target: SweepTarget,
  args: readonly string[],
  options: SweepOptions,
  reporter: Reporter,
  signal: AbortSignal,
): Promise<void> {
  const { out, run: only } = options;
  const name = `${target.program} ${target.command().name()}`;
  const { plan, isSaved } = await planOf(name, args, options);
  checkAxes(plan.vary.map(parseAxis), plan.args, target);
  const runs = runsOf(plan);
  if (options.report) return tellReport(out, runs, reporter);
  if (only !== undefined && only > runs.length)
    throw new UsageError(`--run: expected at most ${runs.length}, as the sweep has runs, got ${only}`);
  const chosen = only === undefined ? runs : [runs[only - 1]];
  const silent = { ...reporterFor(false), note: () => {}, warn: () => {} };
  for (const run of chosen) {
    try {
      await target.check(optionsOf(run, plan.args, target), silent, signal);
    } catch (error) {
      throw ofRun(run, error, target.command());
    }
  }
  if (only !== undefined) {
    return runAlone(target, plan, runs[only - 1], { out, isSaved, reporter, signal });
  }
  await HeldFolder.during(out, async (folder) => {
    await folder.begin();
    if (!isSaved) await writePlan(out, plan);
    if (options.for !== 'here') return writeJob(target, plan, runs, { ...options, reporter });
    await runHere(target, plan, runs, { ...options, reporter, signal });
  });
}

/**
 * The plan that the options describe, held against the one in the folder.
 * @throws UsageError when there is none, or another, or one that is not to be continued
 */
async function planOf(
  command: string,
  args: readonly string[],
  { out, vary, random, seed, resume, run, report }: SweepOptions,
): Promise<{ readonly plan: SweepPlan; readonly isSaved: boolean }> {
  const saved = await readPlan(out);
  const continues = resume || run !== undefined || report;
  if (saved === undefined && (report || (resume && run === undefined)))
    throw new UsageError(`--out: expected a sweep in '${out}' to go on with, found none`);
  if (saved !== undefined && !continues)
    throw new UsageError(`--out: '${out}' holds a sweep; continue it with --resume, or name another folder`);
  const isDescribed = vary !== undefined || random !== undefined || args.length > 0;
  if (saved !== undefined && saved.command !== command)
    throw new UsageError(`--out: expected a sweep of ${command} in '${out}', got one of ${saved.command}`);
  if (saved !== undefined && !isDescribed) return { plan: saved, isSaved: true };
  const plan = {
    command,
    args,
    vary: vary ?? [],
    ...(random !== undefined && { random: { runs: random, seed } }),
  };
  if (vary === undefined) throw new UsageError('--vary: expected an option to vary and its values, got none');
  if (saved !== undefined && !isSame(saved, plan))
    throw new UsageError(
      `--vary: expected the sweep that '${out}' holds, got another; --resume needs no options but --out`,
    );
  return { plan, isSaved: saved !== undefined };
}

interface RunHere extends Pick<SweepOptions, 'out' | 'processes'> {
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
}

async function runHere(
  target: SweepTarget,
  plan: SweepPlan,
  runs: readonly PlannedRun[],
  { out, processes = availableParallelism(), reporter, signal }: RunHere,
): Promise<void> {
  const before = await Promise.all(runs.map((run) => readResult(out, run)));
  const left = runs.filter((_, i) => before[i] === undefined || before[i].error !== undefined);
  const ended = runs.length - left.length;
  reporter.event('start', { command: plan.command, runs: runs.length, ended, processes });
  reporter.note(
    `${runs.length} runs of ${plan.command}${ended > 0 ? `, of which ${ended} have ended` : ''}; ${Math.min(processes, left.length)} at a time`,
  );
  let count = ended;
  const cores = availableParallelism();
  const threads = Math.max(1, Math.floor(cores / Math.max(1, Math.min(processes, left.length))));
  await runAll(left, target, {
    ...{ out, args: plan.args, processes, signal, threads },
    onResult: (result) => {
      count++;
      tellRun(result, `${count} of ${runs.length}`, reporter);
    },
  });
  if (signal.aborted) {
    const again = `${target.program} sweep --out ${shellQuoted(out)} --resume`;
    const note = `Interrupted after ${count} of ${runs.length} runs. Continue with: ${again}`;
    reportInterrupted(reporter, note, { out, ended: count, runs: runs.length });
    return;
  }
  await tellReport(out, runs, reporter);
}

async function runAlone(
  target: SweepTarget,
  plan: SweepPlan,
  run: PlannedRun,
  {
    out,
    isSaved,
    reporter,
    signal,
  }: {
    readonly out: string;
    readonly isSaved: boolean;
    readonly reporter: Reporter;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const before = await readResult(out, run);
  if (before !== undefined && before.error === undefined)
    return tellAlone(before, 'has ended before', out, reporter);
  // Tasks that begin at the same time write the same file.
  await makeFolder(out);
  if (!isSaved) await writePlan(out, plan);
  const result = await runOne(run, target, { out, args: plan.args, signal });
  if (result === undefined) {
    reportInterrupted(reporter, 'Interrupted and saved; the same command continues.', {
      out,
      run: run.number,
    });
    return;
  }
  tellAlone(result, 'has ended', out, reporter);
  if (result.error !== undefined) process.exitCode = exitCode.failure;
}

function tellAlone(result: RunResult, place: string, out: string, reporter: Reporter): void {
  tellRun(result, place, reporter);
  const { number, error } = result;
  reporter.event('done', { reason: error === undefined ? 'finished' : 'failed', out, run: number });
}

function tellRun(result: RunResult, place: string, reporter: Reporter): void {
  const { number, choices, measure, score, error, seconds } = result;
  const outcome = error === undefined ? `${measure} ${shortNumber(score!)}` : `failed: ${error}`;
  reporter.note(`${place}: run ${number} (${choicesInWords(choices)}): ${outcome} (${seconds.toFixed(0)} s)`);
  reporter.event('run', { ...result });
}

/** The table and the figure, of what has ended. */
async function tellReport(out: string, runs: readonly PlannedRun[], reporter: Reporter): Promise<void> {
  // Loaded only now: help and complaints come at once without what draws.
  const { reportOf, reportText, writeReport } = await import('./report.js');
  const report = reportOf(runs, await Promise.all(runs.map((run) => readResult(out, run))));
  const { results, missing, measures } = report;
  if (results.length === 0)
    throw new UsageError(`--out: expected a run that has ended in '${out}', found none`);
  const files = await writeReport(out, report);
  const failed = results.filter(({ error }) => error !== undefined);
  reporter.print(reportText(report));
  if (measures.length > 1)
    reporter.warn(`runs are scored by ${measures.join(' and ')}: no rank holds across them`);
  if (missing.length > 0)
    reporter.note(`${missing.length} of ${runs.length} runs have not ended; --resume runs them.`);
  const best = results[0].error === undefined ? results[0] : undefined;
  if (best) reporter.print(`\nBest: run ${best.number}, ${choicesInWords(best.choices)}`);
  reporter.print(`Table and figure: ${files.map((file) => join(out, file)).join(', ')}`);
  reporter.event('done', {
    reason: missing.length > 0 ? 'unfinished' : 'finished',
    out,
    ...(best && { best: best.number }),
    failed: failed.length,
    missing: missing.map(({ number }) => number),
    results,
    files,
  });
  if (failed.length > 0) process.exitCode = exitCode.failure;
}

interface JobRequest extends SweepOptions {
  readonly reporter: Reporter;
}

async function writeJob(
  target: SweepTarget,
  plan: SweepPlan,
  runs: readonly PlannedRun[],
  options: JobRequest,
): Promise<void> {
  const { out, processes, cpus, image, claim, reporter } = options;
  const isSlurm = options.for === 'slurm';
  if (!isSlurm && (image === undefined || claim === undefined))
    throw new UsageError(
      `--${image === undefined ? 'image' : 'claim'}: expected a name, which --for kubernetes needs, got none`,
    );
  const own = `node ${shellQuoted(resolve(target.entry ?? process.argv[1]))}`;
  const folder = isSlurm ? out : `${claimFolder}/${basename(resolve(out))}`;
  const common = {
    name: jobName(target.program, out),
    ...{ runs: runs.length, parallel: processes, cpus },
    program: options.program ?? (isSlurm ? own : target.program),
    args: taskArguments(plan, folder),
  };
  const file = join(out, isSlurm ? 'sweep.slurm' : 'kubernetes.json');
  const content = isSlurm
    ? slurmScript({ ...common, folder: process.cwd(), logs: out })
    : `${JSON.stringify(kubernetesJob({ ...common, image: image!, claim: claim! }), undefined, 2)}\n`;
  await replaceFile(file, content);
  const submit = isSlurm ? 'sbatch' : 'kubectl apply -f';
  reporter.print(`${runs.length} runs: ${submit} ${shellQuoted(file)}`);
  reporter.event('done', { reason: 'written', out, runs: runs.length, files: [planName, basename(file)] });
}

/** A DNS label, which is all that Kubernetes takes. */
function jobName(program: string, out: string): string {
  const words = `${program} sweep ${basename(resolve(out))}`.toLowerCase().match(/[a-z0-9]+/g)!;
  return words.join('-').slice(0, 60).replace(/-$/, '');
}

/** What a task needs to know: the whole sweep, since its folder may be new where it runs. */
function taskArguments({ args, vary, random }: SweepPlan, out: string): string[] {
  const varied = vary.flatMap((axis) => ['--vary', axis]);
  const drawn = random ? ['--random', String(random.runs), '--seed', String(random.seed)] : [];
  return ['--out', out, ...varied, ...drawn, ...(args.length > 0 ? ['--', ...args] : [])];
}
