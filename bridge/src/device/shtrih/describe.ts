/** A frame of either framing as plain data, for people and tests. */
import { hex, WireFormatError, WireReader } from "./binary.ts";
import { commandByCode } from "./commands/index.ts";
import { type AnyCommand, commandName, splitBody } from "./commands/command.ts";
import { deviceErrorName } from "./errors.ts";
import { ACK, decodeFrame, ENQ, NAK } from "./frame.ts";
import { decodeFrameV2 } from "./frame-v2.ts";
import { readableTlv } from "./tags.ts";

export type MessageKind = "request" | "response";

export interface FrameDescription {
  readonly framing: "v1" | "v2";
  /** `control`: a control byte of V1, or a packet of V2 without data. */
  readonly kind: MessageKind | "control";
  /** `8D`, `FF45`; for control bytes `05`, `06`, `15`; empty for a V2 packet without data. */
  readonly command: string;
  /** After the command code, hex; of an answer it begins with the error byte. */
  readonly payload: string;
  readonly checksumOk: boolean;
  /** Money in kopecks, quantity in millionths. */
  readonly fields: Readonly<Record<string, unknown>>;
}

const CONTROL_NAMES: Readonly<Record<number, string>> = {
  [ENQ]: "ENQ",
  [ACK]: "ACK",
  [NAK]: "NAK",
};

/** null: neither a frame of V1 or V2 nor a control byte. `kind` overrides the guess. */
export function describeFrame(bytes: Uint8Array, kind?: MessageKind): FrameDescription | null {
  const [first] = bytes;
  const control = bytes.length === 1 ? CONTROL_NAMES[first ?? 0] : undefined;
  if (control !== undefined) {
    return {
      framing: "v1",
      kind: "control",
      command: commandName(first ?? 0),
      payload: "",
      checksumOk: true,
      fields: { name: control },
    };
  }
  const v1 = decodeFrame(bytes);
  if (v1) return describeBody("v1", v1.body, v1.checksumOk, {}, kind);
  const v2 = decodeFrameV2(bytes);
  if (!v2) return null;
  const number = v2.number === null ? {} : { packet: v2.number };
  if (v2.data.length > 0) return describeBody("v2", v2.data, v2.checksumOk, number, kind);
  return {
    framing: "v2",
    kind: "control",
    command: "",
    payload: "",
    checksumOk: v2.checksumOk,
    fields: number,
  };
}

function describeBody(
  framing: "v1" | "v2",
  body: Uint8Array,
  checksumOk: boolean,
  extra: Readonly<Record<string, unknown>>,
  forced: MessageKind | undefined,
): FrameDescription | null {
  const split = splitBody(body);
  if (!split) return null;
  const { code, payload } = split;
  const command = commandByCode(code);
  const kind = forced ?? guessKind(command, payload);
  const fields =
    kind === "request" ? requestFields(command, payload) : answerFields(command, payload);
  return {
    framing,
    kind,
    command: commandName(code),
    payload: hex(payload),
    checksumOk,
    fields: { ...extra, ...fields },
  };
}

/**
 * A request begins with the password (four bytes, never 0 in its lowest one), an answer with the
 * error byte: 0 and data, or a code and nothing else.
 */
function guessKind(command: AnyCommand | null, payload: Uint8Array): MessageKind {
  const [first] = payload;
  if (first === undefined) return "request";
  if (payload.length === 1) {
    return command?.shortRequests?.includes(first) ? "request" : "response";
  }
  if (first !== 0) return payload.length < 4 ? "response" : "request";
  if (!command) return "response";
  const isAnswer = reads(payload.subarray(1), (reader) => command.decodeAnswer(reader));
  const isRequest = reads(payload, (reader) => command.decodeRequest(reader));
  return isRequest && !isAnswer ? "request" : "response";
}

/** Does the reading use up the bytes exactly? */
function reads(bytes: Uint8Array, read: (reader: WireReader) => unknown): boolean {
  const reader = new WireReader(bytes);
  try {
    read(reader);
  } catch (error) {
    if (error instanceof WireFormatError) return false;
    throw error;
  }
  return reader.remaining === 0;
}

function requestFields(command: AnyCommand | null, payload: Uint8Array): Record<string, unknown> {
  return command ? plainFields(payload, (reader) => command.decodeRequest(reader)) : {};
}

function answerFields(command: AnyCommand | null, payload: Uint8Array): Record<string, unknown> {
  const [error] = payload;
  if (error === undefined) return {};
  const short = payload.length === 1 && (command?.shortAnswers ?? []).includes(error);
  if (error !== 0 && !short) {
    const { name, text } = deviceErrorName(error);
    return { error, errorName: name, errorText: text };
  }
  if (!command) return {};
  return plainFields(payload.subarray(short ? 0 : 1), (reader) => command.decodeAnswer(reader));
}

/** What cannot be read has no fields: the payload is there in hex. */
function plainFields(
  bytes: Uint8Array,
  read: (reader: WireReader) => unknown,
): Record<string, unknown> {
  let fields: unknown;
  try {
    fields = read(new WireReader(bytes));
  } catch (error) {
    if (error instanceof WireFormatError) return {};
    throw error;
  }
  return Object.fromEntries(
    Object.entries(fields as Record<string, unknown>).map(([name, value]) => [
      name,
      value instanceof Uint8Array ? plainBytes(name, value) : value,
    ]),
  );
}

function plainBytes(name: string, value: Uint8Array): unknown {
  return name === "tlv" ? readableTlv(value) : hex(value);
}
