import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  decideRecovery,
  MAX_DOCUMENTS_READ,
  type Observation,
  type ReadDocument,
  type RecoveryAction,
  type RecoveryIntent,
} from "./recovery-rule.ts";

const INTENT: RecoveryIntent = {
  uuid: "ours",
  fn: "FN1",
  shift: 12,
  expectedFd: 101,
  operation: 1,
  documentType: 3,
  sumKopecks: 450_000,
  deviceTime: "2026-11-22T21:03:40",
};

/** Ours with a readable TLV, unless told otherwise. */
function document(fd: number, facts: Partial<ReadDocument> = {}): ReadDocument {
  return {
    fd,
    documentType: 3,
    operation: 1,
    sumKopecks: 450_000,
    dateTime: "2026-11-22T21:04",
    shift: 12,
    marker: "ours",
    tlvReadable: true,
    ...facts,
  };
}

const unreadable = { marker: null, shift: null, tlvReadable: false };
const foreign = { marker: null };
const zReport = { documentType: 5, operation: null, sumKopecks: null, marker: null };

function seen(documents: readonly ReadDocument[], facts: Partial<Observation> = {}): Observation {
  return {
    fn: "FN1",
    lastFd: 100 + documents.length,
    documentOpen: false,
    pendingFd: null,
    documents: new Map(documents.map((one) => [one.fd, one])),
    ...facts,
  };
}

function brief(action: RecoveryAction): string {
  switch (action.kind) {
    case "read":
      return `read ${action.fd}`;
    case "fiscalized":
      return `fiscalized ${action.document.fd} ${action.certainty}`;
    case "duplicate":
      return `duplicate ${action.documents.map(({ fd }) => fd).join(",")}`;
    case "alarm":
      return `alarm ${action.code}`;
    case "cancel-open":
    case "not-done":
      return action.kind;
  }
}

function decide(documents: readonly ReadDocument[], facts: Partial<Observation> = {}): string {
  return brief(decideRecovery(INTENT, seen(documents, facts)));
}

describe("the ФН itself", () => {
  it("another serial is for a person, whatever else is seen", () => {
    expect(decide([document(101)], { fn: "FN2" })).toBe("alarm fn_differs");
  });
  it("a last document before the intent is for a person", () => {
    expect(decide([], { lastFd: 99 })).toBe("alarm fd_went_back");
  });
  it("a number that must exist but can't be read is for a person", () => {
    expect(decide([], { lastFd: 101, documents: new Map([[101, null]]) })).toBe(
      "alarm document_missing",
    );
  });
  it("hundreds of foreign documents are for a person", () => {
    expect(decide([], { lastFd: 100 + MAX_DOCUMENTS_READ })).toBe("read 101");
    expect(decide([], { lastFd: 101 + MAX_DOCUMENTS_READ })).toBe("alarm too_many_documents");
  });
});

describe("the last document is the one before the intent", () => {
  it("and none lies open: not done", () => expect(decide([])).toBe("not-done"));
  it("and one lies open: cancel it, then look again", () => {
    expect(decide([], { documentOpen: true })).toBe("cancel-open");
  });
});

describe("documents since the intent", () => {
  it("are read one by one", () => {
    expect(decide([], { lastFd: 102 })).toBe("read 101");
    expect(decide([document(101, foreign)], { lastFd: 102 })).toBe("read 102");
  });

  it.each<[string, ReadDocument[], string]>([
    ["ours at once", [document(101)], "fiscalized 101 marker"],
    ["ours behind a Z", [document(101, zReport), document(102)], "fiscalized 102 marker"],
    ["a Z alone", [document(101, zReport)], "not-done"],
    ["a stranger of the same sum", [document(101, foreign)], "not-done"],
    ["another order of ours", [document(101, { marker: "other" })], "not-done"],
    [
      "ours between strangers",
      [101, 102, 103].map((fd) => document(fd, fd === 102 ? {} : foreign)),
      "fiscalized 102 marker",
    ],
    ["ours twice", [document(101), document(102)], "duplicate 101,102"],
    ["ours with another sum", [document(101, { sumKopecks: 1 })], "alarm marker_contradicts"],
    ["ours as a refund", [document(101, { operation: 2 })], "alarm marker_contradicts"],
    ["unreadable, all fits", [document(101, unreadable)], "fiscalized 101 match"],
    [
      "unreadable, two fit",
      [document(101, unreadable), document(102, unreadable)],
      "alarm ambiguous",
    ],
    [
      "unreadable, one of two fits",
      [document(101, { ...unreadable, sumKopecks: 1 }), document(102, unreadable)],
      "fiscalized 102 match",
    ],
    ["unreadable, other sum", [document(101, { ...unreadable, sumKopecks: 1 })], "not-done"],
    ["unreadable, other operation", [document(101, { ...unreadable, operation: 2 })], "not-done"],
    ["unreadable, other type", [document(101, { ...unreadable, documentType: 31 })], "not-done"],
    ["unreadable, other shift", [document(101, { ...unreadable, shift: 13 })], "not-done"],
    [
      "unreadable, too early",
      [document(101, { ...unreadable, dateTime: "2026-11-22T21:00" })],
      "not-done",
    ],
    [
      "unreadable, just early",
      [document(101, { ...unreadable, dateTime: "2026-11-22T21:01" })],
      "fiscalized 101 match",
    ],
    [
      "unreadable, just late",
      [document(101, { ...unreadable, dateTime: "2026-11-22T21:13" })],
      "fiscalized 101 match",
    ],
    [
      "unreadable, too late",
      [document(101, { ...unreadable, dateTime: "2026-11-22T21:14" })],
      "not-done",
    ],
    ["proof beats a likeness", [document(101, unreadable), document(102)], "fiscalized 102 marker"],
  ])("%s", (_name, documents, expected) => {
    expect(decide(documents)).toBe(expected);
  });
});

describe("the answer that the device still held", () => {
  it("decides among unreadable documents", () => {
    const two = [document(101, unreadable), document(102, unreadable)];
    expect(decide(two, { pendingFd: 102 })).toBe("fiscalized 102 answer");
  });
  it("must not contradict the ФН", () => {
    expect(decide([document(101, foreign)], { pendingFd: 101 })).toBe("alarm answer_contradicts");
    expect(decide([], { pendingFd: 101 })).toBe("alarm answer_contradicts");
    expect(decide([document(101)], { pendingFd: 101 })).toBe("fiscalized 101 marker");
  });
  it("of an earlier receipt says nothing", () => {
    expect(decide([], { pendingFd: 100 })).toBe("not-done");
  });
});

describe("exhaustively, for every two documents that could follow the intent", () => {
  const variants: [string, Partial<ReadDocument>][] = [
    ["ours", {}],
    ["contradicting", { sumKopecks: 1 }],
    ["foreign", foreign],
    ["z", zReport],
    ["likeness", unreadable],
    ["unlike", { ...unreadable, operation: 2 }],
  ];
  const pairs = variants.flatMap(([a, first]) =>
    variants.map(([b, second]) => [a, b, [document(101, first), document(102, second)]] as const),
  );

  it.each(pairs)("%s, %s", (a, b, documents) => {
    const kinds = [a, b];
    const count = (kind: string): number => kinds.filter((one) => one === kind).length;
    const expected =
      count("contradicting") > 0
        ? "alarm marker_contradicts"
        : count("ours") === 2
          ? "duplicate 101,102"
          : count("ours") === 1
            ? `fiscalized ${101 + kinds.indexOf("ours")} marker`
            : count("likeness") === 2
              ? "alarm ambiguous"
              : count("likeness") === 1
                ? `fiscalized ${101 + kinds.indexOf("likeness")} match`
                : "not-done";
    expect(decide(documents)).toBe(expected);
    // an open document is cancelled only where nothing of ours was found
    const open = decide(documents, { documentOpen: true });
    expect(open).toBe(expected === "not-done" ? "cancel-open" : expected);
  });
});

it("never decides by the sum alone, and never says not-done while our marker is there", () => {
  const anyDocument = fc.record({
    documentType: fc.constantFrom(2, 3, 5, 31),
    operation: fc.constantFrom(1, 2, null),
    sumKopecks: fc.constantFrom(450_000, 1, null),
    dateTime: fc.constantFrom("2026-11-22T21:04", "2026-11-22T12:00"),
    shift: fc.constantFrom(12, 13, null),
    marker: fc.constantFrom("ours", "other", null),
    tlvReadable: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(anyDocument, { maxLength: 5 }), fc.boolean(), (list, documentOpen) => {
      const documents = list.map((one, index) => ({
        ...one,
        fd: 101 + index,
        marker: one.tlvReadable ? one.marker : null,
      }));
      const action = decideRecovery(INTENT, seen(documents, { documentOpen }));
      expect(action.kind).not.toBe("read");
      if (action.kind === "fiscalized") {
        expect(action.document).toMatchObject({
          documentType: 3,
          operation: 1,
          sumKopecks: 450_000,
        });
        if (action.certainty === "marker") expect(action.document.marker).toBe("ours");
        else expect(action.document.dateTime).toBe("2026-11-22T21:04");
      }
      if (action.kind === "not-done" || action.kind === "cancel-open") {
        expect(documents.some(({ marker }) => marker === "ours")).toBe(false);
      }
    }),
    { numRuns: 2000 },
  );
});
