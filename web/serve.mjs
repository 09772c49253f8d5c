// npm run web: serves dist/web on this machine.

import { context } from "esbuild";

const port = Number(process.env.PORT ?? 8080);
const server = await (await context({})).serve({ servedir: "dist/web", host: "127.0.0.1", port });
console.log(`http://localhost:${server.port}/`);
