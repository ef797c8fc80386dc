/** Exit code of a process whose configuration is wrong (`EX_CONFIG` of sysexits.h). */
export const EXIT_CONFIG = 78;

/** The configuration can't be used; `message` is one line: which key, its value, what is allowed. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}
