/**
 * Replacement of the ФН, step by step. The bridge stands still meanwhile: its journal and its port
 * are taken. Refused while the old ФН holds what the ОФД does not have: it could never be sent again.
 */
import type { DeviceInfo, DeviceStatus, FiscalDevice } from "../device/fiscal-device.ts";
import { isoUtc, type Clock } from "../domain/clock.ts";
import type { Journal } from "../journal/types.ts";
import { StartError } from "./errors.ts";

export interface FnReplaceDeps {
  readonly device: Pick<FiscalDevice, "connect" | "disconnect" | "status">;
  readonly journal: Pick<Journal, "appendEvent" | "buffer" | "unresolved" | "openOperations">;
  readonly clock: Clock;
  readonly print: (line: string) => void;
  /** One line of the person at the till; null when there is nobody any more. */
  readonly ask: (question: string) => Promise<string | null>;
}

const YES = /^(да|д|yes|y)$/i;
/** How often the new ФН may be looked for. */
const LOOKS = 10;

/** @throws StartError, one line, where it must not be done or was broken off */
export async function replaceFn(deps: FnReplaceDeps): Promise<void> {
  const { device, print } = deps;
  print("Замена фискального накопителя (ФН). Шаг 1 из 4: проверка прежнего ФН.");
  const old = await device.connect();
  refuse(obstacles(await device.status(), deps.journal));
  print(`Прежний ФН ${old.fn}: все документы переданы в ОФД, смена закрыта.`);
  print(
    "Шаг 2 из 4: сформируйте отчёт о закрытии архива ФН утилитой кассы. Если он ещё не передан в " +
      "ОФД, прервите замену, запустите мост и дождитесь передачи.",
  );
  await confirm(deps, "Отчёт о закрытии архива ФН сформирован и передан? (да/нет) ");
  refuse(obstacles(await device.status(), deps.journal));
  await device.disconnect();
  print(
    "Шаг 3 из 4: выключите кассу, установите новый ФН, включите кассу и перерегистрируйте её " +
      "(замена ФН) утилитой кассы и в кабинете ФНС.",
  );
  const found = await lookForNew(deps, old);
  deps.journal.appendEvent(
    "fn.replaced",
    null,
    { old: old.fn, new: found.fn, rnm: found.rnm, inn: found.inn, expires: found.fnExpires },
    isoUtc(deps.clock),
  );
  await device.disconnect();
  print(
    `Шаг 4 из 4: готово. Новый ФН ${found.fn} действует до ${found.fnExpires}, ` +
      `РНМ ${found.rnm}. Запустите мост.`,
  );
}

/** Why the old ФН must stay, Russian. */
function obstacles(status: DeviceStatus, journal: FnReplaceDeps["journal"]): readonly string[] {
  const { level } = journal.buffer();
  return [
    ...(status.unsent > 0 ? [`в ФН не переданы в ОФД документы: ${status.unsent}`] : []),
    ...(level > 0 ? [`в журнале чеки без подтверждения ОФД: ${level}`] : []),
    ...(status.shift.state === "closed" ? [] : ["смена не закрыта"]),
    ...(status.documentOpen ? ["на кассе открыт документ"] : []),
    ...(journal.unresolved().length > 0 ? ["исход последнего чека неизвестен"] : []),
    ...(journal.openOperations().length > 0 ? ["исход последней операции неизвестен"] : []),
  ];
}

function refuse(why: readonly string[]): void {
  if (why.length === 0) return;
  throw new StartError(
    `ФН заменять нельзя: ${why.join("; ")}. Запустите мост, дождитесь передачи в ОФД, закройте ` +
      "смену и повторите.",
  );
}

async function confirm({ ask }: FnReplaceDeps, question: string): Promise<void> {
  const answer = await ask(question);
  if (answer === null || !YES.test(answer.trim())) {
    throw new StartError("Замена ФН прервана, ничего не изменено.");
  }
}

async function lookForNew(deps: FnReplaceDeps, old: DeviceInfo): Promise<DeviceInfo> {
  const { device, print } = deps;
  for (let look = 0; look < LOOKS; look += 1) {
    await confirm(deps, "Касса включена с новым ФН и перерегистрирована? (да/нет) ");
    const complaint = await device.connect().then(
      (found) => (isNew(found, old) ? found : unfit(found, old)),
      (error: unknown) => `касса не отвечает (${String(error)})`,
    );
    if (typeof complaint !== "string") return complaint;
    print(`Ещё нет: ${complaint}.`);
    await device.disconnect();
  }
  throw new StartError("Новый ФН не найден: проверьте кассу и повторите fn-replace.");
}

function isNew(found: DeviceInfo, old: DeviceInfo): boolean {
  return found.fn !== old.fn && found.inn === old.inn;
}

function unfit(found: DeviceInfo, old: DeviceInfo): string {
  if (found.fn === old.fn) return `в кассе прежний ФН ${old.fn}`;
  return `касса зарегистрирована на ИНН ${found.inn}, а была на ${old.inn}`;
}
