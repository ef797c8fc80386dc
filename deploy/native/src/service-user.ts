/** The ordinary user that PostgreSQL and Odoo run as: the owner of `.run`. */
import { chownSync, mkdirSync, statSync } from "node:fs";
import { statePath, stateDir } from "./paths.ts";

export interface ServiceUser {
  uid: number;
  gid: number;
}

/** Throws when the services would run as root, or when this process may not become that user. */
export function serviceUser(): ServiceUser {
  const { uid, gid } = statSync(stateDir());
  const me = process.getuid?.() ?? -1;
  if (uid === 0)
    throw new Error(".run belongs to root; run deploy/native/setup.sh, it repairs that");
  if (me !== 0 && me !== uid) {
    throw new Error(
      `.run belongs to user id ${uid}, this process runs as ${me}; use that user or root`,
    );
  }
  return { uid, gid };
}

/** Options for child_process that make the child run as the service user. */
export function asService(): { uid?: number; gid?: number; cwd: string; env: NodeJS.ProcessEnv } {
  const temporary = process.env["TMPDIR"];
  const env: NodeJS.ProcessEnv = {
    ...(temporary === undefined ? {} : { TMPDIR: temporary }),
    PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    HOME: statePath("home"),
    LANG: "C.UTF-8",
    TZ: "UTC",
  };
  // setgroups and setuid are refused to ordinary users even for their own ids.
  return process.getuid?.() === 0 ? { ...serviceUser(), cwd: "/", env } : { cwd: "/", env };
}

/** Makes a folder of the service user (mode 0755 unless told otherwise). */
export function ensureServiceDir(path: string, mode = 0o755): string {
  mkdirSync(path, { recursive: true, mode });
  giveToService(path);
  return path;
}

export function giveToService(path: string): void {
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = serviceUser();
  chownSync(path, uid, gid);
}
