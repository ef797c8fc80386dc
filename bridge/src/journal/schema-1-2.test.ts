/** What schema 1.2 added: operations, documents, dead letters, catalogue, redelivery, adoption. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import BetterSqlite3 from "better-sqlite3";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ArchivedDocument } from "../device/fiscal-device.ts";
import { keyOf, orderUuid, parsed, sale, wireRefund } from "../domain/testing/receipts.ts";
import { receiptBody } from "../http/receipt-body.ts";
import { SqliteJournal } from "./sqlite-journal.ts";
import { accept, AT, fiscal, fiscalize, intent, REASON } from "./testing/fill.ts";
import type { CatalogueItem } from "./types.ts";

let dir: string;
let path: string;
let journal: SqliteJournal;

beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "journal-"));
  path = join(dir, "journal.sqlite");
  journal = open();
});
afterEach(() => {
  journal.close();
  rmSync(dir, { recursive: true });
});

function open(): SqliteJournal {
  return SqliteJournal.open({ path, lockWaitMs: 0, odooRefusalLimit: 2 });
}

function reopen(): void {
  journal.close();
  journal = open();
}

function kinds(count: number): string[] {
  return journal.events({ limit: count }).map(({ kind }) => kind);
}

function document(fd = 101): ArchivedDocument {
  return {
    ...{ documentType: 3, fd, fp: 7, dateTime: "2026-11-22T21:03", shift: 12, receipt: 5 },
    ...{ operation: 1, sumKopecks: 700_050, vat: { 11: 45_090 }, items: [], marker: orderUuid() },
    payments: { cash: 450_050, electronic: 250_000, prepaid: 0, credit: 0, other: 0 },
    raw: Buffer.from("+79990000000").toString("base64"),
  };
}

describe("dead letters", () => {
  function bury(n: number): void {
    fiscalize(journal, n);
    journal.countOdooRefusal(keyOf(n), "нет такого товара", AT);
    journal.countOdooRefusal(keyOf(n), "нет такой кассы", AT);
  }

  it("tell what the receiver said last, oldest first, also after a restart", () => {
    bury(1);
    bury(2);
    reopen();
    expect(journal.deadCount()).toBe(2);
    expect(journal.dead({ limit: 9 })).toEqual([
      { row: journal.get(keyOf(1)), error: "нет такой кассы", deadAt: AT },
      { row: journal.get(keyOf(2)), error: "нет такой кассы", deadAt: AT },
    ]);
    expect(journal.dead({ limit: 1 })).toHaveLength(1);
    expect(journal.dead({ limit: 9, beforeSeq: 2 })).toHaveLength(1);
    expect(journal.odooPending(9)).toEqual([]);
  });

  it("are tried again from a count of 0", () => {
    bury(1);
    expect(journal.retryDead(keyOf(1), "менеджер", AT)?.legs.odoo).toBe("pending");
    expect(kinds(1)).toEqual(["dlq.retried"]);
    expect(journal.deadCount()).toBe(0);
    journal.countOdooRefusal(keyOf(1), "нет", AT);
    expect(journal.get(keyOf(1))?.legs.odoo).toBe("pending");
    expect(journal.retryDead(keyOf(1), "менеджер", AT)).toBeNull();
    expect(journal.retryDead(keyOf(9), "менеджер", AT)).toBeNull();
  });

  it("are settled by a person, and do not count as what Odoo has", () => {
    fiscalize(journal, 1);
    journal.markOdooDelivered([keyOf(1)], AT);
    bury(2);
    expect(journal.settleDead(keyOf(2), "внесён вручную", "Иванова", AT)?.legs.odoo).toBe(
      "delivered",
    );
    expect(journal.events({ limit: 1 })[0]).toMatchObject({
      kind: "dlq.settled",
      data: { reason: "внесён вручную", by: "Иванова" },
    });
    expect(journal.settleDead(keyOf(2), "ещё раз", "Иванова", AT)).toBeNull();
    expect(journal.lastOdooFd("FN1")).toBe(101);
  });
});

describe("a restored Odoo", () => {
  it("is given again what it lost, of this ФН, settled and dead rows too", () => {
    for (const n of [1, 2, 3, 4]) fiscalize(journal, n);
    fiscalize(journal, 5, 101, "FN2");
    journal.markOdooDelivered([keyOf(1), keyOf(2), keyOf(3), keyOf(5)], AT);
    for (const why of ["a", "b"]) journal.countOdooRefusal(keyOf(4), why, AT);
    expect(journal.lastOdooFd("FN1")).toBe(103);
    expect(journal.lastOdooFd("FN3")).toBe(0);
    expect(journal.deliverAgain("FN1", 101, AT)).toBe(3);
    expect(journal.odooPending(9).map(({ key }) => key)).toEqual([keyOf(2), keyOf(3), keyOf(4)]);
    expect(journal.lastOdooFd("FN1")).toBe(101);
    expect(journal.deadCount()).toBe(0);
    expect(journal.events({ limit: 1 })[0]).toMatchObject({
      kind: "odoo.deliver_again",
      data: { fn: "FN1", after: 101, rows: 3 },
    });
    expect(journal.deliverAgain("FN1", 104, AT)).toBe(0);
    expect(kinds(1)).toEqual(["odoo.deliver_again"]);
  });
});

describe("documents as the ФН has them", () => {
  it("are asked for once each, oldest first", () => {
    for (const n of [1, 2]) fiscalize(journal, n);
    fiscalize(journal, 3, 101, "FN2");
    accept(journal, keyOf(4));
    expect(journal.undocumented("FN1", 9).map(({ key }) => key)).toEqual([keyOf(1), keyOf(2)]);
    journal.keepDocument(keyOf(1), document(), [], AT);
    expect(journal.undocumented("FN1", 9).map(({ key }) => key)).toEqual([keyOf(2)]);
    // no longer readable: not asked for again either
    journal.keepDocument(keyOf(2), null, [], AT);
    expect(journal.undocumented("FN1", 9)).toEqual([]);
    reopen();
    expect(journal.document(keyOf(1))).toEqual(document());
    expect(journal.document(keyOf(2))).toBeNull();
    expect(journal.document(keyOf(3))).toBeNull();
    expect(() => journal.keepDocument(keyOf(4), document(), [], AT)).toThrow(/no fiscalized/);
  });

  it("that differ from the request leave an event", () => {
    fiscalize(journal, 1);
    journal.keepDocument(keyOf(1), document(), ["НДС 22 %: 450,90, не 450,91"], AT);
    expect(journal.mismatches(keyOf(1))).toEqual(["НДС 22 %: 450,90, не 450,91"]);
    expect(journal.events({ limit: 1 })[0]).toMatchObject({
      kind: "document.mismatch",
      data: { fd: 101, mismatches: ["НДС 22 %: 450,90, не 450,91"] },
    });
    expect(journal.mismatches(keyOf(2))).toEqual([]);
  });
});

describe("refunds of a document", () => {
  it("are those fiscalized, whatever the attempt", () => {
    const refund = parsed(wireRefund(2));
    const { fn, fd } = refund.refundOf!;
    accept(journal, keyOf(2), refund);
    expect(journal.refundsOf(fn, fd)).toEqual([]);
    journal.markRejected(keyOf(2), REASON, AT);
    accept(journal, keyOf(2, 2), refund);
    journal.markClosing(keyOf(2, 2), intent(101, fn));
    journal.markFiscalized(keyOf(2, 2), fiscal(101, fn), AT);
    expect(journal.refundsOf(fn, fd).map(({ key }) => key)).toEqual([keyOf(2, 2)]);
    expect(journal.refundsOf(fn, fd + 1)).toEqual([]);
    expect(journal.refundsOf("FN9", fd)).toEqual([]);
  });

  it("are found by an index", () => {
    const db = new BetterSqlite3(path, { readonly: true });
    const plan = db
      .prepare<[string, number], { detail: string }>(
        `EXPLAIN QUERY PLAN SELECT receipt.* FROM receipt JOIN receipt_body USING (seq)
         WHERE json_extract(content, '$.refundOf.fn') = ?
           AND json_extract(content, '$.refundOf.fd') = ?`,
      )
      .all("FN1", 7);
    db.close();
    expect(plan.map(({ detail }) => detail).join("; ")).toMatch(/receipt_body_refund/);
  });
});

describe("operations", () => {
  const begun = {
    key: "shift-open-1",
    kind: "shift_open" as const,
    bodyHash: "h1",
    body: { cashier: { name: "Кассирова" } },
    intent: { fn: "FN1", lastFd: 100, shift: 11 },
    at: AT,
  };

  it("are begun once per key, known again, refused with another body", () => {
    expect(journal.beginOperation(begun)).toMatchObject({ kind: "begun", row: { seq: 1 } });
    reopen();
    expect(journal.beginOperation(begun)).toEqual({
      kind: "known",
      row: {
        ...{ seq: 1, key: begun.key, kind: "shift_open", bodyHash: "h1", body: begun.body },
        ...{ state: "begun", intent: begun.intent, result: null, reason: null },
        ...{ begunAt: AT, endedAt: null },
      },
    });
    expect(journal.beginOperation({ ...begun, bodyHash: "h2" }).kind).toBe("content-differs");
    expect(journal.openOperations().map(({ key }) => key)).toEqual([begun.key]);
  });

  it("end with their event in one commit, over a doubt too", () => {
    journal.beginOperation(begun);
    const doubt = { state: "unknown" as const, reason: REASON };
    expect(journal.endOperation(begun.key, doubt, null, AT)).toMatchObject(doubt);
    expect(journal.openOperations()).toHaveLength(1);
    const result = { shift: 12, fd: 101, fp: 5 };
    const event = { kind: "shift.opened", data: { shift: 12 } };
    const ended = journal.endOperation(begun.key, { state: "done", result }, event, AT);
    expect(ended).toMatchObject({ state: "done", result, reason: null, endedAt: AT });
    expect(journal.openOperations()).toEqual([]);
    expect(journal.events({ limit: 9 })).toMatchObject([{ kind: "shift.opened" }]);
    // told twice: nothing is written twice
    expect(journal.endOperation(begun.key, { state: "done", result }, event, AT)).toEqual(ended);
    expect(journal.events({ limit: 9 })).toHaveLength(1);
    expect(() => journal.endOperation(begun.key, { state: "refused" }, null, AT)).toThrow(/done/);
    expect(() => journal.endOperation("x", { state: "done" }, null, AT)).toThrow(/no operation x/);
  });

  it("that nothing tells of may be done after all, no other refused one", () => {
    const refuse = (key: string, code: string) => {
      journal.beginOperation({ ...begun, key });
      journal.endOperation(key, { state: "refused", reason: { code, text: "" } }, null, AT);
    };
    const event = { kind: "cash.in", data: {} };
    refuse("cash-1", "operation_in_doubt");
    refuse("cash-2", "device_refused");
    const done = { state: "done", result: { by: "T1" } } as const;
    for (let times = 0; times < 2; times += 1) {
      expect(journal.endOperation("cash-1", done, event, AT)).toMatchObject({
        ...{ state: "done", reason: null },
      });
    }
    expect(journal.events({ limit: 9 })).toHaveLength(1);
    expect(() => journal.endOperation("cash-2", done, event, AT)).toThrow(/refused/);
    expect(() => journal.endOperation("cash-1", { state: "refused" }, null, AT)).toThrow(/done/);
  });

  it("count among the documents of their ФН", () => {
    expect(journal.lastFd("FN1")).toBe(0);
    journal.beginOperation(begun);
    journal.endOperation(begun.key, { state: "done", result: { fd: 101 } }, null, AT);
    expect(journal.lastFd("FN1")).toBe(101);
    fiscalize(journal, 1, 102);
    expect(journal.lastFd("FN1")).toBe(102);
    expect(journal.lastFd("FN2")).toBe(0);
  });

  it("are kept for good", () => {
    journal.beginOperation(begun);
    const db = new BetterSqlite3(path);
    expect(() => db.exec("DELETE FROM operation")).toThrow(/never deleted/);
    db.close();
  });
});

describe("the catalogue", () => {
  const item = (id: number, barcode: string | null, name = `Товар ${id}`): CatalogueItem => ({
    ...{ id, barcode, sku: `S-${id}`, name, priceKopecks: 450_000 },
    ...{ vat: 6, subject: 1, paymentMethod: 4, unit: 0 },
  });

  it("is replaced and shortened in one go", () => {
    journal.updateCatalogue([item(1, "4600001"), item(2, null), item(3, "4600003")], [], AT);
    expect(journal.catalogueSize()).toBe(3);
    reopen();
    expect(journal.catalogueByBarcode("4600001")).toEqual(item(1, "4600001"));
    expect(journal.catalogueByBarcode("4600002")).toBeNull();
    journal.updateCatalogue([item(1, "4600009", "Новое имя")], [3, 77], AT);
    expect(journal.catalogueByBarcode("4600001")).toBeNull();
    expect(journal.catalogueByBarcode("4600009")?.name).toBe("Новое имя");
    expect(journal.catalogueByBarcode("4600003")).toBeNull();
    expect(journal.catalogueSize()).toBe(2);
    expect(journal.catalogueIds()).toHaveLength(2);
    journal.updateCatalogue([item(9, "4600009", "Позже")], [], "2026-11-23T00:00:00.000Z");
    expect(journal.catalogueByBarcode("4600009")?.name).toBe("Позже");
  });
});

describe("events for delivery", () => {
  it("come oldest first, after a number", () => {
    for (const n of [1, 2, 3]) journal.appendEvent("mode.changed", null, { n }, AT);
    expect(journal.eventsAfter(0, 2).map(({ seq }) => seq)).toEqual([1, 2]);
    expect(journal.eventsAfter(2, 9).map(({ seq }) => seq)).toEqual([3]);
    expect(journal.eventsAfter(3, 9)).toEqual([]);
  });
});

describe("a document found in the ФН that the journal does not know", () => {
  const found = { fiscal: fiscal(150), hlc: { localTime: 5000, logicalCounter: 0 }, at: AT };

  it("becomes a fiscalized row once, which answers whoever asks for it", () => {
    const row = journal.adopt({ ...found, receipt: sale(), evidence: { how: "restored" } });
    expect(row).toMatchObject({
      key: keyOf(1),
      state: "fiscalized",
      fiscal: fiscal(150),
      legs: { ofd: "pending", odoo: "pending" },
    });
    expect(journal.adopt({ ...found, receipt: sale() })).toEqual(row);
    expect(journal.getSetting("hlc")).toBe("5000:0");
    expect(kinds(9)).toEqual(["receipt.adopted"]);
    // the page's own content and owner are not known any more
    expect(accept(journal, keyOf(1))).toMatchObject({ kind: "known", row: { seq: row.seq } });
    expect(accept(journal, keyOf(1, 2))).toMatchObject({ kind: "attempt-open" });
  });

  it("follows the attempts that are known", () => {
    accept(journal, keyOf(1));
    journal.markRejected(keyOf(1), REASON, AT);
    expect(journal.adopt({ ...found, receipt: sale() })).toMatchObject({
      key: keyOf(1, 2),
      owner: sale().order.owner,
    });
  });
});

describe("purging", () => {
  const later = "2026-12-31T00:00:00.000Z";

  it("takes the contact out of the document's TLV as well, and the document later", () => {
    fiscalize(journal, 1, 101, "FN1", "{}");
    journal.keepDocument(keyOf(1), document(), ["НДС"], AT);
    journal.markOfdDeliveredUpTo("FN1", 101, AT);
    journal.markOdooDelivered([keyOf(1)], AT);
    expect(journal.purgeBodies(later, AT)).toBe(1);
    expect(journal.document(keyOf(1))).toEqual({ ...document(), raw: "" });
    journal.purgeBodies(later, AT, { documents: AT });
    expect(journal.document(keyOf(1))).not.toBeNull();
    journal.purgeBodies(later, AT, { documents: later });
    expect(journal.document(keyOf(1))).toBeNull();
    expect(journal.mismatches(keyOf(1))).toEqual(["НДС"]);
    expect(journal.undocumented("FN1", 9)).toEqual([]);
  });

  it("changes nothing of the answer to an old key", () => {
    const answer = (): unknown => {
      const asked = accept(journal, keyOf(1), undefined, "{}");
      if (!("row" in asked)) throw new Error(asked.kind);
      return [asked.kind, receiptBody(asked.row, { userName: "ООО Оптика", address: "Москва" })];
    };
    fiscalize(journal, 1, 101, "FN1", "{}");
    journal.keepDocument(keyOf(1), document(), [], AT);
    journal.markOfdDeliveredUpTo("FN1", 101, AT);
    journal.markOdooDelivered([keyOf(1)], AT);
    const first = answer();
    expect(first).toMatchObject(["known", { state: "fiscalized", fiscal: { fd: 101 } }]);
    expect(journal.purgeBodies(later, AT, { dead: later, documents: later })).toBe(1);
    reopen();
    expect(answer()).toEqual(first);
  });

  it("leaves dead letters whole for longer", () => {
    fiscalize(journal, 1, 101, "FN1", "{}");
    for (const why of ["a", "b"]) journal.countOdooRefusal(keyOf(1), why, AT);
    journal.markOfdDeliveredUpTo("FN1", 101, AT);
    expect(journal.purgeBodies(later, AT)).toBe(0);
    expect(journal.purgeBodies(later, AT, { dead: AT })).toBe(0);
    expect(journal.purgeBodies(later, AT, { dead: later })).toBe(1);
    expect(journal.get(keyOf(1))).toMatchObject({ blob: null, receipt: { customer: null } });
    expect(journal.dead({ limit: 1 })[0]).toMatchObject({ error: "b", row: { fiscal: fiscal() } });
  });
});
