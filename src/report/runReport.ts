/** The report of a run, from what its results folder holds. */
import { stringify } from "yaml";
import type { RunSummary } from "../results/summaries.ts";
import type { Observation } from "../simulate.ts";
import { densityFigure } from "./densityFigure.ts";
import { largestFigure, momentsFigure, spectrumFigure } from "./historyFigures.ts";
import { beside, figure, type Html, html, list, page, paragraph, section, table } from "./page.ts";
import { ratesFigure } from "./ratesFigure.ts";
import {
  digestSection,
  header,
  model,
  repeatSection,
  statementSections,
  versionsSection,
  workSection,
} from "./sections.ts";
import { formatShort, formatWithError, inStandardErrors } from "./table.ts";

type Row = Record<string, number | string | null>;

/** The tables of a run's folder; empty where there is no such file. */
export interface RunTables {
  limit: readonly Row[];
  moments: readonly Row[];
  spectrum: readonly Row[];
  rates: readonly Row[];
}

/** `repeat`: shell text that repeats the run. */
export async function runReport(summary: RunSummary, tables: RunTables, repeat: string): Promise<string> {
  const { name, scenario, particles, replicas, eps, digest, observations, statements = [] } = summary;
  const facts = `${model(scenario)}, N = ${particles}, Z = ${scenario.Z}, eps = ${formatShort(eps)}, ${replicas === 1 ? "one replica" : `${replicas} replicas`}`;
  const body = html`${header(name, facts, scenario.description)}
${await densitySection(summary, tables.limit)}
${await historySections(summary, tables)}
${await rateSection(tables.rates)}
${await statementSections(statements)}
${workSection([summary])}
${parameterSection(summary)}
${versionsSection(summary)}
${digestSection([{ particles, digest }])}
${repeatSection(repeat)}`;
  return page(
    `${name}: ${observations.length} ${observations.length === 1 ? "observation" : "observations"} by coagula`,
    body,
  );
}

/** Densities beside theory: of a run, or of one N of several. */
export async function densitySection(
  { observations, replicas, eps }: Pick<RunSummary, "observations" | "replicas" | "eps">,
  limit: readonly Row[],
): Promise<Html> {
  const predicted = observations.some(({ count }) => count.theory !== null);
  const runs =
    replicas === 1 ? "one replica" : `the mean of ${replicas} replicas, with bars of two standard errors`;
  const lines = predicted ? "; lines: the Smoluchowski equation" : "";
  const svg = await densityFigure({
    title: "",
    observations,
    curves:
      limit.length === 0
        ? null
        : limit.map(({ time, count, ...masses }) => ({
            time: Number(time),
            count: Number(count),
            masses: Object.values(masses).map(Number),
          })),
  });
  const rows = observations.flatMap(({ time, count, masses }) =>
    [{ mass: "all", ...count }, ...masses].map((value, k) => [
      k === 0 ? String(time) : "",
      String(value.mass),
      formatWithError(value.mean, value.se),
      value.theory === null ? "" : formatWithError(value.theory, null),
      value.theory === null ? "" : inStandardErrors(value.mean - value.theory, value.se),
    ]),
  );
  const note = predicted
    ? `Densities are fractions of N. The Smoluchowski equation is the limit eps -> 0; at eps = ${formatShort(eps)} particles react a little faster.`
    : "Densities are fractions of N. The Smoluchowski equation was not solved beside the run.";
  return section(
    "densities",
    "Densities by mass",
    paragraph(note),
    beside(
      figure(svg, "density", describeDensities(observations), `Points: ${runs}${lines}.`),
      table(["time", "mass", "simulated", "Smoluchowski", "apart"], rows),
    ),
  );
}

/** What the figure shows, for those who do not see it. */
function describeDensities(observations: readonly Observation[]): string {
  const [first, last] = [observations[0], observations[observations.length - 1]];
  const told = ({ time, count }: Observation) =>
    `${formatShort(count.mean)} of the particles are left at t = ${time}${count.theory === null ? "" : `, ${formatShort(count.theory)} by the Smoluchowski equation`}`;
  const ends = first === last ? told(first) : `${told(first)}; ${told(last)}`;
  return `Density of each mass against time, on both axes as far as it takes: ${ends}. The table below has all numbers.`;
}

async function historySections(
  summary: RunSummary,
  { spectrum, moments, limit }: RunTables,
): Promise<Html[]> {
  const sections: Html[] = [];
  const picture = await spectrumFigure(spectrum, summary.observations);
  if (picture !== null) {
    sections.push(
      section(
        "spectrum",
        "The mass spectrum over time",
        figure(
          picture,
          "spectrum",
          "Density against mass at several of the observation times; the table spectrum.csv has all numbers.",
          "Points: density of each mass that somebody has, with bars of two standard errors; lines: the Smoluchowski equation, as far as masses are observed one by one.",
        ),
      ),
    );
  }
  if (moments.length > 1) {
    const last = moments[moments.length - 1];
    const at = (name: string) => formatShort(Number(last[name]));
    const grid = beside(
      figure(
        await momentsFigure(moments, limit),
        "moments",
        `Moments of the mass over N against time. At the end the number of particles is ${at("moment_0")}, the mass ${at("moment_1")} and the sum of squared masses ${at("moment_2")}.`,
        "Sums over the living of mass^0, mass^1 and mass^2, over N; dashed: the number of particles by the Smoluchowski equation.",
      ),
      figure(
        await largestFigure(moments),
        "largest",
        `The share of the mass in the largest particle against time: ${at("gel_share")} at the end, when its mass is ${at("largest")}.`,
        "The largest particle of a replica: its share of the mass there was at the start, the mean over replicas. It stays away from 0 as N grows only if there is a gel.",
      ),
    );
    sections.push(section("moments", "Moments of the mass, and the largest particle", grid));
  }
  return sections;
}

async function rateSection(rates: readonly Row[]): Promise<Html | null> {
  if (rates.length === 0) return null;
  const value = (x: Row[string]) => (x === null ? null : Number(x));
  const pairs = rates.map(({ n, m, events, rate, rate_se: se, theory }) => ({
    n: Number(n),
    m: Number(m),
    events: Number(events),
    rate: value(rate),
    se: value(se),
    theory: value(theory),
  }));
  const svg = await ratesFigure(pairs);
  const rows = pairs.map(({ n, m, events, rate, se, theory }) => [
    `${n} + ${m}`,
    String(events),
    rate === null || events === 0 ? "" : formatWithError(rate, se),
    theory === null ? "" : formatWithError(theory, null),
    rate === null || theory === null || events === 0 ? "" : inStandardErrors(rate - theory, se),
  ]);
  const drawn =
    svg === null
      ? null
      : figure(
          svg,
          "rates",
          `Rate at which pairs react over beta, for each pair of masses: ${pairs
            .filter(({ events, rate, theory }) => events > 0 && rate !== null && theory)
            .map(({ n, m, rate, theory }) => `${n} + ${m}: ${(rate! / theory!).toPrecision(3)}`)
            .join(", ")}.`,
          "Points: events over the time that pairs of living particles had for them, over beta(n, m) of the recipe, with bars of two standard errors; the line is 1, the limit. Pairs with fewer than 20 events stand in the table only.",
        );
  const note =
    svg === null
      ? "Events of all replicas. A rate beside theory is told where the start is even and on a torus."
      : "Events of all replicas. The rate of a pair times the volume, in units of eps^(d-2), tends to beta(n, m); at the beginning pairs within eps of each other make it larger.";
  return section(
    "rates",
    "Events by pair of masses",
    paragraph(note),
    beside(drawn, table(["masses", "events", "rate", "beta", "apart"], rows)),
  );
}

type Parameters = Pick<RunSummary, "eps" | "method" | "seed" | "particles" | "replicas" | "scenario">;

/** A value as in a scenario, on one line. */
const told = (value: unknown) =>
  stringify(value, { collectionStyle: "flow", flowCollectionPadding: false, lineWidth: 0 }).trimEnd();

export function parameterSection({
  eps,
  dt,
  k = null,
  method,
  seed,
  particles,
  replicas,
  scenario,
}: Parameters & { dt?: number; k?: number | null }): Html {
  const { Z, observe, potential, domain, dimension } = scenario;
  const { times, masses, ...observed } = observe;
  return section(
    "parameters",
    "Parameters",
    list([
      ["model", scenario.model],
      ["dimension", String(dimension)],
      ["domain", told(domain)],
      ["N", String(particles)],
      ["Z", String(Z)],
      ["eps", String(eps)],
      ["initial", told(scenario.initial)],
      ["diffusion", told(scenario.diffusion)],
      ["alpha", told(scenario.alpha)],
      ["V", told(potential)],
      ...(scenario.radius === undefined ? [] : [["radius", told(scenario.radius)] as const]),
      ["scaling", String(scenario.scaling)],
      [
        "time step",
        `${method}${k === null ? "" : ` with k = ${k}`}${dt === undefined ? "" : `; a tick is ${formatShort(dt)}`}`,
      ],
      ["engine", told(scenario.engine)],
      ["replicas", String(replicas)],
      ["seed", String(seed)],
      [
        "observations",
        times.length > 12 ? `${times.length}, from ${times[0]} to ${times.at(-1)}` : times.join(", "),
      ],
      ["masses observed", String(masses)],
      ...(Object.keys(observed).length === 0 ? [] : [["observed besides", told(observed)] as const]),
    ]),
  );
}
