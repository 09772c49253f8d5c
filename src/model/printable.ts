/** What a terminal might take for more than text, or not show: control signs, signs that turn the direction of writing, line ends of all kinds. */
const unprintable = /[\p{C}\p{Zl}\p{Zp}\u{85}\u{a0}]/gu;

export const isPrintable = (text: string): boolean => text.search(unprintable) < 0;

/** The text with such signs as in JSON and YAML, \u202e say; those in `keep` stay. */
export const printable = (text: string, keep = ""): string =>
  text.replace(unprintable, (sign) => (keep.includes(sign) ? sign : escaped(sign)));

function escaped(sign: string): string {
  const code = sign.codePointAt(0)!;
  const [letter, digits] = code < 0x10000 ? ["u", 4] : ["U", 8];
  return `\\${letter}${code.toString(16).padStart(digits, "0")}`;
}
