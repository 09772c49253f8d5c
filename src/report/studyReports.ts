/** The reports of studies at several N: of `coagula observe` and of `coagula converge`. */
import type { ConvergenceSummary, ObserveSummary } from "../results/summaries.ts";
import { convergenceFigure } from "./convergenceFigure.ts";
import { concludeStudy, convergenceRows, figureOf } from "./convergenceText.ts";
import { figure, html, list, page, paragraph, section, table } from "./page.ts";
import { densitySection, parameterSection } from "./runReport.ts";
import {
  digestSection,
  header,
  model,
  repeatSection,
  statementSections,
  versionsSection,
  workSection,
} from "./sections.ts";
import { formatCount, formatDuration, formatShort } from "./table.ts";

/** `repeat`: shell text that repeats it. */
export async function observeReport(summary: ObserveSummary, repeat: string): Promise<string> {
  const { results, statements, scenarios } = summary;
  const finest = results.length - 1;
  const [result, scenario] = [results[finest], scenarios[finest]];
  const { name, version } = result;
  const listed = (values: readonly number[]) => [...new Set(values)].join(", ");
  const ns = listed(results.map(({ particles }) => particles));
  const bs = listed(scenarios.map(({ scaling }) => scaling));
  const range = bs === "1" ? "" : `, b = ${bs}`;
  const body = html`${header(name, `${model(scenario)}, N = ${ns}, Z = ${scenario.Z}${range}`, scenario.description)}
${await statementSections(statements)}
${await densitySection(result, [])}
${workSection(results)}
${parameterSection({ ...result, scenario })}
${versionsSection({ ...summary, version })}
${digestSection(results)}
${repeatSection(repeat)}`;
  return page(`${name}: statements of the theorem, measured by coagula`, body);
}

/** `digests`: of the chunks of replicas it was played in. */
export async function convergeReport(
  summary: ConvergenceSummary,
  digests: readonly { particles: number; firstReplica: number; replicas: number; digest: string }[],
  repeat: string,
): Promise<string> {
  const { name, scenario, levels, work } = summary;
  const ns = levels.map(({ particles }) => particles).join(", ");
  const picture = figureOf(summary);
  const svg = await convergenceFigure({ ...picture, title: "", subtitle: undefined, caption: undefined });
  const { titles, rows } = convergenceRows(summary);
  const conclusion = concludeStudy(summary).split("\n");
  const body = html`${header(name, `convergence of ${model(scenario)}, N = ${ns}, Z = ${scenario.Z}`, scenario.description)}
${section(
  "convergence",
  "Convergence to the limit",
  figure(
    svg,
    "convergence",
    `Distance from the limit against eps, both logarithmic. ${conclusion[0]}`,
    `${picture.subtitle}.`,
  ),
  table(titles, rows),
  ...conclusion.slice(0, -1).map(paragraph),
)}
${section(
  "work",
  "Work and timings",
  list([
    ["particle-steps", formatCount(work.particleSteps)],
    ["wall time of all chunks", formatDuration(work.seconds)],
    ["particle-steps per second", work.seconds > 0 ? formatCount(work.particleSteps / work.seconds) : ""],
  ]),
)}
${parameterSection({
  ...summary,
  eps: levels[levels.length - 1].eps,
  particles: levels[levels.length - 1].particles,
  replicas: levels[levels.length - 1].replicas,
})}
${versionsSection(summary)}
${section(
  "digest",
  "Digests",
  paragraph("Of each chunk of replicas: SHA-256 of all its events and of who is where at the end."),
  table(
    ["N", "replicas", "digest"],
    digests.map(({ particles, firstReplica, replicas, digest }) => [
      String(particles),
      `${firstReplica} to ${firstReplica + replicas - 1}`,
      digest,
    ]),
    [2],
  ),
)}
${repeatSection(repeat)}`;
  return page(`${name}: convergence, measured by coagula (h = ${formatShort(summary.limit)})`, body);
}
