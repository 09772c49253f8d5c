/** Debian's Chromium without a window, with its software WebGPU adapter. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { ensurePackages } from "./debian.mjs";

/** All four are needed for a canvas that WebGPU draws to; without the first there is no adapter. */
const webgpu = [
  "--enable-unsafe-webgpu",
  "--use-angle=swiftshader",
  "--use-vulkan=swiftshader",
  "--enable-features=Vulkan",
];
const quiet = [
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export interface Browser {
  /** A page, and what it says on its console or asks of the network. */
  open(url: string): Promise<{ page: Page; complaints: string[]; requests: string[] }>;
  close(): Promise<void>;
}

/** Without `hasWebgpu` there is no adapter, as on machines where nothing can be done about it. */
export async function openChromium(hasWebgpu = true): Promise<Browser> {
  ensurePackages("chromium");
  const profile = mkdtempSync(join(tmpdir(), "coagula-chromium-"));
  const context: BrowserContext = await chromium.launchPersistentContext(profile, {
    executablePath: "/usr/bin/chromium",
    headless: true,
    chromiumSandbox: false,
    viewport: { width: 1200, height: 900 },
    args: [...(hasWebgpu ? webgpu : []), ...quiet],
  });
  return {
    async open(url) {
      const page = await context.newPage();
      const complaints: string[] = [];
      const requests: string[] = [];
      page.on("console", (message) => {
        if (["error", "warning"].includes(message.type())) complaints.push(message.text());
      });
      page.on("pageerror", (error) => complaints.push(error.message));
      page.on("request", (request) => requests.push(request.url()));
      await page.goto(url);
      return { page, complaints, requests };
    },
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}

/** What a picture looks like: how many colours it has, how bright it is on the whole, from 0 to 1. */
export async function look(browser: Browser, png: Buffer): Promise<{ colours: number; brightness: number }> {
  const { page } = await browser.open("about:blank");
  const seen = await page.evaluate(
    async (url) => {
      const bitmap = await createImageBitmap(await (await fetch(url)).blob());
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      const context = canvas.getContext("2d")!;
      context.drawImage(bitmap, 0, 0);
      const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
      const colours = new Set<number>();
      let sum = 0;
      for (let at = 0; at < data.length; at += 4) {
        colours.add((data[at] << 16) | (data[at + 1] << 8) | data[at + 2]);
        sum += data[at] + data[at + 1] + data[at + 2];
      }
      return { colours: colours.size, brightness: sum / (0.75 * data.length * 255) };
    },
    `data:image/png;base64,${png.toString("base64")}`,
  );
  await page.close();
  return seen;
}
