/** The part of ONNX that this package writes, as plain data. Field numbers are in onnx-protobuf.ts. */
export interface OnnxGraph {
  readonly name: string;
  readonly nodes: readonly OnnxNode[];
  readonly initializers: readonly OnnxTensor[];
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
}

export interface OnnxNode {
  readonly operator: string;
  /** Names; '' stands for an optional input that is left out. */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

/** An integer, a list of integers, or a list of strings. */
export type OnnxAttribute = number | readonly number[] | readonly string[];

/** A constant; int64 values are given as ordinary whole numbers. */
export interface OnnxTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | readonly number[];
}

/** An input or output of the graph; a dimension given by name is free. */
export interface OnnxValue {
  readonly name: string;
  readonly type: 'float32' | 'int64';
  readonly shape: readonly (number | string)[];
}
