/** The device on a serial line: RS-232, a USB converter, or the virtual COM port of its USB. */
import { constants, type Stats } from "node:fs";
import { access, stat } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { SerialPort } from "serialport";
import { type Transport, TransportError, type TransportEvents, within } from "./transport.ts";

/** Baud rates of command 14h, codes 0–9. */
export const BAUD_RATES = [
  2400, 4800, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600,
] as const;

export interface SerialOptions {
  readonly path: string;
  readonly baudRate?: number;
  readonly openMs?: number;
  /** Longest wait for a write, ms. */
  readonly writeMs?: number;
  /** How often the port is looked for while it is open, ms. */
  readonly watchMs?: number;
  /** How long a lock that somebody else has is waited for, ms. */
  readonly lockMs?: number;
}

const BAUD_RATE = 115_200;
const OPEN_MS = 3_000;
const WRITE_MS = 3_000;
const WATCH_MS = 500;
/** What the native binding and the system say of a lock. */
const LOCKED = /EBUSY|EAGAIN|cannot lock|temporarily unavailable|busy/i;
const LOCK_MS = 250;
const LOCK_ASK_MS = 20;

export class SerialTransport implements Transport {
  readonly name: string;
  readonly #options: SerialOptions;
  #port: SerialPort | null = null;
  /** The closing under way: until it has ended the port is locked by this program itself. */
  #closing: Promise<void> = Promise.resolve();

  constructor(options: SerialOptions) {
    this.#options = options;
    this.name = options.path;
  }

  async open(events: TransportEvents): Promise<void> {
    await this.close();
    const node = await this.#check();
    const port = await this.#openPort();
    this.#port = port;
    let reported = false;
    const lost = (error: Error): void => {
      if (reported || this.#port !== port) return;
      reported = true;
      this.#port = null;
      clearInterval(watch);
      this.#shut(port);
      events.lost(error);
    };
    // a USB device that is pulled out takes its port away; reads of the open one only return
    // nothing, over and over
    const watch = setInterval(() => {
      if (this.#port !== port) clearInterval(watch);
      else void this.#isStill(node).then((still) => (still ? undefined : lost(this.#gone())));
    }, this.#options.watchMs ?? WATCH_MS).unref();
    port.on("error", (error) => lost(new TransportError(this.#describe(error))));
    port.on("close", () => lost(this.#gone()));
    port.on("data", (chunk: Buffer) => {
      if (this.#port === port) events.data(chunk);
    });
  }

  async write(bytes: Uint8Array): Promise<void> {
    const port = this.#port;
    if (!port) throw new TransportError(`порт ${this.name} не открыт`);
    await within(
      this.#options.writeMs ?? WRITE_MS,
      `порт ${this.name} не принимает данные`,
      new Promise<void>((resolve, reject) => {
        port.write(Buffer.from(bytes), (error) => {
          if (error) reject(new TransportError(this.#describe(error)));
          else resolve();
        });
      }),
    );
  }

  async close(): Promise<void> {
    const port = this.#port;
    this.#port = null;
    if (port) this.#shut(port);
    await within(OPEN_MS, "", this.#closing).catch(() => undefined);
  }

  #shut(port: SerialPort): void {
    if (!port.isOpen) return;
    const before = this.#closing;
    this.#closing = new Promise<void>((resolve) => port.close(() => resolve())).then(() => before);
  }

  /**
   * A lock goes only with the last use of the port that was closed before, and a read of it may
   * still be under way in another thread of a busy machine; so one that is not gone at once is asked
   * for again. Another program keeps it longer than that.
   */
  async #openPort(): Promise<SerialPort> {
    const deadline = performance.now() + (this.#options.lockMs ?? LOCK_MS);
    for (;;) {
      try {
        return await this.#openOnce();
      } catch (error) {
        const locked = error instanceof Error && LOCKED.test(error.message);
        if (!locked || performance.now() >= deadline) throw this.#asTransportError(error);
      }
      await sleep(LOCK_ASK_MS);
    }
  }

  async #openOnce(): Promise<SerialPort> {
    const port = new SerialPort({
      path: this.#options.path,
      baudRate: this.#options.baudRate ?? BAUD_RATE,
      dataBits: 8,
      parity: "none",
      stopBits: 1,
      // one bridge per device: a second one must fail here, not in the middle of a receipt
      lock: true,
      autoOpen: false,
    });
    try {
      await within(
        this.#options.openMs ?? OPEN_MS,
        `порт ${this.name} не открывается`,
        new Promise<void>((resolve, reject) => {
          port.open((error) => {
            if (error) reject(error);
            else resolve();
          });
        }),
      );
      return port;
    } catch (error) {
      port.on("error", () => undefined);
      // an open that ends late must not keep the lock
      port.once("open", () => port.close());
      throw error;
    }
  }

  #asTransportError(error: unknown): TransportError {
    if (error instanceof TransportError) return error;
    return new TransportError(this.#describe(error as NodeJS.ErrnoException));
  }

  #gone(): TransportError {
    return new TransportError(`порт ${this.name} закрылся: кабель отключён?`);
  }

  /** The path still leads to the device that was opened. */
  async #isStill({ ino, rdev }: Stats): Promise<boolean> {
    const now = await stat(this.#options.path).catch(() => null);
    return now !== null && now.ino === ino && now.rdev === rdev;
  }

  /** The native binding's messages don't tell these apart reliably. */
  async #check(): Promise<Stats> {
    const path = this.#options.path;
    let found: Stats;
    try {
      found = await stat(path);
      if (!found.isCharacterDevice()) {
        throw new TransportError(`${path} — не последовательный порт`);
      }
    } catch (error) {
      throw this.#asTransportError(error);
    }
    try {
      await access(path, constants.R_OK | constants.W_OK);
      return found;
    } catch (error) {
      throw new TransportError(this.#describe(error as NodeJS.ErrnoException));
    }
  }

  #describe(error: NodeJS.ErrnoException): string {
    return describeSerialError(error, this.name, this.#options.baudRate ?? BAUD_RATE);
  }
}

/** What is wrong with the port and what to do, in Russian. The native binding gives no codes. */
export function describeSerialError(
  error: NodeJS.ErrnoException,
  path: string,
  baudRate: number,
): string {
  const text = `${error.code ?? ""} ${error.message}`;
  if (/ENOENT|No such file/i.test(text)) {
    return `порт ${path} не найден: проверьте кабель и имя порта`;
  }
  if (/EACCES|EPERM|Permission denied/i.test(text)) {
    return `нет прав на порт ${path}: добавьте пользователя в группу dialout`;
  }
  if (LOCKED.test(text)) {
    return `порт ${path} занят другой программой`;
  }
  if (/baud/i.test(text)) {
    return `порт ${path}: скорость ${String(baudRate)} не поддерживается`;
  }
  return `порт ${path}: ${error.message}`;
}
