import { execFileSync, spawnSync } from 'node:child_process';
import { access, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { newFolder, square, sweep } from './fixtures/run-sweep.js';
import { kubernetesJob, shellQuoted, slurmScript } from './job-files.js';

let folder: string;
const at = (...parts: string[]) => join(folder, ...parts);

beforeEach(async () => {
  folder = await newFolder();
});
afterEach(() => rm(folder, { recursive: true }));

/** The arguments with which a task's command starts the program, which here prints them. */
const printer = `node -e 'console.log(JSON.stringify(process.argv.slice(1)))' --`;
const awkward = ['--note', `it's $HOME "quoted" $(touch x) \\ *`, '$$', '--x=-1'];
const common = { name: 'square-sweep', runs: 12, cpus: 4, program: printer, args: awkward };

describe('slurmScript', () => {
  it('is a script that bash and shellcheck accept, with the array and the run’s own arguments', () => {
    const script = slurmScript({ ...common, parallel: 3, folder: '/a folder', logs: 'out' });
    expect(spawnSync('bash', ['-n'], { input: script }).status).toBe(0);
    const checked = spawnSync('shellcheck', ['-'], { input: script, encoding: 'utf8' });
    if (checked.error === undefined) expect(checked.stdout).toBe('');
    expect(script).toMatch(/^#SBATCH --array=1-12%3$/m);
    expect(script).toMatch(/^#SBATCH --cpus-per-task=4$/m);
    expect(script).toMatch(/^#SBATCH --chdir="\/a folder"$/m);
    const env = { ...process.env, SLURM_ARRAY_TASK_ID: '7' };
    const printed = execFileSync('bash', { input: script, env, encoding: 'utf8' });
    expect(JSON.parse(printed)).toEqual(['sweep', '--run', '7', ...awkward]);
  });
});

describe('kubernetesJob', () => {
  it('has a pod for each run, whose command survives what Kubernetes and the shell read', () => {
    const job = kubernetesJob({ ...common, image: 'registry/square:1', claim: 'runs' });
    expect(job.spec).toMatchObject({ completionMode: 'Indexed', completions: 12, parallelism: 12 });
    const { containers, volumes, restartPolicy } = job.spec!.template.spec!;
    // Limits of failures for each index need it.
    expect(restartPolicy).toBe('Never');
    const [{ command, volumeMounts }] = containers;
    expect(volumeMounts!.map(({ name }) => name)).toEqual(volumes!.map(({ name }) => name));
    const [shell, ...args] = command!.map((word) =>
      // As Kubernetes reads a command: $$ is a dollar sign, $(NAME) a variable that the container has.
      word.replace(/\$\$|\$\(([A-Z_]+)\)/g, (found, name) => (found === '$$' ? '$' : `<${name}>`)),
    );
    const env = { ...process.env, JOB_COMPLETION_INDEX: '6' };
    const printed = execFileSync(shell, args, { env, encoding: 'utf8' });
    expect(JSON.parse(printed)).toEqual(['sweep', '--run', '7', ...awkward]);
  });
});

describe('sweep --for', () => {
  it('writes what the cluster runs, and runs nothing', async () => {
    await mkdir(at('new'));
    const args = ['--vary', 'x=1,2', '--random', '2', '--seed', '5'];
    const slurm = await sweep([
      '--out',
      at('new'),
      ...args,
      '--for',
      'slurm',
      '--processes',
      '1',
      '--',
      '--note',
      'a b',
    ]);
    expect(slurm.code).toBe(0);
    expect(slurm.stdout).toBe(`2 runs: sbatch ${shellQuoted(at('new/sweep.slurm'))}\n`);
    const script = await readFile(at('new/sweep.slurm'), 'utf8');
    expect(script).toContain('--array=1-2%1');
    expect(script).toContain(`exec node ${square.entry} sweep --run "$SLURM_ARRAY_TASK_ID" --out `);
    expect(script).toContain("--vary x=1,2 --random 2 --seed 5 -- --note 'a b'\n");
    await expect(access(at('new/runs'))).rejects.toThrow();
    await expect(access(at('count'))).rejects.toThrow();

    const more = ['--image', 'i', '--claim', 'c', '--program', 'npx square'];
    const kubernetes = await sweep(['--out', at('K_8'), ...args, '--for', 'kubernetes', ...more]);
    expect(kubernetes.code).toBe(0);
    const job = JSON.parse(await readFile(at('K_8/kubernetes.json'), 'utf8'));
    expect(job.metadata.name).toBe('square-sweep-k-8');
    expect(job.spec.template.spec.containers[0].command[2]).toMatch(
      /^exec npx square sweep --run .* --out \/sweep\/K_8 --vary x=1,2 /,
    );
  });

  it('gives tasks all that they need where the folder is new, and each its own run', async () => {
    const args = ['--out', at('new'), '--vary', 'x=1,2,3', '--random', '3'];
    for (const run of ['2', '1', '3']) expect((await sweep([...args, '--run', run])).code).toBe(0);
    const twice = await sweep([...args, '--run', '2']);
    expect(twice.code).toBe(0);
    expect(twice.stderr).toMatch(/^has ended before: run 2/);
    expect((await readFile(at('new/count'), 'utf8')).trim().split('\n').sort()).toEqual(['1', '2', '3']);
    const failed = await sweep(['--out', at('other'), '--vary', 'x=13', '--run', '1']);
    expect(failed.code).toBe(1);
  });
});
