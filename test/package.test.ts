/** What users install. It is packed from a copy of the sources, since packing builds, and other tests run dist/ meanwhile. */
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { freshFolder, listing, root, scenarioText, start, succeeds, writeFiles } from "./support/cli.ts";

const npm = (folder: string, ...args: string[]) => start("npm", args, { folder });

const sources = freshFolder();
/** A project of somebody else's with the package in it. */
const project = freshFolder({ "package.json": '{ "name": "somebody", "private": true, "type": "module" }' });
const installed = join(project, "node_modules/coagula");
let tarball: string;

beforeAll(async () => {
  const left = new Set(["node_modules", ".git", "dist", "results"]);
  cpSync(root, sources, { recursive: true, filter: (path) => !left.has(relative(root, path)) });
  symlinkSync(join(root, "node_modules"), join(sources, "node_modules"));
  await succeeds(npm(sources, "pack"));
  const [name] = readdirSync(sources).filter((file) => file.endsWith(".tgz"));
  tarball = join(sources, name);

  // As npm does it, but from no registry: the package, the dependencies it names and no others, and its command.
  await succeeds(start("tar", ["-xzf", tarball], { folder: project }));
  mkdirSync(join(project, "node_modules/.bin"), { recursive: true });
  renameSync(join(project, "package"), installed);
  const { dependencies, bin } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
  for (const dependency of Object.keys(dependencies)) {
    const place = join(project, "node_modules", dependency);
    mkdirSync(dirname(place), { recursive: true });
    symlinkSync(join(root, "node_modules", dependency), place);
  }
  symlinkSync(join(installed, bin.coagula), join(project, "node_modules/.bin/coagula"));
  writeFiles(project, { "small.yaml": scenarioText() });
});

describe("the package", () => {
  test("is smaller than a megabyte and has what users need and nothing else", () => {
    expect(statSync(tarball).size).toBeLessThan(2 ** 20);
    const files = listing(installed).filter((path) => statSync(join(installed, path)).isFile());
    const needed = ["LICENSE", "README.md", "package.json", "scenarios/first-light.yaml"];
    const built = ["index.js", "cli.js", "scenario.schema.json", "types/index.d.ts"];
    expect(files).toEqual(expect.arrayContaining([...needed, ...built.map((file) => `dist/${file}`)]));
    const allowed =
      /^(LICENSE|README\.md|CHANGELOG\.md|SECURITY\.md|package\.json|scenarios\/.*\.yaml|deploy\/.*|dist\/.*)$/;
    expect(files.filter((file) => !allowed.test(file))).toEqual([]);
    expect(files.filter((file) => /(?<!\.d)\.ts$|\.test\./.test(file))).toEqual([]);
  });

  test("has every file that its manifest names, the command with leave to run", () => {
    const { exports, bin, license } = JSON.parse(readFileSync(join(installed, "package.json"), "utf8"));
    const named = Object.values(exports).flatMap((e) =>
      typeof e === "string" ? e : Object.values(e as object),
    );
    expect(named.length).toBeGreaterThanOrEqual(4);
    for (const path of [...named, bin.coagula]) expect(existsSync(join(installed, path)), path).toBe(true);
    expect(statSync(join(installed, bin.coagula)).mode & 0o111).toBe(0o111);
    expect(readFileSync(join(installed, bin.coagula), "utf8")).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect(license).toBe("MIT");
  });

  test("has a command that tells its version and runs a scenario", async () => {
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    expect(await succeeds(start("npx", ["--offline", "coagula", "--version"], { folder: project }))).toBe(
      `${version}\n`,
    );
    const args = ["--offline", "coagula", "run", "small.yaml", "--no-out", "--json"];
    const result = JSON.parse(await succeeds(start("npx", args, { folder: project })));
    expect(result).toMatchObject({ version, engine: "gpu", replicas: 3 });
  });

  test("has a library that runs and a schema that describes scenarios", async () => {
    const program = `
      import { simulate, solvePair, makePotential, version } from "coagula";
      import schema from "coagula/schema" with { type: "json" };
      const scenario = ${scenarioText()};
      const digests = [];
      for (const engine of ["cpu", "gpu"]) digests.push((await simulate(scenario, { engine }).result).digest);
      const { beta } = solvePair({ potential: makePotential("poly2", 3), dimension: 3, alpha: 10, D: 1 });
      console.log(JSON.stringify({ digests, beta, version, keys: Object.keys(schema.properties) }));`;
    const outcome = start(process.execPath, ["use.mjs"], { folder: project, files: { "use.mjs": program } });
    const { digests, beta, keys } = JSON.parse(await succeeds(outcome));
    expect(digests[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(digests[1]).toBe(digests[0]);
    expect(beta).toBeCloseTo(4.427932632796977, 12);
    expect(keys).toContain("particles");
  });

  test("is bundled for browsers without Node, and plays there what it plays in Node", async () => {
    const program = `
      import { simulate } from "coagula/browser";
      // As in a page: there is no WebGPU where this runs, and nothing of Node's.
      process.getBuiltinModule = undefined;
      const { digest, engine } = await simulate(${scenarioText()}).result;
      console.log(engine, digest);`;
    writeFiles(project, { "page.js": program });
    const options = ["--bundle", "--platform=browser", "--format=esm", "--outfile=page.bundle.mjs"];
    await succeeds(
      start(join(root, "node_modules/.bin/esbuild"), ["page.js", ...options], { folder: project }),
    );
    const bundled = readFileSync(join(project, "page.bundle.mjs"), "utf8");
    expect(bundled).not.toMatch(/["'`]node:/);
    const inNode = `import { simulate } from "coagula";
      console.log("cpu", (await simulate(${scenarioText()}, { engine: "gpu" }).result).digest);`;
    writeFiles(project, { "node.mjs": inNode });
    const [page, node] = ["page.bundle.mjs", "node.mjs"].map((file) =>
      succeeds(start(process.execPath, [file], { folder: project })),
    );
    expect(await page).toMatch(/^cpu [0-9a-f]{64}\n$/);
    expect(await page).toBe(await node);
  });

  test("has types that a strict compiler accepts, and that refuse a wrong scenario", async () => {
    const program = (particles: string) => `
      import { type Observation, type ScenarioInput, simulate, type SimulationResult, UserError } from "coagula";
      const scenario: ScenarioInput = {
        particles: ${particles}, Z: 8, alpha: { constant: 50 }, observe: { times: [0.1] },
      };
      const run = simulate(scenario, { engine: "cpu" });
      export const seen: Observation[] = [];
      for await (const observation of run) seen.push(observation);
      const { digest, work }: SimulationResult = await run.result;
      export const told: [string, number, typeof UserError] = [digest, work.macroSteps, UserError];`;
    const compile = (file: string, text: string) => {
      const options = ["--strict", "--noEmit", "--target", "es2023", "--module", "nodenext"];
      const tsc = join(root, "node_modules/typescript/bin/tsc");
      return start(process.execPath, [tsc, ...options, file], { folder: project, files: { [file]: text } });
    };
    await succeeds(compile("right.ts", program("300")));
    const { code, stdout } = await compile("wrong.ts", program('"many"'));
    expect(code).not.toBe(0);
    expect(stdout).toMatch(
      /^wrong\.ts\(4,9\): error TS2322: Type 'string' is not assignable to type 'number'/m,
    );
    expect(stdout.match(/error TS/g)).toHaveLength(1);
  });
});
