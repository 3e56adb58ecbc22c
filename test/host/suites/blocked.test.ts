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
/** Ten intervals, and as much again and more for a machine that has other things to do. */
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

	/** How a stream that is read through this port keeps its pace while the main thread is blocked. */
	async function paceThrough(port: number): Promise<Pace> {
		const client = startThread<"flowing" | Pace>(reader, {
			port,
			headers: { authorization: `Bearer ${await localKey()}` },
			body: JSON.stringify({ model, stream: true, messages: [{ role: "user", content: "go on" }] }),
			milliseconds: blocked + 200,
		});
		try {
			assert.equal(await client.next(), "flowing");
			block(blocked);
			const pace = await client.next();
			assert.ok(typeof pace === "object");
			return pace;
		} finally {
			await client.end();
		}
	}

	it("does not slow a stream that goes through the proxy", async function () {
		const { events, longestGap } = await paceThrough(localPort());
		if (this.test) this.test.title += ` (${events} events, none later than ${Math.round(longestGap)} ms)`;
		assert.ok(longestGap < longestGapAllowed, `events stood still for ${Math.round(longestGap)} ms`);
		assert.ok(events > blocked / interval / 2, `only ${events} events came`);
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
			const { longestGap } = await paceThrough((pipe.address() as AddressInfo).port);
			if (this.test) this.test.title += ` (${Math.round(longestGap)} ms)`;
			assert.ok(longestGap > blocked - longestGapAllowed, `it stood still for only ${Math.round(longestGap)} ms`);
		});
	});
});
