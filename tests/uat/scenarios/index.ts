/** The acceptance scenarios of selling in the order of `requirements.md`, and a cashier's day. */
import type { Scenario } from "../scenario.ts";
import { frameAndLenses } from "./01-frame-and-lenses.ts";
import { refund } from "./02-refund.ts";
import { registerSilent } from "./05a-register-silent.ts";
import { fnFull } from "./05b-fn-full.ts";
import { noNetwork } from "./05c-no-network.ts";
import { ofdRefuses } from "./05d-ofd-refuses.ts";
import { partial } from "./06-partial.ts";
import { offlineSale } from "./08-offline-sale.ts";
import { fourHours } from "./09-four-hours.ts";
import { twiceBroken } from "./10b-twice-broken.ts";
import { fullAndRefused } from "./10c-full-and-refused.ts";
import { bridgeKilled } from "./11-bridge-killed.ts";
import { cashiersDay } from "./day.ts";

export const SCENARIOS: readonly Scenario[] = [
  frameAndLenses,
  refund,
  registerSilent,
  fnFull,
  noNetwork,
  ofdRefuses,
  partial,
  offlineSale,
  fourHours,
  twiceBroken,
  fullAndRefused,
  bridgeKilled,
  cashiersDay,
];
