import { expect, test } from "vitest";
import { tridiagonalSpectrum } from "../../src/oracle/tridiagonal.ts";

test("the second difference with fixed ends has the eigenvalues 2 cos(k pi / (n + 1)) - 2", () => {
  for (const size of [1, 2, 3, 40, 201]) {
    const { values } = tridiagonalSpectrum(new Array(size).fill(-2), new Array(size - 1).fill(1));
    const exact = Array.from({ length: size }, (_, k) => 2 * Math.cos(((k + 1) * Math.PI) / (size + 1)) - 2);
    for (const [k, value] of values.toSorted().reverse().entries()) {
      expect(Math.abs(value - exact[k])).toBeLessThan(2e-14);
    }
  }
});

test("the eigenvectors are orthonormal and put any matrix together again, also one that falls into blocks", () => {
  const size = 30;
  const diagonal = Array.from({ length: size }, (_, i) => Math.sin(3 * i) * 10 ** (i % 4));
  const beside = Array.from({ length: size - 1 }, (_, i) => (i % 7 === 3 ? 0 : Math.cos(5 * i) * 3));
  const { values, vectors } = tridiagonalSpectrum(diagonal, beside);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j < size; j++) {
      let [product, entry] = [0, 0];
      for (let k = 0; k < size; k++) {
        product += vectors[i * size + k] * vectors[j * size + k];
        entry += values[k] * vectors[k * size + i] * vectors[k * size + j];
      }
      const matrix = i === j ? diagonal[i] : Math.abs(i - j) === 1 ? beside[Math.min(i, j)] : 0;
      expect(Math.abs(product - (i === j ? 1 : 0))).toBeLessThan(1e-13);
      expect(Math.abs(entry - matrix)).toBeLessThan(1e-11);
    }
  }
});
