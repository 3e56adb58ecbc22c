import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer as createTcpServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { Agent } from "undici";
import type { RelayTarget } from "../../../src/bridge/relayReports.ts";
import { listModels, testRelay } from "../../../src/proxy/relayTest.ts";
import { type DemoRelay, demoKeys, startDemoRelay } from "../../support/demoRelay/demoRelay.ts";
import { freePort } from "../../support/proxyUnderTest.ts";
import { startUpstream, type Upstream } from "../../support/upstream.ts";

const never = new AbortController().signal;

describe("testing a relay", () => {
	const transport = new Agent();
	let relay: DemoRelay;
	before(async () => {
		relay = await startDemoRelay();
	});
	after(async () => {
		await relay.close();
		await transport.destroy();
	});

	function target(given: Partial<RelayTarget> = {}): RelayTarget {
		return {
			format: "openai",
			baseUrl: `${relay.origin}/v1`,
			apiKey: demoKeys.openai,
			auth: null,
			headers: {},
			allowedModels: null,
			modelMap: {},
			outboundProxy: null,
			...given,
		};
	}

	for (const [format, basePath] of [
		["openai", "/v1"],
		["anthropic", "/v1"],
		["gemini", "/v1beta"],
		["codex", "/backend-api"],
		["codex", "/v1"],
	] as const) {
		it(`gives the first words of a ${format} relay at ${basePath}, and what it called`, async () => {
			const report = await testRelay(
				transport,
				target({ format, baseUrl: relay.origin + basePath, apiKey: demoKeys[format] }),
				null,
				never,
			);
			assert.equal(report.kind, "ok");
			if (report.kind !== "ok") return;
			assert.match(report.firstWords, /^Hello from demo-/);
			assert.ok(report.url.startsWith(relay.origin + basePath));
			assert.ok(report.milliseconds >= 0);
		});
	}

	it("asks for a model that is allowed by name before it looks at the list, and for the name it is mapped to", async () => {
		const report = await testRelay(
			transport,
			target({ allowedModels: ["demo-*", "mine"], modelMap: { mine: "demo-openai-small" } }),
			null,
			never,
		);
		assert.equal(report.kind === "ok" && report.model, "demo-openai-small");
	});

	it("asks for no model that the account itself does not allow", async () => {
		const before = relay.requests.length;
		const report = await testRelay(transport, target({ allowedModels: ["gpt-*"] }), "demo-openai-large", never);
		assert.deepEqual(report, { kind: "modelNotAllowed", model: "demo-openai-large" });
		assert.equal(relay.requests.length, before);
	});

	it("says that the key is refused, without repeating it", async () => {
		const report = await testRelay(transport, target({ apiKey: "sk-wrong-key-1234" }), "demo-openai-large", never);
		assert.equal(report.kind, "keyRefused");
		assert.ok(!JSON.stringify(report).includes("sk-wrong-key-1234"));
	});

	it("names the model that the relay does not have", async () => {
		const report = await testRelay(transport, target(), "no-such-model", never);
		assert.equal(report.kind === "modelRefused" && report.model, "no-such-model");
	});

	it("says that nobody listens there, with the port", async () => {
		const port = await freePort();
		const report = await testRelay(transport, target({ baseUrl: `http://127.0.0.1:${port}/v1` }), "m", never);
		assert.deepEqual(report, { kind: "refused", host: `127.0.0.1:${port}` });
	});

	it("says that the host name is not known", async () => {
		const report = await testRelay(transport, target({ baseUrl: "https://no-such-host.invalid/v1" }), "m", never);
		assert.deepEqual(report, { kind: "dns", host: "no-such-host.invalid" });
	});

	it("says that a secure connection fails", async () => {
		// No certificate: the handshake cannot succeed.
		const server = createTlsServer({}).listen(0, "127.0.0.1");
		server.on("tlsClientError", () => undefined);
		await once(server, "listening");
		const { port } = server.address() as { port: number };
		const report = await testRelay(transport, target({ baseUrl: `https://127.0.0.1:${port}/v1` }), "m", never);
		server.close();
		assert.equal(report.kind, "tls");
	});

	it("says that the connection broke, with the code", async () => {
		const server = createTcpServer((socket) => socket.once("data", () => socket.resetAndDestroy())).listen(
			0,
			"127.0.0.1",
		);
		await once(server, "listening");
		const { port } = server.address() as { port: number };
		const report = await testRelay(transport, target({ baseUrl: `http://127.0.0.1:${port}/v1` }), "m", never);
		server.close();
		assert.equal(report.kind === "network" && report.code, "ECONNRESET");
	});

	describe("against a server that is no relay of the format", () => {
		let upstream: Upstream;
		let answer: { status: number; type: string; body: string; location?: string };
		before(async () => {
			upstream = await startUpstream((_, response) => {
				const location = answer.location === undefined ? {} : { location: answer.location };
				response.writeHead(answer.status, { "content-type": answer.type, ...location });
				response.end(answer.body);
			});
		});
		after(() => upstream.close());
		const ask = () => testRelay(transport, target({ baseUrl: `${upstream.origin}/v1` }), "m", never);

		it("tells a web page from an answer, whatever its status and type", async () => {
			for (const [status, type] of [
				[200, "text/html"],
				[403, "text/html; charset=utf-8"],
				[200, "text/plain"],
			] as const) {
				answer = { status, type, body: "\n<!DOCTYPE html><title>Just a moment</title>" };
				assert.deepEqual(await ask(), { kind: "html", url: `${upstream.origin}/v1/chat/completions`, status });
			}
		});

		it("names the URL of a wrong path", async () => {
			answer = { status: 404, type: "application/json", body: '{"error":"There is no such route"}' };
			const url = `${upstream.origin}/v1/chat/completions`;
			assert.deepEqual(await ask(), { kind: "wrongPath", url, status: 404, message: "There is no such route" });
		});

		it("follows no redirect and says where it leads", async () => {
			answer = { status: 302, type: "text/plain", body: "", location: "https://elsewhere.example/login" };
			const report = await ask();
			assert.equal(report.kind === "redirect" && report.location, "https://elsewhere.example/login");
			assert.equal(upstream.requests.filter(({ url }) => url.includes("login")).length, 0);
		});

		it("says that the answer is of another format", async () => {
			answer = { status: 200, type: "application/json", body: '{"type":"message","content":[]}' };
			assert.equal((await ask()).kind, "otherFormat");
			answer = { status: 200, type: "application/json", body: "not json" };
			assert.equal((await ask()).kind, "otherFormat");
		});

		it("tells an error inside a good status, in the relay's words", async () => {
			answer = { status: 200, type: "application/json", body: '{"error":{"message":"quota used up"}}' };
			const report = await ask();
			assert.equal(report.kind === "status" && report.message, "quota used up");
		});

		it("blacks out a key that the message's cut would halve", async () => {
			const message = `${"x".repeat(290)} ${demoKeys.openai} is wrong`;
			answer = { status: 401, type: "application/json", body: JSON.stringify({ error: { message } }) };
			const report = await ask();
			assert.equal(report.kind, "keyRefused");
			assert.ok(!JSON.stringify(report).includes(demoKeys.openai.slice(0, 6)));
		});

		it("quotes the relay's message, with the key blacked out", async () => {
			answer = {
				status: 429,
				type: "application/json",
				body: JSON.stringify({ error: { message: `Slow down, ${demoKeys.openai}!` } }),
			};
			const report = await ask();
			assert.equal(report.kind === "status" && report.message, "Slow down, •••!");
		});
	});

	it("can be cancelled while the relay is silent", async () => {
		const controller = new AbortController();
		const silent = await startUpstream(() => controller.abort());
		const report = await testRelay(transport, target({ baseUrl: `${silent.origin}/v1` }), "m", controller.signal);
		await silent.close();
		assert.deepEqual(report, { kind: "cancelled" });
	});

	it("asks a person for a model when the relay has no list", async () => {
		const upstream = await startUpstream((_, response) => void response.writeHead(404).end());
		const report = await testRelay(transport, target({ baseUrl: `${upstream.origin}/v1` }), null, never);
		await upstream.close();
		assert.deepEqual(report, { kind: "noModel" });
	});

	it("lists the relay's own models", async () => {
		const report = await listModels(transport, target(), never);
		assert.deepEqual(report.kind === "ok" && report.models, ["demo-openai-large", "demo-openai-small"]);
	});
});
