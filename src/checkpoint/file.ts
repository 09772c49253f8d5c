/** Files that are there whole or not at all, even if the machine goes down. */
import { randomBytes } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { parts } from "./tree.ts";

/** Writes the pieces beside `path` and moves them there when the disk has them. */
export async function writeWhole(path: string, pieces: Iterable<Uint8Array>): Promise<void> {
  const partial = join(dirname(path), `.${basename(path)}.partial-${randomBytes(4).toString("hex")}`);
  try {
    const file = await open(partial, "wx");
    try {
      for (const piece of pieces) await file.writeFile(piece);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(partial, path);
    await syncFolder(dirname(path));
  } catch (error) {
    await rm(partial, { force: true }).catch(() => {});
    throw error;
  }
}

/** That a file has its name is the folder's to remember. Not every file system can be asked to. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path).catch(() => null);
  await folder?.sync().catch(() => {});
  await folder?.close();
}

/** All of a file, of any size that fits into memory. */
export async function readWhole(path: string): Promise<ArrayBuffer> {
  const file = await open(path);
  try {
    const buffer = new ArrayBuffer((await file.stat()).size);
    for (const part of parts(new Uint8Array(buffer))) {
      for (let at = 0; at < part.length; ) {
        const { bytesRead } = await file.read(part, at);
        if (bytesRead === 0) return buffer.slice(0, part.byteOffset + at);
        at += bytesRead;
      }
    }
    return buffer;
  } finally {
    await file.close();
  }
}
