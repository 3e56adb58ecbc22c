import assert from "node:assert/strict";
import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { request } from "undici";
import { type ProxyUnderTest, relayAt, startProxy } from "../../support/proxyUnderTest.ts";
import type { RecordedRequest } from "../../support/recordedRequest.ts";
import { startUpstream, type Upstream } from "../../support/upstream.ts";
import { clientHeaders, plainRequests, seededRandom, send, startRawUpstream } from "../../support/wire.ts";

const { path, body } = plainRequests.openai;
const mebibyte = 1024 * 1024;

/** Runs a test with a proxy before one openai relay at `origin`. */
async function withProxy(origin: string, run: (proxy: ProxyUnderTest) => Promise<void>): Promise<void> {
	const proxy = await startProxy([{ account: relayAt("openai", `${origin}/v1`), apiKey: "k" }]);
	try {
		await run(proxy);
	} finally {
		await proxy.close();
	}
}

/** Runs a test with a proxy before an upstream that answers as told. */
async function withUpstream(
	answer: (request: RecordedRequest, response: ServerResponse) => void | Promise<void>,
	run: (proxy: ProxyUnderTest, upstream: Upstream) => Promise<void>,
): Promise<void> {
	const upstream = await startUpstream(answer);
	try {
		await withProxy(upstream.origin, (proxy) => run(proxy, upstream));
	} finally {
		await upstream.close();
	}
}

const ask = (proxy: ProxyUnderTest) => send(proxy.origin + path, { headers: clientHeaders(proxy.localKey), body });

/** An event stream with every line ending, characters of one to four bytes, comments and an event of several lines. */
const stream = Buffer.from(
	`: hello\n\nevent: a\ndata: {"text":"é😀"}\n\n${"data: line\r\n".repeat(3)}\r\nid: 7\rdata: ${"x".repeat(300)}\r\rdata: [DONE]\n\n`.repeat(
		4,
	),
);

describe("a reply that comes in pieces", () => {
	it("arrives with the same bytes when its relay writes one byte at a time", async () => {
		const answer = async (_: RecordedRequest, response: ServerResponse) => {
			response.writeHead(200, { "content-type": "text/event-stream" });
			for (const byte of stream) await new Promise((written) => response.write(Buffer.of(byte), written));
			response.end();
		};
		await withUpstream(answer, async (proxy) => {
			assert.ok((await ask(proxy)).body.equals(stream));
		});
	});

	for (const seed of [1, 2, 3]) {
		it(`arrives with the same bytes when HTTP itself is cut anywhere (seed ${seed})`, async () => {
			const random = seededRandom(seed);
			const half = Math.floor(stream.length * random());
			const chunk = (part: Buffer) => [Buffer.from(`${part.length.toString(16)}\r\n`), part, Buffer.from("\r\n")];
			const wire = Buffer.concat([
				Buffer.from("HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"),
				...chunk(stream.subarray(0, half)),
				...chunk(stream.subarray(half)),
				Buffer.from("0\r\n\r\n"),
			]);
			const upstream = await startRawUpstream((socket) => {
				socket.setNoDelay(true);
				socket.once("data", async () => {
					for (let at = 0; at < wire.length; ) {
						const end = at + 1 + Math.floor(random() * 40);
						const part = wire.subarray(at, end);
						await new Promise((written) => socket.write(part, written));
						at = end;
					}
				});
			});
			try {
				await withProxy(upstream.origin, async (proxy) => {
					const reply = await ask(proxy);
					assert.equal(reply.status, 200);
					assert.ok(reply.body.equals(stream));
				});
			} finally {
				await upstream.close();
			}
		});
	}

	it("is passed on event by event, as they come", async () => {
		const answering = Promise.withResolvers<ServerResponse>();
		await withUpstream(
			(_, response) => answering.resolve(response),
			async (proxy) => {
				const asked = request(proxy.origin + path, { method: "POST", headers: clientHeaders(proxy.localKey), body });
				const response = await answering.promise;
				response.writeHead(200, { "content-type": "text/event-stream" });
				response.write("data: 1\n\n");
				const events = (await asked).body[Symbol.asyncIterator]();
				assert.equal(String((await events.next()).value), "data: 1\n\n");
				// Each event is written when the client has read the one before.
				for (const event of ["data: 2\n\n", ": comment\n\n", "data: [DONE]\n\n"]) {
					response.write(event);
					assert.equal(String((await events.next()).value), event);
				}
				response.end();
				assert.equal((await events.next()).done, true);
			},
		);
	});
});

describe("a reply that does not end well", () => {
	it("ends with an error event when the relay cuts a stream", async () => {
		const answer = (_: RecordedRequest, response: ServerResponse) => {
			response.writeHead(200, { "content-type": "text/event-stream" });
			response.write("data: 1\n\ndata: cut", () => response.destroy());
		};
		await withUpstream(answer, async (proxy) => {
			const { text } = await ask(proxy);
			assert.match(text, /^data: 1\n\ndata: \{"error":\{"message":"The reply of the account “Demo openai” broke off\./);
			assert.match(text, /\n\n$/);
			const record = await proxy.nextRecord();
			assert.equal(record.status, 200);
			assert.match(record.error ?? "", /broke off/i);
		});
	});

	it("ends as a broken connection when fewer bytes come than were announced", async () => {
		const answer = (_: RecordedRequest, response: ServerResponse) => {
			response.writeHead(200, { "content-type": "application/json", "content-length": 100_000 });
			response.write(`{"half":"${"x".repeat(100)}`, () => response.destroy());
		};
		await withUpstream(answer, async (proxy) => {
			await assert.rejects(ask(proxy));
		});
	});

	it("is a 502 in the client's shape when the relay closes without a reply", async () => {
		await withUpstream(
			(_, response) => void response.destroy(),
			async (proxy) => {
				const reply = await ask(proxy);
				assert.equal(reply.status, 502);
				assert.equal(JSON.parse(reply.text).error.type, "server_error");
				assert.equal(reply.headers["x-relay-account"], "Demo%20openai");
			},
		);
	});

	it("is a 502 that names the host when nobody listens there", async () => {
		const gone = await startUpstream(() => {});
		await gone.close();
		await withProxy(gone.origin, async (proxy) => {
			const reply = await ask(proxy);
			assert.equal(reply.status, 502);
			assert.match(reply.text, /127\.0\.0\.1/);
		});
	});

	it("follows no redirect, and lets no client follow it with the local key", async () => {
		const answer = (_: RecordedRequest, response: ServerResponse) => {
			response.writeHead(307, { location: "http://127.0.0.1:1/stolen" }).end();
		};
		await withUpstream(answer, async (proxy, upstream) => {
			const reply = await ask(proxy);
			assert.deepEqual([reply.status, reply.headers["location"]], [502, undefined]);
			assert.deepEqual(
				upstream.requests.map(({ url }) => url),
				["/v1/chat/completions", "/v1/chat/completions"],
				"the only account there is was called twice, and nobody else",
			);
		});
	});
});

describe("a client that goes away", () => {
	it("takes the relay's request with it before any reply", async () => {
		const arrived = Promise.withResolvers<RecordedRequest>();
		await withUpstream(
			(recorded) => arrived.resolve(recorded),
			async (proxy) => {
				const abort = new AbortController();
				const asked = request(proxy.origin + path, {
					method: "POST",
					headers: clientHeaders(proxy.localKey),
					body,
					signal: abort.signal,
				});
				const recorded = await arrived.promise;
				abort.abort();
				await assert.rejects(asked);
				assert.equal(await recorded.aborted, true);
				assert.equal((await proxy.nextRecord()).status, 499);
			},
		);
	});

	it("takes the relay's request with it in the middle of a stream", async () => {
		const answer = (_: RecordedRequest, response: ServerResponse) => {
			response.writeHead(200, { "content-type": "text/event-stream" });
			response.write("data: 1\n\n");
		};
		await withUpstream(answer, async (proxy, upstream) => {
			const reply = await request(proxy.origin + path, {
				method: "POST",
				headers: clientHeaders(proxy.localKey),
				body,
			});
			await once(reply.body, "data");
			reply.body.on("error", () => {}).destroy();
			assert.equal(await upstream.requests[0]?.aborted, true);
		});
	});
});

describe("backpressure", function () {
	this.timeout(20_000);
	/** Far more than the buffers of two loopback connections hold. */
	const total = 48 * mebibyte;

	const framings = [
		["of a known length", { "content-type": "application/json", "content-length": total }, 256 * 1024],
		["in large events", { "content-type": "text/event-stream" }, 256 * 1024],
		// As they are from a model: each far below any buffer's mark.
		["in small events", { "content-type": "text/event-stream" }, 1024],
	] as const;
	for (const [framing, headers, size] of framings) {
		it(`holds a reply ${framing} back while the client does not read, and lets it all through afterwards`, async () => {
			let written = 0;
			const answer = async (_: RecordedRequest, response: ServerResponse) => {
				response.writeHead(200, headers);
				const piece = Buffer.from(`data: ${"x".repeat(size - 8)}\n\n`);
				const last = Buffer.from(`: ${"x".repeat(size - 18)}\n\ndata: [DONE]\n\n`);
				while (written < total - size) {
					written += piece.length;
					if (!response.write(piece)) await once(response, "drain");
				}
				written += last.length;
				response.end(last);
			};
			await withUpstream(answer, async (proxy) => {
				const reply = await request(proxy.origin + path, {
					method: "POST",
					headers: clientHeaders(proxy.localKey),
					body,
				});
				await standsStill(() => written);
				assert.ok(written < total / 2, `${written / mebibyte} MiB left the relay though nobody read them`);
				let received = 0;
				for await (const chunk of reply.body) received += chunk.length;
				assert.equal(received, total);
			});
		});
	}

	it("waits for a relay that does not read, and then sends every byte", async () => {
		const big = Buffer.from(`{"model":"m","x":"${"y".repeat(24 * mebibyte)}"}`);
		const upstream = await startRawUpstream((socket) => void socket.pause());
		try {
			await withProxy(upstream.origin, async (proxy) => {
				const asked = send(proxy.origin + path, { headers: clientHeaders(proxy.localKey), body: big });
				await standsStill(() => upstream.connections[0]?.bytesRead ?? -1);
				const [socket] = upstream.connections;
				assert.ok(socket && socket.bytesRead < mebibyte);
				const chunks: Buffer[] = [];
				socket.on("data", (chunk) => {
					chunks.push(chunk);
					if (socket.bytesRead <= big.length || !Buffer.concat(chunks.slice(-2)).toString().endsWith('"}')) return;
					socket.end("HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}");
				});
				socket.resume();
				assert.equal((await asked).text, "{}");
				assert.ok(Buffer.concat(chunks).subarray(-big.length).equals(big));
			});
		} finally {
			await upstream.close();
		}
	});
});

/** Settles when a number that has begun to grow (-1 stands for not yet) has not grown for a quarter of a second. */
async function standsStill(amount: () => number): Promise<void> {
	let before: number;
	do {
		before = amount();
		await delay(250);
	} while (before !== amount() || before < 0);
}
