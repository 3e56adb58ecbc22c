import assert from "node:assert/strict";
import fc from "fast-check";
import type { SuffixedModel } from "../../../src/bridge/modelSuffix.ts";
import { backendOperations } from "../../../src/formats/codex/backendRules.ts";
import { saidItems } from "../../../src/formats/codex/saidItems.ts";
import { sealText } from "../../../src/formats/seals.ts";
import { Malformed, Untranslatable } from "../../../src/formats/translation.ts";
import { type NativeBody, nativeBody } from "../../../src/proxy/nativeBody.ts";
import { scopedId } from "../../../src/proxy/scopedIds.ts";
import { codexIds, codexRequest } from "../../support/codexRequest.ts";
import { nativeAccount, servedNative } from "../../support/relayAccount.ts";

const keyed = { account: nativeAccount(), apiKey: "token", backend: servedNative().backend };
const plain: SuffixedModel = { model: "gpt-5.6", effort: null, tier: null };
const thread = scopedId(keyed.account, codexIds.thread);

interface Asked {
	readonly model?: SuffixedModel;
	readonly conversation?: string | null;
	readonly path?: string;
}

function made(
	body: string | Buffer,
	{ model = plain, conversation = null, path = "/responses" }: Asked = {},
): NativeBody {
	const operation = backendOperations.get(path) ?? assert.fail(path);
	return nativeBody(Buffer.from(body), { keyed, model, conversation, isUnsealed: false, operation });
}

function madeOf(
	body: object,
	asked?: Asked,
): { said: Record<string, unknown>; dropped: readonly string[]; made: NativeBody } {
	const whole = made(JSON.stringify(body), asked);
	return { said: JSON.parse(whole.body.toString()), dropped: whole.dropped, made: whole };
}

/** A member that goes without a word, so that the body has to be written anew. */
const rewriting = { truncation: "disabled" };
const fit = { model: "gpt-5.6", instructions: "", input: [], stream: true, store: false };

describe("a request of Codex for ChatGPT's backend", () => {
	const { body } = codexRequest();
	const from = (text: string | Buffer) => text.toString().indexOf('"input"');

	it("keeps every byte but for the name of its model and its ids", () => {
		const out = made(body).body.toString();
		const [before, after] = [body.indexOf('"prompt_cache_key"'), out.indexOf('"prompt_cache_key"')];
		assert.equal(out.slice(from(out), after), body.slice(from(body), before));
		assert.equal(out.slice(0, from(out)), '{"instructions":"","model":"gpt-5.6","stream":true,');
		for (const id of Object.values(codexIds)) assert.equal(out.includes(id), false, id);
	});

	it("says the same, its thread equal wherever it stands", () => {
		const { said } = madeOf(JSON.parse(body));
		const { prompt_cache_key, client_metadata, instructions, ...rest } = said as Record<
			string,
			Record<string, unknown>
		>;
		const { prompt_cache_key: _key, client_metadata: _metadata, ...own } = JSON.parse(body);
		assert.deepEqual(rest, own);
		assert.equal(instructions, "");
		assert.equal(prompt_cache_key, thread);
		assert.equal(client_metadata?.["session_id"], thread);
		assert.equal(client_metadata?.["x-codex-window-id"], `${thread}:0`);
		assert.equal(JSON.parse(String(client_metadata?.["x-codex-turn-metadata"])).thread_id, thread);
	});

	it("has the ids that it gives its items scoped, and those that the backend has given", () => {
		const own = `msg_${codexIds.contextWindow}`;
		const input = [
			{ type: "message", id: own, role: "user", content: [{ type: "input_text", text: `about "id":"${own}"` }] },
			{ type: "function_call", id: "fc_0123", call_id: own, name: "exec", arguments: "{}" },
			{ type: "reasoning", id: `rs_${codexIds.turn}`, summary: [], encrypted_content: "sealed" },
		];
		const [message, ...others] = input;
		const scoped = { ...message, id: `msg_${scopedId(keyed.account, codexIds.contextWindow)}` };
		for (const more of [{}, rewriting]) {
			assert.deepEqual(madeOf({ ...JSON.parse(codexRequest({ input }).body), ...more }).said["input"], [
				scoped,
				...others,
			]);
		}
	});

	it("is the very same buffer where nothing has to change", () => {
		const clear = Buffer.from(JSON.stringify(fit));
		const operation = backendOperations.get("/responses") ?? assert.fail();
		assert.equal(
			nativeBody(clear, { keyed, model: plain, conversation: null, isUnsealed: false, operation }).body,
			clear,
		);
	});

	it("asks for a stream and keeps nothing, so that nothing of it is lost", () => {
		assert.deepEqual({ ...made(body), body: null }, { body: null, dropped: [], streams: true, isKept: false });
	});

	it("has its model, effort and tier from the name, where it says none itself", () => {
		const model = { model: "gpt-5.6", effort: "high", tier: "priority" } as const;
		const { said } = madeOf(JSON.parse(codexRequest({ model: "gpt-5.6-high-fast" }).body), { model });
		assert.deepEqual(
			[said["model"], said["reasoning"], said["service_tier"]],
			["gpt-5.6", { summary: "auto", effort: "high" }, "priority"],
		);
	});

	it("has what it says itself", () => {
		const model = { model: "gpt-5.6", effort: "high", tier: "priority" } as const;
		const own = { reasoning: { effort: "low" }, service_tier: "flex" };
		const { said } = madeOf({ ...fit, ...own }, { model });
		assert.deepEqual([said["reasoning"], said["service_tier"]], [own.reasoning, "flex"]);
		assert.equal("service_tier" in madeOf({ ...fit, service_tier: "default" }, { model }).said, false);
	});

	const exact: readonly [why: string, text: string, expected: string][] = [
		[
			"white space, numbers and escapes as they were written",
			'{ "input" : [ ] ,\n\t"x":1.50e0,"y":"\\u00e9\\/\u{1F980}","stream":true,"store":false,"instructions":"i","model" : "a" }',
			'{ "input" : [ ] ,\n\t"x":1.50e0,"y":"\\u00e9\\/\u{1F980}","stream":true,"store":false,"instructions":"i","model" : "gpt-5.6" }',
		],
		[
			"a model written with escapes in its name and value",
			'{"mod\\u0065l":"gpt\\u002d5","input":[],"instructions":"","stream":true,"store":false}',
			'{"mod\\u0065l":"gpt-5.6","input":[],"instructions":"","stream":true,"store":false}',
		],
		[
			"the same model, however it is written",
			'{"model":"gpt\\u002d5.6","input":[],"instructions":"","stream":true,"store":false}',
			'{"model":"gpt\\u002d5.6","input":[],"instructions":"","stream":true,"store":false}',
		],
		[
			"members of the same names inside others",
			'{"input":[{"type":"x","model":"a","store":true,"prompt_cache_key":"k"}],"tools":[{"model":"b","temperature":1}],"text":{"stream":false},"instructions":"","stream":true,"store":false,"model":"a"}',
			'{"input":[{"type":"x","model":"a","store":true,"prompt_cache_key":"k"}],"tools":[{"model":"b","temperature":1}],"text":{"stream":false},"instructions":"","stream":true,"store":false,"model":"gpt-5.6"}',
		],
		[
			"members that nobody here knows",
			'{"model":"gpt-5.6","input":[],"instructions":"","stream":true,"store":false,"generate":false,"access_programs":[1],"stream_options":{"own":1}}',
			'{"model":"gpt-5.6","input":[],"instructions":"","stream":true,"store":false,"generate":false,"access_programs":[1],"stream_options":{"own":1}}',
		],
	];
	for (const [why, text, expected] of exact) {
		it(`leaves ${why}`, () => assert.equal(made(text).body.toString(), expected));
	}

	it("passes 20 MiB of a picture as they are", () => {
		const image = { type: "input_image", image_url: `data:image/png;base64,${"A".repeat(20 * 1024 * 1024)}` };
		const text = codexRequest({ input: [{ type: "message", role: "user", content: [image] }] }).body;
		const out = made(text).body;
		const range = (bytes: Buffer) => bytes.subarray(bytes.indexOf('"input"'), bytes.indexOf('"tools"'));
		assert.ok(range(out).equals(range(Buffer.from(text))));
	});
});

describe("a request that ChatGPT's backend would refuse", () => {
	it("streams, keeps nothing, and says what it must, whatever the client asked for", () => {
		const { said, dropped, made: whole } = madeOf({ model: "gpt-5.6", input: "Hello" });
		assert.deepEqual(said, {
			model: "gpt-5.6",
			input: [{ type: "message", role: "user", content: [{ type: "input_text", text: "Hello" }] }],
			instructions: "",
			stream: true,
			store: false,
			include: ["reasoning.encrypted_content"],
		});
		assert.deepEqual([dropped, whole.streams, whole.isKept], [[], false, true]);
	});

	it("goes without what is refused, and names it", () => {
		const refused = { temperature: 0.5, top_p: 1, max_output_tokens: 16, metadata: { a: "b" }, user: "u", n: 2 };
		const silent = {
			background: false,
			truncation: "disabled",
			metadata: null,
			stream_options: { include_obfuscation: true },
		};
		const { said, dropped } = madeOf({ ...fit, ...silent, ...refused, truncation: "auto", store: true });
		assert.deepEqual(new Set(dropped), new Set([...Object.keys(refused), "truncation", "store"]));
		assert.deepEqual(said, { ...fit, include: ["reasoning.encrypted_content"] });
		assert.deepEqual(madeOf({ ...fit, ...silent, store: null }).dropped, []);
	});

	for (const [member, value] of [
		["previous_response_id", "resp_1"],
		["conversation", { id: "conv_1" }],
		["prompt", { id: "pmpt_1" }],
		["background", true],
	] as const) {
		it(`is not for it where ${member} is in the store of another account`, () => {
			assert.throws(() => made(JSON.stringify({ ...fit, [member]: value })), {
				name: "Untranslatable",
				message: new RegExp(`^${member}: .*ChatGPT`),
			});
			assert.equal(member in madeOf({ ...fit, [member]: null }).said, false);
		});
	}

	it("has the tier in the backend's word, and none where it is the rule", () => {
		const tierOf = (service_tier: unknown) => madeOf({ ...fit, service_tier }).said["service_tier"];
		assert.deepEqual(["fast", "flex", "priority", "auto", "default", null].map(tierOf), [
			...["priority", "flex", "priority"],
			...[undefined, undefined, undefined],
		]);
	});

	it("has null taken for nothing", () => {
		const nothing = { instructions: null, input: null, reasoning: null, include: null, prompt_cache_key: null };
		assert.deepEqual(madeOf({ ...fit, ...nothing }, { conversation: "c" }).said, {
			...fit,
			prompt_cache_key: scopedId(keyed.account, "c"),
		});
	});

	it("has the last of members that are there twice, and none of the others", () => {
		const doubled = `{"prompt_cache_key":"a",${JSON.stringify(fit).slice(1, -1)},"prompt_cache_key":"b"}`;
		const out = made(doubled).body.toString();
		assert.deepEqual(JSON.parse(out), { ...fit, prompt_cache_key: scopedId(keyed.account, "b") });
		assert.equal(out.split('"prompt_cache_key"').length, 2);
	});

	it("is malformed where it is no JSON", () => {
		assert.throws(() => made('{"model":"gpt-5.6","store":fals}'), Malformed);
		assert.throws(() => made("[]"), Malformed);
	});

	it("has the key of its conversation where the client names none", () => {
		const { said: unnamed } = madeOf({ ...fit, prompt_cache_key: "" }, { conversation: "c" });
		assert.equal(unnamed["prompt_cache_key"], scopedId(keyed.account, "c"));
		const { said } = madeOf(fit, { conversation: "c" });
		assert.deepEqual(said, { ...fit, prompt_cache_key: scopedId(keyed.account, "c") });
		assert.equal(
			madeOf({ ...fit, prompt_cache_key: "own" }, { conversation: "c" }).said["prompt_cache_key"],
			scopedId(keyed.account, "own"),
		);
	});
});

describe("the input of a request for ChatGPT's backend", () => {
	const inputOf = (...input: readonly unknown[]) => madeOf({ ...fit, input });
	const sealed = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "sealed" };

	it("has reasoning that can be read again", () => assert.deepEqual(inputOf(sealed).said["input"], [sealed]));

	it("has it in the form that the backend asks for", () => {
		const { id: _, ...nameless } = sealed;
		assert.deepEqual(inputOf({ ...sealed, id: "", summary: null }).said["input"], [nameless]);
	});

	it("goes without reasoning that nobody has, and says so", () => {
		const { said, dropped } = inputOf(
			{ type: "reasoning", id: "rs_unknown", summary: [] },
			{ role: "user", content: "x" },
		);
		assert.deepEqual([said["input"], dropped], [[{ role: "user", content: "x" }], ["input[].encrypted_content"]]);
	});

	it("has what was said before and is remembered, where the client only names it", () => {
		const own = { type: "reasoning", id: "rs_said", summary: [], encrypted_content: "of the account" };
		const message = { type: "message", id: "msg_said", role: "assistant", content: [] };
		saidItems.keep(own, null);
		saidItems.keep(message, null);
		const { said } = inputOf(
			{ type: "reasoning", id: "rs_said", summary: [] },
			{ type: "item_reference", id: "msg_said" },
		);
		assert.deepEqual(said["input"], [own, message]);
	});

	it("is not for it where an item is named that nobody has", () => {
		assert.throws(() => inputOf({ type: "item_reference", id: "msg_unknown" }), Untranslatable);
	});

	it("has nothing that accounts of other formats have sealed", () => {
		const foreign = sealText({ maker: "gemini", value: "s".repeat(300) });
		assert.deepEqual(inputOf({ ...sealed, encrypted_content: foreign }).said["input"], []);
		const own = sealText({ maker: "codex", value: { id: "rs_1", encrypted_content: "sealed" } });
		assert.deepEqual(inputOf({ ...sealed, encrypted_content: own }).said["input"], [sealed]);
	});

	it("is not for it where a file is in the store of another account", () => {
		for (const type of ["content", "output"]) {
			const item = { type: "message", role: "user", [type]: [{ type: "input_file", file_id: "file-1" }] };
			assert.throws(() => inputOf(item), Untranslatable);
		}
		const text = { type: "message", role: "user", content: 'about "file_id"' };
		assert.deepEqual(inputOf(text).said["input"], [text]);
	});

	it("has what the system says as the developer's words", () => {
		assert.deepEqual(inputOf({ role: "system", content: "x" }).said["input"], [{ role: "developer", content: "x" }]);
	});
});

describe("a compaction by ChatGPT's backend", () => {
	const path = "/responses/compact";
	const compact = { model: "gpt-5.6", instructions: "i", input: [], tools: [], parallel_tool_calls: true };

	it("goes as it is where Codex asks for it", () => {
		const text = JSON.stringify(compact);
		assert.equal(made(text, { path, conversation: "c" }).body.toString(), text);
	});

	it("goes without what is about a reply", () => {
		const reply = { stream: true, store: false, include: [], tool_choice: "auto", client_metadata: { a: "b" } };
		const { said, dropped } = madeOf({ ...compact, ...reply, temperature: 1 }, { path });
		assert.deepEqual([said, dropped], [compact, ["temperature"]]);
	});
});

describe("a request that is changed in place", () => {
	const text = fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom('"store"', "\\", '{"model":"x"}', "file_id: x"));
	const small = fc.oneof(text, fc.integer(), fc.boolean(), fc.constant(null), fc.array(text, { maxLength: 2 }));
	const item = fc.record(
		{
			type: fc.constantFrom("message", "reasoning", "function_call", "item_reference", "other"),
			role: fc.constantFrom("user", "system", "developer", "assistant"),
			id: fc.constantFrom("id", "", null),
			encrypted_content: fc.constantFrom("sealed", "", null),
			summary: fc.constantFrom([], null),
			content: small,
		},
		{ requiredKeys: ["type"] },
	);
	const metadata = fc.dictionary(fc.constantFrom("thread_id", "note", "x-codex-turn-metadata"), text);
	const body = fc.record(
		{
			model: fc.constantFrom("gpt-5.6", "gpt-5.6-high", "a"),
			stream: fc.constantFrom(true, true, true, false),
			store: fc.constantFrom(false, false, false, true, null),
			input: fc.oneof(fc.array(item, { maxLength: 4 }), text),
			instructions: fc.oneof(text, fc.constant(null)),
			reasoning: fc.constantFrom(null, {}, { effort: null }, { effort: "low" }, { summary: "auto" }),
			service_tier: fc.constantFrom(null, "auto", "fast", "flex"),
			prompt_cache_key: fc.oneof(text, fc.constant(null)),
			client_metadata: fc.oneof(metadata, fc.constant(null)),
			include: fc.constantFrom(null, [], ["reasoning.encrypted_content"]),
			temperature: fc.constantFrom(null, 1),
			own: small,
		},
		{ requiredKeys: ["model", "stream", "store", "input"] },
	);
	const effort = fc.constantFrom(null, "high" as const);
	const tier = fc.constantFrom(null, "priority" as const);

	/** What comes of it, or why nothing does. */
	const outcome = (value: object, asked: Asked): unknown => {
		try {
			const { said, dropped, made: whole } = madeOf(value, asked);
			return { said, dropped: new Set(dropped), streams: whole.streams, isKept: whole.isKept };
		} catch (error) {
			return error instanceof Error ? error.message : error;
		}
	};

	it("says what it would say written anew", () => {
		fc.assert(
			fc.property(body, effort, tier, fc.constantFrom(null, "c"), (value, effort, tier, conversation) => {
				const asked = { model: { model: "gpt-5.6", effort, tier }, conversation };
				assert.deepEqual(outcome(value, asked), outcome({ ...value, ...rewriting }, asked));
			}),
			{ numRuns: 500, seed: 5 },
		);
	});

	it("keeps the bytes of its input, however they are written", () => {
		const message = fc.record({ type: fc.constant("message"), role: fc.constant("user"), content: small });
		fc.assert(
			fc.property(fc.array(message, { maxLength: 5 }), fc.constantFrom("", "\t", "  "), (input, indent) => {
				const written = JSON.stringify({ ...fit, model: "a", input, last: 1 }, null, indent);
				const out = made(written).body.toString();
				const range = (whole: string) => whole.slice(whole.indexOf('"input"'), whole.lastIndexOf('"last"'));
				assert.equal(range(out), range(written));
			}),
			{ numRuns: 200, seed: 5 },
		);
	});
});
