/** A binary heap: of its members, the one that comes before all others is taken out first. */
export class Heap<T> {
  readonly #members: T[] = [];
  readonly #before: (a: T, b: T) => boolean;

  constructor(before: (a: T, b: T) => boolean) {
    this.#before = before;
  }

  get size(): number {
    return this.#members.length;
  }

  push(member: T): void {
    const members = this.#members;
    let child = members.length;
    members.push(member);
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.#before(member, members[parent])) break;
      members[child] = members[parent];
      child = parent;
    }
    members[child] = member;
  }

  /** Takes the first out. The heap must not be empty. */
  pop(): T {
    const members = this.#members;
    const first = members[0];
    const last = members.pop()!;
    if (members.length === 0) return first;
    let parent = 0;
    for (;;) {
      let child = parent * 2 + 1;
      if (child >= members.length) break;
      if (child + 1 < members.length && this.#before(members[child + 1], members[child])) child++;
      if (!this.#before(members[child], last)) break;
      members[parent] = members[child];
      parent = child;
    }
    members[parent] = last;
    return first;
  }
}
