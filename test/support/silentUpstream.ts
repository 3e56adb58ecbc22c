import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Dispatcher } from "undici";
import timers from "undici/lib/util/timers.js";

/** Milliseconds. */
const silence = 6 * 60_000;

/**
 * An upstream whose replies are silent for six minutes before their headers and again before their body. The minutes pass on
 * undici's own clock, which is moved on by undici's own means for tests; nothing is waited for.
 */
export async function silentUpstream(): Promise<{
	readonly origin: string;
	/** @returns the reply's body, `at last`, or the code of the error that cut it. */
	outcomeBy(dispatcher: Dispatcher): Promise<string>;
	close(): Promise<void>;
}> {
	const arrivals: ((response: ServerResponse) => void)[] = [];
	const server = createServer((_, response) => arrivals.shift()?.(response));
	server.listen(0, "127.0.0.1");
	await once(server, "listening");
	const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	return {
		origin,
		outcomeBy: async (dispatcher) => {
			const arriving = new Promise<ServerResponse>((resolve) => arrivals.push(resolve));
			const replying = dispatcher.request({ origin, path: "/", method: "GET" });
			const outcome = replying.then(({ body }) => body.text()).catch(codeOf);
			const response = await arriving;
			passSilence();
			response.writeHead(200).flushHeaders();
			await replying.catch(() => {});
			passSilence();
			response.end("at last");
			return outcome;
		},
		close: async () => {
			const closed = once(server, "close");
			server.close();
			server.closeAllConnections();
			await closed;
		},
	};
}

/** A clock that was set begins to count at the next look. */
function passSilence(): void {
	timers.tick(1_000);
	timers.tick(silence);
}

function codeOf(error: unknown): string {
	return error instanceof Error && "code" in error ? String(error.code) : String(error);
}
