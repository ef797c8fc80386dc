import { atol2 } from "./stands/atol.ts";
import { fiscalDeviceContract } from "./suite.ts";

fiscalDeviceContract(atol2);
