/** Other people's readers of HDF5: Debian's h5py and h5dump. */
import { spawnSync } from "node:child_process";
import { ensurePackages } from "./debian.mjs";

/** Installs them where they are missing, if that is allowed; to be called before the others. */
export const ensureHdf5 = () => ensurePackages("python3-h5py", "hdf5-tools");

function output(program: string, args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: "utf8", maxBuffer: 2 ** 28 });
  if (status !== 0) throw new Error(`${program} failed: ${stderr}`);
  return stdout;
}

/** What a program in Python prints as JSON that has numpy as np, the open file as f, and `bits(dataset)`: SHA-256 of the values in memory order. */
export function withH5py<T>(path: string, expression: string): T {
  const program = `
import h5py, hashlib, json, sys, numpy as np
f = h5py.File(sys.argv[1], "r")
bits = lambda values: hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()
text = lambda value: value.decode() if isinstance(value, bytes) else value
print(json.dumps(${expression}))`;
  return JSON.parse(output("/usr/bin/python3", ["-c", program, path]));
}

/** The numbers of a dataset as h5dump prints them, in memory order. */
export function h5dump(path: string, dataset: string): number[] {
  const text = output("h5dump", ["-d", dataset, "-y", "-w", "0", "-m", "%.17g", path]);
  const data = text.slice(text.indexOf("DATA {") + "DATA {".length);
  return (data.match(/-?(nan|inf|[\d.]+(e[+-]?\d+)?)/g) ?? []).map((word) =>
    word.endsWith("nan") ? Number.NaN : Number(word),
  );
}

/** Storage and filters, as h5dump tells them. */
export const h5properties = (path: string, dataset: string): string =>
  output("h5dump", ["-p", "-H", "-d", dataset, path]);
