/** The ATOL driver's door for the composition root. */
export { AtolDevice, type AtolOptions } from "./driver.ts";
