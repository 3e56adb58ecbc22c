import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { importAccounts, removeAccounts } from "../support/accounts.ts";
import { localKey, localPort, untilServing } from "../support/localPort.ts";
import { startThread, type Thread } from "../support/threads.ts";
import { until } from "../support/until.ts";

/** Milliseconds. */
const interval = 20;
const blocked = 2000;
/** Of what a machine that has other things to do holds up here and not there. */
const longestGapAllowed = 500;
const model = "steady-model";

/** What the client's thread saw of one stream. */
interface Pace {
	readonly events: number;
	/** Milliseconds between two events, at most. */
	readonly longestGap: number;
}

/** An upstream whose stream has an event each `interval` and goes on until the client leaves; tells its port. */
function upstream(): void {
	const { parentPort, workerData } = process.getBuiltinModule("node:worker_threads");
	const server = process.getBuiltinModule("node:http").createServer((request, response) => {
		request.resume();
		response.writeHead(200, { "content-type": "text/event-stream" });
		const clock = setInterval(
			() => response.write('data: {"choices":[{"index":0,"delta":{"content":"word "}}]}\n\n'),
			workerData.interval,
		);
		response.once("close", () => clearInterval(clock));
	});
	server.listen(0, "127.0.0.1", () => parentPort?.postMessage((server.address() as { port: number }).port));
}

/** Reads a stream: says "flowing" after some events, then looks at the next `milliseconds` and tells their pace. */
function reader(): void {
	const { parentPort, workerData } = process.getBuiltinModule("node:worker_threads");
	const { port, headers, body, milliseconds } = workerData;
	const request = process.getBuiltinModule("node:http").request({
		host: "127.0.0.1",
		port,
		path: "/v1/chat/completions",
		method: "POST",
		headers: { ...headers, "content-type": "application/json" },
	});
	request.on("response", (response) => {
		let events = 0;
		let longestGap = 0;
		let began = 0;
		let last = 0;
		response.setEncoding("utf8");
		response.on("data", (chunk: string) => {
			const now = performance.now();
			const arrived = chunk.split("data: ").length - 1;
			if (began > 0) {
				longestGap = Math.max(longestGap, now - last);
				events += arrived;
			} else {
				events += arrived;
				if (events < 10) return;
				events = 0;
				began = now;
				parentPort?.postMessage("flowing");
			}
			last = now;
			if (now - began < milliseconds) return;
			parentPort?.postMessage({ events, longestGap });
			request.destroy();
		});
	});
	request.on("error", () => {});
	request.end(body);
}

/** A main thread with nothing else on its mind. */
function block(milliseconds: number): void {
	const end = performance.now() + milliseconds;
	while (performance.now() < end);
}

describe("a main thread that is blocked for two seconds", () => {
	let source: Thread<number>;
	let sourcePort: number;
	before(async () => {
		await untilServing();
		source = startThread<number>(upstream, { interval });
		sourcePort = await source.next();
		await importAccounts([
			{
				label: "Steady",
				format: "openai",
				baseUrl: `http://127.0.0.1:${sourcePort}`,
				apiKey: "key-of-steady",
				allowedModels: [model],
			},
		]);
	});
	after(async () => {
		await removeAccounts();
		await source.end();
	});

	/** How a stream that is read through this port, and one past it, keep their pace while the main thread is blocked. */
	async function pacesThrough(port: number): Promise<{ readonly through: Pace; readonly past: Pace }> {
		const headers = { authorization: `Bearer ${await localKey()}` };
		const body = JSON.stringify({ model, stream: true, messages: [{ role: "user", content: "go on" }] });
		const open = (at: number) =>
			startThread<"flowing" | Pace>(reader, { port: at, headers, body, milliseconds: blocked + 200 });
		const clients = [open(port), open(sourcePort)];
		try {
			for (const client of clients) assert.equal(await client.next(), "flowing");
			block(blocked);
			const [through, past] = await Promise.all(clients.map((client) => client.next()));
			assert.ok(typeof through === "object" && typeof past === "object");
			return { through, past };
		} finally {
			await Promise.all(clients.map((client) => client.end()));
		}
	}

	it("does not slow a stream that goes through the proxy", async function () {
		const { through, past } = await pacesThrough(localPort());
		const [gap, ownGap] = [Math.round(through.longestGap), Math.round(past.longestGap)];
		if (this.test) this.test.title += ` (${through.events} events, none later than ${gap} ms)`;
		// A machine that stands still does so for both.
		assert.ok(
			gap < ownGap + longestGapAllowed,
			`events stood still for ${gap} ms, and for ${ownGap} ms past the proxy`,
		);
		assert.ok(
			through.events > past.events / 2,
			`only ${through.events} events came, and ${past.events} past the proxy`,
		);
	});

	describe("in comparison", () => {
		let pipe: Server;
		before(async () => {
			pipe = createServer((socket) => {
				const onward = connect(sourcePort, "127.0.0.1");
				socket.on("error", () => onward.destroy());
				onward.on("error", () => socket.destroy());
				socket.pipe(onward).pipe(socket);
			});
			pipe.listen(0, "127.0.0.1");
			await once(pipe, "listening");
		});
		after(async () => {
			pipe.close();
			await until(() => !pipe.listening);
		});

		it("would stop the barest of pipes on the main thread for all that time", async function () {
			const { through } = await pacesThrough((pipe.address() as AddressInfo).port);
			const gap = Math.round(through.longestGap);
			if (this.test) this.test.title += ` (${gap} ms)`;
			assert.ok(gap > blocked - longestGapAllowed, `it stood still for only ${gap} ms`);
		});
	});
});
