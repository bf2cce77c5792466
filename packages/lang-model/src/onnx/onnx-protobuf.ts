import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

/** The part of ONNX that this package writes, as plain data. */
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

/** Version of the file format; 8 came with ONNX 1.13 and is read by every runtime in use. */
const irVersion = 8;

/** Version of the operators. All used here have kept their meaning since 14 (GRU's and LSTM's `layout`). */
const operatorSet = 17;

const dataTypes = { float32: 1, int64: 7 } as const;

const attributeTypes = { integer: 2, integers: 7, strings: 8 } as const;

/**
 * A whole `.onnx` file (ModelProto). Field numbers are those of onnx/onnx.proto.
 * @param metadata free text, kept under metadata_props
 */
export function encodeOnnx(graph: OnnxGraph, metadata: Readonly<Record<string, string>> = {}): Uint8Array {
  const model = new BinaryWriter();
  model.tag(1, WireType.Varint).int64(irVersion);
  model.tag(2, WireType.LengthDelimited).string('throughtime');
  message(model, 7, (writer) => writeGraph(writer, graph));
  message(model, 8, (writer) => writer.tag(2, WireType.Varint).int64(operatorSet));
  for (const [key, value] of Object.entries(metadata))
    message(model, 14, (writer) => {
      writer.tag(1, WireType.LengthDelimited).string(key);
      writer.tag(2, WireType.LengthDelimited).string(value);
    });
  return model.finish();
}

function writeGraph(writer: BinaryWriter, graph: OnnxGraph): void {
  for (const node of graph.nodes) message(writer, 1, (inner) => writeNode(inner, node));
  writer.tag(2, WireType.LengthDelimited).string(graph.name);
  for (const tensor of graph.initializers) message(writer, 5, (inner) => writeTensor(inner, tensor));
  for (const value of graph.inputs) message(writer, 11, (inner) => writeValue(inner, value));
  for (const value of graph.outputs) message(writer, 12, (inner) => writeValue(inner, value));
}

function writeNode(writer: BinaryWriter, { operator, inputs, outputs, attributes = {} }: OnnxNode): void {
  for (const name of inputs) writer.tag(1, WireType.LengthDelimited).string(name);
  for (const name of outputs) writer.tag(2, WireType.LengthDelimited).string(name);
  writer.tag(4, WireType.LengthDelimited).string(operator);
  for (const [name, value] of Object.entries(attributes))
    message(writer, 5, (inner) => writeAttribute(inner, name, value));
}

function writeAttribute(writer: BinaryWriter, name: string, value: OnnxAttribute): void {
  writer.tag(1, WireType.LengthDelimited).string(name);
  let type: number = attributeTypes.integer;
  if (typeof value === 'number') writer.tag(3, WireType.Varint).int64(value);
  else
    for (const item of value) {
      if (typeof item === 'number') writer.tag(8, WireType.Varint).int64(item);
      else writer.tag(9, WireType.LengthDelimited).string(item);
      type = typeof item === 'number' ? attributeTypes.integers : attributeTypes.strings;
    }
  writer.tag(20, WireType.Varint).int32(type);
}

function writeTensor(writer: BinaryWriter, { name, shape, data }: OnnxTensor): void {
  const float = data instanceof Float32Array;
  for (const size of shape) writer.tag(1, WireType.Varint).int64(size);
  writer.tag(2, WireType.Varint).int32(float ? dataTypes.float32 : dataTypes.int64);
  writer.tag(8, WireType.LengthDelimited).string(name);
  // raw_data is little-endian, as is every platform that has typed arrays in use.
  const values = float ? data : BigInt64Array.from(data, BigInt);
  writer
    .tag(9, WireType.LengthDelimited)
    .bytes(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}

function writeValue(writer: BinaryWriter, { name, type, shape }: OnnxValue): void {
  writer.tag(1, WireType.LengthDelimited).string(name);
  message(writer, 2, (typeProto) =>
    message(typeProto, 1, (tensorType) => {
      tensorType.tag(1, WireType.Varint).int32(dataTypes[type]);
      message(tensorType, 2, (shapeProto) => {
        for (const size of shape)
          message(shapeProto, 1, (dimension) => {
            if (typeof size === 'number') dimension.tag(1, WireType.Varint).int64(size);
            else dimension.tag(2, WireType.LengthDelimited).string(size);
          });
      });
    }),
  );
}

/** A nested message in field `field`. */
function message(writer: BinaryWriter, field: number, write: (inner: BinaryWriter) => unknown): void {
  writer.tag(field, WireType.LengthDelimited).fork();
  write(writer);
  writer.join();
}
