import { shtrihWireContract } from "./shtrih-wire.ts";
import { shtrihV1Tcp } from "./stands/shtrih-v1.ts";
import { fiscalDeviceContract } from "./suite.ts";

fiscalDeviceContract(shtrihV1Tcp);
shtrihWireContract(shtrihV1Tcp);
