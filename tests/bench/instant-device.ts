/**
 * Loaded into the bridge as it is shipped (`NODE_OPTIONS=--import …`): puts a register in memory in
 * the place of its driver, one that answers at once and whose documents the ОФД has at once. So what
 * is measured is the bridge alone; journal, HTTP, tokens and links stay as they are.
 */
import type * as ShtrihModule from "../../bridge/src/device/shtrih/index.ts";
import { ScriptedDevice } from "../../bridge/src/device/testing/scripted-device.ts";
import { systemTime } from "../../bridge/src/domain/clock.ts";
import { COMPANY } from "@opticserp/fixtures/data/shop.ts";

const device = new ScriptedDevice(systemTime);
device.inn = COMPANY.inn;
device.ofdBy = "device";

/** The register's own link to the ОФД is as quick as the register. */
function ticketCame(): void {
  const { documents } = device;
  const last = documents.at(-1);
  if (last) documents[documents.length - 1] = { ...last, ticketReceived: true };
}

const url = new URL("../../bridge/dist/device/shtrih/index.js", import.meta.url).href;
const { ShtrihDevice } = (await import(url)) as typeof ShtrihModule;
for (const name of Object.getOwnPropertyNames(ScriptedDevice.prototype)) {
  const method: unknown = Reflect.get(device, name);
  if (name === "constructor" || typeof method !== "function") continue;
  Reflect.set(ShtrihDevice.prototype, name, async (...parameters: unknown[]) => {
    const result: unknown = await (method as (...given: unknown[]) => unknown).apply(
      device,
      parameters,
    );
    ticketCame();
    return result;
  });
}
