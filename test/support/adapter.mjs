// Makes sure that the tests have a WebGPU adapter: finds one, or installs Mesa's software Vulkan where it may.

import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { aptGet, aptInstall, runAsRoot } from "./debian.mjs";

/** Environment variables by which someone has already chosen a Vulkan driver. */
const driverVariables = ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"];

/** Chromium's software Vulkan as Debian ships it: outside the loader's search path, and several times slower than Mesa's. */
const swiftShader = "/usr/lib/chromium/vk_swiftshader_icd.json";

const sourcesDir = "/etc/apt/sources.list.d";
const backportsList = `${sourcesDir}/coagula-bookworm-backports.list`;

/**
 * Finds an adapter, installing one if need be, and returns what to add to the environment of a process that uses it.
 * Throws an error of one sentence when there is none.
 */
export function ensureAdapter() {
  if (hasAdapter({})) return {};

  const chosen = driverVariables.find((name) => name in process.env);
  if (chosen)
    throw new Error(
      `No WebGPU adapter: unset ${chosen}=${process.env[chosen]}, or name a driver that works.`,
    );

  const failure = installMesa();
  if (!failure && hasAdapter({})) return {};

  const fallback = { VK_DRIVER_FILES: swiftShader };
  if (existsSync(swiftShader) && hasAdapter(fallback)) return fallback;

  throw new Error(
    `No WebGPU adapter (${failure ?? "WebGPU refuses this system's Mesa"}): install a Vulkan driver, for instance Mesa's ` +
      "software one by `sudo apt-get install mesa-vulkan-drivers libvulkan1` (on Debian 12 with `-t bookworm-backports`).",
  );
}

/** Whether WebGPU finds an adapter; asked in a child, since a broken driver can abort the process that loads it. */
function hasAdapter(env) {
  const source = `
    import { create } from "webgpu";
    globalThis.gpu = create([]); // collected while in use, it takes the process down
    process.exit((await globalThis.gpu.requestAdapter()) ? 0 : 3);`;
  const child = spawnSync(process.execPath, ["--input-type=module", "--eval", source], {
    cwd: import.meta.dirname,
    env: { ...process.env, ...env },
    encoding: "utf8",
    timeout: 60_000,
  });
  // No driver cures a module that does not load, so say what keeps it from loading.
  const unloadable = /^Error.*(ERR_MODULE_NOT_FOUND|not found|cannot open shared object).*$/m.exec(
    child.stderr,
  );
  if (unloadable) throw new Error(`The webgpu package does not load: ${unloadable[0]}`);
  return child.status === 0;
}

/** Installs Mesa's software Vulkan with apt-get; returns why it could not, or null. */
function installMesa() {
  const steps = () => installSteps(readFileSync("/etc/os-release", "utf8"), aptSources());
  return runAsRoot(
    existsSync("/etc/os-release") ? steps() : [],
    "No WebGPU adapter: installing Mesa's software Vulkan.",
  );
}

/** The commands, to be run as root, that install Mesa's software Vulkan on the system that os-release describes. */
export function installSteps(osRelease, sources) {
  const packages = ["mesa-vulkan-drivers", "libvulkan1"];
  const update = { command: [...aptGet, "update"] };

  const isBookworm = /^ID=debian$/m.test(osRelease) && /^VERSION_ID="?12"?$/m.test(osRelease);
  if (!isBookworm) return [update, { command: [...aptInstall, ...packages] }];

  // Debian 12's own Mesa, 22.3, lacks a feature that WebGPU requires.
  const configured = /^[^#\n]*\bbookworm-backports\b/m.test(sources);
  const addBackports = {
    command: ["tee", backportsList],
    input: `deb ${mirror(sources)} bookworm-backports main\n`,
  };
  return [
    ...(configured ? [] : [addBackports]),
    update,
    { command: [...aptInstall, "-t", "bookworm-backports", ...packages] },
  ];
}

/** The mirror of the main archive that the sources name: it has the backports too, which the security archive has not. */
function mirror(sources) {
  const uris = [...sources.matchAll(/^(?:deb\s+(?:\[[^\]]*\]\s+)?|URIs:\s*)(\S+)/gm)].map(
    (match) => match[1],
  );
  return uris.find((uri) => /\/debian\/?$/.test(uri)) ?? "http://deb.debian.org/debian";
}

/** apt's sources, in both of its formats, as one text. */
function aptSources() {
  const files = existsSync(sourcesDir) ? readdirSync(sourcesDir).map((name) => `${sourcesDir}/${name}`) : [];
  return ["/etc/apt/sources.list", ...files]
    .filter((path) => /\.(list|sources)$/.test(path) && existsSync(path))
    .map((path) => readFileSync(path, "utf8"))
    .join("\n");
}
