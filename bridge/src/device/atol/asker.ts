/** Tasks that only ask: several in one request, each answer checked. */
import { randomUUID } from "node:crypto";
import type { z } from "zod";
import { DeviceLinkError, DeviceRefusal } from "../fiscal-device.ts";
import type { SubAnswer } from "./answers.ts";
import { ATOL_CODE_BASE, ERROR_PARSE, taskError } from "./errors.ts";
import type { JsonTask } from "./receipt-task.ts";
import type { TaskRunner } from "./task-runner.ts";

export type Question<T> = readonly [task: JsonTask, schema: z.ZodType<T>];

type Answers<Q extends readonly Question<unknown>[]> = {
  [K in keyof Q]: Q[K] extends Question<infer T> ? T : never;
};

export class Asker {
  readonly #runner: TaskRunner;

  constructor(runner: TaskRunner) {
    this.#runner = runner;
  }

  /** @throws DeviceLinkError, DeviceRefusal by the first that failed */
  async ask<const Q extends readonly Question<unknown>[]>(questions: Q): Promise<Answers<Q>> {
    const answers = await this.send(questions.map(([task]) => task));
    return questions.map(([task, schema], index) => {
      const answer = answers[index];
      if (!answer) throw new DeviceLinkError(`${task.type}: веб-сервер АТОЛ не ответил на задание`);
      if (answer.code !== 0 || answer.status !== "ready") {
        throw taskError(task.type, answer.code, answer.description);
      }
      return checked(task.type, schema, answer.result);
    }) as Answers<Q>;
  }

  /** The answers as they are, an error code among them. @throws DeviceLinkError, DeviceRefusal */
  async send(tasks: readonly JsonTask[]): Promise<readonly SubAnswer[]> {
    const end = await this.#runner.run(randomUUID(), tasks, "ask");
    if (end.kind === "final") return end.results;
    const types = tasks.map(({ type }) => type).join(", ");
    if (end.kind === "refused") {
      throw new DeviceRefusal(types, ATOL_CODE_BASE + ERROR_PARSE, end.text);
    }
    throw new DeviceLinkError(`${types}: ${end.text}`, { advice: end.advice });
  }
}

/** @throws DeviceLinkError where the answer is not what the driver's documents say */
export function checked<T>(type: string, schema: z.ZodType<T>, result: unknown): T {
  const parsed = schema.safeParse(result);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where = issue?.path.join(".") ?? "";
  throw new DeviceLinkError(`${type}: ответ веб-сервера не читается (${where} ${issue?.message})`);
}
