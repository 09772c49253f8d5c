/** From the number of particles in each cell, u32[n], to where each cell's particles start, u32[n + 1]: running sums. */
export function cell_scan(count: Uint32Array, start: Uint32Array): void {
  let sum = 0;
  for (let cell = 0; cell < count.length; cell++) {
    start[cell] = sum;
    sum += count[cell];
  }
  start[count.length] = sum;
}
