import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import { describe, expect, test } from "vitest";
import { stages } from "../src/stages.ts";

const root = resolve(import.meta.dirname, "..");
const src = join(root, "src");

interface Edge {
  from: string;
  to: string;
  /** An `import type`, which is gone when the module runs. */
  typeOnly: boolean;
}

/** Where a module of src/ belongs: its folder, or its own name where it lies at the top. */
const partOf = (module: string) => (module.includes("/") ? module.split("/")[0] : module);

const slashed = (path: string) => path.split(sep).join("/");

const modules = readdirSync(src, { recursive: true, encoding: "utf8" })
  .filter((path) => path.endsWith(".ts"))
  .map(slashed);

/** Every import, export from and import() of one of our own modules, types included. */
const edges: Edge[] = modules.flatMap((from) => {
  const text = readFileSync(join(src, from), "utf8");
  const specifiers = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*"(\.[^"]*)"/g);
  return Array.from(specifiers, ({ 1: specifier, index }) => ({
    from,
    to: slashed(relative(src, resolve(src, dirname(from), specifier))),
    typeOnly: text.startsWith("import type ", text.lastIndexOf("import ", index)),
  }));
});

const arrows = (some: Edge[]) => some.map(({ from, to }) => `${from} -> ${to}`);

test("imports are found, and each leads to a module that is there", () => {
  expect(modules.length).toBeGreaterThan(30);
  expect(arrows(edges)).toContain("cpu/neighbours.ts -> cpu/cells.ts");
  expect(arrows(edges)).toContain("gpu/device.ts -> errors.ts");
  expect(arrows(edges.filter(({ to }) => !existsSync(join(src, to))))).toEqual([]);
});

describe("imports go one way", () => {
  const forbidden = (from: string, isForbidden: (to: string) => boolean) =>
    arrows(edges.filter((edge) => partOf(edge.from) === from && isForbidden(partOf(edge.to))));

  test("the oracle knows the model and exact arithmetic, and no engine", () => {
    const allowed = ["oracle", "model", "exact", "errors.ts"];
    expect(forbidden("oracle", (to) => !allowed.includes(to))).toEqual([]);
  });

  test("the stochastic coalescent knows the model and exact arithmetic, and no engine", () => {
    const allowed = ["coalescent", "model", "exact", "errors.ts"];
    expect(forbidden("coalescent", (to) => !allowed.includes(to))).toEqual([]);
  });

  test("walkers on a lattice know exact arithmetic, and no engine", () => {
    const allowed = ["walkers", "exact", "errors.ts"];
    expect(forbidden("walkers", (to) => !allowed.includes(to))).toEqual([]);
  });

  test("random-walker clusters know exact arithmetic and the oracle's linear algebra, and no engine", () => {
    const allowed = ["walkerClusters", "exact", "errors.ts"];
    const beyond = edges.filter(
      ({ from, to }) => partOf(from) === "walkerClusters" && !allowed.includes(partOf(to)),
    );
    expect(arrows(beyond)).toEqual(["walkerClusters/exactDiffusivity.ts -> oracle/conjugateGradients.ts"]);
  });

  test.each(["model", "exact"])("%s knows no engine, no oracle and nothing that shows results", (part) => {
    const above = [
      "cpu",
      "gpu",
      "oracle",
      "observe",
      "report",
      "cli",
      "coalescent",
      "walkers",
      "walkerClusters",
      "converge",
    ];
    above.push(
      "verify",
      "walk.ts",
      "stick.ts",
      "coalesce.ts",
      "place.ts",
      "play.ts",
      "simulate.ts",
      "index.ts",
    );
    expect(forbidden(part, (to) => above.includes(to))).toEqual([]);
  });

  test("exact arithmetic knows nothing else", () => {
    const others = edges.filter(({ from, to }) => partOf(from) === "exact" && partOf(to) !== "exact");
    expect(arrows(others)).toEqual([]);
  });

  test("the device on the processor knows nothing of what is run on it", () => {
    expect(forbidden("processor", (to) => to !== "processor")).toEqual([]);
  });

  test("the two engines do not know each other", () => {
    expect(forbidden("cpu", (to) => to === "gpu")).toEqual([]);
    expect(forbidden("gpu", (to) => to === "cpu")).toEqual([]);
  });

  test("engines know nothing that shows results, and only the command line knows the command line", () => {
    for (const engine of ["cpu", "gpu"]) {
      expect(forbidden(engine, (to) => ["oracle", "report", "cli", "converge"].includes(to))).toEqual([]);
    }
    expect(arrows(edges.filter(({ from, to }) => partOf(to) === "cli" && partOf(from) !== "cli"))).toEqual(
      [],
    );
  });

  test("reports see data only", () => {
    expect(forbidden("report", (to) => ["cpu", "gpu", "oracle", "cli"].includes(to))).toEqual([]);
  });

  test("no module needs itself to load", () => {
    const loads = edges.filter(({ typeOnly }) => !typeOnly);
    expect(loads.length).toBeLessThan(edges.length);
    const done = new Set<string>();
    const visit = (module: string, way: string[]) => {
      if (way.includes(module)) expect.fail([...way.slice(way.indexOf(module)), module].join(" -> "));
      if (done.has(module)) return;
      for (const { from, to } of loads) if (from === module) visit(to, [...way, module]);
      done.add(module);
    };
    for (const module of modules) visit(module, []);
  });
});

describe("a stage has one name in four places", () => {
  const names = Object.keys(stages);

  test.each(names)("%s: WGSL, twin, row and test", (name) => {
    for (const path of [`shaders/${name}.wgsl`, `src/cpu/${name}.ts`, `test/stages/${name}.test.ts`]) {
      expect(existsSync(join(root, path)), path).toBe(true);
    }
    expect(stages[name as keyof typeof stages].name).toBe(name);
    const twin = readFileSync(join(src, "cpu", `${name}.ts`), "utf8");
    expect(twin).toContain(`export function ${name}(`);
    const shader = readFileSync(join(root, "shaders", `${name}.wgsl`), "utf8");
    for (const [entry] of stages[name as keyof typeof stages].passes)
      expect(shader).toContain(`fn ${entry}(`);
  });

  test("there is no shader, and no test of one, without a row", () => {
    const bases = (folder: string, ending: string) =>
      readdirSync(join(root, folder))
        .filter((file) => file.endsWith(ending))
        .map((file) => file.slice(0, -ending.length))
        .sort();
    expect(bases("shaders", ".wgsl")).toEqual(names.toSorted());
    expect(bases("test/stages", ".test.ts")).toEqual(names.toSorted());
  });
});
