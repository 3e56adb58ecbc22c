import assert from "node:assert/strict";
import { type DemoRelay, demoKeys, startDemoRelay } from "../../support/demoRelay/demoRelay.ts";
import { demoRelays, type ProxyUnderTest, relayAt, startProxy } from "../../support/proxyUnderTest.ts";
import { startUpstream, type Upstream } from "../../support/upstream.ts";
import { clientHeaders, send } from "../../support/wire.ts";

describe("a stream for a Gemini client, translated", () => {
	let relay: DemoRelay;
	let proxy: ProxyUnderTest;
	before(async () => {
		relay = await startDemoRelay();
		proxy = await startProxy(demoRelays(relay.origin, ["openai"]));
	});
	after(async () => {
		await proxy.close();
		await relay.close();
	});

	const ask = (query: string) =>
		send(`${proxy.origin}/v1beta/models/demo-openai-large:streamGenerateContent${query}`, {
			headers: clientHeaders(proxy.localKey),
			body: JSON.stringify({ contents: [{ role: "user", parts: [{ text: "hi" }] }] }),
		});

	it("has events where they are asked for", async () => {
		const { headers, text } = await ask("?alt=sse");
		assert.match(String(headers["content-type"]), /^text\/event-stream/);
		assert.match(text, /^data: \{/);
	});

	it("is a JSON array else, as Google's own", async () => {
		const { headers, text } = await ask("");
		assert.match(String(headers["content-type"]), /^application\/json/);
		const chunks: { candidates: { content: { parts: { text?: string }[] } }[] }[] = JSON.parse(text);
		const words = chunks.flatMap(({ candidates }) => candidates.flatMap(({ content }) => content.parts));
		assert.equal(words.map(({ text: word = "" }) => word).join(""), "Hello from demo-openai-large: hi");
	});
});

describe("embeddings, translated", () => {
	let relay: DemoRelay;
	let other: Upstream;
	let proxy: ProxyUnderTest;
	before(async () => {
		relay = await startDemoRelay();
		other = await startUpstream((_, response) => {
			response.setHeader("content-type", "application/json");
			response.end('{"embeddings":[]}');
		});
		proxy = await startProxy([
			{ account: relayAt("gemini", `${other.origin}/v1beta`, { id: "poor", priority: 1 }), apiKey: "key" },
			{ account: relayAt("gemini", `${relay.origin}/v1beta`, { label: "Good" }), apiKey: demoKeys.gemini },
		]);
	});
	after(async () => {
		await proxy.close();
		await other.close();
		await relay.close();
	});

	it("come from the next account where one sends fewer vectors than were asked for", async () => {
		const reply = await send(`${proxy.origin}/v1/embeddings`, {
			headers: clientHeaders(proxy.localKey),
			body: JSON.stringify({ model: "demo-gemini-small", input: ["one", "two"] }),
		});
		assert.deepEqual(
			[reply.status, reply.headers["x-relay-attempts"], reply.headers["x-relay-account"]],
			[200, "2", "Good"],
		);
		assert.equal(JSON.parse(reply.text).data.length, 2);
		assert.equal(other.requests.length, 1);
	});
});
