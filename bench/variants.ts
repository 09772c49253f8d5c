/**
 * The question: what do the variants of the interaction cost, beside the plain one, where about as many pairs react?
 *
 * Coagulation of N particles of one mass in the unit 3-torus at N eps = 40, all that react within eps at first. Of the plain one alpha = 1000, which
 * is 9 % slower than contact; the rest is the same.
 */
import { parseScenario, type ScenarioInput } from "../src/model/scenario.ts";
import { makeSystem } from "../src/model/system.ts";
import type { Contender } from "./contenders.ts";
import { type Spread, spreadOf, timeRun } from "./timing.ts";

const soft = { constant: 1000 };
const growing = { power: { scale: 0.5, exponent: 1 / 3 } };

/** The first is what the others are compared with. */
const variants = {
  plain: { alpha: soft },
  contact: { alpha: "contact" },
  radii: { alpha: soft, radius: { constant: 0.5 } },
  "growing radii": { alpha: soft, radius: growing },
  "growing radii, contact": { alpha: "contact", radius: growing },
  // Few split in the time.
  fragmentation: { alpha: soft, fragmentation: { weights: Array.from({ length: 64 }, () => 1) } },
} satisfies Record<string, Pick<ScenarioInput, "alpha" | "radius" | "fragmentation">>;

/** About a twelfth of the particles is gone at the end, in a thousand uniform steps. */
const time = 2e-4;

export interface VariantCost {
  variant: string;
  step: "uniform" | "multirate";
  particles: number;
  /** Of the contender. */
  engine: string;
  events: number;
  /** Of wall time, without start and compilation: the median of the repeats. */
  seconds: number;
  /** Seconds over those of the plain interaction in the same round. */
  cost: Spread;
  repeats: number;
}

/** Variants take turns within a round, so that a change of the machine's mood meets all. */
export async function* measureVariants(
  { name: engine, create }: Contender,
  { particles, repeats }: { particles: number; repeats: number },
): AsyncGenerator<VariantCost> {
  for (const step of ["uniform", "multirate"] as const) {
    const here = Object.entries(variants).filter(
      ([, interaction]) => step === "uniform" || !("fragmentation" in interaction),
    );
    const runs = here.map(([variant, interaction]) => ({
      variant,
      system: makeSystem(
        parseScenario({ ...interaction, particles, Z: 40, engine: step, observe: { times: [time] } }),
      ),
      seconds: [] as number[],
      events: 0,
    }));
    // The first round compiles: it does not count.
    for (let repeat = 0; repeat <= repeats; repeat++) {
      for (const run of runs) {
        const { seconds, left } = await timeRun(run.system, create);
        run.events = particles - left;
        if (repeat > 0) run.seconds.push(seconds);
      }
    }
    for (const { variant, seconds, events } of runs) {
      const cost = spreadOf(seconds.map((each, k) => each / runs[0].seconds[k]));
      const { median } = spreadOf(seconds);
      yield { variant, step, particles, engine, events, seconds: median, cost, repeats };
    }
  }
}
