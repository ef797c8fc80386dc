/**
 * Host side of protocol V1 (fiscal.md §1.2): who may speak, what was sent, whose answer this is.
 *
 * ENQ → NAK: the device is idle. ENQ → ACK: it still holds, or is preparing, the answer to an earlier
 * command; that answer may be the only proof of a receipt, so it is kept until somebody takes it.
 * A command that may make a document is put on the line once and never again.
 */
import type { Clock, Scheduler } from "../../domain/clock.ts";
import { DeviceDoubt, DeviceLinkError } from "../fiscal-device.ts";
import { commandBody, commandName, splitBody } from "./commands/command.ts";
import { ACK, ENQ, encodeFrame, type FrameEvent, FrameParser, NAK } from "./frame.ts";
import type { Inbox } from "./inbox.ts";
import { KeptAnswers } from "./kept-answers.ts";
import {
  type LineLink,
  type LinkEvent,
  messageOf,
  type PendingAnswer,
  type Request,
} from "./line-link.ts";
import { OpenLine } from "./open-line.ts";
import type { Transport } from "./transport/transport.ts";
import { Turns } from "./turns.ts";

export interface LinkTiming {
  /** Reaction to ENQ and to a message. */
  readonly controlMs: number;
  /** Silence inside a frame that means it will not end. */
  readonly byteMs: number;
  /** ENQ without a reaction before the device counts as gone; also retries of reads. */
  readonly tries: number;
  /** Silence after which the device is asked whether its answer is still coming. */
  readonly answerMs: number;
  /** How long an answer to an earlier command may keep us from speaking. */
  readonly pendingMs: number;
}

/** The protocol's byte time-out is 50 ms; a USB converter or a busy host adds to it. */
export const LINK_TIMING: LinkTiming = {
  controlMs: 500,
  byteMs: 250,
  tries: 3,
  answerMs: 2_000,
  pendingMs: 65_000,
};

/** A frame that has begun when the time is over gets this long to end, ms. */
const LONGEST_FRAME = 1_000;
/** Rounds of NAK + ENQ that ask for a broken answer again. */
const ANSWER_TRIES = 4;
/** Rounds of ENQ after which a device that never becomes idle counts as busy. */
const MAX_ROUNDS = 12;

type FrameInbox = Inbox<FrameEvent>;
type Reaction = "ack" | "nak" | "silence";
type Outcome =
  | { readonly kind: "answer"; readonly payload: Uint8Array }
  /** The device said that it did not take the message, and is idle. */
  | { readonly kind: "not-taken" }
  | { readonly kind: "no-answer"; readonly why: string };

export interface LinkOptions {
  readonly transport: Transport;
  readonly time: Clock & Scheduler;
  readonly timing?: Partial<LinkTiming>;
  readonly onEvent?: (event: LinkEvent) => void;
}

export class ShtrihLink implements LineLink {
  readonly protocol = "shtrih-v1";
  readonly #line: OpenLine<FrameEvent>;
  readonly #kept: KeptAnswers;
  readonly #turns = new Turns();
  readonly #time: Clock & Scheduler;
  readonly #timing: LinkTiming;
  readonly #onEvent: (event: LinkEvent) => void;

  constructor({ transport, time, timing, onEvent = () => undefined }: LinkOptions) {
    this.#time = time;
    this.#timing = { ...LINK_TIMING, ...timing };
    this.#onEvent = onEvent;
    this.#kept = new KeptAnswers(onEvent);
    const { byteMs } = this.#timing;
    const parser = (): FrameParser => new FrameParser();
    this.#line = new OpenLine({ transport, time, byteMs, parser, onEvent });
  }

  open(): Promise<void> {
    const { closings } = this.#line;
    return this.#turns.run(async () => {
      await this.#line.open(closings);
    });
  }

  close(): Promise<void> {
    return this.#line.close();
  }

  exchange(request: Request): Promise<Uint8Array> {
    return this.#turns.run(() => this.#exchange(request));
  }

  takePendingAnswer(): Promise<PendingAnswer | null> {
    return this.#turns.run(async () => {
      if (this.#kept.empty) await this.#beforeSending();
      return this.#kept.take();
    });
  }

  /** The oldest answer kept in memory; nothing is asked of the device. */
  takeKept(): PendingAnswer | null {
    return this.#kept.take();
  }

  async #exchange(request: Request): Promise<Uint8Array> {
    const command = commandName(request.code);
    const frame = encodeFrame(commandBody(request.code, request.payload));
    for (let attempt = 1; ; attempt += 1) {
      const inbox = await this.#beforeSending();
      if (request.safety === "document") this.#kept.forget(request.code);
      this.#kept.deliver(null);
      const outcome = await this.#transact(inbox, frame, request);
      if (outcome.kind === "answer") return outcome.payload;
      const maybeTaken = outcome.kind === "no-answer";
      const why = maybeTaken ? outcome.why : "касса не приняла команду";
      const mayRepeat = request.safety === "read" || (request.safety === "build" && !maybeTaken);
      if (mayRepeat && attempt < this.#timing.tries && this.#line.inbox === inbox) {
        this.#onEvent({ kind: "retry", command, why });
        continue;
      }
      const message = `команда ${command}: ${why}`;
      if (!maybeTaken || request.safety === "read") throw new DeviceLinkError(message);
      throw new DeviceDoubt(message);
    }
  }

  /** Speaks ENQ until the device is idle, keeping answers that it still held. */
  async #beforeSending(): Promise<FrameInbox> {
    const { inbox } = this.#line;
    if (!inbox) throw new DeviceLinkError(`нет связи с кассой ${this.#line.name}`);
    try {
      if (await this.#becomeIdle(inbox)) return inbox;
    } catch (error) {
      throw new DeviceLinkError(messageOf(error), { cause: error });
    }
    this.#line.suspect = true;
    throw new DeviceLinkError(`касса ${this.#line.name} не отвечает`);
  }

  async #becomeIdle(inbox: FrameInbox): Promise<boolean> {
    const deadline = this.#time.monotonic() + this.#timing.pendingMs;
    for (const event of inbox.drain()) this.#keepIfFrame(event);
    const busy = `касса ${this.#line.name} занята прежней командой`;
    let silences = 0;
    let late = false;
    for (let round = 0; silences < this.#timing.tries; round += 1) {
      if (round === MAX_ROUNDS) throw new Error(busy);
      const reaction = await this.#enquire(inbox);
      if (reaction === "silence") {
        silences += 1;
        late = true;
        continue;
      }
      if (late) {
        // reactions to the earlier ENQs may still come, and must not be taken for later ones
        for (const event of await this.#settle(inbox)) this.#keepIfFrame(event);
        late = false;
        continue;
      }
      if (reaction === "nak") return true;
      const left = deadline - this.#time.monotonic();
      if (left <= 0) throw new Error(busy);
      const event = await this.#frameWithin(inbox, left);
      if (event?.type === "frame") {
        await this.#send(ACK);
        this.#kept.keep(event.body);
      } else if (event?.type === "corrupt") {
        await this.#send(NAK);
      }
    }
    return false;
  }

  /** Puts the frame on the line, once. Never throws. */
  async #transact(inbox: FrameInbox, frame: Uint8Array, request: Request): Promise<Outcome> {
    try {
      await this.#line.write(frame);
      const first = await this.#reaction(inbox, request.code);
      if (typeof first !== "string") return first;
      if (first === "ack") return await this.#answer(inbox, request);
      for (const event of await this.#settle(inbox)) {
        const payload =
          event.type === "frame" ? await this.#accept(event.body, request.code) : null;
        if (payload) return { kind: "answer", payload };
      }
      const state = await this.#enquireTwice(inbox);
      if (state === "ack") return await this.#answer(inbox, request);
      if (state === "nak" && first === "nak") return { kind: "not-taken" };
      if (state === "silence") this.#line.suspect = true;
      return { kind: "no-answer", why: "касса не подтвердила приём команды" };
    } catch (error) {
      return { kind: "no-answer", why: messageOf(error) };
    }
  }

  /** First reaction to the message: a control byte, or at once the answer, its ACK being lost. */
  async #reaction(inbox: FrameInbox, code: number): Promise<Reaction | Outcome> {
    for await (const event of this.#within(inbox, this.#timing.controlMs)) {
      if (event.type === "corrupt") return "silence";
      if (event.type === "frame") {
        const payload = await this.#accept(event.body, code);
        if (payload) return { kind: "answer", payload };
      } else if (event.byte === ACK) {
        return "ack";
      } else if (event.byte === NAK) {
        return "nak";
      }
    }
    return "silence";
  }

  /**
   * The message was taken: waits for its answer, asking again for a broken one. Silence is not
   * waited out: ENQ tells whether the answer is still coming.
   */
  async #answer(inbox: FrameInbox, request: Request): Promise<Outcome> {
    let deadline = this.#time.monotonic() + request.timeoutMs;
    let late = false;
    for (let broken = 0; broken < ANSWER_TRIES;) {
      const left = Math.max(0, deadline - this.#time.monotonic());
      const event = await this.#frameWithin(inbox, Math.min(left, this.#timing.answerMs));
      if (event?.type === "frame") {
        const payload = await this.#accept(event.body, request.code);
        if (payload) return { kind: "answer", payload };
        broken += 1;
        continue;
      }
      if (event?.type === "corrupt") {
        broken += 1;
        await this.#send(NAK);
      }
      const state = await this.#askForAnswer(inbox, request.code);
      if (typeof state !== "string") return state;
      if (state === "nak") return { kind: "no-answer", why: "ответ потерян" };
      if (state === "silence") {
        this.#line.suspect = true;
        return { kind: "no-answer", why: "касса замолчала, не дав ответа" };
      }
      if (event !== null || this.#time.monotonic() < deadline) continue;
      // still preparing, and late already: one more full wait is all it gets
      if (late) break;
      late = true;
      deadline = this.#time.monotonic() + request.timeoutMs;
    }
    return { kind: "no-answer", why: "ответ не получен" };
  }

  /** ENQ while an answer is waited for; the answer itself may come at this very moment. */
  async #askForAnswer(inbox: FrameInbox, code: number): Promise<Reaction | Outcome> {
    await this.#send(ENQ);
    const reaction = await this.#reaction(inbox, code);
    if (reaction !== "silence") return reaction;
    await this.#send(ENQ);
    return this.#reaction(inbox, code);
  }

  /** Confirms an answer; null if it belongs to another command, which is then kept. */
  async #accept(body: Uint8Array, code: number): Promise<Uint8Array | null> {
    // the answer is in our hands, whatever becomes of its confirmation
    await this.#send(ACK).catch(() => undefined);
    const split = splitBody(body);
    if (split?.code !== code) {
      this.#kept.keep(body);
      return null;
    }
    this.#kept.deliver(body);
    return split.payload;
  }

  async #enquireTwice(inbox: FrameInbox): Promise<Reaction> {
    const reaction = await this.#enquire(inbox);
    return reaction === "silence" ? this.#enquire(inbox) : reaction;
  }

  async #enquire(inbox: FrameInbox): Promise<Reaction> {
    await this.#send(ENQ);
    for await (const event of this.#within(inbox, this.#timing.controlMs)) {
      if (event.type === "control" && event.byte === ACK) return "ack";
      if (event.type === "control" && event.byte === NAK) return "nak";
      this.#keepIfFrame(event);
    }
    return "silence";
  }

  /**
   * What comes within `ms`, and what lies ready when they are over. What is still coming then is
   * not waited for: a line that never falls silent must not hold us for ever.
   */
  async *#within(inbox: FrameInbox, ms: number): AsyncGenerator<FrameEvent> {
    const deadline = this.#time.monotonic() + ms;
    for (;;) {
      const event = await inbox.next(Math.max(0, deadline - this.#time.monotonic()));
      if (event === null) return;
      yield event;
      const end = inbox.inFrame ? deadline + LONGEST_FRAME : deadline;
      if (!inbox.ready && this.#time.monotonic() >= end) return;
    }
  }

  /** Next frame or broken frame; control bytes in between mean nothing. */
  async #frameWithin(inbox: FrameInbox, ms: number): Promise<FrameEvent | null> {
    for await (const event of this.#within(inbox, ms)) {
      if (event.type === "frame") return event;
      if (event.type === "corrupt") {
        // a stray 02h before a good frame breaks a frame that never was
        const rest = inbox.drain();
        const good = rest.find((other) => other.type === "frame");
        return good ?? event;
      }
    }
    return null;
  }

  /** Waits for the line to be quiet; what came until then. */
  async #settle(inbox: FrameInbox): Promise<FrameEvent[]> {
    const events: FrameEvent[] = [];
    const deadline = this.#time.monotonic() + this.#timing.controlMs * this.#timing.tries;
    for (;;) {
      const event = await inbox.next(this.#timing.controlMs);
      if (event === null) return events;
      events.push(event);
      if (this.#time.monotonic() >= deadline) return [...events, ...inbox.drain()];
    }
  }

  #keepIfFrame(event: FrameEvent): void {
    if (event.type === "frame") this.#kept.keep(event.body);
  }

  #send(byte: number): Promise<void> {
    return this.#line.write(Uint8Array.of(byte));
  }
}
