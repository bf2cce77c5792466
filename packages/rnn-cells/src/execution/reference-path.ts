import { ReferencePathError } from '../errors.js';

/** A module in tfjs operations, which a program carries only when it uses it. */
export interface OnDemand<M> {
  /** Called by the module itself when it is imported. */
  provide(module: M): void;
  /**
   * The module, which is imported if it was not.
   * @throws ReferencePathError that says what to install or to import
   */
  load(): Promise<M>;
}

/** Where a module is found. */
export interface OnDemandModule {
  /** The public name of its entry, for messages: '@throughtime/rnn-cells/tfjs'. */
  readonly entry: string;
  /** The entry's file, seen from the file that has `load`. */
  readonly path: string;
  /** `(path) => import(path)`: in the caller's file, for the path is relative to it. */
  readonly load: (path: string) => Promise<unknown>;
}

/**
 * A module of ours that is imported when it is first needed. Bundlers must not follow this import, so its path is a variable: a
 * program that only uses the engine builds without tfjs, and stays small. In a bundle the program therefore imports the entry itself,
 * which provides the module.
 */
export function onDemand<M>({ entry, path, load }: OnDemandModule): OnDemand<M> {
  let provided: M | undefined;
  return {
    provide(module) {
      provided = module;
    },
    async load() {
      if (provided !== undefined) return provided;
      try {
        await load(path);
      } catch (cause) {
        throw new ReferencePathError(whatIsMissing(cause, entry), { cause });
      }
      if (provided === undefined)
        throw new ReferencePathError(`${entry} does not provide the reference path`);
      return provided;
    },
  };
}

function whatIsMissing(cause: unknown, entry: string): string {
  const missing = /@tensorflow\/[\w-]+/.exec(String(cause))?.[0];
  return missing
    ? `the reference path needs ${missing}: npm install @tensorflow/tfjs-core@^4.22.0, and a backend such as @tensorflow/tfjs-backend-wasm`
    : `the reference path is not part of this program: add import '${entry}' to it`;
}

/** What `@throughtime/rnn-cells/tfjs` provides for networks on the reference path. */
export const referencePath = onDemand<typeof import('./reference-network.js')>({
  entry: '@throughtime/rnn-cells/tfjs',
  path: '../tfjs.js',
  load: (path) => import(/* @vite-ignore */ /* webpackIgnore: true */ path),
});
