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
import { classWidth } from "../src/model/massClass.ts";
import { Charts } from "./charts.ts";
import { firstText, settingsOf, withSettings, ZOf } from "./scenario.ts";
import { copyOf, type Scene, View } from "./view.ts";

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
    if (!this.#isClosed) return;
    // A step is to be had when the one before is done.
    stepButton.disabled = false;
    await new Promise<void>((resolve) => this.#open.push(resolve));
    stepButton.disabled = true;
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
    const { times, masses } = scenario.observe;
    const end = times.at(-1)!;
    const limit = limitOf(
      scenario,
      Array.from({ length: 101 }, (_, k) => (end * k) / 100),
    );
    this.#charts = new Charts(element("densities"), element("spectrum"), limit ?? [], {
      end,
      masses,
      width: classWidth(scenario.observe),
    });
  }

  get scene(): Scene | null {
    return this.#scene;
  }

  /** Plays to the end and tells the digest; rejects when it is stopped. */
  async play(place: OpenPlace): Promise<string> {
    const { particles, dimension, side, smallestRange, observeAt, dt, replicas, scenario } = this.#system;
    const columns = scenario.observe.masses + 1;
    const end = observeAt.at(-1)! * dt;
    let time = 0;
    element("digest").textContent = "at the end of the run";
    const { digest } = await play(this.#system, place, {
      onCounts() {},
      signal: this.#stop.signal,
      onProgress: (fraction) => {
        time = fraction * end;
        element("progress").textContent = `${Math.floor(100 * fraction)} %, t = ${time.toPrecision(3)}`;
      },
      atRest: async (engine) => {
        if (engine instanceof GpuEngine) {
          const radius = Math.max(0.01, smallestRange / side / 2);
          const scene = { particles: engine.particles, dimension, drawn: particles, radius };
          this.#scene = time < end ? scene : copyOf(scene);
        }
        const counts = await engine.countMasses();
        const sums = Array.from({ length: columns }, (_, k) => {
          let sum = 0;
          for (let r = 0; r < replicas; r++) sum += counts[r * columns + k];
          return sum / (particles * replicas);
        });
        const count = sums.reduce((a, b) => a + b);
        this.#charts.add({ time, count, masses: sums.slice(0, -1) });
        // The page has its turn, too.
        await new Promise((resolve) => setTimeout(resolve));
        await this.gate.pass();
        this.#stop.signal.throwIfAborted();
      },
    });
    return digest;
  }

  stop(): void {
    // Its buffers are about to go.
    this.#scene = null;
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
/** How many runs were to begin so far. */
let wanted = 0;

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
  // Whoever would pause the run that ends means the next.
  pauseButton.disabled = true;
  run?.stop();
  const number = ++wanted;
  await running;
  // Another may have been asked for while the one before came to its end.
  if (number !== wanted) return;
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
  pauseButton.disabled = false;
  pauseButton.textContent = isPaused ? "Go on" : "Pause";
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

/** The place to run, or a sentence where there is none. */
async function findPlace(): Promise<OpenPlace | string> {
  if (!("gpu" in navigator) || navigator.gpu === undefined)
    return "This browser has no WebGPU. Take a recent Chrome, Edge, Firefox or Safari; on Linux start Chrome with --enable-unsafe-webgpu --enable-features=Vulkan. It needs a page from https or localhost.";
  try {
    // What is seen is to move.
    return await openPlace({ engine: "gpu", flightTime: 30 });
  } catch {
    return "WebGPU is there, but no adapter: update the graphics driver, or see chrome://gpu for what is missing. coagula runs without one in Node.";
  }
}

async function main(): Promise<void> {
  text.value = firstText;
  readText();
  const finding = findPlace();
  const beginHere = async () => {
    const place = await finding;
    if (typeof place !== "string") await begin(place);
  };
  pauseButton.addEventListener("click", () => {
    if (run === null) return;
    run.gate.close(!run.gate.isClosed);
    showPaused(run.gate.isClosed);
  });
  stepButton.addEventListener("click", () => run?.gate.letOne());
  element("again").addEventListener("click", beginHere);
  element("controls").addEventListener("submit", (event) => {
    event.preventDefault();
    void beginHere();
  });
  text.addEventListener("input", readText);
  for (const slider of Object.values(sliders)) {
    slider.addEventListener("input", onSlide);
    slider.addEventListener("change", beginHere);
  }
  const place = await finding;
  if (typeof place === "string") {
    refuse(place);
    return;
  }
  const view = new View(element<HTMLCanvasElement>("view"));
  const frame = () => {
    const scene = run?.scene ?? null;
    if (scene !== null) view.draw(scene);
    requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  // Unless somebody was faster.
  if (wanted === 0) await begin(place);
}

await main();
