import assert from "node:assert/strict";
import { anthropicTranslation } from "../../../../src/formats/anthropic/translation.ts";
import type { Sampling } from "../../../../src/formats/conversation.ts";
import { Untranslatable } from "../../../../src/formats/translation.ts";
import { assistant, conversation, look, models, system, user, write } from "./conversations.ts";

describe("a request for Anthropic", () => {
	it("is a message with a limit, which Anthropic asks for", () => {
		const written = anthropicTranslation.writeRequest(conversation({ stream: true }), { model: "claude-opus-4-8" });
		assert.equal(written.path, "/messages");
		assert.equal(written.streams, true);
		assert.deepEqual(written.body, {
			model: "claude-opus-4-8",
			max_tokens: 32_000,
			messages: [{ role: "user", content: [{ type: "text", text: "Hi" }] }],
			stream: true,
		});
		assert.deepEqual(written.losses, []);
	});

	it("asks for no more than the model can say", () => {
		const { body, losses } = write({ maxTokens: 100_000 }, models.budget);
		assert.equal(body.max_tokens, 64_000);
		assert.deepEqual(losses, [{ feature: "maxTokens", sentAs: "64000" }]);
		assert.equal(write({ maxTokens: 100_000 }, models.foreign).body.max_tokens, 100_000);
	});

	describe("samples", () => {
		type Told = readonly [model: string, sampling: Sampling, sent: object, lost: readonly string[]];
		const table: readonly Told[] = [
			[models.both, { temperature: 1.5 }, { temperature: 1 }, ["temperature=1"]],
			[models.both, { temperature: 0.3 }, { temperature: 0.3 }, []],
			[models.both, { temperature: 0.3, topP: 0.5 }, { temperature: 0.3 }, ["topP"]],
			[models.both, { temperature: 1, topP: 0.5 }, { top_p: 0.5 }, []],
			[models.both, { temperature: 0.3, topP: 1 }, { temperature: 0.3 }, []],
			[models.old, { temperature: 0.3, topP: 0.5, topK: 4 }, { temperature: 0.3, top_p: 0.5, top_k: 4 }, []],
			[models.always, { temperature: 0.3, topP: 0.5, topK: 4 }, {}, ["temperature", "topK", "topP"]],
			[models.always, { temperature: 1, topP: 1 }, {}, []],
			[
				models.both,
				{ seed: 1, presencePenalty: 0.5, frequencyPenalty: 0.5 },
				{},
				["frequencyPenalty", "presencePenalty", "seed"],
			],
			[models.both, { presencePenalty: 0, frequencyPenalty: 0 }, {}, []],
		];
		for (const [model, sampling, sent, lost] of table) {
			it(`${JSON.stringify(sampling)} with ${model} as ${JSON.stringify(sent)}`, () => {
				const { body, losses } = write({ sampling }, model);
				const { temperature, top_p, top_k } = body;
				assert.deepEqual(JSON.parse(JSON.stringify({ temperature, top_p, top_k })), sent);
				const told = losses.map(({ feature, sentAs }) => (sentAs === undefined ? feature : `${feature}=${sentAs}`));
				assert.deepEqual(told.sort(), lost);
			});
		}

		it("as Anthropic takes it beside thinking", () => {
			const reasoning = { amount: { kind: "budget", tokens: 2000 } } as const;
			const { body, losses } = write({ reasoning, sampling: { temperature: 0.3, topP: 0.5, topK: 4 } }, models.old);
			assert.deepEqual(losses, [{ feature: "reasoning" }], "the old model does not think");
			assert.equal(body.temperature, 0.3);
			const thinking = write({ reasoning, sampling: { temperature: 0.3, topP: 0.5, topK: 4 } }, models.foreign);
			assert.deepEqual(
				[thinking.body.temperature, thinking.body.top_p, thinking.body.top_k],
				[undefined, 0.95, undefined],
			);
			assert.deepEqual(thinking.losses, [
				{ feature: "temperature" },
				{ feature: "topP", sentAs: "0.95" },
				{ feature: "topK" },
			]);
			const plain = write({ reasoning, sampling: { temperature: 1 } }, models.foreign);
			assert.deepEqual([plain.body.temperature, plain.losses], [undefined, []]);
		});
	});

	it("leaves out stop sequences of white space, which Anthropic refuses", () => {
		const { body, losses } = write({ stop: ["\n\n", "END", " "] });
		assert.deepEqual(body.stop_sequences, ["END"]);
		assert.deepEqual(losses, [{ feature: "stop", sentAs: "1 of 3" }]);
		assert.deepEqual(write({ stop: ["\n"] }).losses, [{ feature: "stop" }]);
		assert.equal(write({ stop: ["\n"] }).body.stop_sequences, undefined);
	});

	it("says whose request it is and how it is to be served", () => {
		const { body, losses } = write({ userId: "u1", serviceTier: "flex" });
		assert.deepEqual([body.metadata, body.service_tier], [{ user_id: "u1" }, "standard_only"]);
		assert.deepEqual(losses, [{ feature: "serviceTier", sentAs: "standard_only" }]);
		assert.equal(write({ serviceTier: "auto" }).body.service_tier, "auto");
		assert.equal(write({ serviceTier: "default" }).body.service_tier, "standard_only");
	});

	it("names what Anthropic has nothing for", () => {
		const { losses } = write({ candidates: 3, logprobs: 2, verbosity: "low", metadata: { a: "b" } });
		assert.deepEqual(losses, [
			{ feature: "candidates", sentAs: "1" },
			{ feature: "logprobs" },
			{ feature: "verbosity" },
			{ feature: "metadata" },
		]);
		assert.deepEqual(write({ candidates: 1, verbosity: "medium" }).losses, []);
	});

	describe("for JSON", () => {
		const schema = {
			type: "object",
			properties: { name: { type: "string", minLength: 2 }, kind: { oneOf: [{ type: "string" }, { type: "null" }] } },
			required: ["name"],
		};

		it("of a schema holds the reply to what Anthropic can hold it to", () => {
			const { body, losses } = write({ output: { kind: "schema", schema, name: "person", description: "Somebody" } });
			assert.deepEqual(body.output_config?.format, {
				type: "json_schema",
				schema: {
					title: "person",
					description: "Somebody",
					type: "object",
					properties: {
						name: { type: "string", description: 'Also required: {"minLength":2}' },
						kind: { anyOf: [{ type: "string" }, { type: "null" }] },
					},
					required: ["name"],
					additionalProperties: false,
				},
			});
			assert.deepEqual(losses, [{ feature: "output", sentAs: "limits in words" }]);
			assert.equal(body.system, undefined);
		});

		it("of any kind is asked for in words, and named", () => {
			const { body, losses } = write({ turns: [system("Be brief"), user("Hi")], output: { kind: "json" } });
			assert.deepEqual(body.system, [
				{ type: "text", text: "Be brief" },
				{ type: "text", text: "Answer with one JSON object and nothing else." },
			]);
			assert.deepEqual(losses, [{ feature: "output", sentAs: "in words" }]);
		});

		it("of a schema that cannot be held to is asked for in words", () => {
			const node = { type: "object", properties: { next: { $ref: "#/$defs/node" } } };
			const unheld = [
				{ type: "object", properties: { next: { $ref: "#/$defs/node" } }, $defs: { node } },
				{ type: "object", additionalProperties: { type: "string" } },
				{ type: "object", properties: { any: {} } },
				{ type: "object", properties: { far: { $ref: "https://example.org/schema" } } },
			];
			for (const one of unheld) {
				const { body, losses } = write({ output: { kind: "schema", schema: one } });
				assert.equal(body.output_config, undefined);
				assert.match(JSON.stringify(body.system), /JSON Schema/);
				assert.deepEqual(losses, [{ feature: "output", sentAs: "in words" }]);
			}
		});

		it("is asked for in words alone of models that cannot be held, and in both ways of others'", () => {
			const output = { kind: "schema", schema: { type: "object", properties: {} } } as const;
			const old = write({ output }, models.old);
			assert.equal(old.body.output_config, undefined);
			assert.deepEqual(old.losses, [{ feature: "output", sentAs: "in words" }]);
			const foreign = write({ output }, models.foreign);
			assert.ok(foreign.body.output_config?.format);
			assert.match(JSON.stringify(foreign.body.system), /JSON Schema/);
			assert.deepEqual(foreign.losses, []);
		});

		it("goes without citations, which Anthropic refuses beside it", () => {
			const document = { kind: "document", source: { kind: "text", text: "x" }, cited: true } as const;
			const output = { kind: "schema", schema: { type: "object", properties: {} } } as const;
			const { body, losses } = write({ turns: [user(document, "Hi")], output });
			assert.match(JSON.stringify(body.messages), /"citations":\{"enabled":false\}/);
			assert.deepEqual(losses, [{ feature: "citations" }]);
		});
	});

	describe("with marks for the cache", () => {
		const marked = (text: string, lifetime?: "5m" | "1h") =>
			({ kind: "text", text, cache: lifetime === undefined ? {} : { lifetime } }) as const;

		it("has at most four, the last ones", () => {
			const turns = [user(marked("1"), marked("2"), marked("3")), user(marked("4"))];
			const { body, losses } = write({
				turns,
				tools: [
					{ ...look, cache: {} },
					{ ...look, name: "b", cache: {} },
				],
			});
			const found = JSON.stringify(body).match(/"cache_control"/g);
			assert.equal(found?.length, 4);
			assert.doesNotMatch(JSON.stringify(body.tools), /cache_control/);
			assert.deepEqual(losses, [{ feature: "cacheMarks", sentAs: "last 4" }]);
		});

		it("has none of an hour after one of five minutes", () => {
			const { body, losses } = write({ turns: [user(marked("1", "1h"), marked("2"), marked("3", "1h"))] });
			const [first, second, third] = [{ ttl: "1h" }, {}, { ttl: "5m" }].map((ttl) => ({ type: "ephemeral", ...ttl }));
			assert.deepEqual(body.messages[0]?.content, [
				{ type: "text", text: "1", cache_control: first },
				{ type: "text", text: "2", cache_control: second },
				{ type: "text", text: "3", cache_control: third },
			]);
			assert.deepEqual(losses, [{ feature: "cacheMarks", sentAs: "5m" }]);
		});

		it("has them at the ends of a talk that goes on: the accounts of all other clients cache by themselves", () => {
			const turns = [system("Be brief"), user("Hi"), assistant("Yes?"), user("Go on")];
			const { body, losses } = write({ turns });
			const cache_control = { type: "ephemeral" };
			assert.deepEqual(body.system, [{ type: "text", text: "Be brief", cache_control }]);
			assert.deepEqual(body.messages.at(-1)?.content, [{ type: "text", text: "Go on", cache_control }]);
			assert.equal(JSON.stringify(body).split("cache_control").length, 3);
			assert.deepEqual(losses, []);
			assert.doesNotMatch(JSON.stringify(write({ turns: turns.slice(0, 2) }).body), /cache_control/);
		});

		it("marks both ends for a client that has a key in their place", () => {
			const { body, losses } = write({ turns: [system("Be brief"), user("Hi")], cacheKey: "k" });
			const cache_control = { type: "ephemeral" };
			assert.deepEqual(body.system, [{ type: "text", text: "Be brief", cache_control }]);
			assert.deepEqual(body.messages, [{ role: "user", content: [{ type: "text", text: "Hi", cache_control }] }]);
			assert.deepEqual(losses, [{ feature: "cacheKey", sentAs: "cache_control" }]);
			const own = write({ turns: [user(marked("Hi", "1h"))], cacheKey: "k" });
			assert.deepEqual(own.losses, [{ feature: "cacheKey" }]);
		});

		it("leaves what it says for the user unmarked the next time", () => {
			write({ turns: [system("Be brief")], cacheKey: "k" });
			assert.doesNotMatch(JSON.stringify(write({ turns: [system("Be brief")] }).body), /cache_control/);
		});
	});

	it("refuses media that Anthropic has nothing for", () => {
		const refused = [
			{ kind: "audio", source: { kind: "data", mediaType: "audio/wav", data: "" } },
			{ kind: "video", source: { kind: "url", url: "https://example.org/v" } },
			{ kind: "image", source: { kind: "data", mediaType: "image/tiff", data: "" } },
			{ kind: "document", source: { kind: "data", mediaType: "application/zip", data: "" } },
		] as const;
		for (const part of refused) assert.throws(() => write({ turns: [user(part)] }), Untranslatable);
	});

	it("carries images and documents as data, by URL and as text", () => {
		const data = Buffer.from("a,b").toString("base64");
		const { body, losses } = write({
			turns: [
				user(
					{ kind: "image", source: { kind: "data", mediaType: "image/jpg", data: "aGk=" }, detail: "high" },
					{ kind: "image", source: { kind: "url", url: "https://example.org/i.png" }, detail: "auto" },
					{ kind: "document", source: { kind: "data", mediaType: "application/pdf", data: "aGk=" }, name: "a.pdf" },
					{ kind: "document", source: { kind: "url", url: "https://example.org/d.pdf" }, context: "about" },
					{ kind: "document", source: { kind: "data", mediaType: "text/csv; charset=utf-8", data } },
				),
			],
		});
		assert.deepEqual(body.messages[0]?.content, [
			{ type: "image", source: { type: "base64", media_type: "image/jpeg", data: "aGk=" } },
			{ type: "image", source: { type: "url", url: "https://example.org/i.png" } },
			{
				type: "document",
				source: { type: "base64", media_type: "application/pdf", data: "aGk=" },
				title: "a.pdf",
			},
			{ type: "document", source: { type: "url", url: "https://example.org/d.pdf" }, context: "about" },
			{ type: "document", source: { type: "text", media_type: "text/plain", data: "a,b" } },
		]);
		assert.deepEqual(losses, [{ feature: "imageDetail" }]);
	});
});
