import { shtrihResetContract } from "./shtrih-reset.ts";
import { shtrihV2Serial } from "./stands/shtrih-v2.ts";

shtrihResetContract(shtrihV2Serial);
