/** Discrete Fourier transforms of lengths that are powers of two, in place, of arrays with their real and imaginary parts apart. */

/** Lines that are transformed side by side: as many as keep the processor's cache lines full. */
const BATCH = 16;

/**
 * A transform of `length` numbers, ready to be applied along any axis: to all lines x[o + stride * (length * p + j)],
 * j < length, o < stride, that the arrays hold. In an n x n x n array with the last axis contiguous, the axes
 * have the strides n * n, n and 1.
 *
 * @param length A power of two.
 * @returns X[k] = sum over j of x[j] exp(sign * 2 pi i j k / length), not scaled, written over x.
 * @throws RangeError for another length.
 */
export function makeFft(
  length: number,
): (re: Float64Array, im: Float64Array, stride: number, sign: 1 | -1) => void {
  const bits = Math.log2(length);
  if (!Number.isInteger(bits)) throw new RangeError(`length is ${length}; it must be a power of two`);
  const cosines = Float64Array.from({ length: length / 2 }, (_, j) => Math.cos((2 * Math.PI * j) / length));
  const sines = Float64Array.from({ length: length / 2 }, (_, j) => Math.sin((2 * Math.PI * j) / length));
  const reversed = new Uint32Array(length);
  for (let j = 1; j < length; j++) reversed[j] = (reversed[j >> 1] >> 1) | ((j & 1) * (length / 2));
  const lineRe = new Float64Array(length * BATCH);
  const lineIm = new Float64Array(length * BATCH);

  return (re, im, stride, sign) => {
    const count = re.length / length;
    for (let line = 0; line < count; ) {
      // Lines of one block lie side by side; with a stride of 1, one after another.
      const width = Math.min(BATCH, stride === 1 ? count - line : stride - (line % stride));
      const start = Math.floor(line / stride) * stride * length + (line % stride);
      const apart = stride === 1 ? length : 1;
      for (let j = 0; j < length; j++) {
        const from = start + j * stride;
        const to = reversed[j] * width;
        for (let w = 0; w < width; w++) {
          lineRe[to + w] = re[from + w * apart];
          lineIm[to + w] = im[from + w * apart];
        }
      }
      butterflies(width, sign);
      for (let j = 0; j < length; j++) {
        const to = start + j * stride;
        for (let w = 0; w < width; w++) {
          re[to + w * apart] = lineRe[j * width + w];
          im[to + w * apart] = lineIm[j * width + w];
        }
      }
      line += width;
    }
  };

  /** Decimation in time, of `width` lines side by side: by factors of four, and first by two where bits are odd. */
  function butterflies(width: number, sign: 1 | -1): void {
    let half = 1;
    if (bits % 2 === 1) {
      for (let low = 0; low < length * width; low += 2 * width) {
        for (let w = low; w < low + width; w++) {
          const v = w + width;
          const [aRe, aIm, bRe, bIm] = [lineRe[w], lineIm[w], lineRe[v], lineIm[v]];
          lineRe[w] = aRe + bRe;
          lineIm[w] = aIm + bIm;
          lineRe[v] = aRe - bRe;
          lineIm[v] = aIm - bIm;
        }
      }
      half = 2;
    }
    for (; half < length; half *= 4) fourfold(half, width, sign);
  }

  /** Two steps of radix 2 in one: from lines of `half` to lines of 4 * half. */
  function fourfold(half: number, width: number, sign: 1 | -1): void {
    const step = length / (4 * half);
    const apart = half * width;
    for (let j = 0; j < half; j++) {
      // The powers of the root: of the second step, of the first, and of both.
      const c1 = cosines[j * step];
      const s1 = sign * sines[j * step];
      const c2 = c1 * c1 - s1 * s1;
      const s2 = 2 * c1 * s1;
      const c3 = c1 * c2 - s1 * s2;
      const s3 = c1 * s2 + s1 * c2;
      for (let block = j; block < length; block += 4 * half) {
        const end = (block + 1) * width;
        for (let p = block * width; p < end; p++) {
          const q = p + apart;
          const r = q + apart;
          const s = r + apart;
          const bRe = c2 * lineRe[q] - s2 * lineIm[q];
          const bIm = c2 * lineIm[q] + s2 * lineRe[q];
          const cRe = c1 * lineRe[r] - s1 * lineIm[r];
          const cIm = c1 * lineIm[r] + s1 * lineRe[r];
          const dRe = c3 * lineRe[s] - s3 * lineIm[s];
          const dIm = c3 * lineIm[s] + s3 * lineRe[s];
          const evenRe = lineRe[p] + bRe;
          const evenIm = lineIm[p] + bIm;
          const oddRe = lineRe[p] - bRe;
          const oddIm = lineIm[p] - bIm;
          const sumRe = cRe + dRe;
          const sumIm = cIm + dIm;
          // i * sign times the difference.
          const turnRe = sign * (dIm - cIm);
          const turnIm = sign * (cRe - dRe);
          lineRe[p] = evenRe + sumRe;
          lineIm[p] = evenIm + sumIm;
          lineRe[q] = oddRe + turnRe;
          lineIm[q] = oddIm + turnIm;
          lineRe[r] = evenRe - sumRe;
          lineIm[r] = evenIm - sumIm;
          lineRe[s] = oddRe - turnRe;
          lineIm[s] = oddIm - turnIm;
        }
      }
    }
  }
}
