import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** An HTTP proxy that lets nothing out and remembers who wanted to: the internet, as an agent of a test sees it. */
export interface OutsideWorld {
	/** What makes a program send here all that is not for this machine. */
	readonly environment: Readonly<Record<string, string>>;
	/** `CONNECT host:port` or the whole URL of each request that was refused. */
	readonly refused: readonly string[];
	close(): Promise<void>;
}

const proxyVariables = ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"];
const exemptVariables = ["NO_PROXY"];

export async function startOutsideWorld(): Promise<OutsideWorld> {
	const refused: string[] = [];
	const server = createServer((request, response) => {
		refused.push(`${request.method} ${request.url}`);
		response.writeHead(502).end();
	});
	server.on("connect", (request, socket) => {
		refused.push(`CONNECT ${request.url}`);
		// A client that is refused may break the connection off.
		socket.on("error", () => {});
		socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
	});
	await new Promise<void>((resolve, reject) => {
		server.once("error", reject);
		server.listen(0, "127.0.0.1", resolve);
	});
	const { port } = server.address() as AddressInfo;
	const spellings = (names: readonly string[], value: string) =>
		names.flatMap((name) => [
			[name, value],
			[name.toLowerCase(), value],
		]);
	return {
		environment: Object.fromEntries([
			...spellings(proxyVariables, `http://127.0.0.1:${port}`),
			...spellings(exemptVariables, "127.0.0.1,localhost,::1"),
		]),
		refused,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
