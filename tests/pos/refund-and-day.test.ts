/**
 * Two tills of one shop and their day: refunds of either till's sales, annulment, refunds that
 * wait for Odoo and are released, cash and Z without it, and the comparison before the session
 * closes. One stand, in the order of a day.
 */
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe } from "vitest";
import { annulmentFlows } from "./day/annulment.ts";
import { closingFlows } from "./day/closing.ts";
import { refundFlows } from "./day/refunds.ts";
import { DayShop } from "./day/shop.ts";
import { waitingFlows } from "./day/waiting.ts";

describe("refunds and the day", () => {
  let shop: DayShop;

  beforeAll(async () => {
    shop = await DayShop.open();
  });
  afterEach(async ({ task }) => {
    if (task.result?.state !== "fail") return;
    await shop.floor.picture("failed");
    await shop.other.screenshot(join(shop.floor.stand.dir, "failed-other.png"));
  });
  afterAll(() => shop?.close());

  describe("refunds", () => refundFlows(() => shop));
  describe("annulment", () => annulmentFlows(() => shop));
  describe("refunds that wait", () => waitingFlows(() => shop));
  describe("the end of the day", () => closingFlows(() => shop));
});
