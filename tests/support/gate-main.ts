/**
 * A TCP gate in front of a server, run as a process so that it can stand in a network namespace:
 * `gate-main.ts LISTEN_HOST PORT TARGET_HOST PORT`. Every line on stdin sets the mode:
 *   pass    bytes go through;
 *   refuse  nobody listens, connections are reset (the server's machine is up, the server is not);
 *   hang    connections are accepted, bytes are taken, nothing is ever answered.
 * It answers each line on stdout with the mode, once it holds.
 */
import { connect, createServer, type Socket } from "node:net";
import { createInterface } from "node:readline";

const [listenHost = "", listenPort = "", targetHost = "", targetPort = ""] = process.argv.slice(2);

type Mode = "pass" | "refuse" | "hang";
let mode: Mode = "pass";
const sockets = new Set<Socket>();

function track(socket: Socket): void {
  sockets.add(socket);
  socket.on("error", () => socket.destroy());
  socket.on("close", () => sockets.delete(socket));
}

const server = createServer((client) => {
  track(client);
  if (mode === "hang") {
    client.resume();
    return;
  }
  const upstream = connect(Number(targetPort), targetHost);
  track(upstream);
  // In `hang` what still arrives from either side is swallowed, not passed on.
  client.on("data", (chunk) => mode === "pass" && upstream.write(chunk));
  upstream.on("data", (chunk) => mode === "pass" && client.write(chunk));
  client.on("close", () => upstream.destroy());
  // `end`, not `destroy`: what the server said last may still be on its way.
  upstream.on("close", () => mode === "pass" && client.end());
});

function listen(): Promise<void> {
  if (server.listening) return Promise.resolve();
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(Number(listenPort), listenHost, () => resolve());
  });
}

async function set(next: Mode): Promise<void> {
  const before = mode;
  mode = next;
  if (next === "refuse") {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    for (const socket of sockets) socket.resetAndDestroy();
    await closed;
  } else {
    // What hung stays dead: a server that was restarted knows nothing of old connections.
    if (next === "pass" && before === "hang") {
      for (const socket of sockets) socket.resetAndDestroy();
    }
    await listen();
  }
}

await listen();
console.log("pass");
for await (const line of createInterface({ input: process.stdin })) {
  if (line !== "pass" && line !== "refuse" && line !== "hang") {
    console.error(`unknown mode "${line}": pass, refuse or hang`);
    continue;
  }
  await set(line);
  console.log(line);
}
process.exit(0);
