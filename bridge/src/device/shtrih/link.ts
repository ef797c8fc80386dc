/**
 * Host side of protocol V1 (fiscal.md §1.2): who may speak, what was sent, whose answer this is.
 *
 * ENQ → NAK: the device is idle. ENQ → ACK: it still holds, or is preparing, the answer to an earlier
 * command; that answer may be the only proof of a receipt, so it is kept until somebody takes it.
 * A command that may make a document is put on the line once and never again.
 */
import type { Clock, Scheduler } from "../../domain/clock.ts";
import { DeviceDoubt, DeviceLinkError } from "../fiscal-device.ts";
import { hex } from "./binary.ts";
import { commandBody, commandName, type Safety, splitBody } from "./commands/command.ts";
import { ACK, ENQ, encodeFrame, type FrameEvent, NAK } from "./frame.ts";
import { Inbox, LineLost } from "./inbox.ts";
import { type Transport, TransportError } from "./transport/transport.ts";

export interface LinkTiming {
  /** Reaction to ENQ and to a message. */
  readonly controlMs: number;
  /** Silence inside a frame that means it will not end. */
  readonly byteMs: number;
  /** ENQ without a reaction before the device counts as gone; also retries of reads. */
  readonly tries: number;
  /** How long an answer to an earlier command may keep us from speaking. */
  readonly pendingMs: number;
}

/** The protocol's byte time-out is 50 ms; a USB converter or a busy host adds to it. */
export const LINK_TIMING: LinkTiming = {
  controlMs: 500,
  byteMs: 250,
  tries: 3,
  pendingMs: 65_000,
};

/** A frame that has begun when the time is over gets this long to end, ms. */
const LONGEST_FRAME = 1_000;
/** Rounds of NAK + ENQ that ask for a broken answer again. */
const ANSWER_TRIES = 4;
/** Rounds of ENQ after which a device that never becomes idle counts as busy. */
const MAX_ROUNDS = 12;
/** The device can hold one answer; more than this many kept means that nobody takes them. */
const MAX_KEPT = 8;

export interface Request {
  readonly code: number;
  readonly safety: Safety;
  readonly timeoutMs: number;
  /** After the command code. */
  readonly payload: Uint8Array;
}

/** An answer to a command whose caller no longer waits. */
export interface PendingAnswer {
  readonly code: number;
  /** After the command code: error byte and data. */
  readonly payload: Uint8Array;
}

export type LinkEvent =
  | { readonly kind: "retry"; readonly command: string; readonly why: string }
  | { readonly kind: "answer-kept"; readonly command: string; readonly payload: string }
  | { readonly kind: "answer-dropped"; readonly command: string; readonly payload: string }
  | { readonly kind: "lost"; readonly message: string };

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

export class ShtrihLink {
  readonly #transport: Transport;
  readonly #time: Clock & Scheduler;
  readonly #timing: LinkTiming;
  readonly #onEvent: (event: LinkEvent) => void;
  #inbox: Inbox | null = null;
  /** The device fell silent: a half-open connection looks like this, so `open` begins anew. */
  #suspect = false;
  #kept: PendingAnswer[] = [];
  #delivered: Uint8Array | null = null;
  #turn: Promise<unknown> = Promise.resolve();
  /** Counts `close`, so that an `open` under way does not outlive it. */
  #closings = 0;

  constructor(options: LinkOptions) {
    this.#transport = options.transport;
    this.#time = options.time;
    this.#timing = { ...LINK_TIMING, ...options.timing };
    this.#onEvent = options.onEvent ?? (() => undefined);
  }

  /** Opens the line unless it is open and answering. @throws DeviceLinkError */
  open(): Promise<void> {
    const closings = this.#closings;
    return this.#inTurn(async () => {
      if (this.#inbox && !this.#inbox.broken && !this.#suspect) return;
      this.#inbox = null;
      await this.#transport.close();
      const inbox = new Inbox(this.#time, this.#timing.byteMs);
      try {
        await this.#transport.open({
          data: (bytes) => inbox.data(bytes),
          lost: (error) => {
            inbox.lost(error);
            if (this.#inbox === inbox) this.#inbox = null;
            this.#onEvent({ kind: "lost", message: error.message });
          },
        });
      } catch (error) {
        throw asLinkError(error);
      }
      if (closings !== this.#closings) {
        await this.#transport.close();
        throw new DeviceLinkError("подключение к кассе прервано");
      }
      this.#inbox = inbox;
      this.#suspect = false;
    });
  }

  /** An exchange under way ends as if the line had broken. */
  async close(): Promise<void> {
    this.#closings += 1;
    this.#inbox?.lost(new Error("соединение с кассой закрыто"));
    this.#inbox = null;
    await this.#transport.close();
  }

  /**
   * One command and its answer, the payload after the command code.
   * @throws DeviceLinkError the command was not sent, or was a read
   * @throws DeviceDoubt it was sent and no trustworthy answer came
   */
  exchange(request: Request): Promise<Uint8Array> {
    return this.#inTurn(() => this.#exchange(request));
  }

  /** An answer kept, or still held by the device, oldest first; null if there is none. */
  takePendingAnswer(): Promise<PendingAnswer | null> {
    return this.#inTurn(async () => {
      if (this.#kept.length === 0) await this.#beforeSending();
      return this.#kept.shift() ?? null;
    });
  }

  async #exchange(request: Request): Promise<Uint8Array> {
    const command = commandName(request.code);
    const frame = encodeFrame(commandBody(request.code, request.payload));
    for (let attempt = 1; ; attempt += 1) {
      const inbox = await this.#beforeSending();
      if (request.safety === "document") this.#forget(request.code);
      this.#delivered = null;
      const outcome = await this.#transact(inbox, frame, request);
      if (outcome.kind === "answer") return outcome.payload;
      const maybeTaken = outcome.kind === "no-answer";
      const why = maybeTaken ? outcome.why : "касса не приняла команду";
      const mayRepeat = request.safety === "read" || (request.safety === "build" && !maybeTaken);
      if (mayRepeat && attempt < this.#timing.tries && this.#inbox === inbox) {
        this.#onEvent({ kind: "retry", command, why });
        continue;
      }
      const message = `команда ${command}: ${why}`;
      if (!maybeTaken || request.safety === "read") throw new DeviceLinkError(message);
      throw new DeviceDoubt(message);
    }
  }

  /** Speaks ENQ until the device is idle, keeping answers that it still held. */
  async #beforeSending(): Promise<Inbox> {
    const inbox = this.#inbox;
    if (!inbox) throw new DeviceLinkError(`нет связи с кассой ${this.#transport.name}`);
    try {
      if (await this.#becomeIdle(inbox)) return inbox;
    } catch (error) {
      throw new DeviceLinkError(messageOf(error), { cause: error });
    }
    this.#suspect = true;
    throw new DeviceLinkError(`касса ${this.#transport.name} не отвечает`);
  }

  async #becomeIdle(inbox: Inbox): Promise<boolean> {
    const deadline = this.#time.monotonic() + this.#timing.pendingMs;
    for (const event of inbox.drain()) this.#keepIfFrame(event);
    const busy = `касса ${this.#transport.name} занята прежней командой`;
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
        this.#keep(event.body);
      } else if (event?.type === "corrupt") {
        await this.#send(NAK);
      }
    }
    return false;
  }

  /** Puts the frame on the line, once. Never throws. */
  async #transact(inbox: Inbox, frame: Uint8Array, request: Request): Promise<Outcome> {
    try {
      await this.#transport.write(frame);
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
      if (state === "silence") this.#suspect = true;
      return { kind: "no-answer", why: "касса не подтвердила приём команды" };
    } catch (error) {
      return { kind: "no-answer", why: messageOf(error) };
    }
  }

  /** First reaction to the message: a control byte, or at once the answer, its ACK being lost. */
  async #reaction(inbox: Inbox, code: number): Promise<Reaction | Outcome> {
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

  /** The message was taken: waits for its answer, asking again for a broken one. */
  async #answer(inbox: Inbox, request: Request): Promise<Outcome> {
    for (let attempt = 1; attempt <= ANSWER_TRIES; attempt += 1) {
      const event = await this.#frameWithin(inbox, request.timeoutMs);
      if (event?.type === "frame") {
        const payload = await this.#accept(event.body, request.code);
        if (payload) return { kind: "answer", payload };
        continue;
      }
      if (event?.type === "corrupt") await this.#send(NAK);
      const state = await this.#enquireTwice(inbox);
      if (state === "nak") return { kind: "no-answer", why: "ответ потерян" };
      if (state === "silence") {
        this.#suspect = true;
        return { kind: "no-answer", why: "касса замолчала, не дав ответа" };
      }
      // still preparing, and late already: one more full wait is all it gets
      if (event === null && attempt > 1) break;
    }
    return { kind: "no-answer", why: "ответ не получен" };
  }

  /** Confirms an answer; null if it belongs to another command, which is then kept. */
  async #accept(body: Uint8Array, code: number): Promise<Uint8Array | null> {
    // the answer is in our hands, whatever becomes of its confirmation
    await this.#send(ACK).catch(() => undefined);
    const split = splitBody(body);
    if (split?.code !== code) {
      this.#keep(body);
      return null;
    }
    this.#delivered = body;
    return split.payload;
  }

  async #enquireTwice(inbox: Inbox): Promise<Reaction> {
    const reaction = await this.#enquire(inbox);
    return reaction === "silence" ? this.#enquire(inbox) : reaction;
  }

  async #enquire(inbox: Inbox): Promise<Reaction> {
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
  async *#within(inbox: Inbox, ms: number): AsyncGenerator<FrameEvent> {
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
  async #frameWithin(inbox: Inbox, ms: number): Promise<FrameEvent | null> {
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
  async #settle(inbox: Inbox): Promise<FrameEvent[]> {
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
    if (event.type === "frame") this.#keep(event.body);
  }

  #keep(body: Uint8Array): void {
    // a repetition of what its caller already has: our ACK was lost
    if (this.#delivered && hex(this.#delivered) === hex(body)) return;
    const split = splitBody(body);
    if (!split) return;
    const described = { command: commandName(split.code), payload: hex(split.payload) };
    const known = this.#kept.some(
      ({ code, payload }) => code === split.code && hex(payload) === described.payload,
    );
    if (known) return;
    this.#onEvent({ kind: "answer-kept", ...described });
    this.#kept.push(split);
    if (this.#kept.length > MAX_KEPT) this.#drop(this.#kept[0]);
  }

  /** A new command of this kind begins: older answers to it would be taken for its own. */
  #forget(code: number): void {
    for (const answer of this.#kept.filter((kept) => kept.code === code)) this.#drop(answer);
  }

  #drop(answer: PendingAnswer | undefined): void {
    if (!answer) return;
    this.#kept = this.#kept.filter((kept) => kept !== answer);
    const described = { command: commandName(answer.code), payload: hex(answer.payload) };
    this.#onEvent({ kind: "answer-dropped", ...described });
  }

  #send(byte: number): Promise<void> {
    return this.#transport.write(Uint8Array.of(byte));
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const mine = this.#turn.then(work, work);
    this.#turn = mine.catch(() => undefined);
    return mine;
  }
}

/** A port that does not open says itself what is wrong with it. */
function asLinkError(error: unknown): DeviceLinkError {
  const message = messageOf(error);
  if (!(error instanceof TransportError)) return new DeviceLinkError(message, { cause: error });
  const advice = `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
  return new DeviceLinkError(message, { cause: error, advice });
}

function messageOf(error: unknown): string {
  if (error instanceof LineLost) return error.message;
  return error instanceof Error ? error.message : String(error);
}
