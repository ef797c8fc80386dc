/** All acceptance scenarios of selling, in the order of `requirements.md`. */
import type { Scenario } from "../scenario.ts";
import { refund } from "./02-refund.ts";
import { offlineSale } from "./08-offline-sale.ts";

export const SCENARIOS: readonly Scenario[] = [refund, offlineSale];
