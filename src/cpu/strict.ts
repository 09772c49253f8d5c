/** Reads that a GPU would let pass: an index that comes from data must lie within its array. */
export function read(array: Uint32Array, index: number): number {
  if (!(index >= 0 && index < array.length)) throw new RangeError(`Index ${index} of ${array.length}.`);
  return array[index];
}
