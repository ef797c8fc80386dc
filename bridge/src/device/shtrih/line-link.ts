/** What both protocols of the line have in common: one command, one answer, at most once. */
import { DeviceLinkError } from "../fiscal-device.ts";
import type { DeviceProtocol } from "../fiscal-device.ts";
import type { Safety } from "./commands/command.ts";
import { LineLost } from "./inbox.ts";
import { TransportError } from "./transport/transport.ts";

export interface Request {
  readonly code: number;
  readonly safety: Safety;
  /** ms */
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
  | { readonly kind: "protocol"; readonly protocol: DeviceProtocol }
  | { readonly kind: "lost"; readonly message: string };

export interface LineLink {
  readonly protocol: DeviceProtocol;
  /** Opens the line unless it is open and answering. @throws DeviceLinkError */
  open(): Promise<void>;
  /** An exchange under way ends as if the line had broken. */
  close(): Promise<void>;
  /**
   * One command and its answer, the payload after the command code.
   * @throws DeviceLinkError the command was not sent or not executed, or was a read
   * @throws DeviceDoubt it was sent and no trustworthy answer came
   */
  exchange(request: Request): Promise<Uint8Array>;
  /** An answer kept, or still held by the device, oldest first; null if there is none. */
  takePendingAnswer(): Promise<PendingAnswer | null>;
}

/** A port that does not open says itself what is wrong with it. */
export function asLinkError(error: unknown): DeviceLinkError {
  const message = messageOf(error);
  if (!(error instanceof TransportError)) return new DeviceLinkError(message, { cause: error });
  const advice = `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
  return new DeviceLinkError(message, { cause: error, advice });
}

export function messageOf(error: unknown): string {
  if (error instanceof LineLost) return error.message;
  return error instanceof Error ? error.message : String(error);
}
