import { atol1 } from "./stands/atol.ts";
import { fiscalDeviceContract } from "./suite.ts";

fiscalDeviceContract(atol1);
