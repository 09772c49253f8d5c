/** What tests of figures look at. */

/** Whether every tag is closed in order and every ampersand begins an entity. */
export function isWellFormed(xml: string): boolean {
  const open: string[] = [];
  for (const [, closing, name, alone] of xml.matchAll(/<(\/?)([\w:]+)(?:\s+[\w:-]+="[^"<]*")*\s*(\/?)>/g)) {
    if (closing) {
      if (open.pop() !== name) return false;
    } else if (!alone) open.push(name);
  }
  const rest = xml.replace(/<\/?[\w:]+(?:\s+[\w:-]+="[^"<]*")*\s*\/?>/g, "");
  return open.length === 0 && !/[<>]|&(?!\w+;|#\d+;)/.test(rest);
}

/** How many lines, and how many points, are drawn. */
export const lines = (svg: string) => [...svg.matchAll(/aria-roledescription="line mark"/g)].length;
export const points = (svg: string) => [...svg.matchAll(/aria-roledescription="point"/g)].length;
