import { Router } from "express";
import type { ShiftDocument } from "../../device/fiscal-device.ts";
import { LaneRefusal } from "../../fiscalization/types.ts";
import type { HttpDeps } from "../deps.ts";
import { OPERATIONS } from "../operations.ts";
import { notTaken } from "../outcome.ts";
import { validated } from "../validate.ts";

export function shiftRoutes({ lane }: HttpDeps): Router {
  const router = Router();
  router.post("/kkt/shift/open", async (request, response) => {
    const { cashier } = validated(OPERATIONS.openShift.body, request.body);
    const done = await refusing(() =>
      lane.openShift({ name: cashier.name, inn: cashier.inn ?? null }),
    );
    response.json(shiftBody(done));
  });
  router.post("/kkt/shift/close", async (request, response) => {
    const { cashier } = validated(OPERATIONS.closeShift.body, request.body);
    const done = await refusing(() =>
      lane.closeShift({ name: cashier.name, inn: cashier.inn ?? null }),
    );
    response.json(shiftBody(done));
  });
  router.post("/kkt/report/x", async (request, response) => {
    validated(OPERATIONS.reportX.body, request.body ?? {});
    await refusing(() => lane.printX());
    response.json({ status: "done" });
  });
  return router;
}

function shiftBody({ shift, fd, fp }: ShiftDocument): { shift: number; fd: number; fp: number } {
  return { shift, fd, fp };
}

async function refusing<T>(operation: () => Promise<T>): Promise<T> {
  try {
    return await operation();
  } catch (error) {
    throw error instanceof LaneRefusal ? notTaken(error.reason) : error;
  }
}
