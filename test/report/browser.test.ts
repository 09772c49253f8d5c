/** Reports, looked at in a real browser. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Browser, look, openChromium } from "../support/chromium.ts";
import { coagula, freshFolder, root, scenarioText, start } from "../support/cli.ts";

const hostile = `</style><script>document.title = "owned"</script><img src=x onerror=alert(1)>`;
let browser: Browser;
const reports: Record<string, string> = {};
beforeAll(async () => {
  browser = await openChromium();
  const folder = freshFolder({
    "s.yaml": scenarioText({
      name: hostile,
      description: hostile,
      observe: { times: [0.001, 0.004, 0.01], masses: 3, pairs: { masses: 1 } },
    }),
  });
  const at = (out: string) => pathToFileURL(join(folder, out, "report.html")).href;
  for (const [name, args] of [
    ["run", []],
    ["observe", ["--n", "150,300"]],
    ["converge", ["--n", "150,300", "--replicas", "8"]],
  ] as const) {
    const { code, stderr } = await coagula([name, "s.yaml", "--engine", "cpu", "--out", name, ...args], {
      folder,
    });
    expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
    reports[name] = at(name);
  }
}, 600_000);
afterAll(() => browser?.close());

describe.each(["run", "observe", "converge"])("the report of coagula %s", (name) => {
  test("is one file that asks nothing of the network, and runs nothing", async () => {
    const { page, complaints, requests } = await browser.open(reports[name]);
    expect(requests).toEqual([reports[name]]);
    expect(complaints).toEqual([]);
    expect(await page.title()).toContain("</style><script>");
    expect(await page.locator("script, img, link, iframe").count()).toBe(0);
    await page.close();
  });

  test("shows its figures, light and dark and in print", async () => {
    const { page } = await browser.open(reports[name]);
    const figures = page.locator("figure svg");
    expect(await figures.count()).toBeGreaterThan(0);
    for (const figure of await figures.all()) {
      const box = await figure.boundingBox();
      expect(box!.width).toBeGreaterThan(200);
      expect(box!.height).toBeGreaterThan(100);
      expect(await figure.getAttribute("aria-label")).toMatch(/\w+ \w+/);
    }
    const seen: Record<string, { colours: number; brightness: number }> = {};
    for (const [media, colorScheme] of [
      ["screen", "light"],
      ["screen", "dark"],
      ["print", "dark"],
    ] as const) {
      await page.emulateMedia({ media, colorScheme });
      seen[`${media} ${colorScheme}`] = await look(browser, await page.screenshot({ fullPage: true }));
    }
    for (const { colours } of Object.values(seen)) expect(colours).toBeGreaterThan(50);
    expect(seen["screen light"].brightness).toBeGreaterThan(0.85);
    expect(seen["screen dark"].brightness).toBeLessThan(0.3);
    // Paper is white whatever the screen was.
    expect(seen["print dark"].brightness).toBeGreaterThan(0.85);
    await page.close();
  });

  test("fits a narrow screen without scrolling sideways", async () => {
    const { page } = await browser.open(reports[name]);
    await page.setViewportSize({ width: 380, height: 700 });
    const widths = await page.evaluate(() => [document.documentElement.scrollWidth, innerWidth]);
    expect(widths[0]).toBeLessThanOrEqual(widths[1]);
    await page.close();
  });
});

test("the report of a run has all its sections, and the command that repeats it does", async () => {
  const { page } = await browser.open(reports.run);
  const text = await page.locator("main").innerText();
  const summary = JSON.parse(readFileSync(new URL("summary.json", reports.run), "utf8"));
  expect(text).toContain(summary.digest);
  const titles = await page.locator("h2").allInnerTexts();
  expect(titles.length).toBeGreaterThanOrEqual(6);
  const command = await page.locator("pre code").last().innerText();
  await page.close();
  const folder = freshFolder();
  const script = command.replace(/^coagula /m, `"${process.execPath}" "${root}/dist/cli.js" `);
  const { code, stdout } = await start("sh", ["-c", `${script.trimEnd()} --engine cpu --json --no-out`], {
    folder,
  });
  expect(code).toBe(0);
  expect(JSON.parse(stdout).digest).toBe(summary.digest);
});
