import { shtrihResetContract } from "./shtrih-reset.ts";
import { shtrihV1Serial } from "./stands/shtrih-v1.ts";

shtrihResetContract(shtrihV1Serial);
