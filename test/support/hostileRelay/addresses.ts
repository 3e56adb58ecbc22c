import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setImmediate as turn } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { startHostileRelay } from "./hostileRelay.ts";

/**
 * A name that nobody can have: its first part is longer than DNS allows (63, RFC 1035), so that the system knows it without
 * asking a server, which might take its time.
 */
export const unknownHost = `http://${"relay".repeat(13)}.invalid`;

/** Where nobody listens. */
export async function refusingOrigin(): Promise<string> {
	const relay = await startHostileRelay();
	await relay.close();
	return relay.origin;
}

export interface HangingAddress {
	readonly origin: string;
	close(): Promise<void>;
}

/** More connections than the listener's queue has places for. */
const fillers = 16;

/**
 * An address at which a connection is neither made nor refused: the listener is in a thread that is blocked, so that it
 * accepts nobody, and its queue is full, so that the operating system drops what comes after.
 */
export async function hangingAddress(): Promise<HangingAddress> {
	const gate = new SharedArrayBuffer(4);
	const listener = new Worker(listenerText, { eval: true, workerData: gate });
	const [port] = (await once(listener, "message")) as [number];
	const sockets: Socket[] = [];
	for (let count = 0; count < fillers; count += 1) sockets.push(connect(port, "127.0.0.1").on("error", () => {}));
	const [first] = sockets;
	if (first?.connecting) await once(first, "connect");
	// On loopback the system has decided about all of them by the time the first is connected.
	await turn();
	return {
		origin: `http://127.0.0.1:${port}`,
		close: async () => {
			for (const socket of sockets) socket.destroy();
			await listener.terminate();
		},
	};
}

/** Says its port and then blocks its thread. */
const listenerText = `
const { createServer } = require("node:net");
const { parentPort, workerData } = require("node:worker_threads");
const server = createServer().listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
	parentPort.postMessage(server.address().port);
	setImmediate(() => Atomics.wait(new Int32Array(workerData), 0, 0));
});
`;
