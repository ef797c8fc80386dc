/** A second process for tests: opens the journal named on the command line and keeps it. */
import { SqliteJournal } from "../sqlite-journal.ts";

const path = process.argv[2];
if (path === undefined) throw new Error("usage: hold-journal PATH");
SqliteJournal.open({ path, lockWaitMs: 0 });
process.stdout.write("open\n");
setInterval(() => undefined, 60_000);
