/** Densities through time and the mass spectrum, as they come. */
import uPlot from "uplot";
import type { LimitPoint } from "../src/browser.ts";
import { colours as reportColours } from "../src/report/colours.ts";

/** Those of reports, but for black, which a dark page would swallow. */
const colours = ["#7a7f85", ...reportColours.slice(1)];

const ink = () => getComputedStyle(document.documentElement).getPropertyValue("--ink");
const grid = () => getComputedStyle(document.documentElement).getPropertyValue("--grid");

/** What was seen at a time: particles of all masses and of mass 1, 2, ..., as fractions of N. */
export interface Seen {
  time: number;
  count: number;
  masses: number[];
}

export class Charts {
  readonly #densities: uPlot;
  readonly #spectrum: uPlot;
  readonly #limit: readonly LimitPoint[];
  readonly #shown: number;
  readonly #width: number;
  readonly #seen: Seen[] = [];

  /**
   * Up to the time `end` and `masses`, or as many classes of them of a width, of which the first few have lines of their own; `limit` is empty where the
   * equation was not solved.
   */
  constructor(
    densities: HTMLElement,
    spectrum: HTMLElement,
    limit: readonly LimitPoint[],
    { end, masses, width }: { end: number; masses: number; width: number },
  ) {
    const shown = Math.min(3, masses);
    this.#limit = limit;
    this.#shown = shown;
    this.#width = width;
    const names = ["all", ...Array.from({ length: shown }, (_, k) => `mass ${(k + 1) * width}`)];
    const points = names.map((label, k) => pointsOf(label, colours[k % colours.length]));
    const lines = names.map((label, k) => lineOf(`${label}, equation`, colours[k % colours.length]));
    this.#densities = chart(densities, "time", end, [...points, ...lines]);
    this.#spectrum = chart(spectrum, "mass", (masses + 1) * width, [
      pointsOf("simulated", colours[1]),
      lineOf("equation", colours[1]),
    ]);
    densities.append(legendOf(names));
    this.#draw();
  }

  add(seen: Seen): void {
    this.#seen.push(seen);
    // A long run would otherwise show more points than the screen has.
    if (this.#seen.length > 400)
      this.#seen.splice(1, this.#seen.length - 2, ...this.#seen.slice(1, -1).filter((_, k) => k % 2));
    this.#draw();
  }

  dispose(): void {
    for (const one of [this.#densities, this.#spectrum]) {
      const parent = one.root.parentElement;
      one.destroy();
      parent?.replaceChildren();
    }
  }

  #draw(): void {
    const simulated = this.#seen.map(({ time }) => time);
    const solved = this.#limit.map(({ time }) => time);
    const row = ({ count, masses }: Seen | LimitPoint) => [count, ...masses.slice(0, this.#shown)];
    const columns = (rows: (Seen | LimitPoint)[]) =>
      Array.from({ length: this.#shown + 1 }, (_, k) => rows.map((one) => positive(row(one)[k])));
    const [mine, theirs] = [columns(this.#seen), columns([...this.#limit])];
    this.#densities.setData(
      uPlot.join([
        [simulated, ...mine],
        [solved, ...theirs],
      ]) as uPlot.AlignedData,
    );
    const now = this.#seen.at(-1);
    if (now === undefined) return;
    this.#spectrum.setData([
      now.masses.map((_, k) => (k + 1) * this.#width),
      now.masses.map(positive),
      now.masses.map((_, k) => positive(this.#at(now.time, k + 1))),
    ]);
  }

  /** The equation's fraction of the m-th mass at a time, between its points. */
  #at(time: number, m: number): number {
    const k = this.#limit.findIndex((point) => point.time >= time);
    if (k < 0) return 0;
    const [a, b] = [this.#limit[Math.max(0, k - 1)], this.#limit[k]];
    const share = b.time > a.time ? (time - a.time) / (b.time - a.time) : 0;
    return (a.masses[m - 1] ?? 0) * (1 - share) + (b.masses[m - 1] ?? 0) * share;
  }
}

/** What the colours mean. */
function legendOf(names: readonly string[]): HTMLElement {
  const legend = document.createElement("p");
  legend.className = "legend";
  for (const [k, name] of names.entries()) {
    const sign = document.createElement("span");
    sign.textContent = "\u25cf ";
    sign.style.color = colours[k % colours.length];
    const entry = document.createElement("span");
    entry.append(sign, name);
    legend.append(entry);
  }
  return legend;
}

/** On logarithmic axes nothing is nowhere. */
const positive = (x: number) => (x > 0 ? x : null);

const pointsOf = (label: string, colour: string): uPlot.Series => ({
  label,
  stroke: colour,
  width: 0,
  points: { show: true, size: 4, fill: colour },
  paths: () => null,
});
const lineOf = (label: string, colour: string): uPlot.Series => ({
  label,
  stroke: colour,
  width: 1.5,
  points: { show: false },
  spanGaps: true,
});

/** Lines at powers of ten and nowhere else. */
const wholeDecades: uPlot.Axis.Filter = (_, splits) =>
  splits.map((y) => (Math.abs(Math.log10(y) - Math.round(Math.log10(y))) < 1e-9 ? y : null));

/** Whole decades up to 1 around what there is, six at most: what the equation has below is far from what N particles can show. */
const decades: uPlot.Scale.Range = (_, least) =>
  least > 0 ? [10 ** Math.min(-1, Math.max(-6, Math.floor(Math.log10(least)))), 1] : [0.1, 1];

/** The horizontal axis goes from 0 to `end`. */
function chart(parent: HTMLElement, title: string, end: number, series: uPlot.Series[]): uPlot {
  const line = { stroke: grid, width: 1 };
  const axis = { stroke: ink, grid: line, ticks: line };
  return new uPlot(
    {
      width: Math.max(280, parent.clientWidth),
      height: 230,
      scales: { x: { time: false, range: [0, end] }, y: { distr: 3, range: decades } },
      axes: [
        { ...axis, label: title },
        { ...axis, grid: { ...line, filter: wholeDecades } },
      ],
      series: [{ label: title }, ...series],
      legend: { show: false },
    },
    [[], ...series.map(() => [])] as uPlot.AlignedData,
    parent,
  );
}
