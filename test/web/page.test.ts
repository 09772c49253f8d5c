/** The page in Debian's Chromium, on its software adapter: it runs what Node runs, shows it, and listens. */

import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { extname, join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseScenarioText, simulate } from "../../src/browser.ts";
import { firstText, settingsOf, withSettings, ZOf } from "../../web/scenario.ts";
import { type Browser, look, openChromium } from "../support/chromium.ts";
import { root } from "../support/cli.ts";

const types: Record<string, string> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

/** Any host would do. */
const server: Server = createServer(({ url }, response) => {
  const file = url === "/" ? "/index.html" : url!;
  try {
    const body = readFileSync(join(root, "dist/web", file));
    response.writeHead(200, { "content-type": types[extname(file)] }).end(body);
  } catch {
    response.writeHead(404).end();
  }
});
let address = "";
let browser: Browser;
beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  address = `http://localhost:${(server.address() as AddressInfo).port}/`;
  browser = await openChromium();
}, 600_000);
afterAll(async () => {
  await browser?.close();
  server.close();
});

const small = (rest = "", times = "0.002, 0.01") =>
  `particles: 100\nZ: 4\nalpha: { constant: 40 }\nobserve: { times: [${times}] }\n${rest}`;

async function runs(page: Page, text: string): Promise<void> {
  await page.fill("#scenario", text);
  await page.getByRole("button", { name: "Run this" }).click();
}

/** The digest of the run that has ended. */
async function digestOf(page: Page): Promise<string> {
  const digest = page.locator("#digest", { hasText: /^[0-9a-f]{64}$/ });
  await digest.waitFor({ timeout: 300_000 });
  return (await digest.textContent())!;
}

describe("a run in the browser", () => {
  test.each([
    ["uniform steps", small("engine: uniform\nseed: 7\n", "0.0002, 0.001")],
    ["multirate steps and replicas", small("engine: multirate\nreplicas: 3\n")],
    ["another dimension", small("dimension: 4\n")],
  ])("has the digest of the CPU reference in Node: %s", async (_, text) => {
    const { page, complaints } = await browser.open(address);
    await runs(page, text);
    const expected = await simulate(parseScenarioText(text, "scenario"), { engine: "cpu" }).result;
    expect(await digestOf(page)).toBe(expected.digest);
    expect(complaints).toEqual([]);
    await page.close();
  });

  test("is seen: particles in their box, densities and the spectrum beside the equation", async () => {
    const { page, complaints, requests } = await browser.open(address);
    await page.locator("#progress", { hasText: /t = / }).waitFor({ timeout: 120_000 });
    const view = await page.locator("#view").screenshot();
    expect((await look(browser, view)).colours).toBeGreaterThan(200);
    for (const chart of ["#densities", "#spectrum"]) {
      const canvas = await page.locator(`${chart} canvas`).screenshot();
      expect((await look(browser, canvas)).colours).toBeGreaterThan(30);
    }
    await page.locator("#view").press("ArrowLeft");
    await page.waitForTimeout(500);
    expect(Buffer.compare(await page.locator("#view").screenshot(), view)).not.toBe(0);
    expect(complaints).toEqual([]);
    // It is one of a host's pages, and asks for nothing else.
    expect(requests.filter((url) => !url.startsWith(address))).toEqual([]);
    await page.close();
  });

  test("rests when it is told, goes on step by step, and begins again", async () => {
    const { page } = await browser.open(address);
    await runs(page, small("seed: 3\n", "0.002, 0.2"));
    const progress = async () => (await page.locator("#progress").textContent())!;
    await page.locator("#progress", { hasText: /t = / }).waitFor();
    await page.getByRole("button", { name: "Pause" }).click();
    const step = page.getByRole("button", { name: "Step", disabled: false });
    await step.waitFor();
    const resting = await progress();
    await page.waitForTimeout(1000);
    expect(await progress()).toBe(resting);
    const time = (text: string) => Number(/t = (\S+)/.exec(text)![1]);
    // A step up to an observation may be shorter than what is shown of the time.
    const stepped = async () => {
      await step.click();
      await step.waitFor();
      return time(await progress());
    };
    expect(Math.max(await stepped(), await stepped())).toBeGreaterThan(time(resting));
    await page.getByRole("button", { name: "Begin again" }).click();
    await page.getByRole("button", { name: "Pause" }).waitFor();
    await page.close();
  });

  test("says what is wrong with a scenario, and where, and lets the run go on", async () => {
    const { page } = await browser.open(address);
    await runs(page, "particles: 100\nZ: many\n");
    await expect
      .poll(() => page.locator("#mistake").textContent())
      .toMatch(/^scenario:2:4: Z is "many", but /);
    await page.close();
  });

  test("can be used by keyboard, with a name on everything", async () => {
    const { page } = await browser.open(address);
    const names = await page.evaluate(() =>
      Array.from(document.querySelectorAll("button, input, textarea, canvas[tabindex]"), (element) => {
        const { labels } = element as HTMLInputElement;
        return labels?.[0]?.textContent || element.getAttribute("aria-label") || element.textContent;
      }),
    );
    expect(names.length).toBeGreaterThanOrEqual(9);
    for (const name of names) expect(name).toMatch(/\w/);
    await page.locator("#particles").focus();
    await page.keyboard.press("ArrowLeft");
    await expect.poll(() => page.locator("#scenario").inputValue()).toMatch(/^particles: 512$/m);
    await page.close();
  });
});

test("without WebGPU the page says so, and what to do", async () => {
  const without = await openChromium(false);
  const { page } = await without.open(address);
  const problem = page.getByRole("alert").first();
  await expect.poll(() => problem.textContent(), { timeout: 30_000 }).toMatch(/WebGPU.*driver|no WebGPU/);
  expect(await problem.isVisible()).toBe(true);
  await without.close();
});

describe("the page's scenario", () => {
  test("is one, and sliders change it and nothing else in it", () => {
    const before = parseScenarioText(firstText, "first");
    const text = withSettings(firstText, { particles: 512, eps: 0.01, alpha: 30 });
    const after = parseScenarioText(text, "after");
    const { particles, alpha, Z } = after;
    expect({ particles, alpha, Z }).toEqual({ particles: 512, alpha: { constant: 30 }, Z: 5.12 });
    expect({ ...after, particles: 0, alpha: 0, Z: 0 }).toEqual({ ...before, particles: 0, alpha: 0, Z: 0 });
    expect(settingsOf(text)).toMatchObject({ particles: 512, alpha: 30, dimension: 3 });
    expect(settingsOf(text).eps).toBeCloseTo(0.01, 12);
  });

  test("Z is N eps^(d-2), in the plane N / |log eps|", () => {
    expect(ZOf({ particles: 1000, eps: 0.01, alpha: 1 }, 3)).toBe(10);
    expect(ZOf({ particles: 1000, eps: 0.1, alpha: 1 }, 4)).toBe(10);
    expect(ZOf({ particles: 1000, eps: Math.exp(-100), alpha: 1 }, 2)).toBe(10);
  });
});
