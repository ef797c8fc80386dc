// Exit code 0 when node_modules holds what package-lock.json asks for and the native
// modules load in this Node. Plain JavaScript: it runs before anything is installed.
// Usage: node npm-in-sync.mjs <checkout>
import console from "node:console";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";

const root = process.argv[2];
if (!root) throw new Error("usage: npm-in-sync.mjs <checkout>");

function packagesOf(file) {
  return JSON.parse(readFileSync(file, "utf8")).packages;
}

function say(reason) {
  console.log(`[setup] npm: ${reason}`);
  process.exit(1);
}

let installed;
try {
  // npm writes this file last, so a broken installation has none.
  installed = packagesOf(join(root, "node_modules/.package-lock.json"));
} catch {
  say("not installed yet");
}
const wanted = packagesOf(join(root, "package-lock.json"));
for (const [path, { version, optional, peer, link }] of Object.entries(wanted)) {
  if (!path.includes("node_modules/") || link) continue;
  const there = installed[path];
  // Optional ones are for other platforms.
  if (!there && !optional && !peer) say(`${path} is missing`);
  if (there && there.version !== version) say(`${path} is ${there.version}, not ${version}`);
}
for (const path of Object.keys(installed)) if (!wanted[path]) say(`${path} is no longer wanted`);

const require = createRequire(join(root, "bridge/package.json"));
for (const name of ["better-sqlite3", "serialport"]) {
  try {
    const module = require(name);
    if (name === "better-sqlite3") new module(":memory:").close();
  } catch (error) {
    say(`${name} does not load (${error.message.split("\n")[0]})`);
  }
}
