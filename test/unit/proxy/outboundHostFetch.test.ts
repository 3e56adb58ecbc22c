import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { MessageChannel } from "node:worker_threads";
import { gzipSync } from "node:zlib";
import { type Dispatcher, fetch as fetchByUndici, ProxyAgent, type RequestInit as RequestInitOfUndici } from "undici";
import { type HostCredit, type HostReply, hostCredit } from "../../../src/bridge/protocol.ts";
import type { AskHost } from "../../../src/proxy/hostFetch.ts";
import { codeOf } from "../../../src/proxy/networkError.ts";
import { answerHostFetch } from "../../../src/vscode/hostFetch.ts";
import { type ProxyServer, startHttpProxy, startSocksProxy } from "../../support/outboundProxies.ts";
import { openTransport, startRelay, type TransportUnderTest } from "./transportFixture.ts";

/** TEST-NET-1: on every machine there is no way to it, but by a proxy that takes it for something else. */
const origin = "http://192.0.2.1";
const host = "192.0.2.1:80";

describe("where only VS Code may know the way", () => {
	const own = globalThis.fetch;
	const ending: { close(): Promise<void> }[] = [];
	let under: TransportUnderTest;
	let proxy: ProxyServer;
	let now: number;
	/** Bytes of bodies that have been sent to the proxy's thread, and how many more than it had room for at a time. */
	let sent: number;
	let granted: number;
	let overdrawn: number;
	let onSent: () => void;
	let asked: number;

	/** Between the threads, so that what passes can be counted. */
	const askHost: AskHost = (request, port) => {
		asked += 1;
		const { port1, port2 } = new MessageChannel();
		port1.on("message", (reply: HostReply) => {
			if (reply.kind === "data") {
				// The last piece may be larger than what is left.
				overdrawn = Math.max(overdrawn, sent - granted - hostCredit);
				sent += reply.bytes.length;
				onSent();
			}
			port.postMessage(reply);
		});
		port1.on("close", () => port.close());
		port.on("message", (credit: HostCredit) => {
			granted += credit.bytes;
			port1.postMessage(credit);
		});
		port.on("close", () => port1.close());
		answerHostFetch(request, port2);
	};

	beforeEach(() => {
		[now, sent, granted, overdrawn, asked] = [0, 0, 0, 0, 0];
		onSent = () => {};
		under = openTransport({ askHost, now: () => now });
		under.configure({ hostMayKnowWay: true }, 300);
	});
	afterEach(async () => {
		globalThis.fetch = own;
		await under.transport.destroy();
		await Promise.all(ending.splice(0).map((one) => one.close()));
	});

	/** A relay that is reached by a proxy that fetch alone knows, as VS Code's does. */
	const relay = async (answer: RequestListener): Promise<void> => {
		const server = await startRelay(answer);
		proxy = await startHttpProxy({ hosts: { [host]: server.port } });
		const dispatcher = new ProxyAgent({ uri: `http://127.0.0.1:${proxy.port}`, proxyTunnel: true });
		ending.push(server, proxy, { close: () => dispatcher.destroy() });
		const patched = (url: string, options: RequestInitOfUndici) => fetchByUndici(url, { ...options, dispatcher });
		Object.assign(globalThis, { fetch: patched });
	};

	it("makes the request by VS Code's fetch once it got no connection, and says so once", async () => {
		await relay(async (request, response) => {
			const body = (await request.toArray()).join("");
			response
				.writeHead(201, { "x-relay": "yes" })
				.end(`${request.method} ${request.url} ${request.headers["x-test"]} ${body}`);
		});
		const reply = await under.get(`${origin}/v1?q=1`, { body: '{"model":"m"}' });
		assert.deepEqual([reply.status, reply.body], [201, 'POST /v1?q=1 1 {"model":"m"}']);
		await under.get(`${origin}/v1`);
		assert.equal(asked, 2);
		const lines = under.log.filter((line) => line.startsWith("info: "));
		assert.equal(lines.length, 1);
		assert.match(lines[0] ?? "", /^info: 192\.0\.2\.1 got no connection \(\w+\), but VS Code knows a way/);
	});

	it("passes status, headers and each piece on as they come, without what no longer describes the body", async () => {
		await relay((_, response) => {
			response.writeHead(200, { "content-type": "text/event-stream", "content-encoding": "gzip" });
			response.end(gzipSync("data: one\n\n"));
		});
		const { headers, body } = await under.transport.to(origin, null).request({ origin, path: "/", method: "GET" });
		assert.equal(headers["content-type"], "text/event-stream");
		assert.equal(headers["content-encoding"], undefined);
		assert.equal(headers["content-length"], undefined);
		assert.equal(await body.text(), "data: one\n\n");
	});

	it("follows no redirect", async () => {
		await relay((_, response) => response.writeHead(302, { location: "https://other.example/" }).end());
		const reply = await under.get(origin);
		assert.deepEqual([reply.status, reply.location], [302, "https://other.example/"]);
	});

	it("goes straight to VS Code for ten minutes, then tries its own connections again", async () => {
		await relay((_, response) => response.end("."));
		await under.get(origin);
		const took: number[] = [];
		for (let count = 0; count < 3; count += 1) {
			const startedAt = performance.now();
			await under.get(origin);
			took.push(performance.now() - startedAt);
		}
		// A try of its own would have taken until the connect clock each time, or have failed.
		assert.ok(Math.min(...took) < 300, `${took.join(", ")} ms`);
		now = 11 * 60_000;
		await under.get(origin);
		assert.equal(under.log.filter((line) => line.startsWith("info: ")).length, 2);
	});

	it("tells its own error where VS Code gets no connection either, and does not ask again at once", async () => {
		globalThis.fetch = () => Promise.reject(new TypeError("fetch failed", { cause: { code: "ENOTFOUND" } }));
		const errorOf = () => under.get(origin).then(() => "none", codeOf);
		const first = await errorOf();
		assert.match(first, /^(?:UND_ERR_CONNECT_TIMEOUT|E[A-Z]+)$/);
		assert.notEqual(first, "ENOTFOUND");
		assert.equal(await errorOf(), first);
		assert.equal(asked, 1);
		now = 61_000;
		await errorOf();
		assert.equal(asked, 2);
	});

	it("tells its own error where nobody answers in the main thread", async () => {
		const alone = openTransport({ askHost: (_, port) => port.close() });
		alone.configure({ hostMayKnowWay: true }, 300);
		await assert.rejects(alone.get(origin), (error) => /TIMEOUT|^E/.test(codeOf(error)));
		await alone.transport.destroy();
	});

	it("sends no more than fits while the client does not read, and all of it then", async () => {
		const size = 8 * 1024 * 1024;
		await relay((_, response) => response.end(Buffer.alloc(size, "x")));
		const { handler, paused, resume, outcome } = stoppingReader();
		const full = Promise.withResolvers<void>();
		onSent = () => sent >= hostCredit && full.resolve();
		under.transport.to(origin, null).dispatch({ origin, path: "/", method: "GET" }, handler);
		await Promise.all([paused, full.promise]);
		resume();
		assert.equal(await outcome, size);
		assert.equal(sent, size);
		assert.ok(overdrawn <= 0, `${overdrawn} bytes too many`);
	});

	it("ends the request at the relay when it is aborted", async () => {
		const gone = Promise.withResolvers<void>();
		await relay((_, response) => {
			response.once("close", gone.resolve).write("first");
		});
		const aborting = new AbortController();
		const dispatcher = under.transport.to(origin, null);
		const { body } = await dispatcher.request({ origin, path: "/", method: "GET", signal: aborting.signal });
		const text = body.text();
		aborting.abort();
		await assert.rejects(text);
		await gone.promise;
	});

	it("ends it when the transport ends", async () => {
		const gone = Promise.withResolvers<void>();
		await relay((_, response) => {
			response.once("close", gone.resolve).write("first");
		});
		const { body } = await under.transport.to(origin, null).request({ origin, path: "/", method: "GET" });
		const text = body.text();
		await under.transport.destroy();
		await assert.rejects(text, { message: "The proxy has been closed." });
		await gone.promise;
	});

	it("tells of a reply that breaks off", async () => {
		await relay((_, response) => {
			response.write("first", () => response.destroy());
		});
		const { body } = await under.transport.to(origin, null).request({ origin, path: "/", method: "GET" });
		await assert.rejects(body.text(), { name: "HostFetchError" });
	});

	it("asks VS Code for a proxy's login that the settings do not have", async () => {
		await relay((_, response) => response.end("in"));
		const strict = await startSocksProxy({ hosts: {}, login: "a:b" });
		ending.push(strict);
		under.configure({ hostMayKnowWay: true, proxy: `socks5://127.0.0.1:${strict.port}` }, 1_000);
		assert.equal((await under.get(origin)).body, "in");
		under.configure({ hostMayKnowWay: false, proxy: `socks5://127.0.0.1:${strict.port}` }, 1_000);
		await assert.rejects(under.get(origin), { code: "OUTBOUND_PROXY_AUTHENTICATION" });
	});

	for (const [name, settings, url] of [
		["VS Code can know nothing more", { hostMayKnowWay: false }, origin],
		["proxies are not to be supported", { hostMayKnowWay: true, proxySupport: "off" }, origin],
		["a proxy is named but down", { hostMayKnowWay: true, proxy: "http://127.0.0.1:1" }, origin],
		["the relay is on this machine", { hostMayKnowWay: true }, "http://127.0.0.1:1"],
	] as const) {
		it(`leaves the main thread alone where ${name}`, async () => {
			under.configure(settings, 300);
			await assert.rejects(under.get(url));
			assert.equal(asked, 0);
		});
	}
});

/** Reads the first piece of a reply and stops there, until it is told to go on. */
function stoppingReader() {
	const paused = Promise.withResolvers<void>();
	const outcome = Promise.withResolvers<number>();
	let bytes = 0;
	let controls: Dispatcher.DispatchController | null = null;
	const handler: Dispatcher.DispatchHandler = {
		onResponseData: (controller, chunk) => {
			bytes += chunk.length;
			if (controls !== null) return;
			controls = controller;
			controller.pause();
			paused.resolve();
		},
		onResponseEnd: () => outcome.resolve(bytes),
		onResponseError: (_, error) => outcome.reject(error),
	};
	return { handler, paused: paused.promise, outcome: outcome.promise, resume: () => controls?.resume() };
}
