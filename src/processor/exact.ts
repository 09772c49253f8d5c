/**
 * Functions of the shaders that a processor has as instructions: by IEEE 754 they give the same bits as the integers of `shaders/shared/single.wgsl`,
 * which are there since WGSL's own floats need not. `test/processor` holds each against its text.
 */
import type { Scalar, Value } from "./values.ts";
import { i64, op, signed } from "./wasm.ts";

interface Room {
  /** Computes this once, into a local of this type, and gives the code for it. */
  keep(code: number[], type?: number): number[];
}

const word = (code: number[]): Scalar => ({ type: "u32", known: null, code, stable: false });
const u64 = (code: number[]) => [...code, op.extendU];
const float = (code: number[]) => [...code, op.f32FromBits];

/** 2^-126, below which numbers are zero: its bits, and itself in double precision. */
const smallestBits = [op.const, ...signed(0x00800000)];
const smallest = [op.f64Const, ...new Uint8Array(Float64Array.of(2 ** -126).buffer)];

/** Whether it is one of those below is decided before rounding. */
function rounded(a: Scalar, b: Scalar, single: number, double: number, { keep }: Room): Scalar {
  const bits = keep([...float(a.code), ...float(b.code), single, op.bitsOfF32]);
  const unrounded = [...float(a.code), op.promote, ...float(b.code), op.promote, double];
  const slowly = [op.const, 0, ...bits, ...unrounded, ...smallest, op.f64Lt, op.select];
  return word([...bits, ...smallestBits, op.leU, op.if, 0x7f, ...slowly, op.else, ...bits, op.end]);
}

const product = (a: Scalar, b: Scalar) => [...u64(a.code), ...u64(b.code), op.i64Mul];
const upper = (product: number[], by: number) => [
  ...product,
  op.i64Const,
  ...signed(by),
  op.i64ShrU,
  op.wrap,
];

export const exact: Record<string, (args: Scalar[], room: Room) => Value> = {
  single_mul: ([a, b], room) => rounded(a, b, op.f32Mul, op.f64Mul, room),
  single_div: ([a, b], room) => rounded(a, b, op.f32Div, op.f64Div, room),
  single_add: ([a, b]) => word([...float(a.code), ...float(b.code), op.f32Add, op.bitsOfF32]),
  // A difference below 2^-126 is exact.
  single_sub([a, b], { keep }) {
    const bits = keep([...float(a.code), ...float(b.code), op.f32Sub, op.bitsOfF32]);
    return word([op.const, 0, ...bits, ...bits, ...smallestBits, op.ltU, op.select]);
  },
  single_sqrt: ([a]) => word([...float(a.code), op.f32Sqrt, op.bitsOfF32]),
  single_from_integer: ([n]) => word([...n.code, op.f32FromU, op.bitsOfF32]),
  multiply_high: ([a, b]) => word(upper(product(a, b), 32)),
  // Half is added to the product, and what is below a unit dropped; from a shift of 49 on nothing is left of its 48 bits.
  rounded_product([magnitude, sigma], { keep }) {
    const significand = [
      ...sigma.code,
      op.const,
      ...signed(0x7fffff),
      op.and,
      op.const,
      ...signed(0x800000),
      op.or,
    ];
    const wanted = keep([op.const, ...signed(171), ...sigma.code, op.const, 23, op.shrU, op.sub]);
    const most = [op.const, ...signed(63)];
    const shift = keep([...wanted, ...most, ...wanted, ...most, op.ltU, op.select]);
    const half = [op.i64Const, 1, ...u64([...shift, op.const, 1, op.sub]), op.i64Shl];
    const product = [...u64(magnitude.code), ...u64(significand), op.i64Mul];
    return word([...product, ...half, op.i64Add, ...u64(shift), op.i64ShrU, op.wrap]);
  },
  product48([a, b], { keep }) {
    const all = keep(product(a, b), i64);
    const [high, low] = [
      word(upper(all, 24)),
      word([...all, op.wrap, op.const, ...signed(0xffffff), op.and]),
    ];
    return {
      type: {
        fields: [
          ["x", "u32"],
          ["y", "u32"],
        ],
        element: "u32",
      },
      parts: [high, low],
    };
  },
};
