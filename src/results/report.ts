/** The report of a results folder, from its files alone. */
import { runReport } from "../report/runReport.ts";
import { convergeReport, observeReport } from "../report/studyReports.ts";
import { repeatCommand } from "./repeat.ts";
import { convergenceSummary, observeSummary, runSummary, studyState } from "./summaries.ts";
import { fromCsv } from "./table.ts";

/** The text of a file of the folder by its name; null if there is none. */
export type ReadFile = (name: string) => Promise<string | null>;

/** The report of a results folder of `coagula run`, `observe` or `converge` as HTML; null for one of anything else. */
export async function reportOf(read: ReadFile): Promise<string | null> {
  const summary = parsed(await read("summary.json"));
  const run = runSummary.safeParse(summary).data;
  if (run !== undefined) {
    const rows = async (name: string) => {
      const text = await read(name);
      return text === null ? [] : fromCsv(text);
    };
    const tables = {
      limit: await rows("limit.csv"),
      moments: await rows("moments.csv"),
      spectrum: await rows("spectrum.csv"),
      rates: await rows("rates.csv"),
    };
    return runReport(run, tables, repeatCommand("run", run.options, scenarioFile, run.scenario));
  }
  const observed = observeSummary.safeParse(summary).data;
  if (observed !== undefined) {
    const { options, scenarios } = observed;
    return observeReport(
      observed,
      repeatCommand("observe", options, scenarioFile, scenarios[scenarios.length - 1]),
    );
  }
  const converged = convergenceSummary.safeParse(parsed(await read("convergence.json"))).data;
  if (converged !== undefined) {
    const chunks = studyState.safeParse(parsed(await read("study.json"))).data?.chunks ?? [];
    const { options, scenario } = converged;
    return convergeReport(converged, chunks, repeatCommand("converge", options, scenarioFile, scenario));
  }
  return null;
}

/** What the scenario is called in the command that repeats it. */
const scenarioFile = "scenario.yaml";

/** Undefined for what is no JSON. */
function parsed(text: string | null): unknown {
  try {
    return text === null ? undefined : JSON.parse(text);
  } catch {
    return undefined;
  }
}
