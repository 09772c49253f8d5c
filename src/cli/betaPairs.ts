/** beta(n, m) of all masses, for `coagula beta --pairs`. */
import { makePotential } from "../model/potential.ts";
import { isPlain, type Scenario } from "../model/scenario.ts";
import { diffusivity, interactionStrength } from "../model/system.ts";
import { betaTable, type MassRate } from "../oracle/rates.ts";
import { scenarioRate } from "../oracle/scenarioRate.ts";
import { printJson } from "./options.ts";
import { checkFree, writeText } from "./outFile.ts";

interface PairsOptions {
  out?: string;
  force?: boolean;
  json?: boolean;
}

/** Prints or writes beta(n, m) for m <= n <= masses: CSV, or with `json` the square table. */
export async function printPairs(
  scenario: Scenario,
  masses: number,
  { out, force, json }: PairsOptions,
): Promise<void> {
  if (out !== undefined) await checkFree(out, force === true);
  const table = isPlain(scenario)
    ? recipe(scenario, masses)
    : tabulate(scenarioRate(scenario, "recipe"), masses);
  if (out !== undefined) await writeText(out, csv(table, masses));
  if (json) return printJson(out === undefined ? { masses, beta: square(table, masses) } : { masses, out });
  if (out !== undefined) console.log(`beta(n, m) of all masses up to ${masses} in ${out}`);
  else for (const line of csv(table, masses)) process.stdout.write(line);
}

function recipe(scenario: Scenario, masses: number): Float64Array {
  return betaTable(masses, {
    potential: makePotential(scenario.potential, scenario.dimension),
    alpha: (n, m) => interactionStrength(scenario.alpha, n, m),
    diffusivity: (n) => diffusivity(scenario.diffusion, n),
  });
}

function tabulate(beta: MassRate, masses: number): Float64Array {
  return Float64Array.from({ length: masses * masses }, (_, at) =>
    beta(1 + Math.floor(at / masses), 1 + (at % masses)),
  );
}

/** A line for each pair, in pieces of one mass. */
function* csv(table: Float64Array, masses: number): Iterable<string> {
  yield "n,m,beta\n";
  for (let n = 1; n <= masses; n++) {
    const row = table.subarray((n - 1) * masses, (n - 1) * masses + n);
    yield Array.from(row, (beta, j) => `${n},${j + 1},${beta}\n`).join("");
  }
}

function square(table: Float64Array, masses: number): number[][] {
  return Array.from({ length: masses }, (_, i) => Array.from(table.subarray(i * masses, (i + 1) * masses)));
}
