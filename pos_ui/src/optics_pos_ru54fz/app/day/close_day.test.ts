import { beforeEach, expect, it } from "vitest";
import { CloseDay, type CloseDayDeps } from "./close_day.ts";
import type { ShiftView } from "./shift_age.ts";

class Away extends Error {}

const totals = {
  payments: {},
  vat: [],
  cash_in: 0,
  cash_out: 0,
  orders: 0,
  lines: 0,
  unsigned: [],
  missing: [],
};

let shift: ShiftView | null;
let blockers: string[];
let done: string[];
let deps: CloseDayDeps;
let day: CloseDay;

beforeEach(() => {
  shift = { state: "open", number: 12 };
  blockers = [];
  done = [];
  deps = {
    blockers: () => blockers,
    shift: () => shift,
    closeShift: () => {
      done.push("z");
      return Promise.resolve({ shift: 12, fd: 90, fp: 1 });
    },
    deliver: () => {
      done.push("deliver");
      return Promise.resolve();
    },
    till: () => Promise.resolve([]),
    odoo: () => {
      done.push("odoo");
      return Promise.resolve(totals);
    },
    isAway: (error) => error instanceof Away,
    textOf: (error) => (error as Error).message,
    observe: (state) => state,
  };
  day = new CloseDay(deps);
});

it("offers the Z report first, then compares what was delivered", async () => {
  await day.refresh();
  expect(day.step).toBe("z");
  expect(day.canClose).toBe(false);
  expect(done).toEqual([]);
  await day.z();
  expect(done).toEqual(["z", "deliver", "odoo"]);
  expect(day.step).toBe("compare");
  expect(day.canClose).toBe(true);
  // the live status still says open
  await day.refresh();
  expect(day.step).toBe("compare");
});

it("does not need Odoo for the Z report, and closes nothing before it is back", async () => {
  deps.deliver = () => Promise.reject(new Away());
  await day.refresh();
  await day.z();
  expect(day.state).toMatchObject({ odooAway: true, trouble: null, closed: { fd: 90 } });
  expect(day.canClose).toBe(false);
  deps.deliver = () => Promise.resolve();
  await day.refresh();
  expect(day.state.odooAway).toBe(false);
  expect(day.canClose).toBe(true);
  expect(done.filter((what) => what === "z")).toHaveLength(1);
});

it("stops at orders that are not settled", async () => {
  blockers = ["Order 1: the card is charged"];
  await day.refresh();
  expect(day.step).toBe("blocked");
  await day.z();
  expect(done).toEqual([]);
  blockers = [];
  await day.refresh();
  expect(day.step).toBe("z");
});

it("says why the Z report failed, and stays", async () => {
  deps.closeShift = () => Promise.reject(new Error("Нет бумаги"));
  await day.refresh();
  await day.z();
  expect(day.state.trouble).toBe("Нет бумаги");
  expect(day.step).toBe("z");
});

it("stays when no manager came, goes on without Z when told to", async () => {
  deps.closeShift = () => Promise.resolve(null);
  await day.refresh();
  await day.z();
  expect(day.step).toBe("z");
  expect(day.state.trouble).toBeNull();
  await day.goOnWithoutZ();
  expect(day.canClose).toBe(true);
});

it("compares at once when no shift is open", async () => {
  shift = { state: "closed", number: 12 };
  await day.refresh();
  expect(day.canClose).toBe(true);
});

it("tells a difference of the bridge's own from an absent Odoo", async () => {
  deps.till = () => Promise.reject(new Error("касса не отвечает"));
  shift = { state: "closed", number: 12 };
  await day.refresh();
  expect(day.state).toMatchObject({ odooAway: false, trouble: "касса не отвечает" });
  expect(day.canClose).toBe(false);
});

it("offers Z, or a person's decision, while the register has not told of its shift", async () => {
  shift = null;
  await day.refresh();
  expect(day.step).toBe("z");
  await day.goOnWithoutZ();
  expect(day.canClose).toBe(true);
});

it("can look again while there is a difference", async () => {
  shift = { state: "closed", number: 12 };
  deps.odoo = () => Promise.resolve({ ...totals, unsigned: ["00012"] });
  await day.refresh();
  expect([day.canClose, day.canLookAgain]).toEqual([true, true]);
  deps.odoo = () => Promise.resolve(totals);
  await day.refresh();
  expect([day.canClose, day.canLookAgain]).toEqual([true, false]);
});
