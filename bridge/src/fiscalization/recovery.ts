/** Reads the ФН until the outcome of a receipt in doubt is known (architecture.md, states). */
import { DeviceRefusal, type ClosedReceipt, type FoundDocument } from "../device/fiscal-device.ts";
import { sleep } from "../domain/clock.ts";
import { changeKopecks, totalKopecks } from "../domain/parse-receipt.ts";
import { formatKey } from "../domain/receipt-key.ts";
import { RECEIPT_KINDS } from "../domain/receipt-kind.ts";
import { isFinal } from "../domain/receipt-machine.ts";
import type { FiscalData, ReceiptKey } from "../domain/receipt.ts";
import {
  decideRecovery,
  type AlarmCode,
  type RecoveryAction,
  type RecoveryIntent,
} from "../domain/recovery-rule.ts";
import type { Reason, StoredReceipt } from "../journal/types.ts";
import { closingFacts, receiptFacts } from "./fiscal-facts.ts";
import { isLinkTrouble, retryPause, type LaneTools } from "./lane-tools.ts";
import type { Decision } from "./resolution.ts";
import { ALARM_TEXTS, REASONS, refusalReason } from "./reasons.ts";

/** How often a late closing command may turn up between cancelling and looking again. */
const MAX_LOOKS = 5;

type FinalAction = Exclude<RecoveryAction<FoundDocument>, { kind: "read" | "cancel-open" }>;

/** How the recovery stands, for the status page. */
export interface RecoveryView {
  /** The ФН is being asked; `hint` is what the device says is in the way. */
  asking(hint: Reason | null): void;
  /** Only a person can go on. */
  alarm(reason: Reason): void;
  /** What a person decided meanwhile; asked for before each look. */
  takeDecision(): Decision | null;
  /** Resolves when there is a decision. */
  readonly decided: AbortSignal;
}

/**
 * Returns once the receipt is final, or after the look that was under way when the signal aborted.
 * The caller holds the device all the while: any other command could push the pending answer out.
 */
export async function recover(
  tools: LaneTools,
  key: ReceiptKey,
  signal: AbortSignal,
  view: RecoveryView,
): Promise<void> {
  const { settings, time, log, link, book } = tools;
  const evidence: Evidence = { pending: null };
  view.asking(null);
  // once it is written that the receipt is final, nothing that fails after it asks the ФН again
  for (let tries = 0; !isFinal(book.row(key).state); tries += 1) {
    // a link that broke with the answer is opened again at once
    let pause = tries === 0 ? 0 : retryPause(settings, tries - 1);
    const decision = view.takeDecision();
    if (decision) {
      await decision.carryOut(tools, key);
      continue;
    }
    try {
      const action = await readBack(tools, key, evidence);
      if (action.kind !== "alarm") {
        conclude(tools, key, action, evidence);
        await finishPrinting(tools);
        return;
      }
      const reason = alarmReason(action.code);
      const before = book.row(key).reason?.code;
      book.end(key, "undecidable", reason);
      if (before !== reason.code) book.note("incident.lane_stopped", key, { ...reason });
      view.alarm(reason);
      pause = settings.alarmRetryMs;
    } catch (error) {
      log("warn", "recovery could not read the ФН", { tries, error: String(error) });
      if (isLinkTrouble(error)) await link.lost(error);
      view.asking(error instanceof DeviceRefusal ? refusalReason(error) : null);
    }
    if (signal.aborted) return;
    if (pause > 0) await sleep(time, pause, AbortSignal.any([signal, view.decided]));
    if (signal.aborted) return;
  }
}

/** What the device told besides the documents; survives a link that breaks between two looks. */
interface Evidence {
  pending: ClosedReceipt | null;
}

/** Looks until the rule needs no more; cancels an open document where the rule says so. */
async function readBack(
  tools: LaneTools,
  key: ReceiptKey,
  evidence: Evidence,
): Promise<FinalAction> {
  const { link, book } = tools;
  const intent = intentOf(book.row(key));
  await link.connect();
  // before any other command: the device forgets the answer with the next one
  evidence.pending = (await link.device.takePendingClose(formatKey(key))) ?? evidence.pending;
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    const action = await readDocuments(tools, intent, evidence.pending?.fd ?? null);
    if (action.kind !== "cancel-open") return action;
    await link.device.cancelReceipt();
  }
  throw new Error("the open document can't be cancelled");
}

async function readDocuments(
  { link }: LaneTools,
  intent: RecoveryIntent,
  pendingFd: number | null,
): Promise<Exclude<RecoveryAction<FoundDocument>, { kind: "read" }>> {
  const { fn, lastFd, documentOpen } = await link.readStatus();
  const documents = new Map<number, FoundDocument | null>();
  for (;;) {
    const seen = { fn, lastFd, documentOpen, pendingFd, documents };
    const action = decideRecovery<FoundDocument>(intent, seen);
    if (action.kind !== "read") return action;
    documents.set(action.fd, await link.device.findDocument(action.fd));
  }
}

function conclude(
  tools: LaneTools,
  key: ReceiptKey,
  action: Exclude<FinalAction, { kind: "alarm" }>,
  { pending }: Evidence,
): void {
  const { book, log } = tools;
  switch (action.kind) {
    case "not-done":
      book.end(key, "proved-not-done", REASONS.notDone);
      return;
    case "fiscalized":
      fiscalize(tools, key, action.document, { certainty: action.certainty, pending });
      return;
    case "duplicate": {
      const [first, ...rest] = action.documents;
      const others = rest.map(({ fd, fp }) => ({ fd, fp }));
      fiscalize(tools, key, first, { certainty: "marker", pending, duplicates: others });
      book.note("incident.duplicate", key, { fd: first.fd, others });
      log("error", "the same order stands in the ФН more than once", { fd: first.fd, others });
      return;
    }
  }
}

/** @param evidence how it was found out; goes into the event log with the receipt's own entry */
function fiscalize(
  { book, link }: LaneTools,
  key: ReceiptKey,
  document: FoundDocument,
  evidence: Readonly<Record<string, unknown>>,
): void {
  const row = book.row(key);
  const { intent, info } = closingFacts(row, link.info);
  const facts = receiptFacts(row, intent, info);
  const fiscal: FiscalData = {
    ...facts,
    fd: document.fd,
    fp: document.fp,
    dateTime: document.dateTime,
    shift: document.shift ?? facts.shift,
    receipt: document.receipt ?? facts.receipt,
    changeKopecks: changeKopecks(row.receipt),
  };
  book.fiscalize(key, "proved-done", fiscal, evidence);
}

/** Paper out during the doubt: the receipt is signed, so its print goes on; never a new receipt. */
async function finishPrinting({ link, log }: LaneTools): Promise<void> {
  try {
    if (link.status?.paper === "waiting-continue") await link.device.continuePrint();
  } catch (error) {
    log("warn", "printing could not be continued", { error: String(error) });
    if (isLinkTrouble(error)) await link.lost(error);
  }
}

function intentOf(row: StoredReceipt): RecoveryIntent {
  const { closing, receipt } = row;
  if (!closing) throw new Error("no closing intent");
  return {
    uuid: row.key.uuid,
    fn: closing.fn,
    shift: closing.shift,
    expectedFd: closing.expectedFd,
    ...RECEIPT_KINDS[receipt.type],
    sumKopecks: totalKopecks(receipt),
    deviceTime: closing.deviceTime,
  };
}

function alarmReason(code: AlarmCode): Reason {
  return { code, text: ALARM_TEXTS[code] };
}
