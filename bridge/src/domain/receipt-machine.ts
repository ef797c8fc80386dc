/**
 * States of a receipt (architecture.md) as a pure function: what an event makes of a state, and
 * what has to be done then. The journal and the lane ask it; nothing else decides a move.
 */
import type { ReceiptState } from "./receipt.ts";

export const RECEIPT_STATES = [
  "accepted",
  "closing",
  "unknown",
  "fiscalized",
  "rejected",
  "cancelled",
] as const satisfies readonly ReceiptState[];

export const RECEIPT_EVENTS = [
  /** The write-ahead step: the closing command is about to be sent. */
  "close-begun",
  /** The device answered the closing command. */
  "close-answered",
  /** The device, or a check before it, refused; no document exists. */
  "refused",
  /** The answer to the closing command was lost. */
  "answer-lost",
  /** Reading back found our document. */
  "proved-done",
  /** Reading back proved that there is none and can be none. */
  "proved-not-done",
  /** Reading back decides nothing: a person must. */
  "undecidable",
  /** A person found the document, and answers for it. */
  "resolved-done",
  /** A person knows that there is none, and answers for it. */
  "resolved-not-done",
  "withdrawn",
  /** The receipt's screen stopped asking. */
  "screen-gone",
  /** The process came up and found the receipt in the journal. */
  "restarted",
] as const;

export type ReceiptEvent = (typeof RECEIPT_EVENTS)[number];

export type Effect =
  /** A document may lie open on the device: cancel it before anything else. */
  | "cancel-open-document"
  /** Both legs have something to deliver. */
  | "deliver"
  /** Nothing else may be done until this receipt is read back. */
  | "recover"
  /** Tell a person; nothing is sold until then. */
  | "alarm"
  /** The lane may take the next receipt. */
  | "free-lane";

export type Transition =
  | { readonly kind: "moved"; readonly state: ReceiptState; readonly effects: readonly Effect[] }
  | { readonly kind: "refused" };

type Row = Readonly<Partial<Record<ReceiptEvent, readonly [ReceiptState, ...Effect[]]>>>;

const TABLE: Readonly<Record<ReceiptState, Row>> = {
  accepted: {
    "close-begun": ["closing"],
    refused: ["rejected", "cancel-open-document", "free-lane"],
    withdrawn: ["cancelled", "cancel-open-document", "free-lane"],
    "screen-gone": ["cancelled", "cancel-open-document", "free-lane"],
    // the law wants the receipt at the moment of settlement: nothing is printed unasked
    restarted: ["cancelled", "cancel-open-document", "free-lane"],
  },
  closing: {
    "close-answered": ["fiscalized", "deliver", "free-lane"],
    refused: ["rejected", "cancel-open-document", "free-lane"],
    "answer-lost": ["unknown", "recover"],
    // a restart finds `closing` itself: same rule, without the detour over `unknown`
    restarted: ["closing", "recover"],
    "proved-done": ["fiscalized", "deliver", "free-lane"],
    "proved-not-done": ["cancelled", "free-lane"],
    "resolved-done": ["fiscalized", "deliver", "free-lane"],
    "resolved-not-done": ["cancelled", "free-lane"],
    undecidable: ["unknown", "alarm", "recover"],
  },
  unknown: {
    restarted: ["unknown", "recover"],
    "proved-done": ["fiscalized", "deliver", "free-lane"],
    "proved-not-done": ["cancelled", "free-lane"],
    "resolved-done": ["fiscalized", "deliver", "free-lane"],
    "resolved-not-done": ["cancelled", "free-lane"],
    undecidable: ["unknown", "alarm", "recover"],
  },
  fiscalized: {},
  rejected: {},
  cancelled: {},
};

export function transition(state: ReceiptState, event: ReceiptEvent): Transition {
  const row = TABLE[state][event];
  if (row === undefined) return { kind: "refused" };
  const [next, ...effects] = row;
  return { kind: "moved", state: next, effects };
}

/** A move that some event makes; a state may also be written again as it is. */
export function canMove(from: ReceiptState, to: ReceiptState): boolean {
  return Object.values(TABLE[from]).some(([next]) => next === to);
}

/** Holds the lane: accepted, closing, unknown. At most one per ККТ. */
export function isUnresolved(state: ReceiptState): boolean {
  return state === "accepted" || state === "closing" || state === "unknown";
}

/** Never changes again. */
export function isFinal(state: ReceiptState): boolean {
  return !isUnresolved(state);
}

/** Proven without a document, so the same order may be tried again with the next attempt. */
export function allowsNextAttempt(state: ReceiptState): boolean {
  return state === "rejected" || state === "cancelled";
}
