/** Commands over the link: writes requests, reads answers, turns error bytes into refusals. */
import { type Clock, type Scheduler, sleep } from "../../domain/clock.ts";
import { DeviceDoubt, DeviceLinkError, DeviceRefusal } from "../fiscal-device.ts";
import { WireFormatError, WireReader } from "./binary.ts";
import { type Command, commandName } from "./commands/command.ts";
import { deviceErrorText, ERROR_PRINTING, mayFollowSigning } from "./errors.ts";
import type { LineLink } from "./line-link.ts";

export interface SessionTiming {
  /** Pause between tries while the device prints the previous document (50h). */
  readonly busyPollMs: number;
  /** After this long of 50h the error is handed on. */
  readonly busyMs: number;
  /** Waits for answers that differ from the protocol's, ms by command, e.g. `{FF45: 10000}`. */
  readonly answerMs: Readonly<Record<string, number>>;
}

export const SESSION_TIMING: SessionTiming = { busyPollMs: 100, busyMs: 60_000, answerMs: {} };

export class ShtrihSession {
  readonly link: LineLink;
  readonly #time: Clock & Scheduler;
  readonly #timing: SessionTiming;

  constructor(link: LineLink, time: Clock & Scheduler, timing: Partial<SessionTiming> = {}) {
    this.link = link;
    this.#time = time;
    this.#timing = { ...SESSION_TIMING, ...timing };
  }

  /** @throws DeviceLinkError, DeviceDoubt, DeviceRefusal */
  async run<Q, A>(command: Command<Q, A>, request: Q): Promise<A> {
    const deadline = this.#time.monotonic() + this.#timing.busyMs;
    const name = commandName(command.code);
    const payload = command.encodeRequest(request);
    const timeoutMs = this.#timing.answerMs[name] ?? command.timeoutMs;
    for (;;) {
      const answer = await this.link.exchange({
        code: command.code,
        safety: command.safety,
        timeoutMs,
        payload,
      });
      // 50h says that the command was not executed, so it may be sent again
      if (answer[0] === ERROR_PRINTING && this.#time.monotonic() < deadline) {
        await sleep(this.#time, this.#timing.busyPollMs);
        continue;
      }
      return this.read(command, answer);
    }
  }

  /**
   * A command that signs a document. An error of the printer may come although the document exists:
   * that is doubt, not refusal.
   */
  async sign<Q, A>(command: Command<Q, A>, request: Q): Promise<A> {
    try {
      return await this.run(command, request);
    } catch (error) {
      if (!(error instanceof DeviceRefusal) || !mayFollowSigning(error.deviceCode)) throw error;
      throw new DeviceDoubt(`команда ${error.command}: ${error.message}`, { cause: error });
    }
  }

  /** Like `run`, but null where the device answers one of the codes. */
  async runUnless<Q, A>(
    codes: readonly number[],
    command: Command<Q, A>,
    request: Q,
  ): Promise<A | null> {
    try {
      return await this.run(command, request);
    } catch (error) {
      if (error instanceof DeviceRefusal && codes.includes(error.deviceCode)) return null;
      throw error;
    }
  }

  /** Reads an answer's payload. @throws DeviceRefusal; DeviceDoubt or DeviceLinkError if unreadable */
  read<Q, A>(command: Command<Q, A>, payload: Uint8Array): A {
    const name = commandName(command.code);
    const code = payload[0];
    const short = payload.length === 1 && (command.shortAnswers ?? []).includes(code ?? 0);
    if (code !== undefined && code !== 0 && !short) {
      throw new DeviceRefusal(name, code, deviceErrorText(code));
    }
    try {
      return command.decodeAnswer(new WireReader(short ? payload : payload.subarray(1)));
    } catch (error) {
      if (!(error instanceof WireFormatError)) throw error;
      const message = `команда ${name}: ответ кассы не читается (${error.message})`;
      if (command.safety === "read") throw new DeviceLinkError(message, { cause: error });
      throw new DeviceDoubt(message, { cause: error });
    }
  }
}
