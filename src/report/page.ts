/** A page of HTML that needs nothing else: no script, no font, no picture from elsewhere. */
import { dark, embedded, escaped, light, variables } from "./theme.ts";

/** HTML already, not text that is still to be escaped. */
export interface Html {
  readonly html: string;
}

/** HTML with what stands in its holes: text is escaped, HTML and lists of it are not; null and undefined leave nothing. */
export function html(parts: TemplateStringsArray, ...holes: Hole[]): Html {
  return { html: parts.reduce((text, part, k) => text + filled(holes[k - 1]) + part) };
}

type Hole = string | number | Html | null | undefined | readonly Hole[];

function filled(hole: Hole): string {
  if (hole === null || hole === undefined) return "";
  if (typeof hole === "string" || typeof hole === "number") return escaped(String(hole));
  if ("html" in hole) return hole.html;
  return hole.map(filled).join("");
}

export const page = (title: string, body: Html): string =>
  html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${title}</title>
<style>${{ html: css }}</style>
</head>
<body>
<main>
${body}
</main>
</body>
</html>
`.html;

/** A section, with what it shows. */
export const section = (id: string, title: string, ...contents: Hole[]): Html =>
  html`<section id="${id}" aria-labelledby="${id}-title">
<h2 id="${id}-title">${title}</h2>
${contents}
</section>
`;

export const paragraph = (text: string): Html => html`<p>${text}</p>\n`;

/** A figure of a page; `name` is its own within the page, `alt` says in words what it shows. */
export const figure = (svg: string, name: string, alt: string, caption: string): Html =>
  html`<figure>
${{ html: embedded(svg, name, alt) }}
<figcaption>${caption}</figcaption>
</figure>
`;

/** Side by side where there is room. */
export const beside = (...contents: (Html | null)[]): Html => html`<div class="beside">
${contents}</div>
`;

/** A table of numbers; `texts` lists the columns of words. A long one scrolls. */
export function table(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  texts: readonly number[] = [],
): Html {
  const kind = (k: number) => (texts.includes(k) ? "text" : "number");
  const head = titles.map((title, k) => html`<th scope="col" class="${kind(k)}">${title}</th>`);
  const body = rows.map(
    (cells) => html`<tr>${cells.map((cell, k) => html`<td class="${kind(k)}">${cell}</td>`)}</tr>\n`,
  );
  return html`<div class="wide" tabindex="0"><table>
<thead><tr>${head}</tr></thead>
<tbody>
${body}</tbody>
</table></div>
`;
}

/** Names and what they stand for. */
export const list = (items: readonly (readonly [string, string | Html])[]): Html =>
  html`<dl>
${items.map(([name, value]) => html`<div><dt>${name}</dt><dd>${value}</dd></div>\n`)}</dl>
`;

/** Text to be copied. */
export const code = (text: string): Html => html`<pre tabindex="0"><code>${text}</code></pre>\n`;

const css = `
:root { color-scheme: light dark; ${variables(light)} --soft: #f6f7f8; --link: #0b57b0; }
@media (prefers-color-scheme: dark) { :root { ${variables(dark)} --soft: #1d2226; --link: #8ab8ff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 Helvetica, Arial, sans-serif; }
main { max-width: 76rem; margin: 0 auto; padding: 2.5rem 1.5rem 4rem; }
header { border-bottom: 1px solid var(--grid); margin-bottom: 1.5rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0 0 .4rem; overflow-wrap: anywhere; }
h2 { font-size: 1.3rem; line-height: 1.3; margin: 2.6rem 0 .6rem; padding-top: .4rem; }
p, figcaption { max-width: 46rem; overflow-wrap: anywhere; }
header p { color: var(--muted); margin: .3rem 0 1rem; }
.description { white-space: pre-wrap; }
.beside { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 30rem), 1fr)); gap: 1.2rem 2rem; align-items: start; }
figure { margin: 1rem 0; }
figure svg { display: block; max-width: 100%; height: auto; }
figcaption { color: var(--muted); font-size: .9rem; margin-top: .3rem; }
.wide { overflow: auto; max-height: 27rem; margin: 1rem 0; }
.wide thead th { position: sticky; top: 0; background: var(--paper); }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
th, td { padding: .28rem .8rem; border-bottom: 1px solid var(--grid); vertical-align: top; }
th { border-bottom: 2px solid var(--muted); font-weight: 600; }
th.number, td.number { text-align: right; white-space: nowrap; }
th.text, td.text { text-align: left; }
th:first-child, td:first-child { padding-left: 0; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: .7rem 1.5rem; margin: 1rem 0; }
dt { color: var(--muted); font-size: .85rem; }
dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
pre { background: var(--soft); border: 1px solid var(--grid); border-radius: 6px; padding: .9rem 1rem; overflow-x: auto; font: .85rem/1.5 ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
code { font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
@media print {
  :root { color-scheme: light; ${variables(light)} --soft: #ffffff; --link: #000000; }
  body { font-size: 10.5pt; }
  main { max-width: none; padding: 0; }
  h2 { break-after: avoid; }
  figure, tr { break-inside: avoid; }
  .beside { grid-template-columns: repeat(2, 1fr); }
  .wide, pre { overflow: visible; max-height: none; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; }
}
`;
