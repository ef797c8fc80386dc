/**
 * Chooses the protocol of the line (fiscal.md §1.3). V2 is preferred where the model has it (F7h bit
 * 28): there a lost answer can be asked for again. A device keeps the protocol of the first byte
 * after its power came or after 14h, so one that speaks V2 already does not answer V1, and the other
 * way round; whatever it speaks is found out at each `open`.
 */
import type { Clock, Scheduler } from "../../domain/clock.ts";
import { DeviceDoubt, DeviceLinkError, DeviceRefusal } from "../fiscal-device.ts";
import { extendedQuery } from "./commands/extended-query.ts";
import { getPort } from "./commands/get-port.ts";
import { setPort } from "./commands/set-port.ts";
import type { LineLink, LinkEvent, PendingAnswer, Request } from "./line-link.ts";
import { type LinkTiming, ShtrihLink } from "./link.ts";
import { type LinkV2Timing, ShtrihLinkV2 } from "./link-v2.ts";
import { ShtrihSession } from "./session.ts";
import type { Transport } from "./transport/transport.ts";
import { Turns } from "./turns.ts";

/** `auto`: V2 where the device has it. */
export type ProtocolChoice = "auto" | "v1" | "v2";

export interface NegotiatedLinkOptions {
  readonly transport: Transport;
  readonly time: Clock & Scheduler;
  readonly protocol: ProtocolChoice;
  /** Of the system administrator. */
  readonly password: number;
  readonly timing?: Partial<LinkTiming>;
  readonly timingV2?: Partial<LinkV2Timing>;
  readonly onEvent?: (event: LinkEvent) => void;
}

/** Number of the port in 14h and 15h through which the device is asked. */
const THIS_PORT = 0;

export class NegotiatedLink implements LineLink {
  readonly #v1: ShtrihLink;
  readonly #v2: ShtrihLinkV2;
  readonly #session: ShtrihSession;
  readonly #choice: ProtocolChoice;
  readonly #password: number;
  readonly #onEvent: (event: LinkEvent) => void;
  readonly #turns = new Turns();
  #current: ShtrihLink | ShtrihLinkV2;
  /** The device has once said what it can, so the way there is not tried at every `open`. */
  #settled = false;

  constructor(options: NegotiatedLinkOptions) {
    const { transport, time, timing, timingV2, onEvent } = options;
    const events = onEvent ? { onEvent } : {};
    this.#v1 = new ShtrihLink({ transport, time, ...(timing && { timing }), ...events });
    this.#v2 = new ShtrihLinkV2({
      transport,
      time,
      ...(timingV2 && { timing: timingV2 }),
      ...events,
    });
    this.#session = new ShtrihSession(this.#v1, time);
    this.#choice = options.protocol;
    this.#password = options.password;
    this.#onEvent = onEvent ?? (() => undefined);
    this.#current = this.#choice === "v2" ? this.#v2 : this.#v1;
  }

  get protocol(): "shtrih-v1" | "shtrih-v2" {
    return this.#current.protocol;
  }

  open(): Promise<void> {
    return this.#turns.run(() => this.#open());
  }

  async close(): Promise<void> {
    await this.#v1.close();
    await this.#v2.close();
  }

  exchange(request: Request): Promise<Uint8Array> {
    return this.#current.exchange(request);
  }

  async takePendingAnswer(): Promise<PendingAnswer | null> {
    // what was kept before the protocol changed
    return this.#v1.takeKept() ?? (await this.#current.takePendingAnswer());
  }

  async #open(): Promise<void> {
    if (this.#choice !== "auto") return this.#current.open();
    if (this.#current === this.#v2) {
      if (await this.#speaksV2()) return;
      this.#settled = false;
      await this.#v2.close();
      this.#use(this.#v1);
    }
    await this.#v1.open();
    if (this.#settled) return;
    try {
      const capable = await this.#capable();
      this.#settled = true;
      if (!capable || !(await this.#switch())) return;
    } catch (error) {
      if (!(error instanceof DeviceLinkError)) throw error;
      // silent in V1: it may have been left in V2 by whoever spoke to it before
      await this.#v1.close();
      if (await this.#speaksV2()) return this.#use(this.#v2);
      await this.#v2.close();
      await this.#v1.open();
      throw error;
    }
    await this.#v1.close();
    if (await this.#speaksV2()) return this.#use(this.#v2);
    await this.#v2.close();
    await this.#v1.open();
  }

  async #capable(): Promise<boolean> {
    try {
      return (await this.#session.run(extendedQuery, { type: 1 })).protocolV2;
    } catch (error) {
      if (error instanceof DeviceRefusal) return false;
      throw asLink(error);
    }
  }

  /** 14h with what is set already; the next byte then decides. false: the device would not. */
  async #switch(): Promise<boolean> {
    const port = { password: this.#password, port: THIS_PORT };
    try {
      const parameters = await this.#session.run(getPort, port);
      await this.#session.run(setPort, { ...port, ...parameters });
      return true;
    } catch (error) {
      if (error instanceof DeviceRefusal) return false;
      throw asLink(error);
    }
  }

  async #speaksV2(): Promise<boolean> {
    try {
      await this.#v2.open();
      return true;
    } catch (error) {
      if (error instanceof DeviceLinkError && error.advice === null) return false;
      throw error;
    }
  }

  #use(link: ShtrihLink | ShtrihLinkV2): void {
    if (this.#current === link) return;
    this.#current = link;
    this.#onEvent({ kind: "protocol", protocol: link.protocol });
  }
}

/** Nothing of what is asked here makes a document, so doubt is only a lost link. */
function asLink(error: unknown): unknown {
  return error instanceof DeviceDoubt
    ? new DeviceLinkError(error.message, { cause: error })
    : error;
}
