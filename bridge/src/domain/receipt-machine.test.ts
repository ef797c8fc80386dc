import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  allowsNextAttempt,
  canMove,
  isFinal,
  isUnresolved,
  RECEIPT_EVENTS,
  RECEIPT_STATES,
  transition,
} from "./receipt-machine.ts";
import type { ReceiptState } from "./receipt.ts";

/** The whole machine, every state with every event; what is not here is refused. */
const EXPECTED: Readonly<Record<string, string>> = {
  "accepted close-begun": "closing []",
  "accepted refused": "rejected [cancel-open-document,free-lane]",
  "accepted withdrawn": "cancelled [cancel-open-document,free-lane]",
  "accepted screen-gone": "cancelled [cancel-open-document,free-lane]",
  "accepted restarted": "cancelled [cancel-open-document,free-lane]",
  "closing close-answered": "fiscalized [deliver,free-lane]",
  "closing refused": "rejected [cancel-open-document,free-lane]",
  "closing answer-lost": "unknown [recover]",
  "closing restarted": "closing [recover]",
  "closing proved-done": "fiscalized [deliver,free-lane]",
  "closing proved-not-done": "cancelled [free-lane]",
  "closing resolved-done": "fiscalized [deliver,free-lane]",
  "closing resolved-not-done": "cancelled [free-lane]",
  "closing undecidable": "unknown [alarm,recover]",
  "unknown restarted": "unknown [recover]",
  "unknown proved-done": "fiscalized [deliver,free-lane]",
  "unknown proved-not-done": "cancelled [free-lane]",
  "unknown resolved-done": "fiscalized [deliver,free-lane]",
  "unknown resolved-not-done": "cancelled [free-lane]",
  "unknown undecidable": "unknown [alarm,recover]",
};

describe.each(RECEIPT_STATES)("%s", (state) => {
  it.each(RECEIPT_EVENTS)("%s", (event) => {
    const next = transition(state, event);
    const told = next.kind === "moved" ? `${next.state} [${next.effects.join(",")}]` : undefined;
    expect(told).toBe(EXPECTED[`${state} ${event}`]);
  });
});

describe("whatever happens in whatever order", () => {
  const events = fc.array(fc.constantFrom(...RECEIPT_EVENTS), { maxLength: 30 });

  it("a final state stays, and only an answer, the ФН or a person makes a receipt fiscalized", () => {
    fc.assert(
      fc.property(events, (sequence) => {
        let state: ReceiptState = "accepted";
        let begun = false;
        for (const event of sequence) {
          const before: ReceiptState = state;
          const next = transition(state, event);
          if (next.kind === "moved") state = next.state;
          if (event === "close-begun" && next.kind === "moved") begun = true;
          if (isFinal(before)) expect(state).toBe(before);
          if (state !== before) expect(canMove(before, state)).toBe(true);
          if (state === "fiscalized" && before !== "fiscalized") {
            expect(begun).toBe(true);
            expect(["close-answered", "proved-done", "resolved-done"]).toContain(event);
          }
          // once the closing command may be out, nobody's wish cancels a receipt
          if (begun && (event === "withdrawn" || event === "screen-gone")) {
            expect(next.kind).toBe("refused");
          }
        }
      }),
      { numRuns: 1000 },
    );
  });

  it("the lane is freed exactly when the receipt becomes final", () => {
    for (const state of RECEIPT_STATES) {
      for (const event of RECEIPT_EVENTS) {
        const next = transition(state, event);
        if (next.kind === "refused") continue;
        expect(next.effects.includes("free-lane")).toBe(isFinal(next.state));
        expect(next.effects.includes("deliver")).toBe(next.state === "fiscalized");
      }
    }
  });
});

it("knows which states hold the lane and which allow another attempt", () => {
  expect(RECEIPT_STATES.filter(isUnresolved)).toEqual(["accepted", "closing", "unknown"]);
  expect(RECEIPT_STATES.filter(allowsNextAttempt)).toEqual(["rejected", "cancelled"]);
});
