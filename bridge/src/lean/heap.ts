/**
 * A till is idle most of its day, on a machine that also runs a browser: V8 is to keep its heap
 * small rather than to leave room for growth. Set before anything else is loaded, since loading is
 * what fills the heap most.
 */
import { setFlagsFromString } from "node:v8";

setFlagsFromString("--optimize-for-size");
