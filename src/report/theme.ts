/** The colours of pages, in light and in dark, and figures as parts of a page. */
import { colours } from "./colours.ts";

/** Colours by the name of their CSS variable: c0, c1, ... are those of series. */
export type Theme = Record<string, string>;

/** That of figures that stand alone. */
export const light: Theme = {
  paper: "#ffffff",
  ink: "#000000",
  muted: "#555555",
  grid: "#e8e8e8",
  ...Object.fromEntries(colours.map((colour, k) => [`c${k}`, colour])),
};

// The series of the light theme, as bright as a dark page needs and as far apart for the colour-blind.
export const dark: Theme = {
  paper: "#14171a",
  ink: "#f2f2f2",
  muted: "#b4bac0",
  grid: "#32383e",
  c0: "#f2f2f2",
  c1: "#3f8fe8",
  c2: "#ff7b3a",
  c3: "#12c39a",
  c4: "#f5d34c",
  c5: "#a9dcff",
  c6: "#d884b8",
  c7: "#8b9299",
};

/** A theme as the contents of a CSS rule. */
export const variables = (theme: Theme): string =>
  Object.entries(theme)
    .map(([name, colour]) => `--${name}: ${colour};`)
    .join(" ");

/** What Vega writes, and whose colour it is. Black text and the black series are one colour, and stay so. */
const roles = new Map([
  ["white", "paper"],
  ["#000", "ink"],
  ["#555", "muted"],
  ["#e8e8e8", "grid"],
  ...colours.map((colour, k) => [colour, `c${k}`] as const),
]);

/**
 * A figure as part of a page: its colours are the page's variables, the page is behind it, and what it refers to by name is its own. `alt` says in
 * words what it shows.
 */
export function embedded(svg: string, name: string, alt: string): string {
  const [, width, height] = /<svg[^>]* viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(svg)!;
  const root = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(alt)}">`;
  return svg
    .replace(/<rect width="[\d.]+" height="[\d.]+" fill="white"\/>/, "")
    .replace(/\bclip(\d+)\b/g, `${name}-clip$1`)
    .replace(/\b(fill|stroke)="([^"]*)"/g, (whole, what, colour) => {
      const role = roles.get(colour);
      return role === undefined ? whole : `${what}="var(--${role})"`;
    })
    .replace(/^<svg[^>]*>/, () => root);
}

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Text as the contents or a quoted attribute of HTML or SVG. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => entities[sign]);
