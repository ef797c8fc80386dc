/** The Shtrih-M driver's door for the composition root. */
export { ShtrihDevice, type ShtrihOptions } from "./driver.ts";
export type { LinkEvent } from "./line-link.ts";
export type { LinkTiming } from "./link.ts";
export type { SessionTiming } from "./session.ts";
export { BAUD_RATES, SerialTransport, type SerialOptions } from "./transport/serial.ts";
export { TcpTransport, type TcpOptions } from "./transport/tcp.ts";
export { type Transport, TransportError } from "./transport/transport.ts";
