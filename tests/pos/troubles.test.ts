/**
 * What the cashier sees when the till is in trouble: one POS start, one trouble after the other,
 * driven by the faults of the emulator, of the bridge, and of what lies between bridge and page.
 */
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { badAnswers } from "./troubles/answers.ts";
import { openOutcomes } from "./troubles/outcomes.ts";
import { secondPresses } from "./troubles/presses.ts";
import { troubleScreens } from "./troubles/screens.ts";
import { SOON_MS, TroubleFloor } from "./troubles/trouble-floor.ts";

describe("troubles at the till", () => {
  let at: TroubleFloor;
  const floor = (): TroubleFloor => at;

  beforeAll(async () => {
    at = await TroubleFloor.open("test-troubles");
  });
  afterEach(() => at.pos.page.unrouteAll({ behavior: "ignoreErrors" }));
  afterAll(() => at?.close());

  describe("each has its screen", () => troubleScreens(floor));
  describe("hands that do not wait", () => secondPresses(floor));
  describe("rubbish instead of an answer", () => badAnswers(floor));

  // how fast it is told is a figure of `make bench`
  it("the bridge killed, and frozen: the status bar tells, and goes back by itself", async () => {
    const { pos } = at;
    const till = at.floor.stand.till();
    await till.bridge.kill();
    await pos.waitForTillMode("absent", SOON_MS);
    await at.floor.picture("trouble-bridge-away");
    await till.startBridge();
    await pos.waitForTillMode("online", SOON_MS);

    process.kill(till.bridge.pid, "SIGSTOP");
    try {
      await pos.waitForTillMode("absent", SOON_MS);
    } finally {
      process.kill(till.bridge.pid, "SIGCONT");
    }
    await pos.waitForTillMode("online", SOON_MS);
    await pos.page.locator(".kkt-status").click();
    const rows = pos.page.locator(".kkt-status-rows");
    await rows.waitFor();
    await at.floor.picture("status-rows");
    expect(await rows.innerText()).not.toMatch(/[A-Za-z]{5,}/);
    await pos.page.keyboard.press("Escape");
  });

  // the last one leaves another ФН in the register
  describe("an outcome that is open", () => openOutcomes(floor));
});
