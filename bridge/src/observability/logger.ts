/** Log: one JSON object a line, to stderr and, where configured, to a file that rotates. */
import { createLogger as createWinston, format, transports, type Logger as Winston } from "winston";
import { maskValue } from "./mask.ts";

/** Fields are masked (see `mask.ts`); a message is a fixed name such as `receipt_fiscalized`. */
export interface Logger {
  error(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  debug(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface LoggerOptions {
  readonly level: "error" | "warn" | "info" | "debug";
  readonly file?: string | undefined;
  /** Written into each line. */
  readonly till: string;
}

const MEGABYTE = 1024 * 1024;
/** A file that can't be written never says that it is finished, ms. */
const CLOSE_WITHIN = 2_000;

export function createLogger(options: LoggerOptions): Logger & { close(): Promise<void> } {
  const winston = createWinston({
    level: options.level,
    defaultMeta: { till: options.till },
    format: format.combine(
      format((info) => Object.assign(info, maskValue({ ...info })))(),
      format.timestamp(),
      format.json(),
    ),
    transports: [
      new transports.Console({ stderrLevels: ["error", "warn", "info", "debug"] }),
      ...(options.file === undefined
        ? []
        : [
            new transports.File({
              filename: options.file,
              maxsize: 10 * MEGABYTE,
              maxFiles: 10,
              tailable: true,
            }),
          ]),
    ],
  });
  // a full disk must cost lines and not the till; the console's lines go on
  winston.on("error", () => undefined);
  return wrap(winston);
}

function wrap(winston: Winston): Logger & { close(): Promise<void> } {
  return {
    error: (message, fields) => void winston.error(message, fields),
    warn: (message, fields) => void winston.warn(message, fields),
    info: (message, fields) => void winston.info(message, fields),
    debug: (message, fields) => void winston.debug(message, fields),
    close: () =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, CLOSE_WITHIN);
        winston.once("finish", () => {
          clearTimeout(timer);
          resolve();
        });
        winston.end();
      }),
  };
}

/** For tests and tools that have nobody to tell. */
export const silentLogger: Logger = {
  error: () => undefined,
  warn: () => undefined,
  info: () => undefined,
  debug: () => undefined,
};
