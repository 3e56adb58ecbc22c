import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import type { Certificate } from "./privateAuthority.ts";

/** TLS in front of a server of this machine. */
export interface SecureFront {
	readonly port: number;
	/** Connections that were secured. */
	readonly connections: () => number;
	close(): Promise<void>;
}

export async function secureFront(certificate: Certificate, port: number): Promise<SecureFront> {
	const sockets = new Set<TLSSocket>();
	let connections = 0;
	const server = createServer(certificate, (socket) => {
		connections += 1;
		sockets.add(socket);
		const behind = connect(port, "127.0.0.1");
		socket.pipe(behind).pipe(socket);
		behind.on("error", () => socket.destroy());
		socket.on("error", () => behind.destroy()).once("close", () => sockets.delete(socket));
	});
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	return {
		port: (server.address() as AddressInfo).port,
		connections: () => connections,
		close: async () => {
			const closed = once(server, "close");
			server.close();
			for (const socket of sockets) socket.destroy();
			await closed;
		},
	};
}
