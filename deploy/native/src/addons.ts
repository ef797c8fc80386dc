/** Our addons: which there are, and where the service user can read them. */
import {
  accessSync,
  chmodSync,
  constants,
  copyFileSync,
  existsSync,
  lstatSync,
  readdirSync,
  rmSync,
  utimesSync,
} from "node:fs";
import { join } from "node:path";
import { addonsSource, stateDir, repoRoot, statePath } from "./paths.ts";
import { ensureServiceDir, giveToService } from "./service-user.ts";

/** Technical names of the addons in `odoo_addons/`, sorted. */
export function ownAddons(): string[] {
  if (!existsSync(addonsSource)) return [];
  return readdirSync(addonsSource)
    .filter((name) => existsSync(join(addonsSource, name, "__manifest__.py")))
    .sort();
}

/** Others may read every file? (The service user is neither owner nor in the group.) */
function readableByOthers(path: string): boolean {
  const stat = lstatSync(path);
  if (stat.isDirectory()) {
    return (
      (stat.mode & 0o005) === 0o005 &&
      readdirSync(path).every((name) => readableByOthers(join(path, name)))
    );
  }
  return (stat.mode & 0o004) !== 0;
}

function needsCopy(): boolean {
  if (process.getuid?.() !== 0) {
    accessSync(addonsSource, constants.R_OK);
    return false;
  }
  // `.run` outside of the checkout says that the service user cannot enter it.
  return !stateDir().startsWith(`${repoRoot}/`) || !readableByOthers(addonsSource);
}

/** Makes `to` equal to `from`; leaves files alone that are the same by size and time. */
function mirror(from: string, to: string): void {
  ensureServiceDir(to);
  const names = readdirSync(from).filter((name) => name !== "__pycache__");
  for (const name of readdirSync(to)) {
    if (!names.includes(name)) rmSync(join(to, name), { recursive: true, force: true });
  }
  for (const name of names) {
    const source = join(from, name);
    const target = join(to, name);
    const stat = lstatSync(source);
    const there = existsSync(target) ? lstatSync(target) : undefined;
    if (there && there.isDirectory() !== stat.isDirectory()) rmSync(target, { recursive: true });
    if (stat.isDirectory()) {
      mirror(source, target);
    } else if (!there || there.size !== stat.size || there.mtimeMs !== stat.mtimeMs) {
      copyFileSync(source, target);
      chmodSync(target, 0o644);
      utimesSync(target, stat.atime, stat.mtime);
      giveToService(target);
    }
  }
}

/**
 * The folder that Odoo gets as its addons path: `odoo_addons/` itself, or an up-to-date copy of
 * it where the service user cannot read the checkout. Call it before every start of Odoo.
 * undefined when there is no addon yet: Odoo refuses a folder without any.
 */
export function addonsForOdoo(): string | undefined {
  if (ownAddons().length === 0) return undefined;
  if (!needsCopy()) return addonsSource;
  const copy = statePath("addons-copy");
  mirror(addonsSource, copy);
  return copy;
}
