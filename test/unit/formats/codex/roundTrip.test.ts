import assert from "node:assert/strict";
import fc from "fast-check";
import { codexTranslation } from "../../../../src/formats/codex/translation.ts";
import type { Conversation, JsonSchema, Seal, Tool } from "../../../../src/formats/conversation.ts";
import { ReplyCollector } from "../../../../src/formats/replyCollector.ts";
import type { ReplyEvent, ReplyUsage } from "../../../../src/formats/replyEvents.ts";
import { sealText } from "../../../../src/formats/seals.ts";
import { EventReader } from "../../../../src/formats/sse.ts";
import { ToolNames } from "../../../../src/formats/toolNames.ts";
import { conversations, plainSettings, type Sayable } from "../../../support/conversationArbitrary.ts";
import { replies, replyEvents, type SayableReply } from "../../../support/replyArbitrary.ts";
import { assertShape } from "../../../support/sdkShapes.ts";
import { anyOf, base64, mediaData, mediaUrls, names, texts } from "../../../support/valueArbitraries.ts";

/** What is sent as it stands, strict or not. */
const schemas: fc.Arbitrary<JsonSchema> = fc
	.dictionary(
		names,
		fc.constantFrom<JsonSchema>(
			{ type: "string" },
			{ type: ["integer", "null"], minimum: 1 },
			{ type: "array", items: { $ref: "#/$defs/node" } },
			{ anyOf: [{ const: "a" }, { type: "object", properties: {}, additionalProperties: false }] },
		),
		{ maxKeys: 3, noNullPrototype: true },
	)
	.map((properties) => ({
		type: "object",
		properties,
		required: Object.keys(properties),
		additionalProperties: false,
		$defs: { node: { type: "string", enum: ["red"] } },
	}));

const ownSeals: fc.Arbitrary<Seal> = fc
	.record({ id: names, encrypted_content: base64 })
	.map(({ id, encrypted_content }) => ({ maker: "codex", value: { id, encrypted_content } }));

const media = fc.oneof(
	fc
		.tuple(
			fc.oneof(mediaData(["image/png", "image/jpeg"]), mediaUrls(null)),
			fc.record({ detail: fc.constantFrom("low" as const, "high" as const, "original" as const) }, anyOf),
		)
		.map(([source, rest]) => ({ kind: "image" as const, source, ...rest })),
	fc
		.tuple(fc.oneof(mediaData(["application/pdf"]), mediaUrls(null)), names)
		.map(([source, name]) => ({ kind: "document" as const, source, name })),
);

const { parallelCalls, verbosity, cacheKey } = plainSettings;
const sayable: Sayable = {
	settings: {
		parallelCalls,
		verbosity,
		cacheKey,
		serviceTier: fc.constantFrom("default", "flex", "priority"),
		output: fc
			.tuple(schemas, names, fc.boolean(), fc.record({ description: texts }, anyOf))
			.map(([schema, name, strict, rest]) => ({ kind: "schema", schema, name, strict, ...rest })),
		reasoning: fc
			.tuple(
				fc.constantFrom("none" as const, "low" as const, "high" as const, "xhigh" as const),
				fc.constantFrom("auto" as const, "concise" as const, "detailed" as const),
			)
			.map(([effort, shown]) => ({ amount: { kind: "effort", effort }, shown })),
	},
	sampling: {},
	stopSequences: 0,
	system: "anywhere",
	severalTexts: ["user", "assistant", "result"],
	media: { user: media, result: media },
	reasoning: fc
		.tuple(fc.oneof(texts, fc.constant("")), ownSeals)
		.map(([text, seal]) => ({ kind: "reasoning", text, seal })),
	anyOrder: true,
	refusals: true,
	citations: fc.record({ url: fc.webUrl(), title: texts, start: fc.nat(), end: fc.nat() }, { noNullPrototype: true }),
	resultErrors: false,
	textAfterResults: false,
	resultsInAnyOrder: true,
	userTwice: true,
	prefill: true,
	tools: {
		schemas,
		withoutParameters: false,
		strict: true,
		free: true,
		namespaces: true,
		webSearch: fc
			.record(
				{
					allowedDomains: fc.array(fc.domain(), { minLength: 1, maxLength: 2 }),
					contextSize: fc.constantFrom("low" as const, "high" as const),
					location: fc.record({ city: texts, timezone: texts }, { noNullPrototype: true }),
				},
				anyOf,
			)
			.map((rest) => ({ kind: "webSearch", ...rest })),
		choices: ["auto", "none", "required", "named", "allowed"],
	},
};

/** What goes out says of each function whether it is strict, always streams, and has no choice without tools. */
function asSent(conversation: Conversation): Conversation {
	const { tools, toolChoice, parallelCalls: parallel, ...rest } = conversation;
	const sent = tools.map((tool): Tool => (tool.kind === "function" ? { strict: false, ...tool } : tool));
	return {
		...rest,
		stream: true,
		tools: sent,
		...(tools.length === 0 || toolChoice === undefined ? {} : { toolChoice }),
		...(tools.length === 0 || parallel === undefined ? {} : { parallelCalls: parallel }),
	};
}

describe("a conversation as a Codex request, and back", () => {
	it("is the same, and loses nothing", () => {
		fc.assert(
			fc.property(conversations(sayable), (conversation) => {
				const { body, losses } = codexTranslation.writeRequest(conversation, { model: "relay-model" });
				assert.deepEqual(losses, []);
				const sent: unknown = JSON.parse(JSON.stringify(body));
				const read = codexTranslation.readRequest({ body: sent, stream: null });
				assert.deepEqual(read.losses, []);
				assert.deepEqual(read.conversation, asSent(conversation));
			}),
		);
	});
});

const replySayable: SayableReply = {
	candidates: 1,
	anyOrder: true,
	most: 3,
	reasoning: true,
	seals: ownSeals,
	emptyReasoning: true,
	refusals: true,
	citations: fc.record({ url: fc.webUrl(), title: texts, start: fc.nat(), end: fc.nat() }, { noNullPrototype: true }),
	logprobs: true,
	freeCalls: true,
	namespaces: true,
	media: ["image"],
	reasons: ["stop", "length", "contentFilter"],
	usage: ["input", "output", "cached", "cacheWritten", "reasoning"],
};

const plain: Conversation = { stream: true, turns: [], tools: [], sampling: {}, stop: [] };
const writing = { model: "m", conversation: plain, body: { model: "m", input: "hi" }, id: "abc", createdAt: 1 };

/** With the names under which the client knows the tools that the events call. */
function readingOf(events: readonly ReplyEvent[]) {
	const tools = events.flatMap((event): Tool[] => {
		if (event.kind !== "open" || event.part.kind !== "toolCall") return [];
		const { name, namespace, free } = event.part;
		return [
			{
				kind: free ? "free" : "function",
				name,
				...(namespace === undefined ? {} : { namespace: { name: namespace } }),
			},
		];
	});
	const conversation = { ...plain, tools };
	const rules = { longest: 64, refused: /[^\w-]/gu, beginsFreely: true, hasFreeTools: true, hasNamespaces: true };
	return { conversation, names: new ToolNames(conversation, rules) };
}

function collected(events: readonly ReplyEvent[]) {
	const collector = new ReplyCollector();
	for (const event of events) if (event.kind !== "end" && event.kind !== "error") collector.push(event);
	return collector.reply;
}

/** Ids are ours, the seal's id is that of the item, and a refusal alone has a reason of its own. */
function comparable(reply: ReturnType<typeof collected>) {
	return {
		usage: countedUsage(reply.usage),
		candidates: reply.candidates.map((candidate) => {
			const kinds = new Set(candidate.parts.map(({ kind }) => kind));
			const isRefusal = candidate.reason === "stop" && kinds.has("refusal") && !kinds.has("text");
			return {
				...candidate,
				reason: isRefusal ? "refusal" : candidate.reason,
				parts: candidate.parts.map(({ seal, ...part }) => ({
					...part,
					...(seal === undefined ? {} : { seal: encryptedOf(seal) }),
				})),
			};
		}),
	};
}

/** No prompt has zero tokens: zeros are those of somebody who does not count. */
function countedUsage(usage: ReplyUsage | null) {
	const { input, output, cached, reasoning } = usage ?? {};
	return input || output || cached || reasoning ? { ...usage, input: input || null } : null;
}

function encryptedOf({ value }: Seal): unknown {
	return typeof value === "object" && value !== null && "encrypted_content" in value ? value.encrypted_content : null;
}

function readStream(text: string, context: ReturnType<typeof readingOf>): readonly ReplyEvent[] {
	const reader = codexTranslation.streamReader(context);
	const sse = new EventReader();
	const events = [...sse.push(Buffer.from(text)), ...sse.end()];
	return [...events.flatMap(({ name, data }) => reader.push(name, data)), ...reader.end()];
}

describe("a reply as Codex events, and back", () => {
	it("is the same, and each event has the shape of the SDK's", () => {
		fc.assert(
			fc.property(replyEvents(replySayable), (events) => {
				const writer = codexTranslation.streamWriter(writing);
				const text = events.map((event) => writer.push(event)).join("");
				const read = readStream(text, readingOf(events));
				assert.equal(read.at(-1)?.kind, "end");
				assert.deepEqual(comparable(collected(read)), comparable(collected(events)));
			}),
		);
	});

	it("is the same as a whole", () => {
		fc.assert(
			fc.property(replies(replySayable), (reply) => {
				const body: unknown = JSON.parse(JSON.stringify(codexTranslation.writeReply(reply, writing)));
				const context = readingOf(
					reply.candidates.flatMap(({ parts }) => parts.map((part) => ({ kind: "open", candidate: 0, part }) as const)),
				);
				const read = codexTranslation.readReply(body, context);
				assert.equal(read.at(-1)?.kind, "end");
				assert.deepEqual(comparable(collected(read)), comparable(reply));
			}),
		);
	});
});

/** The SDK leaves out what is on the wire, and what clients count on: the status of custom calls, the bytes of tokens. */
describe("the shape of what Codex clients get", () => {
	const foreign = base64.map((value): Seal => ({ maker: "anthropic", value }));

	it("is the SDK's in every event", () => {
		fc.assert(
			fc.property(replyEvents({ ...replySayable, seals: foreign }), (events) => {
				const writer = codexTranslation.streamWriter(writing);
				const sse = new EventReader();
				for (const { name, data } of sse.push(Buffer.from(events.map((event) => writer.push(event)).join("")))) {
					const event: unknown = JSON.parse(data);
					assert.ok(typeof event === "object" && event !== null && "type" in event);
					assert.equal(event.type, name);
					assertShape("codex.event", event, [
						"item.status",
						"response.output[].status",
						"logprobs[].bytes",
						"logprobs[].top_logprobs[].bytes",
					]);
				}
			}),
			{ numRuns: 20 },
		);
	});

	it("is the SDK's as a whole", () => {
		fc.assert(
			fc.property(replies({ ...replySayable, seals: foreign }), (reply) => {
				assertShape("codex.reply", JSON.parse(JSON.stringify(codexTranslation.writeReply(reply, writing))), [
					"output[].status",
				]);
			}),
			{ numRuns: 20 },
		);
	});

	it("has other makers' seals in the field for encrypted reasoning", () => {
		fc.assert(
			fc.property(foreign, (seal) => {
				const part = { kind: "reasoning", text: "", citations: [], logprobs: [], seal } as const;
				const reply = { candidates: [{ index: 0, parts: [part], reason: "stop" as const }], usage: null };
				const text = JSON.stringify(codexTranslation.writeReply(reply, writing));
				assert.ok(text.includes(JSON.stringify(sealText(seal))));
			}),
			{ numRuns: 5 },
		);
	});
});
