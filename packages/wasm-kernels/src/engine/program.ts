import { COMMAND } from '../generated/commands.js';
import type { CommandLayout } from './command-layout.js';
import type { EngineMemory } from './memory.js';

/** One command in a program; its fields may change between runs. */
export class CommandHandle<Field extends string> {
  readonly #memory: EngineMemory;
  readonly #layout: CommandLayout<Field>;
  readonly address: number;
  #released = false;

  /** The number of its operation. */
  get operation(): number {
    return this.#layout.operation;
  }

  constructor(memory: EngineMemory, layout: CommandLayout<Field>, values: Record<Field, number>) {
    this.#memory = memory;
    this.#layout = layout;
    this.address = memory.allocateBytes(layout.words * 4);
    const at = this.address / 4;
    memory.words.fill(0, at, at + layout.words);
    memory.words[at + COMMAND.operation] = layout.operation;
    this.set(values);
  }

  /** False once its program is freed. */
  get live(): boolean {
    return !this.#released;
  }

  /** Changes fields for later runs. Does nothing once the program is freed. */
  set(values: Partial<Record<Field, number>>): void {
    if (this.#released) return;
    for (const field in values) {
      const { word, float } = this.#layout.fields[field];
      const at = this.address / 4 + word;
      if (float) this.#memory.floats[at] = values[field] as number;
      else this.#memory.words[at] = values[field] as number;
    }
  }

  /** Whether the commands after this one wait for it and all before it. */
  get joins(): boolean {
    return this.#memory.words[this.address / 4 + COMMAND.join] !== 0;
  }

  setJoin(join: boolean): void {
    this.#memory.words[this.address / 4 + COMMAND.join] = join ? 1 : 0;
  }

  release(): void {
    this.#memory.releaseBytes(this.address);
    this.#released = true;
  }
}

/** Any command's handle. */
type AnyHandle = Pick<CommandHandle<string>, 'address' | 'operation' | 'joins' | 'setJoin' | 'release'>;

/**
 * A list of commands that all threads run together, without returning to JavaScript in between. Commands wait for one another
 * only where `join` was called, and at the end of the preparations. The program also owns the buffers that only its commands
 * need.
 */
export class Program {
  readonly #memory: EngineMemory;
  readonly #run: (program: number, threads?: number) => void;
  #preparations: AnyHandle[] = [];
  #commands: AnyHandle[] = [];
  #buffers: Float32Array[] = [];
  #address = 0;

  constructor(memory: EngineMemory, run: (program: number, threads?: number) => void) {
    this.#memory = memory;
    this.#run = run;
  }

  /**
   * Calls `add`, which adds all commands, and returns its result. When it throws, as it does when memory is refused, the program
   * gives everything back. Otherwise `run` allocates no more.
   */
  fill<T>(add: (program: Program) => T): T {
    try {
      const result = add(this);
      this.#write();
      return result;
    } catch (error) {
      this.free();
      throw error;
    }
  }

  /** A buffer of zeros that lives as long as the program. */
  float32(length: number): Float32Array {
    const buffer = this.#memory.float32(length);
    this.#buffers.push(buffer);
    return buffer;
  }

  /** Adds a command to the preparations. They run before all other commands, in any order. */
  prepare<Field extends string>(
    layout: CommandLayout<Field>,
    values: Record<Field, number>,
  ): CommandHandle<Field> {
    const command = this.#make(layout, values);
    this.#preparations.push(command);
    return command;
  }

  /** Appends a command that needs no results of the commands since the last join. */
  add<Field extends string>(
    layout: CommandLayout<Field>,
    values: Record<Field, number>,
  ): CommandHandle<Field> {
    const command = this.#make(layout, values);
    this.#commands.push(command);
    return command;
  }

  /** The commands added next wait for all commands added so far. */
  join(): this {
    this.#commands.at(-1)?.setJoin(true);
    return this;
  }

  /** @param threads the most threads to use. Default: all */
  run(threads?: number): void {
    this.#write();
    this.#run(this.#address, threads);
  }

  /**
   * Runs the commands one by one and times each. They wait more often than in `run`.
   * @returns milliseconds by operation
   */
  profile(): Map<number, number> {
    const times = new Map<number, number>();
    this.#runEach([...this.#preparations, ...this.#commands], ({ operation }, milliseconds) => {
      times.set(operation, (times.get(operation) ?? 0) + milliseconds);
    });
    return times;
  }

  /**
   * Runs the commands one by one, those between two joins last first, after what the run before left in the program's buffers is made
   * useless. What comes out differs from `run` where a join is missing: for tests, since threads come upon such a place only now and then.
   */
  runReversed(): void {
    this.#write();
    const { floats } = this.#memory;
    for (const { byteOffset, length } of this.#buffers) {
      // Padding that was never written stays zero.
      for (let i = byteOffset / 4; i < byteOffset / 4 + length; i++) floats[i] *= 3;
    }
    const groups: AnyHandle[][] = [[]];
    for (const command of [...this.#preparations, ...this.#commands]) {
      groups[groups.length - 1].unshift(command);
      if (command.joins) groups.push([]);
    }
    this.#runEach(groups.flat());
  }

  #runEach(commands: readonly AnyHandle[], took?: (command: AnyHandle, milliseconds: number) => void): void {
    const list = this.#memory.allocateBytes(8);
    try {
      for (const command of commands) {
        this.#memory.words.set([1, command.address], list / 4);
        const started = performance.now();
        this.#run(list);
        took?.(command, performance.now() - started);
      }
    } finally {
      this.#memory.releaseBytes(list);
    }
  }

  /** Gives the program's memory back. */
  free(): void {
    this.#unwrite();
    for (const command of [...this.#preparations, ...this.#commands]) command.release();
    for (const { byteOffset } of this.#buffers) this.#memory.releaseBytes(byteOffset);
    this.#preparations = [];
    this.#commands = [];
    this.#buffers = [];
  }

  #make<Field extends string>(
    layout: CommandLayout<Field>,
    values: Record<Field, number>,
  ): CommandHandle<Field> {
    this.#unwrite();
    return new CommandHandle(this.#memory, layout, values);
  }

  /** Writes the list of commands, unless it is written. */
  #write(): void {
    if (this.#address) return;
    this.#preparations.at(-1)?.setJoin(true);
    this.#commands.at(-1)?.setJoin(true); // the caller needs all results
    const commands = [...this.#preparations, ...this.#commands];
    this.#address = this.#memory.allocateBytes((commands.length + 1) * 4);
    const list = [commands.length, ...commands.map(({ address }) => address)];
    this.#memory.words.set(list, this.#address / 4);
  }

  #unwrite(): void {
    if (this.#address) this.#memory.releaseBytes(this.#address);
    this.#address = 0;
  }
}
