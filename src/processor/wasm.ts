/** Just enough of WebAssembly's binary format for one exported function over an imported, shared memory. */

export const op = {
  block: 0x02,
  loop: 0x03,
  if: 0x04,
  else: 0x05,
  end: 0x0b,
  br: 0x0c,
  brIf: 0x0d,
  select: 0x1b,
  get: 0x20,
  set: 0x21,
  load: 0x28,
  store: 0x36,
  const: 0x41,
  f64Const: 0x44,
  eqz: 0x45,
  eq: 0x46,
  ne: 0x47,
  ltS: 0x48,
  ltU: 0x49,
  gtS: 0x4a,
  gtU: 0x4b,
  leS: 0x4c,
  leU: 0x4d,
  geS: 0x4e,
  geU: 0x4f,
  f64Lt: 0x63,
  clz: 0x67,
  ctz: 0x68,
  popcnt: 0x69,
  add: 0x6a,
  sub: 0x6b,
  mul: 0x6c,
  divS: 0x6d,
  divU: 0x6e,
  remS: 0x6f,
  remU: 0x70,
  and: 0x71,
  or: 0x72,
  xor: 0x73,
  shl: 0x74,
  shrS: 0x75,
  shrU: 0x76,
  i64Add: 0x7c,
  i64Mul: 0x7e,
  i64Shl: 0x86,
  i64ShrU: 0x88,
  i64Const: 0x42,
  f32Sqrt: 0x91,
  f32Add: 0x92,
  f32Sub: 0x93,
  f32Mul: 0x94,
  f32Div: 0x95,
  f64Mul: 0xa2,
  f64Div: 0xa3,
  wrap: 0xa7,
  extendU: 0xad,
  f32FromU: 0xb3,
  promote: 0xbb,
  bitsOfF32: 0xbc,
  f32FromBits: 0xbe,
} as const;

/** Behind the prefix 0xfe. */
export const atomic = {
  load: 0x10,
  store: 0x17,
  add: 0x1e,
  sub: 0x25,
  or: 0x33,
  compareExchange: 0x48,
} as const;

export const voidBlock = 0x40;
export const i32 = 0x7f;
export const i64 = 0x7e;

/** LEB128 of a whole number from 0 up. */
export function unsigned(n: number): number[] {
  const bytes: number[] = [];
  let rest = n >>> 0;
  do {
    const low = rest & 0x7f;
    rest >>>= 7;
    bytes.push(rest === 0 ? low : low | 0x80);
  } while (rest !== 0);
  return bytes;
}

/** LEB128 of a word taken as a signed one. */
export function signed(n: number): number[] {
  const bytes: number[] = [];
  let rest = n | 0;
  for (;;) {
    const low = rest & 0x7f;
    rest >>= 7;
    if ((rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0)) {
      bytes.push(low);
      return bytes;
    }
    bytes.push(low | 0x80);
  }
}

const section = (id: number, content: number[]) => [id, ...unsigned(content.length), ...content];
const text = (name: string) => [name.length, ...new TextEncoder().encode(name)];

/** Pages of 64 KiB that a memory may come to have: all that 32 bits can address. */
export const mostPages = 65536;

/** A module that imports memory.memory and exports `run`, of words and nothing: its code after the parameters, with further locals of these types. */
export function moduleOf(parameters: number, locals: number[], code: number[]): Uint8Array<ArrayBuffer> {
  // Runs of locals of one type.
  const runs: [number, number][] = [];
  for (const type of locals) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === type) last[0]++;
    else runs.push([1, type]);
  }
  const declarations = runs.flatMap(([count, type]) => [...unsigned(count), type]);
  const size = unsigned(runs.length).length + declarations.length + code.length + 1;
  const body = [...unsigned(size), ...unsigned(runs.length), ...declarations, ...code, op.end];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [1, 0x60, ...unsigned(parameters), ...Array<number>(parameters).fill(i32), 0]),
    ...section(2, [1, ...text("memory"), ...text("memory"), 2, 3, ...unsigned(1), ...unsigned(mostPages)]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...text("run"), 0, 0]),
    ...section(10, [1, ...body]),
  ]);
}
