import { shtrihPacketContract } from "./shtrih-packets.ts";
import { shtrihV2Serial } from "./stands/shtrih-v2.ts";
import { fiscalDeviceContract } from "./suite.ts";

fiscalDeviceContract(shtrihV2Serial);
shtrihPacketContract(shtrihV2Serial);
