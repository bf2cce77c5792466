import * as tf from '@tensorflow/tfjs-core';

/** tfjs's wasm backend gives views of its heap. */
interface HeapBackend extends tf.KernelBackend {
  typedArrayFromHeap(tensor: tf.TensorInfo): Float32Array;
}

function hasHeap(backend: tf.KernelBackend): backend is HeapBackend {
  return 'typedArrayFromHeap' in backend;
}

/** A tensor's numbers, on the wasm backend without a copy. Not to be kept over an allocation, which may move its heap. */
export function readTensor(backend: tf.KernelBackend, tensor: tf.TensorInfo): Float32Array {
  return hasHeap(backend)
    ? backend.typedArrayFromHeap(tensor)
    : (backend.readSync(tensor.dataId) as Float32Array);
}

/** A tensor with a copy of `values`. */
export function writeTensor(
  backend: tf.KernelBackend,
  values: Float32Array,
  shape: readonly number[],
): tf.Tensor {
  // The wasm backend copies into its heap; others keep the array that they are given.
  return tf.tensor(hasHeap(backend) ? values : values.slice(), [...shape], 'float32');
}
