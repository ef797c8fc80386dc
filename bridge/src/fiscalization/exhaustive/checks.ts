/** What must be true of a till whatever happened to it. */
import type { FoundDocument } from "../../device/fiscal-device.ts";
import { formatKey } from "../../domain/receipt-key.ts";
import type { Receipt } from "../../domain/receipt.ts";
import { isFinal } from "../../domain/receipt-machine.ts";
import type { StoredReceipt } from "../../journal/types.ts";
import type { Told } from "./scenario.ts";
import type { World } from "./world.ts";

/** @throws Error naming what does not hold */
export function check(
  world: World,
  receipts: readonly Receipt[],
  told: ReadonlyMap<string, Told>,
): void {
  const documents = world.documents();
  const rows = [...world.journal.list({ limit: 100 })].reverse();
  for (const row of rows) checkRow(row, documents);
  for (const receipt of receipts) checkOrder(receipt, rows, documents);
  for (const { key, fiscal } of told.values()) {
    const found = documents.filter(({ marker }) => marker === key.uuid);
    must(found.length === 1, `${formatKey(key)} was acknowledged, the ФН has ${found.length}`);
    const row = world.journal.get(key);
    must(JSON.stringify(row?.fiscal) === JSON.stringify(fiscal), "told one thing, kept another");
    must(found[0]?.fd === fiscal.fd && found[0].fp === fiscal.fp, "told another document");
  }
  checkOrderOfDocuments(receipts, documents);
  checkShifts(world, documents);
  const { lane, device } = world.lane.snapshot();
  must(lane.state === "idle", `the lane is ${lane.state}: ${lane.reason?.text ?? ""}`);
  must(device.state === "ready", `the device is ${device.state}: ${device.reason ?? ""}`);
  must(!world.device.documentOpen, "a document lies open on the device");
  must(world.journal.unresolved().length === 0, "a receipt is unresolved");
}

function checkRow(row: StoredReceipt, documents: readonly FoundDocument[]): void {
  const name = formatKey(row.key);
  must(isFinal(row.state), `${name} is ${row.state}`);
  must(row.state === "fiscalized" || row.reason !== null, `${name}: no reason`);
  if (!row.fiscal) return;
  const { fd, fp, operation, sumKopecks, shift, receipt, fn } = row.fiscal;
  must(fn === row.closing?.fn, `${name}: another ФН than intended`);
  const found = documents.filter((one) => one.fp === fp && one.marker === row.key.uuid);
  must(found.length === 1, `${name}: FD ${fd} stands ${found.length} times in the ФН`);
  const [one] = found;
  must(one?.fd === fd && one.sumKopecks === sumKopecks, `${name}: other number or sum`);
  must(one?.operation === operation, `${name}: other operation`);
  must(one.shift === shift && one.receipt === receipt, `${name}: other shift or number in it`);
}

function checkOrder(
  { order }: Receipt,
  rows: readonly StoredReceipt[],
  documents: readonly FoundDocument[],
): void {
  const own = rows.filter(({ key }) => key.uuid === order.uuid);
  const signed = documents.filter(({ marker }) => marker === order.uuid);
  must(signed.length === 1, `${order.name}: ${signed.length} documents`);
  const fiscalized = own.filter(({ state }) => state === "fiscalized");
  must(fiscalized.length === 1, `${order.name}: ${fiscalized.length} fiscalized attempts`);
}

function checkOrderOfDocuments(
  receipts: readonly Receipt[],
  documents: readonly FoundDocument[],
): void {
  const places = receipts.map(({ order }) =>
    documents.findIndex(({ marker }) => marker === order.uuid),
  );
  must(
    places.every((place, index) => index === 0 || place > places[index - 1]!),
    `documents stand in the order ${places.join(", ")}`,
  );
}

/** Each shift document is in the event log once; only a ФН that was taken away may keep its own. */
function checkShifts({ journal, device }: World, documents: readonly FoundDocument[]): void {
  const events = journal.events({ limit: 1000 });
  const open = journal.openOperations().map(({ kind, intent }) => ({ kind, fn: intent?.fn }));
  must(
    open.every(({ fn }) => fn !== device.fn),
    "an operation stayed open while its ФН can be read",
  );
  for (const [kind, type, operation] of [
    ["shift.opened", 2, "shift_open"],
    ["shift.closed", 5, "shift_close"],
  ] as const) {
    const told = events.filter((event) => event.kind === kind).map(({ data }) => data["fp"]);
    const fps = documents.filter((one) => one.documentType === type).map(({ fp }) => fp);
    must(told.length === new Set(told).size, `${kind} is written twice`);
    must(
      told.every((fp) => fps.includes(fp as number)),
      `${kind} of no document`,
    );
    const away = open.filter((one) => one.kind === operation).length;
    must(told.length + away >= fps.length, `${fps.length} documents, ${told.length} ${kind}`);
  }
}

function must(holds: boolean, what: string): asserts holds {
  if (!holds) throw new Error(what);
}
