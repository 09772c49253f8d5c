/**
 * A tree of plain data and typed arrays as bytes, and back:
 *
 *     a line that names the format | a line with the header's length | the header, JSON | the arrays, little-endian, 8 bytes aligned | SHA-256 of all before
 *
 * In the header an array is `{ "$array": [kind, length] }`; they follow in the order of the header. Reading holds no more than the file.
 */
import { createHash } from "node:crypto";

/** What is no tree of this format, or no longer. Its message says what is wrong in a few words. */
export class DamagedError extends Error {
  override name = "DamagedError";
}

const kinds = { u32: Uint32Array, u64: BigUint64Array, f64: Float64Array } as const;
type Kind = keyof typeof kinds;
type Numbers = Uint32Array | BigUint64Array | Float64Array;

/** The last word changes whenever the meaning of the bytes does. */
const magic = "coagula tree 1\n";
const mostHeader = 2 ** 26;
const mostDepth = 32;
const hashLength = 32;
const lengthDigits = 12;
const headerAt = magic.length + lengthDigits + 1;

const aligned = (bytes: number) => Math.ceil(bytes / 8) * 8;

const kindOf = (value: unknown): Kind | undefined =>
  (Object.keys(kinds) as Kind[]).find((kind) => value instanceof kinds[kind]);

/** The pieces of the file, in order; arrays are not copied. */
export function* treeToBytes(tree: unknown): Generator<Uint8Array> {
  const arrays: Numbers[] = [];
  const header = JSON.stringify(tree, (_, value) => {
    const kind = kindOf(value);
    if (kind === undefined) return value;
    arrays.push(value);
    return { $array: [kind, value.length] };
  });
  const bytes = Buffer.from(header);
  if (bytes.length > mostHeader) throw new RangeError(`a header of ${bytes.length} bytes`);
  const head = Buffer.concat([
    Buffer.from(`${magic}${String(bytes.length).padStart(lengthDigits)}\n`),
    bytes,
    padding(headerAt + bytes.length),
  ]);
  const hash = createHash("sha256");
  const pieces = function* () {
    yield head;
    for (const array of arrays) {
      yield new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
      yield padding(array.byteLength);
    }
  };
  for (const piece of pieces()) {
    for (const part of parts(piece)) {
      hash.update(part);
      yield part;
    }
  }
  yield hash.digest();
}

/** Neither hashes nor files take more than 2 GiB at a time. */
export function* parts(bytes: Uint8Array): Generator<Uint8Array> {
  const most = 2 ** 28;
  for (let at = 0; at < bytes.length; at += most) yield bytes.subarray(at, at + most);
}

const padding = (length: number) => Buffer.alloc(aligned(length) - length);

/** The tree of these bytes, all of a buffer; arrays are views of it. Throws a DamagedError for anything else. */
export function treeFromBytes(buffer: ArrayBuffer): unknown {
  const bytes = new Uint8Array(buffer);
  const start = Buffer.from(buffer, 0, Math.min(bytes.length, headerAt)).toString("latin1");
  if (!start.startsWith(magic)) throw new DamagedError("it is not of this format");
  const headerLength = Number(start.slice(magic.length));
  if (!Number.isSafeInteger(headerLength) || headerLength > mostHeader) {
    throw new DamagedError("its header has no length");
  }
  const arraysAt = aligned(headerAt + headerLength);
  const end = bytes.length - hashLength;
  if (arraysAt > end) throw new DamagedError("it is torn off");
  const hash = createHash("sha256");
  for (const part of parts(bytes.subarray(0, end))) hash.update(part);
  if (!hash.digest().equals(bytes.subarray(end))) throw new DamagedError("its checksum is wrong");
  let at = arraysAt;
  const take = (kind: Kind, length: number): Numbers => {
    const array = kinds[kind];
    const size = aligned(length * array.BYTES_PER_ELEMENT);
    if (at + size > end) throw new DamagedError("its arrays are longer than the file");
    const taken = new array(buffer, at, length);
    at += size;
    return taken;
  };
  const text = Buffer.from(buffer, headerAt, headerLength).toString("utf8");
  const tree = filled(parsed(text), take, mostDepth);
  if (at !== end) throw new DamagedError("its arrays are shorter than the file");
  return tree;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new DamagedError("its header is no JSON");
  }
}

/** The header with its arrays, in the order in which JSON.stringify met them. */
function filled(value: unknown, take: (kind: Kind, length: number) => Numbers, depth: number): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (depth === 0) throw new DamagedError("its header is too deep");
  if (Array.isArray(value)) return value.map((item) => filled(item, take, depth - 1));
  if (Object.hasOwn(value, "$array")) {
    const [kind, length] = Object.values((value as { $array: unknown }).$array ?? {});
    if (!isKind(kind) || !Number.isSafeInteger(length) || length < 0) {
      throw new DamagedError("its header names no array");
    }
    return take(kind, length);
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filled(item, take, depth - 1)]));
}

const isKind = (kind: unknown): kind is Kind => typeof kind === "string" && Object.hasOwn(kinds, kind);
