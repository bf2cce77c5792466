import * as tf from '@tensorflow/tfjs-core';

/** tfjs's wasm backend gives views of its heap. */
interface HeapBackend extends tf.KernelBackend {
  typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array;
  getMemoryOffset(dataId: tf.DataId): number;
}

function hasHeap(backend: tf.KernelBackend): backend is HeapBackend {
  return 'typedArrayFromHeap' in backend;
}

/** The tensors' numbers, on the wasm backend without a copy. Do not keep them: an allocation may move its heap. */
export function readTensors(backend: tf.KernelBackend, tensors: readonly tf.TensorInfo[]): Float32Array[] {
  if (!hasHeap(backend)) return tensors.map(({ dataId }) => backend.readSync(dataId) as Float32Array);
  // A tensor of another backend moves here when it is first read, which allocates. So move all of them before taking views.
  for (const { dataId } of tensors) backend.getMemoryOffset(dataId);
  return tensors.map((tensor) => backend.typedArrayFromHeap(tensor));
}

/** A tensor with a copy of `values`. */
export function writeTensor(
  backend: tf.KernelBackend,
  values: Float32Array,
  shape: readonly number[],
): tf.Tensor {
  // The wasm backend copies into its heap; other backends keep the array itself.
  return tf.tensor(hasHeap(backend) ? values : values.slice(), [...shape], 'float32');
}
