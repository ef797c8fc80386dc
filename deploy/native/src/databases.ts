/** Databases together with Odoo's file store, which belongs to them. */
import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { run } from "./exec.ts";
import { odooDataDir } from "./paths.ts";
import { sql, startPostgres, type Postgres } from "./postgres.ts";
import { ensureServiceDir } from "./service-user.ts";

/** Letters, digits and underscore only, so that a name needs no quoting anywhere. */
export function checkDatabaseName(name: string): string {
  if (!/^[a-z][a-z0-9_]{0,62}$/.test(name)) {
    throw new Error(
      `database name '${name}': small letters, digits and underscore, a letter first, 63 at most`,
    );
  }
  return name;
}

function filestore(name: string): string {
  ensureServiceDir(odooDataDir());
  return join(ensureServiceDir(join(odooDataDir(), "filestore")), name);
}

export async function databaseExists(postgres: Postgres, name: string): Promise<boolean> {
  checkDatabaseName(name);
  const found = await sql(
    postgres,
    "postgres",
    `SELECT 1 FROM pg_database WHERE datname = '${name}'`,
  );
  return found === "1";
}

/** Copies a database (nobody may be connected to it) and its file store under a new name. */
export async function copyDatabase(postgres: Postgres, from: string, to: string): Promise<void> {
  checkDatabaseName(from);
  checkDatabaseName(to);
  await sql(
    postgres,
    "postgres",
    `CREATE DATABASE ${to} TEMPLATE ${from} OWNER ${postgres.odooRole} STRATEGY FILE_COPY`,
  );
  rmSync(filestore(to), { recursive: true, force: true });
  if (existsSync(filestore(from))) {
    // Odoo never changes a stored file, it adds and removes names: hard links are enough.
    await run("cp", ["-al", filestore(from), filestore(to)], { service: true });
  }
}

export async function createEmptyDatabase(postgres: Postgres, name: string): Promise<void> {
  // As Odoo itself makes them: sorting by code points, so that indexes serve LIKE.
  await sql(
    postgres,
    "postgres",
    `CREATE DATABASE ${checkDatabaseName(name)} OWNER ${postgres.odooRole}
     ENCODING 'UTF8' LC_COLLATE 'C' TEMPLATE template0`,
  );
  rmSync(filestore(name), { recursive: true, force: true });
}

/** Removes a database, its sessions and its file store; nothing happens when it is not there. */
export async function removeDatabase(postgres: Postgres, name: string): Promise<void> {
  await sql(
    postgres,
    "postgres",
    `DROP DATABASE IF EXISTS ${checkDatabaseName(name)} WITH (FORCE)`,
  );
  rmSync(filestore(name), { recursive: true, force: true });
}

export async function renameDatabase(postgres: Postgres, from: string, to: string): Promise<void> {
  // The file store first: a database without its files would look complete.
  rmSync(filestore(to), { recursive: true, force: true });
  if (existsSync(filestore(from))) renameSync(filestore(from), filestore(to));
  await sql(
    postgres,
    "postgres",
    `ALTER DATABASE ${checkDatabaseName(from)} RENAME TO ${checkDatabaseName(to)}`,
  );
}

/**
 * Makes database `name` as a copy of a template from `ensureTemplate`. Throws when the name is
 * taken, unless `replace` is set.
 */
export async function createDatabase(
  name: string,
  options: { template: string; replace?: boolean },
): Promise<void> {
  const postgres = await startPostgres();
  if (options.replace) await removeDatabase(postgres, name);
  else if (await databaseExists(postgres, name)) throw new Error(`database ${name} exists already`);
  await copyDatabase(postgres, options.template, name);
}

/** Ends its sessions and removes it; end the Odoo that serves it first. */
export async function dropDatabase(name: string): Promise<void> {
  await removeDatabase(await startPostgres(), name);
}
