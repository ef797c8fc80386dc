/** What the page hears of a disk that takes no commit. */
import { expect, it } from "vitest";
import { orderUuid, wireSale } from "../domain/testing/receipts.ts";
import { startHarness } from "../http/testing/harness.ts";
import { JournalError } from "./journal-error.ts";

it("is a 503 storage_full with the reason, no outcome of the receipt", async () => {
  const harness = await startHarness();
  try {
    harness.lane.decide = () => {
      throw new JournalError("storage_full", "на диске кассы нет места");
    };
    const reply = await harness.call("/v1/kkt/receipt", {
      method: "POST",
      headers: { "Idempotency-Key": `${orderUuid()}:1` },
      json: wireSale(),
    });
    expect(reply).toMatchObject({
      status: 503,
      body: { code: "storage_full", detail: "на диске кассы нет места" },
    });
    expect(reply.body["receipt"]).toBeUndefined();
  } finally {
    await harness.close();
  }
});
