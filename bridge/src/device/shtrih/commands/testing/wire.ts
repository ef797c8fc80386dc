/** Reads and writes a command's payloads in hex, as protocol texts and logs show them. */
import { fromHex, hex, WireReader } from "../../binary.ts";
import frames from "../../vectors/shtrih_frames.json" with { type: "json" };
import payloads from "../../vectors/shtrih_payloads.json" with { type: "json" };
import { type Command, commandBody, commandName } from "../command.ts";

export function bytes(text: string): Uint8Array {
  const value = fromHex(text);
  if (!value) throw new Error(`not hex: ${text}`);
  return value;
}

/** Command code and payload, hex. */
export function requestHex<Q, A>(command: Command<Q, A>, request: Q): string {
  return hex(commandBody(command.code, command.encodeRequest(request)));
}

/** @param text command code and payload, hex */
export function readRequest<Q, A>(command: Command<Q, A>, text: string): Q {
  return readAll(afterCode(command, text), (reader) => command.decodeRequest(reader));
}

/** @param text command code, error byte 00 and data, hex */
export function readAnswer<Q, A>(command: Command<Q, A>, text: string): A {
  const payload = afterCode(command, text);
  if (payload[0] !== 0) throw new Error(`no good answer: ${text}`);
  return readAll(payload.subarray(1), (reader) => command.decodeAnswer(reader));
}

function afterCode<Q, A>(command: Command<Q, A>, text: string): Uint8Array {
  const code = commandName(command.code).toLowerCase();
  const plain = text.replace(/\s+/g, "").toLowerCase();
  if (!plain.startsWith(code)) throw new Error(`${text} is no ${code}`);
  return plain.length === code.length ? new Uint8Array(0) : bytes(plain.slice(code.length));
}

function readAll<T>(payload: Uint8Array, read: (reader: WireReader) => T): T {
  const reader = new WireReader(payload);
  const value = read(reader);
  if (reader.remaining > 0) throw new Error(`${String(reader.remaining)} bytes were not read`);
  return value;
}

/** Body (without STX, LEN, LRC) of the frame from a real log whose description begins so. */
export function loggedBody(description: string): string {
  const found = frames.find(({ desc }) => desc.startsWith(description));
  if (!found) throw new Error(`no frame "${description}"`);
  return found.hex.slice(4, -2);
}

/** The vendor's payload that begins so, hex. */
export function vendorPayload(start: string): string {
  const found = payloads.find((one) => one.hex.startsWith(start));
  if (!found) throw new Error(`no payload "${start}"`);
  return found.hex;
}
