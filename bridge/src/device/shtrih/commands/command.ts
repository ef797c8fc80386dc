/**
 * What every command of the protocol is: how its request is written, how request and answer are
 * read, how long the answer may take, and what may be done when the answer does not come.
 */
import type { WireReader } from "../binary.ts";
import { WireWriter } from "../binary.ts";

/**
 * `read` changes nothing and may be repeated; `build` makes a part of a receipt: a lost answer means
 * the receipt is cancelled, not the part sent again; `document` may make a fiscal document or paper:
 * never sent twice, a lost answer is doubt.
 */
export type Safety = "read" | "build" | "document";

export interface Command<Q, A> {
  /** One byte (8Dh) or two (FF45h). */
  readonly code: number;
  /** English, from the protocol's name of the command. */
  readonly title: string;
  readonly safety: Safety;
  /** Longest wait for the answer, ms (fiscal.md §1.2). */
  readonly timeoutMs: number;
  /** Payload after the command code. */
  encodeRequest(request: Q): Uint8Array;
  /** @throws WireFormatError */
  decodeRequest(reader: WireReader): Q;
  /** After the error byte, which was 0. @throws WireFormatError */
  decodeAnswer(reader: WireReader): A;
  /**
   * Requests are told from answers by their shape; a command whose request has the shape of an error
   * answer (one byte) says here which first bytes it may have.
   */
  readonly shortRequests?: readonly number[];
  /** One-byte answers that are no error codes. */
  readonly shortAnswers?: readonly number[];
}

/** Any command, for tables of them: what can be read without knowing which one it is. */
export type AnyCommand = Omit<Command<never, unknown>, "encodeRequest" | "decodeRequest"> & {
  decodeRequest(reader: WireReader): unknown;
};

/** `8D`, `FF45`. */
export function commandName(code: number): string {
  return code.toString(16).toUpperCase().padStart(2, "0");
}

/** The command's bytes followed by its payload. */
export function commandBody(code: number, payload: Uint8Array): Uint8Array {
  return code > 0xff
    ? Uint8Array.of(code >> 8, code & 0xff, ...payload)
    : Uint8Array.of(code, ...payload);
}

/** Splits a frame's body; null if it is `FF` alone or empty. */
export function splitBody(body: Uint8Array): { code: number; payload: Uint8Array } | null {
  const first = body[0];
  if (first === undefined) return null;
  if (first !== 0xff) return { code: first, payload: body.subarray(1) };
  const second = body[1];
  return second === undefined ? null : { code: 0xff00 | second, payload: body.subarray(2) };
}

export interface PasswordOnly {
  readonly password: number;
}

/** Half of the commands send nothing but the password. */
export const passwordOnly = {
  encodeRequest: ({ password }: PasswordOnly): Uint8Array =>
    new WireWriter().password(password).build(),
  decodeRequest: (reader: WireReader): PasswordOnly => ({ password: reader.uint(4, "password") }),
};

export interface DocumentRequest extends PasswordOnly {
  readonly fd: number;
}

/** What asks for one document by its number sends that after the password. */
export const passwordAndFd = {
  encodeRequest: ({ password, fd }: DocumentRequest): Uint8Array =>
    new WireWriter().password(password).uint(fd, 4, "fd").build(),
  decodeRequest: (reader: WireReader): DocumentRequest => ({
    password: reader.uint(4, "password"),
    fd: reader.uint(4, "fd"),
  }),
};

export interface OperatorAnswer {
  /** Operator number; null where the firmware leaves it out. */
  readonly operator: number | null;
}

/** Ordinary commands answer with the operator's number. */
export function operatorAnswer(reader: WireReader): OperatorAnswer {
  return { operator: reader.remaining > 0 ? reader.uint(1, "operator") : null };
}

/** FFxx commands without data in the answer. */
export function emptyAnswer(_reader: WireReader): Record<string, never> {
  return {};
}

/** Default wait for an answer. */
export const ANSWER_MS = 30_000;
