import assert from "node:assert/strict";
import { gunzipSync, gzipSync } from "node:zlib";
import type { ServedNative } from "../../../src/bridge/protocol.ts";
import { saidItems } from "../../../src/formats/codex/saidItems.ts";
import { accountTag } from "../../../src/proxy/scopedIds.ts";
import { type BackendFate, backendFates, framed, writes } from "../../support/chatgpt/backendFate.ts";
import { type ChatGpt, startChatGpt } from "../../support/chatgpt/chatGpt.ts";
import { type Person, person } from "../../support/chatgpt/people.ts";
import { codexRequest } from "../../support/codexRequest.ts";
import { objectsOf } from "../../support/demoRelay/answer.ts";
import { type ProxyUnderTest, startProxy } from "../../support/proxyUnderTest.ts";
import { openaiClient } from "../../support/sdkClients.ts";
import { startUpstream } from "../../support/upstream.ts";
import { clientHeaders, send, type WireReply } from "../../support/wire.ts";

function streamOf(id: string): string {
	const item = { type: "message", id };
	const response = { object: "response", status: "completed", output: [], usage: { output_tokens: 1 } };
	const events = [
		{ type: "response.output_item.done", output_index: 0, item },
		{ type: "response.completed", response },
	];
	return events.map(framed).join("");
}

describe("calls of ChatGPT accounts for clients of their own format", () => {
	let chatGpt: ChatGpt;
	let proxy: ProxyUnderTest;
	let people: readonly Person[];
	let served: readonly ServedNative[];

	beforeEach(async () => {
		chatGpt = await startChatGpt();
		people = [person(), person()];
		served = await Promise.all(people.map((somebody) => chatGpt.servedNative(somebody)));
		proxy = await startProxy(served);
		chatGpt.backend.keepOut(proxy.localKey);
	});
	afterEach(async () => {
		await proxy.close();
		await chatGpt.close();
		assert.deepEqual(chatGpt.violations, []);
	});

	const post = (path: string, body: string, more: Readonly<Record<string, string>> = {}): Promise<WireReply> =>
		send(proxy.origin + path, { headers: clientHeaders(proxy.localKey, more), body });
	const respond = (body: object): Promise<WireReply> => post("/v1/responses", JSON.stringify(body));
	const calls = () => chatGpt.backend.callsAt("/codex/responses");
	const servedFor = (somebody: Person | null) =>
		served.find(({ account }) => account.userId === somebody?.userId) ?? assert.fail("nobody was called");

	describe("that stream", () => {
		it("give Codex the backend's own bytes", async () => {
			const { body, headers } = codexRequest();
			const reply = await post("/v1/responses", body, { ...headers, "accept-encoding": "br" });
			assert.equal(reply.status, 200);
			assert.equal(reply.text, calls()[0]?.answer);
			assert.equal(calls()[0]?.request.headers["accept-encoding"], "br");
			assert.equal(reply.headers["x-codex-primary-used-percent"], "1");
			assert.equal(reply.headers["x-relay-dropped"], undefined);
		});

		it("send the state of a turn back to the account that has given it", async () => {
			const { body, headers } = codexRequest();
			const first = await post("/v1/responses", body, headers);
			const state = String(first.headers["x-codex-turn-state"]);
			const { account } = servedFor(calls()[0]?.person ?? null);
			assert.ok(state.startsWith(`${accountTag(account)}.ts_`), state);
			await post("/v1/responses", body, { ...headers, "x-codex-turn-state": state });
			assert.equal(calls()[1]?.request.headers["x-codex-turn-state"], state.slice(state.indexOf(".") + 1));
		});

		it("keep the state of a turn from another account", async () => {
			const { body, headers } = codexRequest();
			const first = await post("/v1/responses", body, headers);
			const state = String(first.headers["x-codex-turn-state"]);
			const asked = calls()[0]?.person ?? assert.fail();
			chatGpt.backend.next(backendFates.overloaded, { person: asked });
			const reply = await post("/v1/responses", body, { ...headers, "x-codex-turn-state": state });
			assert.equal(reply.status, 200);
			assert.notEqual(calls()[2]?.person, asked);
			assert.equal(calls()[2]?.request.headers["x-codex-turn-state"], undefined);
		});

		it("remember what they say for clients that count on it", async () => {
			const ids = (reply: WireReply) =>
				[...reply.text.matchAll(/"type":"response.output_item.done".*?"id":"([^"]+)"/g)].map(([, id]) => id ?? "");
			const kept = await respond({ model: "gpt-5.6", input: "keep this", stream: true });
			const [id = assert.fail("no item")] = ids(kept);
			assert.notEqual(saidItems.find(id), undefined);
			const again = await respond({
				model: "gpt-5.6",
				input: [
					{ type: "item_reference", id },
					{ role: "user", content: "go on" },
				],
				stream: true,
			});
			assert.equal(again.status, 200);
			assert.deepEqual(objectsOf(calls()[1]?.body?.["input"])[0], saidItems.find(id));
			const unkept = await respond({ model: "gpt-5.6", input: "do not keep this", stream: true, store: false });
			assert.deepEqual(
				ids(unkept).map((one) => saidItems.find(one)),
				[undefined],
			);
		});

		it("go without remembered reasoning that the next account cannot read", async () => {
			const first = await respond({ model: "gpt-5.6", input: "Say it. [think Hm.]", stream: true });
			const [, id = assert.fail("no reasoning")] = /"type":"reasoning","id":"([^"]+)"/.exec(first.text) ?? [];
			const asked = calls()[0]?.person ?? assert.fail();
			chatGpt.backend.next(backendFates.overloaded, { person: asked });
			const input = [
				{ role: "user", content: "Say it. [think Hm.]" },
				{ type: "reasoning", id, summary: [] },
				{ role: "user", content: "go on" },
			];
			const reply = await respond({ model: "gpt-5.6", input, stream: true });
			assert.equal(reply.status, 200);
			assert.notEqual(calls().at(-1)?.person, asked);
		});

		it("end with an error where the backend ends without its end", async () => {
			chatGpt.backend.next(backendFates.earlyEnd(5));
			const { body, headers } = codexRequest();
			const reply = await post("/v1/responses", body, headers);
			assert.match(reply.text, /event: response\.failed\n/);
		});
	});

	describe("that the client wants whole", () => {
		const asked = { model: "gpt-5.6", input: "Say it. [think Hm.]" };

		it("come as JSON with the output of the stream", async () => {
			const reply = await post("/v1/responses", JSON.stringify(asked), { "accept-encoding": "br" });
			const body = JSON.parse(reply.text);
			assert.equal(reply.status, 200);
			assert.equal(reply.headers["content-type"], "application/json; charset=utf-8");
			assert.equal(reply.headers["cache-control"], undefined);
			assert.deepEqual([body.object, body.status, body.model], ["response", "completed", "gpt-5.6"]);
			assert.deepEqual(
				body.output.map(({ type }: { type: string }) => type),
				["reasoning", "message"],
			);
			assert.equal(calls()[0]?.request.headers["accept-encoding"], undefined);
			const { usage } = (await proxy.nextRecord()).calls[0] ?? {};
			assert.equal(usage?.output, body.usage.output_tokens);
		});

		it("have the model's name as the client gave it, suffixes and all", async () => {
			const reply = await respond({ ...asked, model: "gpt-5.6-high-fast" });
			assert.equal(JSON.parse(reply.text).model, "gpt-5.6-high-fast");
			const { model, reasoning, service_tier: tier } = calls()[0]?.body ?? {};
			assert.deepEqual([model, reasoning, tier], ["gpt-5.6", { effort: "high" }, "priority"]);
		});

		it("satisfy the official SDK, in a talk of several turns too", async () => {
			const client = openaiClient(proxy.origin, proxy.localKey);
			const first = await client.responses.create({ ...asked, temperature: 0.5 });
			assert.notEqual(first.output_text, "");
			const input = [
				{ role: "user" as const, content: "Say it." },
				...JSON.parse(JSON.stringify(first.output)),
				{ role: "user" as const, content: "And again?" },
			];
			const second = await client.responses.create({ model: "gpt-5.6", input });
			assert.notEqual(second.output_text, "");
			assert.deepEqual((await proxy.nextRecord()).dropped, ["temperature"]);
		});

		it("are read where the backend compresses them all the same, and what they say is remembered", async () => {
			const stream = streamOf("msg_zipped");
			const upstream = await startUpstream((_, response) => {
				response.writeHead(200, { "content-type": "text/event-stream", "content-encoding": "gzip" });
				response.end(gzipSync(stream));
			});
			const { backend } = served[0] ?? assert.fail();
			const login = await chatGpt.servedNative(people[0], { backend: { ...backend, baseUrl: upstream.origin } });
			proxy.proxy.configure({ ...proxy.config, accounts: [login] });
			const reply = await respond(asked);
			assert.deepEqual(JSON.parse(reply.text).output, [{ type: "message", id: "msg_zipped" }]);
			assert.equal(reply.headers["content-encoding"], undefined);
			const streamed = await respond({ ...asked, stream: true });
			assert.equal(streamed.headers["content-encoding"], "gzip");
			assert.equal(gunzipSync(streamed.body).toString(), stream);
			assert.deepEqual(saidItems.find("msg_zipped"), { type: "message", id: "msg_zipped" });
			await upstream.close();
		});

		const ends: readonly (readonly [why: string, fate: BackendFate])[] = [
			["without its end", backendFates.earlyEnd(6)],
			["cut off", backendFates.cut(6)],
			["with an overload", backendFates.errorEvent("server_is_overloaded", 6)],
			["with a failure before it said anything", backendFates.failedEvent("server_error")],
			["with nothing in it", backendFates.empty],
			[
				"well, and without a word",
				{
					kind: "played",
					play: () => [
						...writes([
							framed({
								type: "response.completed",
								...{ response: { object: "response", status: "completed", output: [] } },
							}),
						]),
						{ do: "end" },
					],
				},
			],
		];
		for (const [why, fate] of ends) {
			it(`are asked of another account where one ends ${why}`, async () => {
				chatGpt.backend.next(fate);
				const reply = await respond(asked);
				assert.equal(reply.status, 200);
				assert.equal(JSON.parse(reply.text).status, "completed");
				assert.equal(reply.headers["x-relay-attempts"], "2");
				assert.equal(calls().length, 2);
			});
		}

		it("have the backend's words where it refuses them", async () => {
			chatGpt.backend.next(backendFates.replied(400, { detail: "Bad tool." }));
			const reply = await respond(asked);
			assert.deepEqual([reply.status, JSON.parse(reply.text)], [400, { detail: "Bad tool." }]);
			assert.equal(calls().length, 1);
		});

		it("have them in JSON where they stood in the stream", async () => {
			chatGpt.backend.next(backendFates.errorEvent("context_length_exceeded", 3));
			const reply = await respond(asked);
			assert.equal(reply.status, 400);
			assert.equal(JSON.parse(reply.text).error.code, "context_length_exceeded");
		});
	});

	it("have a compaction as plain JSON", async () => {
		const { prompt_cache_key, input, model } = JSON.parse(codexRequest().body);
		const body = { model, input, instructions: "", prompt_cache_key };
		const reply = await post("/v1/responses/compact", JSON.stringify(body), codexRequest().headers);
		const [call] = chatGpt.backend.callsAt("/codex/responses/compact");
		assert.equal(reply.status, 200);
		assert.equal(reply.text, call?.answer);
		assert.equal(call?.request.headers.accept, "application/json");
	});

	it("find the account that has made a compaction, however many cannot read it", async () => {
		const strangers = await Promise.all([1, 2].map(() => chatGpt.servedNative(person(), { account: { priority: 1 } })));
		const { input, model } = JSON.parse(codexRequest().body);
		const compaction = await post("/v1/responses/compact", JSON.stringify({ model, input, instructions: "" }));
		const { output } = JSON.parse(compaction.text);
		await proxy.proxy.configure({ ...proxy.config, accounts: [...strangers, ...served] });
		const question = { role: "user", content: "go on" };
		const reply = await respond({ model, input: [...output, question] });
		assert.equal(reply.status, 200, reply.text);
		assert.equal(new Set(calls().map(({ person: who }) => who?.userId)).size, calls().length);
	});

	it("do not carry the client's query", async () => {
		await post("/v1/responses?a=b", codexRequest().body);
		assert.equal(calls()[0]?.request.url, "/backend-api/codex/responses");
	});

	it("are not made for what is in the store of another account", async () => {
		const reply = await respond({ model: "gpt-5.6", input: "x", previous_response_id: "resp_1" });
		assert.equal(reply.status, 400);
		assert.match(reply.text, /previous_response_id: A ChatGPT account keeps no replies/);
		assert.equal(calls().length, 0);
	});

	it("go to another account where the gateway blocks the path", async () => {
		chatGpt.backend.next(backendFates.pathBlock);
		const reply = await respond({ model: "gpt-5.6", input: "x" });
		assert.deepEqual([reply.status, reply.headers["x-relay-attempts"]], [200, "2"]);
	});
});
