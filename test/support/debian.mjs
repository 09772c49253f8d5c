// Installs Debian's packages for tests, where it may: as root or with passwordless sudo, on a system with apt-get.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";

/** apt-get without questions, and with patience for another one at work. */
export const aptGet = [
  "env",
  "DEBIAN_FRONTEND=noninteractive",
  "apt-get",
  "-o",
  "DPkg::Lock::Timeout=300",
  "-o",
  "Acquire::Retries=3",
];
export const aptInstall = [...aptGet, "install", "-y", "--no-install-recommends"];

/** What each package is looked for by. */
const programs = {
  "python3-h5py": ["/usr/bin/python3", "-c", "import h5py"],
  "r-cran-hdf5r": ["Rscript", "-e", "library(hdf5r)"],
  "hdf5-tools": ["h5dump", "--version"],
  chromium: ["chromium", "--version"],
  slurmctld: ["sh", "-c", "command -v slurmctld"],
  slurmd: ["sh", "-c", "command -v slurmd"],
  "slurm-client": ["sh", "-c", "command -v sbatch"],
  munge: ["sh", "-c", "command -v munged"],
};

/** Installs what is missing of these packages. Throws an error of one sentence that says what to install if that cannot be. */
export function ensurePackages(...packages) {
  const missing = packages.filter((name) => !succeeds(...programs[name]));
  if (missing.length === 0) return;
  // Test files run side by side, and two `apt-get update` would collide.
  const alone = ["flock", "/tmp/coagula-test-apt.lock"];
  const steps = [
    { command: [...alone, ...aptGet, "update"] },
    { command: [...alone, ...aptInstall, ...missing] },
  ];
  const failure = runAsRoot(steps, `Installing ${missing.join(", ")} for the tests.`);
  const left = missing.filter((name) => !succeeds(...programs[name]));
  if (left.length === 0) return;
  throw new Error(
    `Missing for this test (${failure ?? "installing did not help"}): \`sudo apt-get install ${left.join(" ")}\`.`,
  );
}

/** Runs commands as root, one after the other, saying so; returns why it could not, or null. */
export function runAsRoot(steps, announcement) {
  if (process.platform !== "linux" || !existsSync("/usr/bin/apt-get")) return "not Debian or Ubuntu";
  const asRoot = process.getuid() === 0 ? [] : ["sudo", "-n"];
  if (asRoot.length > 0 && !succeeds("sudo", "-n", "true")) return "no right to install";

  console.error(announcement);
  for (const { command, input } of steps) {
    const [program, ...args] = [...asRoot, ...command];
    console.error(`+ ${command.join(" ")}${input ? `  # ${input.trim()}` : ""}`);
    // apt-get talks to standard error, so that standard output stays the tests' own.
    const { status } = spawnSync(program, args, { input: input ?? "", stdio: ["pipe", 2, 2] });
    if (status !== 0) return `\`${command.join(" ")}\` failed`;
  }
  return null;
}

const succeeds = (program, ...args) => spawnSync(program, args, { stdio: "ignore" }).status === 0;
