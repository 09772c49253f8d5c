/** The page: a scenario that runs live. */
import {
  GpuEngine,
  limitOf,
  makeSystem,
  type OpenPlace,
  openPlace,
  parseScenarioText,
  play,
  type System,
} from "../src/browser.ts";
import { Charts } from "./charts.ts";
import { firstText, settingsOf, withSettings, ZOf } from "./scenario.ts";
import { type Scene, View } from "./view.ts";

function element<T extends HTMLElement>(id: string): T {
  return document.getElementById(id) as T;
}
const [pauseButton, stepButton] = [element<HTMLButtonElement>("pause"), element<HTMLButtonElement>("step")];
const text = element<HTMLTextAreaElement>("scenario");
const sliders = {
  particles: element<HTMLInputElement>("particles"),
  eps: element<HTMLInputElement>("eps"),
  alpha: element<HTMLInputElement>("alpha"),
};

/** A gate that a run passes between two epochs, unless it is closed. */
class Gate {
  #isClosed = false;
  #open: (() => void)[] = [];

  get isClosed(): boolean {
    return this.#isClosed;
  }

  close(isClosed: boolean): void {
    this.#isClosed = isClosed;
    if (!isClosed) this.letOne();
  }

  /** Lets whoever waits pass once. */
  letOne(): void {
    for (const open of this.#open.splice(0)) open();
  }

  async pass(): Promise<void> {
    if (this.#isClosed) await new Promise<void>((resolve) => this.#open.push(resolve));
  }
}

/** A run under way, and what is shown of it. */
class Run {
  readonly gate = new Gate();
  readonly #stop = new AbortController();
  readonly #charts: Charts;
  readonly #system: System;
  #scene: Scene | null = null;

  constructor(system: System) {
    this.#system = system;
    const { scenario } = system;
    const last = scenario.observe.times.at(-1)!;
    const times = Array.from({ length: 101 }, (_, k) => (last * k) / 100);
    this.#charts = new Charts(element("densities"), element("spectrum"), limitOf(scenario, times) ?? [], 3);
  }

  get scene(): Scene | null {
    return this.#scene;
  }

  /** Plays to the end and tells the digest; rejects when it is stopped. */
  async play(place: OpenPlace): Promise<string> {
    const { particles, dimension, side, smallestRange, observeAt, dt, replicas, scenario } = this.#system;
    const columns = scenario.observe.masses + 1;
    const end = observeAt.at(-1)!;
    element("digest").textContent = "at the end of the run";
    const { digest } = await play(this.#system, place, {
      onCounts() {},
      signal: this.#stop.signal,
      onProgress: (fraction) => {
        element("progress").textContent =
          `${Math.floor(100 * fraction)} %, t = ${(fraction * end * dt).toPrecision(3)}`;
      },
      atRest: async (engine) => {
        if (engine instanceof GpuEngine) {
          const radius = Math.max(0.004, smallestRange / side / 2);
          this.#scene = { particles: engine.particles, dimension, drawn: particles, radius };
        }
        const counts = await engine.countMasses();
        const sums = Array.from({ length: columns }, (_, k) => {
          let sum = 0;
          for (let r = 0; r < replicas; r++) sum += counts[r * columns + k];
          return sum / (particles * replicas);
        });
        const count = sums.reduce((a, b) => a + b);
        this.#charts.add({ time: Math.min(engine.step, end) * dt, count, masses: sums.slice(0, -1) });
        // The page has its turn, too.
        await new Promise((resolve) => setTimeout(resolve));
        await this.gate.pass();
        this.#stop.signal.throwIfAborted();
      },
    });
    return digest;
  }

  stop(): void {
    this.#stop.abort();
    this.gate.close(false);
  }

  dispose(): void {
    this.#scene = null;
    this.#charts.dispose();
  }
}

let run: Run | null = null;
let running: Promise<void> = Promise.resolve();

/** Ends the run there is and begins another with the text as it stands. */
async function begin(place: OpenPlace): Promise<void> {
  let system: System;
  try {
    system = makeSystem(parseScenarioText(text.value, "scenario"));
  } catch (error) {
    element("mistake").textContent = (error as Error).message;
    return;
  }
  element("mistake").textContent = "";
  run?.stop();
  await running;
  run?.dispose();
  const mine = new Run(system);
  run = mine;
  showPaused(false);
  running = mine.play(place).then(
    (digest) => {
      element("digest").textContent = digest;
    },
    (error: Error) => {
      if (error.name !== "AbortError") element("mistake").textContent = error.message;
    },
  );
}

function showPaused(isPaused: boolean): void {
  pauseButton.textContent = isPaused ? "Go on" : "Pause";
  stepButton.disabled = !isPaused;
}

/** The sliders, from the text; those that have no meaning for it rest. */
function readText(): void {
  try {
    const { particles, eps, alpha, dimension } = settingsOf(text.value);
    sliders.particles.value = String(Math.log2(particles));
    sliders.eps.value = String(Math.log10(eps));
    sliders.alpha.disabled = alpha === null;
    if (alpha !== null) sliders.alpha.value = String(Math.log10(alpha));
    tell(particles, eps, alpha, dimension);
  } catch {
    // What is wrong with the text is told when it is to run.
  }
}

function tell(particles: number, eps: number, alpha: number | null, dimension: number): void {
  const told = { particles: String(particles), eps: eps.toPrecision(2), alpha: alpha?.toPrecision(2) ?? "" };
  for (const [name, slider] of Object.entries(sliders)) {
    (slider.nextElementSibling as HTMLOutputElement).value = told[name as keyof typeof told];
  }
  element<HTMLOutputElement>("Z").value = String(ZOf({ particles, eps, alpha: alpha ?? 1 }, dimension));
}

function onSlide(): void {
  const settings = {
    particles: 2 ** Number(sliders.particles.value),
    eps: Number((10 ** Number(sliders.eps.value)).toPrecision(3)),
    alpha: Number((10 ** Number(sliders.alpha.value)).toPrecision(3)),
  };
  try {
    text.value = withSettings(text.value, settings);
    readText();
  } catch {
    // As above.
  }
}

function refuse(sentence: string): void {
  const problem = element("problem");
  problem.hidden = false;
  problem.textContent = sentence;
  document.querySelector("main")!.inert = true;
}

async function main(): Promise<void> {
  text.value = firstText;
  readText();
  if (!("gpu" in navigator) || navigator.gpu === undefined) {
    refuse(
      "This browser has no WebGPU. Take a recent Chrome, Edge, Firefox or Safari; on Linux start Chrome with --enable-unsafe-webgpu --enable-features=Vulkan. It needs a page from https or localhost.",
    );
    return;
  }
  let place: OpenPlace;
  try {
    // Few steps at a time: what is seen is to move.
    place = await openPlace({ engine: "gpu", batch: 4 });
  } catch {
    refuse(
      "WebGPU is there, but no adapter: update the graphics driver, or see chrome://gpu for what is missing. coagula runs without one in Node.",
    );
    return;
  }
  const view = new View(element<HTMLCanvasElement>("view"));
  const frame = () => {
    const scene = run?.scene ?? null;
    if (scene !== null) view.draw(scene);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  pauseButton.addEventListener("click", () => {
    if (run === null) return;
    run.gate.close(!run.gate.isClosed);
    showPaused(run.gate.isClosed);
  });
  stepButton.addEventListener("click", () => run?.gate.letOne());
  element("again").addEventListener("click", () => begin(place));
  element("controls").addEventListener("submit", (event) => {
    event.preventDefault();
    void begin(place);
  });
  text.addEventListener("input", readText);
  for (const slider of Object.values(sliders)) {
    slider.addEventListener("input", onSlide);
    slider.addEventListener("change", () => begin(place));
  }
  await begin(place);
}

await main();
