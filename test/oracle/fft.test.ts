import { describe, expect, test } from "vitest";
import { makeFft } from "../../src/oracle/fft.ts";

/** Some numbers without a pattern. */
const noise = (count: number, seed: number) =>
  Float64Array.from({ length: count }, (_, i) => Math.sin(seed + 12.9898 * i * i));

describe.each([1, 2, 8, 64])("a transform of length %i", (length) => {
  // Strides of 40 and 5 lines at once: more, and fewer, than are taken side by side.
  test.each([1, 5, 40])("is the sum over every line of stride %i, in both directions", (stride) => {
    for (const sign of [1, -1] as const) {
      const re = noise(3 * length * stride, 1);
      const im = noise(3 * length * stride, 2);
      const [newRe, newIm] = [re.slice(), im.slice()];
      makeFft(length)(newRe, newIm, stride, sign);
      for (const o of [0, stride - 1, 2 * length * stride]) {
        for (const k of [0, 1, length - 1].filter((k) => k < length)) {
          let sumRe = 0;
          let sumIm = 0;
          for (let j = 0; j < length; j++) {
            const at = o + j * stride;
            const angle = (sign * 2 * Math.PI * j * k) / length;
            sumRe += re[at] * Math.cos(angle) - im[at] * Math.sin(angle);
            sumIm += re[at] * Math.sin(angle) + im[at] * Math.cos(angle);
          }
          expect(newRe[o + k * stride]).toBeCloseTo(sumRe, 11);
          expect(newIm[o + k * stride]).toBeCloseTo(sumIm, 11);
        }
      }
    }
  });
});

test("along all three axes of a cube, there and back, is the number of points", () => {
  const n = 16;
  const transform = makeFft(n);
  const re = noise(n ** 3, 3);
  const im = noise(n ** 3, 4);
  const [newRe, newIm] = [re.slice(), im.slice()];
  for (const sign of [1, -1] as const)
    for (const stride of [1, n, n * n]) transform(newRe, newIm, stride, sign);
  for (let i = 0; i < n ** 3; i += 97) {
    expect(newRe[i] / n ** 3).toBeCloseTo(re[i], 13);
    expect(newIm[i] / n ** 3).toBeCloseTo(im[i], 13);
  }
});

test("another length than a power of two is refused", () => {
  expect(() => makeFft(12)).toThrow(RangeError);
});
