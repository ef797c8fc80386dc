import { Router } from "express";
import type { HttpDeps } from "../deps.ts";

export function statusRoutes(deps: HttpDeps): Router {
  const router = Router();
  router.get("/kkt/status", (_request, response) => {
    response.json(deps.status());
  });
  router.get("/kkt/buffer/status", (_request, response) => {
    const { buffer, ofd } = deps.status();
    response.json({
      ...buffer,
      odoo_oldest_at: deps.journal.buffer().odooOldestAt,
      ofd_last_ok_at: ofd.last_ok_at,
      odoo_last_ok_at: deps.odooLastOkAt(),
    });
  });
  return router;
}
