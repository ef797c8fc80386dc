/** Pairing: a short code of Odoo becomes the till's credential; no secret is typed or mailed. */
import type { Command } from "commander";
import { z } from "zod";
import { openSecretFile } from "../config/credential-file.ts";
import { loadForPairing } from "../config/load.ts";
import { StartError } from "./errors.ts";
import { CONFIG_OPTION } from "./options.ts";

export interface PairOptions {
  readonly config: string;
  readonly odoo?: string;
  readonly database?: string;
  readonly code: string;
}

export interface PairDeps {
  readonly env: NodeJS.ProcessEnv;
  readonly print: (line: string) => void;
  readonly version: string;
}

const CODE = /^[A-HJKMNP-Z2-9]{8}$/;
/** ms */
const TIMEOUT = 15_000;
const SECRET = /^[\x21-\x7e]{8,256}$/;

const answerSchema = z.object({
  till: z.string(),
  secret: z.string().regex(SECRET),
  database: z.string(),
});
const envelopeSchema = z.union([
  z.object({ result: answerSchema }),
  z.object({
    error: z.object({
      code: z.int().nullish(),
      message: z.string().default(""),
      data: z.object({ name: z.string().default(""), message: z.string().default("") }).optional(),
    }),
  }),
]);

export function registerPairCommand(program: Command, deps: PairDeps): void {
  program
    .command("pair")
    .description("redeem a pairing code of Odoo for the till's credential")
    .requiredOption("--code <code>", "the code on the till's card in Odoo, XXXX-XXXX")
    .option("--odoo <url>", "the address of Odoo; default: [odoo] url")
    .option("--database <name>", "the database; default: [odoo] database")
    .option(...CONFIG_OPTION)
    .action((options: PairOptions) => pair(options, deps));
}

/** @throws ConfigError, StartError: one line, and the credential's file is as it was */
export async function pair(options: PairOptions, { env, print, version }: PairDeps): Promise<void> {
  const code = options.code.replace(/[\s-]/g, "").toUpperCase();
  if (!CODE.test(code)) {
    throw new StartError("Код привязки: восемь знаков A–Z без I, L, O и 2–9, вида XXXX-XXXX.");
  }
  const { config, file: path } = loadForPairing(options.config, env);
  const url = odooAddress(options.odoo ?? config.odoo.url);
  const database = options.database ?? config.odoo.database;
  const file = openSecretFile(path);
  let answer: z.output<typeof answerSchema>;
  try {
    answer = await redeem(url, database, { code, version });
    if (answer.till !== config.till.code) {
      throw new StartError(
        `Код выдан для кассы ${answer.till}, а [till] code = ${config.till.code}. Ключ не записан: ` +
          "исправьте [till] code или выпустите код на карточке этой кассы.",
      );
    }
  } catch (error) {
    file.discard();
    throw error;
  }
  file.write(`${answer.till}.${answer.secret}`);
  print(`Касса ${answer.till} привязана к базе ${answer.database}. Ключ записан в ${path}.`);
  for (const [key, given, set] of [
    ["url", url, config.odoo.url],
    ["database", answer.database, config.odoo.database],
  ] as const) {
    if (given !== set) print(`Внимание: [odoo] ${key} = "${set}", а код выдан ${given}.`);
  }
  print("Перезапустите мост: прежний ключ кассы больше не действует.");
}

function odooAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !/^https?:$/.test(url.protocol)) {
    throw new StartError(`--odoo ${text.slice(0, 120)}: нужен адрес вида https://odoo.example.ru`);
  }
  return text.replace(/\/+$/, "");
}

async function redeem(
  url: string,
  database: string,
  params: { readonly code: string; readonly version: string },
): Promise<z.output<typeof answerSchema>> {
  const address = `${url}/kkt/v1/pair`;
  let status: number;
  let text: string;
  try {
    const response = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Odoo-Database": database },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, params }),
      redirect: "error",
      signal: AbortSignal.timeout(TIMEOUT),
    });
    status = response.status;
    text = await response.text();
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    throw new StartError(`Odoo не отвечает по адресу ${address}: ${String(cause)}`);
  }
  const answer = envelopeSchema.safeParse(jsonOf(text));
  if (!answer.success) {
    throw new StartError(`По адресу ${address} отвечает не Odoo с кассами (HTTP ${status}).`);
  }
  if ("result" in answer.data) return answer.data.result;
  const { code, data, message } = answer.data.error;
  if (code === 429 || status === 429) {
    throw new StartError("Слишком много неверных кодов: повторите через минуту.");
  }
  if (data?.name === "odoo.exceptions.AccessDenied") {
    throw new StartError(
      "Код не принят: он неизвестен, использован или истёк (15 минут). Выпустите новый на " +
        "карточке кассы в Odoo.",
    );
  }
  throw new StartError(`Odoo ответил ошибкой: ${data?.message || message}`);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}
