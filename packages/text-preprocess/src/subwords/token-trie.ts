import { PairTable } from '../bpe/pair-table.js';

/** Tokens by their UTF-16 units, for finding those that a text continues with. Nodes are numbers; 0 is the root, and no child. */
export class TokenTrie {
  readonly #edges = new PairTable();
  /** By node: the id of the token that ends there, or -1. */
  readonly #ids: number[] = [-1];

  add(token: string, id: number): void {
    let node = 0;
    for (let i = 0; i < token.length; i++) {
      // An edge's index is dense, so that one more is the number of the node it leads to.
      node = this.#edges.intern(node, token.charCodeAt(i)) + 1;
      if (node === this.#ids.length) this.#ids.push(-1);
    }
    this.#ids[node] = id;
  }

  /** The node after one more unit, or 0 where no token continues so. */
  step(node: number, unit: number): number {
    return this.#edges.find(node, unit) + 1;
  }

  /** The token that ends at a node, or -1. */
  idAt(node: number): number {
    return this.#ids[node];
  }
}
