/** A transport that is open, what comes in over it, and whether it can still be trusted. */
import type { Clock, Scheduler } from "../../domain/clock.ts";
import { DeviceLinkError } from "../fiscal-device.ts";
import { Inbox, type StreamParser } from "./inbox.ts";
import { asLinkError, type LinkEvent } from "./line-link.ts";
import type { Transport } from "./transport/transport.ts";

export interface OpenLineOptions<E> {
  readonly transport: Transport;
  readonly time: Clock & Scheduler;
  /** Silence inside a message that means it will not end, ms. */
  readonly byteMs: number;
  readonly parser: () => StreamParser<E>;
  readonly onEvent: (event: LinkEvent) => void;
}

export class OpenLine<E> {
  /** The device fell silent: a half-open connection looks like this, so `open` begins anew. */
  suspect = false;
  readonly #options: OpenLineOptions<E>;
  #inbox: Inbox<E> | null = null;
  /** Counts `close`, so that an `open` under way does not outlive it. */
  #closings = 0;

  constructor(options: OpenLineOptions<E>) {
    this.#options = options;
  }

  /** null while the line is closed or lost. */
  get inbox(): Inbox<E> | null {
    return this.#inbox;
  }

  get name(): string {
    return this.#options.transport.name;
  }

  /** Counts the closings seen so far; give it to `open`. */
  get closings(): number {
    return this.#closings;
  }

  /**
   * Opens the line unless it is open and answering.
   * @param closings as they were when the caller decided to open
   * @returns true: it was opened anew
   * @throws DeviceLinkError
   */
  async open(closings: number): Promise<boolean> {
    if (this.#inbox && !this.#inbox.broken && !this.suspect) return false;
    const { transport, time, byteMs, parser, onEvent } = this.#options;
    this.#inbox = null;
    await transport.close();
    const inbox = new Inbox(time, byteMs, parser());
    try {
      await transport.open({
        data: (bytes) => inbox.data(bytes),
        lost: (error) => {
          inbox.lost(error);
          if (this.#inbox === inbox) this.#inbox = null;
          onEvent({ kind: "lost", message: error.message });
        },
      });
    } catch (error) {
      throw asLinkError(error);
    }
    if (closings !== this.#closings) {
      await transport.close();
      throw new DeviceLinkError("подключение к кассе прервано");
    }
    this.#inbox = inbox;
    this.suspect = false;
    return true;
  }

  /** An exchange under way ends as if the line had broken. */
  async close(): Promise<void> {
    this.#closings += 1;
    this.#inbox?.lost(new Error("соединение с кассой закрыто"));
    this.#inbox = null;
    await this.#options.transport.close();
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#options.transport.write(bytes);
  }
}
