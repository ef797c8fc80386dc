/** Who may do what at this till, and what a PIN opens. */
import type { HttpDeps } from "../deps.ts";
import type { Door } from "../door.ts";
import { callerOf } from "../middleware/auth.ts";
import { OPERATIONS } from "../operations.ts";
import { validated } from "../validate.ts";

export function peopleRoutes(door: Door, { people, tokens }: HttpDeps): void {
  door.on(OPERATIONS.people, (request, response) => {
    validated(OPERATIONS.people.body, request.body ?? {});
    response.json({
      people: people.list().map(({ id, name, role, pin }) => ({
        ...{ id, name, role },
        has_pin: pin !== null,
      })),
      limits: people.limits(),
      expires: people.expires,
    });
  });

  door.on(OPERATIONS.elevate, async (request, response) => {
    const { person: asked, pin } = validated(OPERATIONS.elevate.body, request.body);
    const caller = callerOf(response);
    const person = await people.identify(asked, pin, "elevate", caller);
    const { token, expiresIn, scope } = await tokens.issueFor(caller.profile, person);
    const { id, name } = person;
    response.json({
      ...{ token, token_type: "Bearer", expires_in: expiresIn, scope },
      person: { id, name },
    });
  });

  door.on(OPERATIONS.approve, async (request, response) => {
    const { uuid, percent, person, pin } = validated(OPERATIONS.approve.body, request.body);
    const asked = { uuid, percent, person };
    response.json(await people.approve(asked, pin, callerOf(response)));
  });
}
