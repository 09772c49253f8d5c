/** Sections that the reports of several commands share. */
import type { Provenance } from "../results/summaries.ts";
import type { SimulationResult } from "../simulate.ts";
import type { Comparison, Statement } from "../theorem/statement.ts";
import { beside, code, figure, type Html, html, list, paragraph, section, table } from "./page.ts";
import { statementFigure } from "./statementFigure.ts";
import { formatCount, formatDuration, formatWithError, inStandardErrors } from "./table.ts";

/** The name, what it is, in words of the user, and a line of facts. */
export const header = (name: string, facts: string, description: string | undefined): Html =>
  html`<header>
<h1>${name}</h1>
<p>${facts}</p>
${description === undefined ? null : html`<p class="description">${description}</p>\n`}</header>
`;

export const model = (scenario: {
  model: string;
  dimension: number;
  domain: { torus: number } | { space: number };
}): string => {
  const { model, dimension, domain } = scenario;
  const where =
    "torus" in domain ? `a torus of side ${domain.torus}` : `space, in a box of side ${domain.space}`;
  return `${model}, d = ${dimension}, ${where}`;
};

/** A section for each statement: what was measured beside what theory says. */
export async function statementSections(statements: readonly Statement[]): Promise<Html[]> {
  const sections: Html[] = [];
  for (const { key, title, reference, rows, remark, figure: picture } of statements) {
    const hasNaive = rows.some(({ naive }) => naive !== undefined);
    const drawn =
      picture &&
      figure(
        await statementFigure({ ...picture, title: "", subtitle: "" }),
        key,
        `${picture.title}: ${picture.y.title} against ${picture.x.title}. ${picture.subtitle}.`,
        `${picture.subtitle}.`,
      );
    const titles = ["", "measured", "theory", "apart", ...(hasNaive ? ["naive guess"] : [])];
    const cells = rows.map((row) => [...comparison(row), ...(hasNaive ? [naiveOf(row)] : [])]);
    sections.push(
      section(
        `statement-${key}`,
        title,
        paragraph(`${reference}; docs/theorem/${key}.md.`),
        drawn === null ? table(titles, cells, [0]) : beside(drawn, table(titles, cells, [0])),
        paragraph(remark),
      ),
    );
  }
  return sections;
}

const known = (x: number | null | undefined, se: number | null = null) =>
  x === null || x === undefined ? "" : formatWithError(x, se);

const naiveOf = ({ naive }: Comparison) => known(naive);

function comparison({ what, mean, se, theory, bound }: Comparison): string[] {
  const said = theory === null ? "" : `${bound ? "at most " : ""}${known(theory)}`;
  const apart = theory === null || bound || mean === null ? "" : inStandardErrors(mean - theory, se);
  return [what, known(mean, se), said, apart];
}

/** Work and timings of a result, or of one at each N. */
export function workSection(results: readonly SimulationResult[]): Html {
  const items = ({ particles, replicas, events, work, timings }: SimulationResult) =>
    [
      ["N", String(particles)],
      ["replicas", String(replicas)],
      ["events", String(events)],
      ["macro-steps", formatCount(work.macroSteps)],
      ["particle-steps", formatCount(work.particleSteps)],
      ["of them in clusters", `${((100 * work.subSteps) / Math.max(1, work.particleSteps)).toFixed(0)} %`],
      ["with uniform steps", formatCount(work.uniformParticleSteps)],
      ["time to prepare", formatDuration(timings.prepare)],
      ["for the steps", formatDuration(timings.steps)],
      ["for the rest", formatDuration(timings.rest)],
      ["particle-steps/s", timings.steps > 0 ? formatCount(work.particleSteps / timings.steps) : ""],
    ] as const;
  const told = results.map(items);
  const [{ adapter, driver, software, why }] = results;
  const where = adapter === null ? "" : `${adapter} (${driver})${software ? ", a software adapter" : ""}`;
  return section(
    "work",
    "Work and timings",
    paragraph(`On ${where === "" ? "the CPU reference" : where}: ${why}.`),
    told.length === 1
      ? list(told[0])
      : table(
          told[0].map(([name]) => name),
          told.map((row) => row.map(([, value]) => value)),
        ),
  );
}

/** What made it, when and where. */
export function versionsSection({ version, commit, ended, machine }: Provenance & { version: string }): Html {
  return section(
    "versions",
    "Versions",
    list([
      ["coagula", version],
      ["commit", commit ?? "not from a clone"],
      ["Node.js", machine.node],
      ["webgpu", machine.webgpu],
      ["system", machine.platform],
      ["processor", `${machine.processor}, ${machine.cores} cores`],
      ["ended", ended],
    ]),
  );
}

/** Numbers by which a trajectory is known again. */
export const digestSection = (digests: readonly { particles: number; digest: string }[]): Html =>
  section(
    "digest",
    "Digest",
    paragraph(
      "SHA-256 of all events and of who is where at the end. The same scenario has the same digest on every engine, adapter and machine.",
    ),
    digests.map(({ particles, digest }) => html`<p>N = ${particles}: <code>${digest}</code></p>\n`),
  );

export const repeatSection = (command: string): Html =>
  section(
    "repeat",
    "To repeat it",
    paragraph(
      "Pasted into a shell where coagula is installed, this writes the scenario with all its defaults, and runs it.",
    ),
    code(command),
  );
