/**
 * Where things lie. Everything that a run makes is below `.run` in the checkout (or, when the
 * service user cannot enter the checkout, in the folder that `.run` links to; see
 * setup/state.sh).
 */
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));

/** The checkout. */
export const repoRoot = resolve(here, "../../..");
/** `.run` by its name in the checkout; may be a link. */
export const stateLink = join(repoRoot, ".run");
/** The addons as they are edited. The running Odoo may read a copy, see `addons.ts`. */
export const addonsSource = join(repoRoot, "odoo_addons");
export const setupScript = join(here, "../setup.sh");

export class NotSetUpError extends Error {
  constructor(what: string) {
    super(`${what} is missing: run deploy/native/setup.sh first`);
    this.name = "NotSetUpError";
  }
}

/** The real folder behind `.run`; throws NotSetUpError before the first set-up. */
export function stateDir(): string {
  if (!existsSync(stateLink)) throw new NotSetUpError(".run");
  return realpathSync(stateLink);
}

export function statePath(...parts: string[]): string {
  return join(stateDir(), ...parts);
}

/** Odoo's prefix, as unpacked from Debian's package. */
export function odooPrefix(): string {
  const prefix = statePath("odoo/current");
  if (!existsSync(join(prefix, ".complete"))) throw new NotSetUpError("Odoo 19 (.run/odoo)");
  return realpathSync(prefix);
}

/** Folder for PYTHONPATH: holds the package `odoo`. */
export function odooPython(): string {
  return join(odooPrefix(), "usr/lib/python3/dist-packages");
}

/** Odoo's own addons folders. */
export function odooAddons(): string[] {
  return [join(odooPython(), "odoo/addons")];
}

/** Version of the Debian package, such as `19.0.0+dfsg-1`. */
export function odooVersion(): string {
  return readFileSync(join(odooPrefix(), ".complete"), "utf8").trim();
}

/** Odoo's data folder (file store, sessions). */
export function odooDataDir(): string {
  return statePath("odoo-data");
}
