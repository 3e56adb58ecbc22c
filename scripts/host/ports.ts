import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";

async function listenOnce(port: number): Promise<number> {
	const server = createServer();
	server.listen(port, "127.0.0.1");
	await once(server, "listening");
	const { port: taken } = server.address() as AddressInfo;
	server.close();
	await once(server, "close");
	return taken;
}

/** Whether nobody listens on this port of the loopback address. */
export function isFree(port: number): Promise<boolean> {
	return listenOnce(port).then(
		() => true,
		() => false,
	);
}

/** A port of the loopback address that is free now. */
export function freePort(): Promise<number> {
	return listenOnce(0);
}
