/** Everything that may go wrong at one step, as data; which step it fits is part of it. */
import { DeviceDoubt, type ClosedReceipt } from "../../device/fiscal-device.ts";
import type { DeviceCall, FaultKind } from "../../device/testing/scripted-device.ts";
import { Killed, type Step, type World } from "./world.ts";

export interface Fault {
  readonly name: string;
  readonly fits: (step: Step) => boolean;
  /** Instead of the call itself. */
  device(world: World, call: DeviceCall, send: () => Promise<unknown>): Promise<unknown>;
  journal(world: World, write: () => unknown): unknown;
}

type Change = (world: World) => void;

export const FIRST_FN = "9999078900000961";
export const OTHER_FN = "9999078900000962";
/** Same as every sale's of the model. */
export const SUM = 700_050;

/** Commands that change something in the device; the others only ask. */
const COMMANDS: ReadonlySet<string> = new Set<DeviceCall>([
  ...(["openShift", "closeShift", "beginReceipt", "closeReceipt"] as const),
  ...(["cancelReceipt", "continuePrint", "setClock", "printX", "printCopy"] as const),
]);
const isCall = (step: Step): boolean => step.on === "device";
const isCommand = (step: Step): boolean => isCall(step) && COMMANDS.has(step.call);
const isClose = (step: Step): boolean => isCall(step) && step.call === "closeReceipt";

// what happens around the till

const powerCut: Change = ({ device }) => device.powerCut();
const off: Change = (world) => {
  world.device.powerCut();
  world.device.down = true;
  world.ailments.push(() => (world.device.down = false));
};
const unplugged: Change = (world) => {
  world.device.down = true;
  world.ailments.push(() => (world.device.down = false));
};
const noPaper: Change = (world) => {
  world.device.paper = "out";
  world.ailments.push(() => {
    if (world.device.paper === "out") world.device.paper = "ok";
  });
};
const tornPaper: Change = (world) => {
  world.device.paper = "out-while-printing";
  world.ailments.push(() => {
    if (world.device.paper === "out-while-printing") world.device.paper = "waiting-continue";
  });
};
/** Another program on the same register: same operation, same sum. */
const foreign: Change = ({ device }) => device.foreignReceipt(SUM);
const pressedZ: Change = ({ device }) => {
  if (device.shift.state !== "closed") device.pressZ();
};
const otherFn: Change = (world) => {
  world.replaceFn(OTHER_FN);
};
const both =
  (...changes: readonly Change[]): Change =>
  (world) => {
    for (const change of changes) change(world);
  };

// how the call itself ends

interface Course {
  readonly fits?: (step: Step) => boolean;
  readonly before?: Change;
  readonly answer?: FaultKind;
  /** After the answer was lost or refused, before the lane can react. */
  readonly meanwhile?: Change;
  readonly after?: Change;
  readonly kill?: "before" | "during" | "after";
}

function deviceFault(name: string, course: Course): Fault {
  return {
    name,
    fits: course.fits ?? isCall,
    device: (world, call, send) => run(world, call, send, course),
    journal: () => {
      throw new Error(`${name} is no fault of the journal`);
    },
  };
}

async function run(
  world: World,
  call: DeviceCall,
  send: () => Promise<unknown>,
  { before, answer, meanwhile, after, kill }: Course,
): Promise<unknown> {
  before?.(world);
  if (kill === "before") world.kill();
  if (kill === "before") return undefined;
  if (answer !== undefined) world.device.fault(call, answer, () => meanwhile?.(world));
  if (kill === "during") world.kill();
  const result = await send();
  after?.(world);
  if (kill === "after") world.kill();
  return result;
}

/** The bytes are out, the host gives up, and the device acts on them some calls later. */
function lateClose(calls: number): Fault {
  return {
    ...deviceFault(`arrives ${calls} calls later`, { fits: isClose }),
    device: (world, _call, send) => {
      world.delay(calls, async () => {
        await world.device.connect();
        await (send() as Promise<ClosedReceipt>).catch(() => undefined);
      });
      return Promise.reject(new DeviceDoubt("no answer yet"));
    },
  };
}

function journalFault(name: string, journal: Fault["journal"]): Fault {
  return {
    name,
    fits: (step) => step.on === "journal",
    journal,
    device: () => Promise.reject(new Error(`${name} is no fault of the device`)),
  };
}

const diskFull = (): never => {
  throw new Error("SQLITE_FULL: database or disk is full");
};

const SURROUNDINGS: readonly (readonly [string, Change, (step: Step) => boolean])[] = [
  ["power cut", powerCut, isCall],
  ["switched off a while", off, isCall],
  ["unplugged a while", unplugged, isCall],
  ["foreign receipt", foreign, isCall],
  ["Z pressed", both(powerCut, pressedZ), isCall],
  ["other ФН", otherFn, isCall],
  ["no paper", noPaper, isCommand],
  ["paper torn", tornPaper, isCommand],
];

/** What follows a change around the till: nothing, a lost answer, or the end of the process. */
function around([name, change, fits]: (typeof SURROUNDINGS)[number]): Fault[] {
  const command = (step: Step): boolean => fits(step) && isCommand(step);
  return [
    deviceFault(`${name} before`, { fits, before: change }),
    deviceFault(`lost before it, ${name}`, { fits, answer: "lost-before", meanwhile: change }),
    deviceFault(`lost after it, ${name}`, {
      fits: command,
      answer: "lost-after",
      meanwhile: change,
    }),
    deviceFault(`${name} after`, { fits, after: change }),
    deviceFault(`${name} before, killed`, { fits, before: change, kill: "before" }),
    deviceFault(`${name} after, killed`, { fits: command, after: change, kill: "after" }),
  ];
}

export const FAULTS: readonly Fault[] = [
  deviceFault("link lost", { answer: "link" }),
  deviceFault("lost before it", { answer: "lost-before" }),
  deviceFault("lost after it", { fits: isCommand, answer: "lost-after" }),
  deviceFault("unknown error", { answer: { throws: new TypeError("a driver's bug") } }),
  deviceFault("refused: content", { answer: { refuse: 0x33 } }),
  deviceFault("refused: printing", { answer: { refuse: 0x50 } }),
  deviceFault("refused: continue print", { answer: { refuse: 0x58 } }),
  deviceFault("refused: no paper", { answer: { refuse: 0x6b }, meanwhile: noPaper }),
  deviceFault("refused after all", { fits: isCommand, answer: { refuseAfter: 0x7b } }),
  deviceFault("refused after all, no paper", {
    fits: isCommand,
    answer: { refuseAfter: 0x6b },
    meanwhile: tornPaper,
  }),
  deviceFault("killed before it", { kill: "before" }),
  deviceFault("killed during it", { fits: isCommand, kill: "during" }),
  ...SURROUNDINGS.flatMap(around),
  ...[1, 2, 3, 4, 5].map(lateClose),
  journalFault("write fails", diskFull),
  journalFault("written, then fails", (_world, write) => {
    write();
    return diskFull();
  }),
  journalFault("killed before the write", (world) => {
    world.kill();
    throw new Killed();
  }),
  journalFault("killed after the write", (world, write) => {
    write();
    world.kill();
    throw new Killed();
  }),
];

/** What may hit the recovery besides. */
const AGAIN: ReadonlySet<string> = new Set([
  ...["link lost", "lost after it", "killed before it", "killed during it"],
  ...["write fails", "killed before the write", "killed after the write"],
]);

export const SECOND_FAULTS: readonly Fault[] = FAULTS.filter(({ name }) => AGAIN.has(name));
