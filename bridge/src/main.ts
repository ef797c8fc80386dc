/** The programme: reads the command line and runs one bridge (`compose/` puts it together). */
import "./lean/heap.ts";

await import("./cli/run.ts");
