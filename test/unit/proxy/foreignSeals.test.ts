import assert from "node:assert/strict";
import type { Format } from "../../../src/accounts/account.ts";
import { sealText } from "../../../src/formats/seals.ts";
import { type ProxyUnderTest, relayAt, startProxy } from "../../support/proxyUnderTest.ts";
import { startUpstream, type Upstream } from "../../support/upstream.ts";
import { clientHeaders, send } from "../../support/wire.ts";

const foreign = sealText({ maker: "gemini", value: "s" });

/** A turn with what an account of another format has sealed, and the same turn as its own account takes it. */
const cases: readonly { format: Format; path: string; sealed: object; clean: object }[] = [
	{
		format: "anthropic",
		path: "/v1/messages",
		sealed: turn([{ type: "thinking", thinking: "Hm", signature: foreign }, text("Hello")]),
		clean: turn([text("Hello")]),
	},
	{
		format: "codex",
		path: "/v1/responses",
		sealed: { input: [{ type: "reasoning", id: "rs_1", summary: [], encrypted_content: foreign }, user()] },
		clean: { input: [user()] },
	},
	{
		format: "openai",
		path: "/v1/chat/completions",
		sealed: { messages: [user(), { role: "assistant", content: "Hello", reasoning_content: "Hm" }, user()] },
		clean: { messages: [user(), { role: "assistant", content: "Hello" }, user()] },
	},
];

function text(words: string): object {
	return { type: "text", text: words };
}

function user(): object {
	return { role: "user", content: "hi" };
}

function turn(content: readonly object[]): object {
	return { max_tokens: 9, messages: [user(), { role: "assistant", content }, user()] };
}

describe("what an account of another format has sealed", () => {
	let upstream: Upstream;
	let proxy: ProxyUnderTest;
	before(async () => {
		upstream = await startUpstream((_, response) => {
			response.end("{}");
		});
		proxy = await startProxy(
			cases.map(({ format }) => ({
				account: relayAt(format, `${upstream.origin}/v1`, { modelMap: { theirs: "gpt-5.1" } }),
				apiKey: "key",
			})),
		);
	});
	after(async () => {
		await proxy.close();
		await upstream.close();
	});

	const sent = async (path: string, body: object) => {
		const raw = JSON.stringify(body);
		await send(proxy.origin + path, { headers: clientHeaders(proxy.localKey), body: raw });
		return { raw, got: upstream.requests.at(-1)?.body.toString() ?? "" };
	};

	for (const { format, path, sealed, clean } of cases) {
		it(`does not go to an ${format} account, whose own model is named all the same`, async () => {
			const { got } = await sent(path, { model: "theirs", ...sealed });
			assert.deepEqual(JSON.parse(got), { model: "gpt-5.1", ...clean });
		});

		it(`is searched for, and without it an ${format} request goes byte for byte`, async () => {
			const { raw, got } = await sent(path, { ...clean, model: "other" });
			assert.equal(got, raw);
		});
	}

	it("goes byte for byte where it is what the account itself has thought", async () => {
		const thought = { role: "assistant", content: "Hello", reasoning_content: "Hm" };
		const { raw, got } = await sent("/v1/chat/completions", {
			messages: [user(), thought],
			model: "deepseek-chat",
			seed: 1.0,
		});
		assert.equal(got, raw);
	});
});
