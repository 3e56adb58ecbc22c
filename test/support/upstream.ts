import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { type RecordedRequest, recordRequest } from "./recordedRequest.ts";

/** A server that answers as a test says and remembers what reached it. */
export interface Upstream {
	/** `http://127.0.0.1:port`, or at another address where one was given. */
	readonly origin: string;
	readonly port: number;
	/** In the order their bodies were complete. */
	readonly requests: readonly RecordedRequest[];
	/** Ends every connection at once. */
	close(): Promise<void>;
}

/**
 * @param answer called when a request's body is complete.
 * @param port 0 picks a free one.
 * @param host an address of this machine.
 */
export async function startUpstream(
	answer: (request: RecordedRequest, response: ServerResponse) => void | Promise<void>,
	port = 0,
	host = "127.0.0.1",
): Promise<Upstream> {
	const requests: RecordedRequest[] = [];
	const server = createServer((request, response) => {
		recordRequest(request, response)
			.then((recorded) => {
				requests.push(recorded);
				return answer(recorded, response);
			})
			// A client that goes away while it sends or reads is nothing to report.
			.catch(() => response.destroy());
	});
	await new Promise<void>((resolve, reject) => {
		server.once("error", reject);
		server.listen(port, host, resolve);
	});
	const address = server.address() as AddressInfo;
	return {
		origin: `http://${host}:${address.port}`,
		port: address.port,
		requests,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
