/** All pieces in one buffer. */
export function buffer(pieces: Iterable<Uint8Array>): ArrayBuffer {
  const all = [...pieces];
  const bytes = new Uint8Array(all.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of all) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes.buffer;
}
