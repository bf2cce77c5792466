// A sweep as work for a cluster: each run is one task of a job array, `generate sweep --run N` with all that decides the sweep.
import type { Job } from 'kubernetes-types/batch/v1.js';

export interface JobOptions {
  /** A DNS label: small letters, digits and dashes. */
  readonly name: string;
  readonly runs: number;
  /** Tasks at a time. Default: as many as the cluster has room for. */
  readonly parallel?: number | undefined;
  /** Cores of a task. */
  readonly cpus: number;
  /** What starts the program, for a shell: `node '/shared/generate/build/generate.js'`. */
  readonly program: string;
  /** The arguments of a task but for `sweep --run N`, with which they begin. */
  readonly args: readonly string[];
}

export interface SlurmOptions extends JobOptions {
  /** Where the tasks run: paths of the arguments are relative to it. */
  readonly folder: string;
  /** Where what they print goes, relative to `folder`. */
  readonly logs: string;
}

/**
 * A batch script for `sbatch`: an array with a task for each run. A task that the cluster takes away (preempted, a node that failed) is
 * queued again and continues from its last checkpoint.
 */
export function slurmScript({
  name,
  runs,
  parallel,
  cpus,
  program,
  args,
  folder,
  logs,
}: SlurmOptions): string {
  return `#!/usr/bin/env bash
# ${runs} runs. Submit with sbatch; options given there win over those below (--partition, --time, --mem).
#SBATCH --job-name=${name}
#SBATCH --array=1-${runs}${parallel === undefined ? '' : `%${parallel}`}
#SBATCH --cpus-per-task=${cpus}
#SBATCH --chdir=${directive(folder)}
#SBATCH --output=${directive(`${logs}/slurm-%A_%a.txt`)}
#SBATCH --requeue
set -euo pipefail
# Arguments are meant as they are written.
# shellcheck disable=SC2016
exec ${program} sweep --run "$SLURM_ARRAY_TASK_ID" ${args.map(shellQuoted).join(' ')}
`;
}

export interface KubernetesOptions extends JobOptions {
  /** The container's image, with Node and the program in it. */
  readonly image: string;
  /** The persistent volume claim, which many pods can write to, that holds the sweep's folder. */
  readonly claim: string;
}

/** Where a task's container has the claim. */
export const claimFolder = '/sweep';

/**
 * A Job of Kubernetes with a pod for each run (completion mode Indexed; a limit of failures for each index, as Kubernetes 1.29 and later
 * have it). JSON, which `kubectl apply -f` reads as it reads YAML.
 */
export function kubernetesJob({
  name,
  runs,
  parallel,
  cpus,
  program,
  args,
  image,
  claim,
}: KubernetesOptions): Job {
  // An index counts from 0.
  const command = `exec ${program} sweep --run "$((JOB_COMPLETION_INDEX + 1))" ${args.map(shellQuoted).join(' ')}`;
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name },
    spec: {
      completionMode: 'Indexed',
      completions: runs,
      parallelism: parallel ?? runs,
      backoffLimitPerIndex: 2,
      template: {
        spec: {
          restartPolicy: 'Never',
          // A run that is asked to end saves first.
          terminationGracePeriodSeconds: 120,
          containers: [
            {
              name: 'run',
              image,
              // Kubernetes reads $(NAME) itself, and $$ as a dollar sign.
              command: ['sh', '-c', command.replaceAll('$', '$$$$')],
              resources: { requests: { cpu: String(cpus) } },
              volumeMounts: [{ name: 'sweep', mountPath: claimFolder }],
            },
          ],
          volumes: [{ name: 'sweep', persistentVolumeClaim: { claimName: claim } }],
        },
      },
    },
  };
}

/** A word for a POSIX shell. */
export function shellQuoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}

/** Slurm reads a directive's value up to a blank unless it is quoted. */
function directive(text: string): string {
  return /\s/.test(text) ? `"${text}"` : text;
}
