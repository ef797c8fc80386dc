/**
 * Host side of protocol V2 (fiscal.md §1.3): numbered packets. The device executes packet `i` only if
 * the last one it answered was `i − 1`; to any other number it sends the last answer once more. So a
 * packet may be repeated until the answer with its number comes, and is executed once. A power cut
 * makes the device forget its numbers and the answer: what was under way is then in doubt, and the
 * ФН has to be read.
 */
import type { Clock, Scheduler } from "../../domain/clock.ts";
import { DeviceDoubt, DeviceLinkError } from "../fiscal-device.ts";
import { commandBody, commandName, type Safety, splitBody } from "./commands/command.ts";
import { extendedQuery } from "./commands/extended-query.ts";
import { encodeFrameV2, type PacketEvent, PacketParser } from "./frame-v2.ts";
import type { Inbox } from "./inbox.ts";
import { KeptAnswers } from "./kept-answers.ts";
import {
  type LineLink,
  type LinkEvent,
  messageOf,
  type PendingAnswer,
  type Request,
} from "./line-link.ts";
import type { LinkOptions } from "./link.ts";
import { OpenLine } from "./open-line.ts";
import { Turns } from "./turns.ts";

export interface LinkV2Timing {
  /** Answer to a request for synchronisation; pause before a packet is sent again. */
  readonly repeatMs: number;
  /** Silence inside a packet that means it will not end. */
  readonly byteMs: number;
  /** Requests for synchronisation without an answer before the device counts as gone. */
  readonly tries: number;
  /** How long a command that makes no document may stay without an answer. */
  readonly readMs: number;
}

export const LINK_V2_TIMING: LinkV2Timing = {
  repeatMs: 700,
  byteMs: 250,
  tries: 3,
  readMs: 3_000,
};

const NUMBERS = 0x1_0000;

type PacketInbox = Inbox<PacketEvent>;
type Packet = Extract<PacketEvent, { type: "packet" }>;

export class ShtrihLinkV2 implements LineLink {
  readonly protocol = "shtrih-v2";
  readonly #line: OpenLine<PacketEvent>;
  readonly #kept: KeptAnswers;
  readonly #turns = new Turns();
  readonly #time: Clock & Scheduler;
  readonly #timing: LinkV2Timing;
  readonly #onEvent: (event: LinkEvent) => void;
  /** Number of the last packet that the device answered; null until synchronised. */
  #last: number | null = null;

  constructor({
    transport,
    time,
    timing,
    onEvent = () => undefined,
  }: Omit<LinkOptions, "timing"> & { readonly timing?: Partial<LinkV2Timing> }) {
    this.#time = time;
    this.#timing = { ...LINK_V2_TIMING, ...timing };
    this.#onEvent = onEvent;
    this.#kept = new KeptAnswers(onEvent);
    const { byteMs } = this.#timing;
    const parser = (): PacketParser => new PacketParser();
    this.#line = new OpenLine({ transport, time, byteMs, parser, onEvent });
  }

  /** Also synchronises, so that it tells whether the device speaks V2. */
  open(): Promise<void> {
    const { closings } = this.#line;
    return this.#turns.run(async () => {
      if (await this.#line.open(closings)) this.#last = null;
      await this.#ready();
    });
  }

  close(): Promise<void> {
    this.#last = null;
    return this.#line.close();
  }

  exchange(request: Request): Promise<Uint8Array> {
    return this.#turns.run(() => this.#exchange(request));
  }

  takePendingAnswer(): Promise<PendingAnswer | null> {
    return this.#turns.run(async () => {
      if (this.#kept.empty) await this.#ready();
      return this.#kept.take();
    });
  }

  async #exchange(request: Request): Promise<Uint8Array> {
    const inbox = await this.#ready();
    const number = next(this.#last ?? 0);
    const command = commandName(request.code);
    const data = commandBody(request.code, request.payload);
    const packet = encodeFrameV2({ number, data });
    if (request.safety === "document") this.#kept.forget(request.code);
    this.#kept.deliver(null);
    const deadline = this.#time.monotonic() + this.#patience(request);
    let sent = 0;
    try {
      while (sent === 0 || this.#time.monotonic() < deadline) {
        if (sent > 0) this.#onEvent({ kind: "retry", command, why: "нет ответа" });
        await this.#line.write(packet);
        sent += 1;
        const answer = await this.#answer(inbox, number, deadline);
        if (answer === "numbers-lost") {
          this.#last = null;
          // the first packet with this number found other numbers there: it was not executed
          const safety = sent === 1 ? "read" : request.safety;
          throw failure(safety, `команда ${command}: касса потеряла счёт пакетов`);
        }
        if (!answer) continue;
        const split = splitBody(answer.data);
        this.#last = number;
        if (split?.code !== request.code) {
          throw failure(request.safety, `команда ${command}: касса ответила на другую команду`);
        }
        this.#kept.deliver(answer.data);
        return split.payload;
      }
    } catch (error) {
      this.#last = null;
      if (error instanceof DeviceLinkError || error instanceof DeviceDoubt) throw error;
      throw failure(sent === 0 ? "read" : request.safety, messageOf(error), error);
    }
    this.#last = null;
    this.#line.suspect = true;
    throw failure(request.safety, `команда ${command}: касса замолчала, не дав ответа`);
  }

  /** What comes until the packet should be sent again; null: nothing that answers it. */
  async #answer(
    inbox: PacketInbox,
    number: number,
    deadline: number,
  ): Promise<Packet | "numbers-lost" | null> {
    const until = Math.min(deadline, this.#time.monotonic() + this.#timing.repeatMs);
    for (;;) {
      const event = await inbox.next(Math.max(0, until - this.#time.monotonic()));
      if (event === null || event.type === "corrupt") return null;
      // answers to requests for synchronisation, and repetitions of the answer before this one
      if (event.number === null || next(event.number) === number) continue;
      if (event.number !== number) return "numbers-lost";
      if (event.data.length > 0) return event;
    }
  }

  /** The line, with the device's numbers known. @throws DeviceLinkError */
  async #ready(): Promise<PacketInbox> {
    const { inbox } = this.#line;
    if (!inbox) throw new DeviceLinkError(`нет связи с кассой ${this.#line.name}`);
    if (this.#last !== null) return inbox;
    try {
      const last = await this.#synchronise(inbox);
      if (last !== null) {
        await this.#fetchLastAnswer(inbox, last);
        this.#last = last;
        return inbox;
      }
    } catch (error) {
      throw new DeviceLinkError(messageOf(error), { cause: error });
    }
    this.#line.suspect = true;
    throw new DeviceLinkError(`касса ${this.#line.name} не отвечает`);
  }

  /** @returns the number of the last packet that the device answered; null: it is silent */
  async #synchronise(inbox: PacketInbox): Promise<number | null> {
    const request = encodeFrameV2({ number: null, data: new Uint8Array(0) });
    for (let attempt = 0; attempt < this.#timing.tries; attempt += 1) {
      inbox.drain();
      await this.#line.write(request);
      const until = this.#time.monotonic() + this.#timing.repeatMs;
      for (;;) {
        const event = await inbox.next(Math.max(0, until - this.#time.monotonic()));
        if (event === null) break;
        if (event.type === "packet" && event.number !== null && event.data.length === 0) {
          return event.number;
        }
      }
    }
    return null;
  }

  /**
   * A packet that repeats the last number is not executed: the device sends its last answer again,
   * which nobody may have had yet.
   */
  async #fetchLastAnswer(inbox: PacketInbox, last: number): Promise<void> {
    const data = commandBody(extendedQuery.code, extendedQuery.encodeRequest({ type: 1 }));
    for (let attempt = 0; attempt < this.#timing.tries; attempt += 1) {
      await this.#line.write(encodeFrameV2({ number: last, data }));
      const until = this.#time.monotonic() + this.#timing.repeatMs;
      for (;;) {
        const event = await inbox.next(Math.max(0, until - this.#time.monotonic()));
        if (event === null) break;
        if (event.type !== "packet" || event.number !== last) continue;
        if (event.data.length > 0) this.#kept.keep(event.data);
        return;
      }
    }
    // a device that has answered nothing since its power came has no answer to give
  }

  #patience({ safety, timeoutMs }: Request): number {
    return safety === "document" ? timeoutMs : Math.min(timeoutMs, this.#timing.readMs);
  }
}

function next(number: number): number {
  return (number + 1) % NUMBERS;
}

function failure(safety: Safety, message: string, cause?: unknown): Error {
  const options = cause === undefined ? {} : { cause };
  return safety === "read"
    ? new DeviceLinkError(message, options)
    : new DeviceDoubt(message, options);
}
