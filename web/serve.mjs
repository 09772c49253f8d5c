// npm run web: serves dist/web on this machine.

import { context } from "esbuild";

function refuse(sentence) {
  console.error(sentence);
  process.exit(2);
}

const { PORT = "8080" } = process.env;
const port = Number(PORT);
if (!Number.isInteger(port) || port < 1 || port > 65535)
  refuse(`PORT is ${PORT}, but must be an integer from 1 to 65535.`);
try {
  await (await context({})).serve({ servedir: "dist/web", host: "127.0.0.1", port });
} catch {
  refuse(`PORT is ${PORT}, but that port cannot be had, as by another server; set PORT to another.`);
}
console.log(`http://localhost:${port}/`);
