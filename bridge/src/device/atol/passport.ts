/** What the register is and whether it may be used: read at every `connect`. */
import type { DeviceInfo } from "../fiscal-device.ts";
import { DeviceSetupError } from "../fiscal-device.ts";
import { deviceInfoResult, fnInfoResult, registrationResult } from "./answers.ts";
import { taxationBits } from "./names.ts";
import type { Asker } from "./asker.ts";
import type { Generation } from "./web-server-client.ts";

const FFD = "1.2";
/** The register itself talks to the ОФД; only its address is told, for people. */
const OFD_TIMEOUT = 60_000;

/** @throws DeviceSetupError with every reason in one text */
export async function readPassport(asker: Asker, generation: Generation): Promise<DeviceInfo> {
  const [device, fn, registration] = await asker.ask([
    [{ type: "getDeviceInfo" }, deviceInfoResult],
    [{ type: "getFnInfo" }, fnInfoResult],
    [{ type: "getRegistrationInfo" }, registrationResult],
  ]);
  const { organization, device: registered, ofd } = registration;
  const rnm = registered.registrationNumber.trim();
  const inn = organization.vatin.trim();
  const taxSystems = taxationBits(organization.taxationTypes);

  const problems: string[] = [];
  if (rnm === "" || inn === "") {
    problems.push("касса не зарегистрирована: нет регистрационного номера или ИНН");
  }
  if (taxSystems === 0) problems.push("в регистрации нет системы налогообложения");
  const ffd = registered.ffdVersion || device.deviceInfo.ffdVersion;
  if (ffd !== "" && ffd !== FFD) problems.push(`касса работает по ФФД ${ffd}, нужен ${FFD}`);
  if (problems.length > 0) {
    throw new DeviceSetupError(`Касса настроена неверно: ${problems.join("; ")}.`);
  }
  return {
    fn: fn.fnInfo.serial,
    rnm,
    inn,
    userName: organization.name,
    address: organization.address,
    model: device.deviceInfo.modelName || "АТОЛ",
    serial: device.deviceInfo.serial,
    taxSystems,
    fnExpires: fn.fnInfo.validityDate.slice(0, 10),
    ofd:
      ofd && ofd.host !== "" && ofd.port > 0
        ? { host: ofd.host, port: ofd.port, timeoutMs: OFD_TIMEOUT }
        : null,
    // by cable, by network or by the driver: on none of its channels is it ours to carry
    ofdBy: "device",
    protocol: generation === 1 ? "atol-1" : "atol-2",
  };
}
