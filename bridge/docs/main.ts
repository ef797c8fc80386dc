/** Writes `docs/api/bridge.md`: `npm run docs:api`. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { apiPage } from "./api-page.ts";

const folder = new URL("../../docs/api/", import.meta.url);
const { version } = JSON.parse(
  readFileSync(new URL("../package.json", import.meta.url), "utf8"),
) as { version: string };

mkdirSync(folder, { recursive: true });
writeFileSync(new URL("bridge.md", folder), await apiPage(version));
