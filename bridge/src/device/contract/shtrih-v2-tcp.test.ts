import { shtrihPacketContract } from "./shtrih-packets.ts";
import { shtrihV2Tcp } from "./stands/shtrih-v2.ts";
import { fiscalDeviceContract } from "./suite.ts";

fiscalDeviceContract(shtrihV2Tcp);
shtrihPacketContract(shtrihV2Tcp);
