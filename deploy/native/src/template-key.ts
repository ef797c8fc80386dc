/** What a template database depends on, as a hash: another hash means it is made anew. */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";

/**
 * Files that change what an installation writes into the database, or the browser's bundles that
 * are made with it.
 */
const FILES = new Set([
  ...[".py", ".xml", ".csv", ".po", ".pot", ".sql", ".json"],
  ...[".js", ".css", ".scss"],
]);
/** `tests` are read when they run. */
const OTHER_FOLDERS = new Set(["tests", "__pycache__", "node_modules"]);

/** Paths below `folder` that count, sorted, with `/`. */
export function templateFiles(folder: string, prefix = ""): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = prefix + entry.name;
      if (entry.isDirectory()) {
        return OTHER_FOLDERS.has(entry.name)
          ? []
          : templateFiles(join(folder, entry.name), `${path}/`);
      }
      return FILES.has(extname(entry.name)) ? [path] : [];
    })
    .sort();
}

/** SHA-256 over parts of any content; the parts are delimited, so they cannot run together. */
export function hashOf(parts: string[]): string {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(`${Buffer.byteLength(part)}:`).update(part);
  return hash.digest("hex").slice(0, 32);
}

/** Hash of the sources of the given addons below `root`. */
export function addonsHash(root: string, names: string[]): string {
  const parts = names.flatMap((name) =>
    templateFiles(join(root, name)).flatMap((file) => [
      `${name}/${file}`,
      readFileSync(join(root, name, file), "utf8"),
    ]),
  );
  return hashOf(parts);
}
