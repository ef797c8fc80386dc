/**
 * What reading the ФН says of a receipt whose closing answer is missing (fiscal.md §4.2). Pure:
 * facts in, one action out; the lane reads more or acts, then asks again.
 */

/** What the journal wrote before the closing command, and what the document must look like. */
export interface RecoveryIntent {
  /** Marker in tag 1086. */
  readonly uuid: string;
  readonly fn: string;
  readonly shift: number;
  readonly expectedFd: number;
  /** Tag 1054. */
  readonly operation: number;
  /** Container docType: 3 receipt, 31 correction. */
  readonly documentType: number;
  readonly sumKopecks: number;
  /** ККТ wall time when the sale began, `YYYY-MM-DDTHH:MM[:SS]`. */
  readonly deviceTime: string;
}

/** A document of the archive; the fields that the rule needs of the driver's `FoundDocument`. */
export interface ReadDocument {
  readonly fd: number;
  readonly documentType: number;
  readonly operation: number | null;
  readonly sumKopecks: number | null;
  readonly dateTime: string;
  readonly shift: number | null;
  readonly marker: string | null;
  readonly tlvReadable: boolean;
}

export interface Observation<D extends ReadDocument = ReadDocument> {
  readonly fn: string;
  readonly lastFd: number;
  readonly documentOpen: boolean;
  /** FD in the closing answer that the device still held, else null. */
  readonly pendingFd: number | null;
  /** Documents read so far, by FD; null: the ФН says it has none of that number. */
  readonly documents: ReadonlyMap<number, D | null>;
}

/** `marker`: tag 1084 names our order. `answer`: the closing answer named this FD. `match`: the TLV is gone; type, operation, sum, shift and time agree and no other document does. */
export type Certainty = "marker" | "answer" | "match";

export type RecoveryAction<D extends ReadDocument = ReadDocument> =
  /** Read this document and ask again. */
  | { readonly kind: "read"; readonly fd: number }
  /** No document, but one lies open: cancel it, observe again (a late command may still have closed it). */
  | { readonly kind: "cancel-open" }
  /** Proven: no document of ours, none open. */
  | { readonly kind: "not-done" }
  | { readonly kind: "fiscalized"; readonly document: D; readonly certainty: Certainty }
  /** Ours stands in the ФН more than once. */
  | { readonly kind: "duplicate"; readonly documents: readonly [D, D, ...D[]] }
  | { readonly kind: "alarm"; readonly code: AlarmCode };

export type AlarmCode =
  /** Another ФН is in the device. */
  | "fn_differs"
  /** The ФН's last document lies before the intent: another or a restored ФН. */
  | "fd_went_back"
  /** A number that must exist can't be read. */
  | "document_missing"
  /** More foreign documents since the intent than anybody should search through. */
  | "too_many_documents"
  /** Our marker, but another operation or sum. */
  | "marker_contradicts"
  /** The closing answer names a document that is not this receipt. */
  | "answer_contradicts"
  /** Several documents fit and none can be read in full. */
  | "ambiguous";

/** A sale's document is formed minutes after the intent at most (raspechatka-os: −2 … +10 min). */
const EARLIEST_MS = -2 * 60_000;
const LATEST_MS = 10 * 60_000;
export const MAX_DOCUMENTS_READ = 500;

export function decideRecovery<D extends ReadDocument>(
  intent: RecoveryIntent,
  seen: Observation<D>,
): RecoveryAction<D> {
  const { expectedFd } = intent;
  if (seen.fn !== intent.fn) return { kind: "alarm", code: "fn_differs" };
  if (seen.lastFd < expectedFd - 1) return { kind: "alarm", code: "fd_went_back" };
  if (seen.lastFd - expectedFd >= MAX_DOCUMENTS_READ) {
    return { kind: "alarm", code: "too_many_documents" };
  }

  const documents: D[] = [];
  for (let fd = expectedFd; fd <= seen.lastFd; fd += 1) {
    const document = seen.documents.get(fd);
    if (document === undefined) return { kind: "read", fd };
    if (document === null) return { kind: "alarm", code: "document_missing" };
    documents.push(document);
  }

  const marked = documents.filter((document) => document.marker === intent.uuid);
  if (marked.some((document) => !sameReceipt(intent, document))) {
    return { kind: "alarm", code: "marker_contradicts" };
  }
  const [first, second, ...more] = marked;
  if (first && second) return { kind: "duplicate", documents: [first, second, ...more] };
  if (first) return { kind: "fiscalized", document: first, certainty: "marker" };

  const unreadable = documents.filter(
    (document) => !document.tlvReadable && fits(intent, document),
  );
  // an answer below the intent belongs to an earlier receipt
  if (seen.pendingFd !== null && seen.pendingFd >= expectedFd) {
    const answered = unreadable.find((document) => document.fd === seen.pendingFd);
    return answered
      ? { kind: "fiscalized", document: answered, certainty: "answer" }
      : { kind: "alarm", code: "answer_contradicts" };
  }
  const [candidate, other] = unreadable;
  if (candidate && other) return { kind: "alarm", code: "ambiguous" };
  if (candidate) return { kind: "fiscalized", document: candidate, certainty: "match" };

  return seen.documentOpen ? { kind: "cancel-open" } : { kind: "not-done" };
}

function sameReceipt(intent: RecoveryIntent, document: ReadDocument): boolean {
  return (
    document.documentType === intent.documentType &&
    document.operation === intent.operation &&
    document.sumKopecks === intent.sumKopecks
  );
}

/** Everything that short archive data can tell; the sum alone never decides. */
function fits(intent: RecoveryIntent, document: ReadDocument): boolean {
  return (
    sameReceipt(intent, document) &&
    (document.shift === null || document.shift === intent.shift) &&
    inTime(intent.deviceTime, document.dateTime)
  );
}

function inTime(deviceTime: string, documentTime: string): boolean {
  // both are wall times of one clock without a zone; read as UTC only to subtract
  const begun = Date.parse(`${deviceTime.slice(0, 16)}:00Z`);
  const signed = Date.parse(`${documentTime.slice(0, 16)}:00Z`);
  const off = signed - begun;
  return off >= EARLIEST_MS && off <= LATEST_MS;
}
