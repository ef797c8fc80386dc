/** What a scenario is, and what it is given. */
import type { Counter, CounterOptions } from "./counter.ts";
import type { Hall } from "./hall.ts";
import type { Recorder } from "./recorder.ts";

export interface Uat {
  readonly hall: Hall;
  readonly log: Recorder;
  /** Opens the scenario's own till; ended with the scenario. */
  readonly counter: (options?: CounterOptions) => Promise<Counter>;
}

export interface Scenario {
  /** As `requirements.md` has it: "05b". */
  readonly id: string;
  readonly title: string;
  /** When it passes: the requirement's words, in parts. Each needs a step that proves it. */
  readonly passes: readonly string[];
  run(uat: Uat): Promise<void>;
}
