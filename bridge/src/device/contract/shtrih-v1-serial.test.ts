import { shtrihWireContract } from "./shtrih-wire.ts";
import { shtrihV1Serial } from "./stands/shtrih-v1.ts";
import { fiscalDeviceContract } from "./suite.ts";

fiscalDeviceContract(shtrihV1Serial);
shtrihWireContract(shtrihV1Serial);
