import assert from "node:assert/strict";
import fc from "fast-check";
import type { Conversation, JsonSchema, TextPart, Turn } from "../../../../src/formats/conversation.ts";
import { openaiTranslation } from "../../../../src/formats/openai/translation.ts";
import { ReplyCollector } from "../../../../src/formats/replyCollector.ts";
import type { Reply, ReplyEvent, ReplyPart } from "../../../../src/formats/replyEvents.ts";
import { EventReader } from "../../../../src/formats/sse.ts";
import { ToolNames } from "../../../../src/formats/toolNames.ts";
import type { ReaderContext, WriterContext } from "../../../../src/formats/translation.ts";
import { conversations, plainSampling, plainSettings } from "../../../support/conversationArbitrary.ts";
import { type GoodEvent, replies, replyEvents, type SayableReply } from "../../../support/replyArbitrary.ts";
import type { SayableTools } from "../../../support/toolArbitraries.ts";
import { mediaData, mediaUrls, objectSchemas } from "../../../support/valueArbitraries.ts";

const details = fc.constantFrom({}, { detail: "low" as const }, { detail: "high" as const });
const images = fc
	.tuple(fc.oneof(mediaData(["image/png", "image/jpeg"]), mediaUrls(null)), details)
	.map(([source, detail]) => ({ kind: "image" as const, source, ...detail }));
const pdfs = mediaData(["application/pdf"]).map((source) => ({
	kind: "document" as const,
	source,
	name: "report.pdf",
}));
const audio = mediaData(["audio/wav", "audio/mpeg"]).map((source) => ({ kind: "audio" as const, source }));

/** Whether OpenAI takes it without a change. */
function isPlain(schema: JsonSchema): boolean {
	return schema["properties"] !== undefined && !JSON.stringify(schema).includes("prefixItems");
}

const tools: SayableTools = {
	schemas: objectSchemas.filter(isPlain),
	withoutParameters: false,
	strict: false,
	free: true,
	namespaces: false,
	choices: ["auto", "none", "required", "named", "allowed"],
};

/** All that the table does not say to be lost. */
const sayable = {
	settings: {
		// As long as a plain model of OpenAI writes.
		maxTokens: plainSettings.maxTokens.filter((limit) => limit <= 16_384),
		candidates: plainSettings.candidates,
		serviceTier: plainSettings.serviceTier,
		cacheKey: plainSettings.cacheKey,
		userId: plainSettings.userId,
		output: plainSettings.output
			.filter((output) => output.kind === "schema" && output.strict !== true && isPlain(output.schema))
			.map((output) => ({ name: "reply", ...output })),
	},
	sampling: {},
	stopSequences: 0,
	system: "anywhere" as const,
	severalTexts: [],
	media: { user: fc.oneof(images, pdfs, audio) },
	anyOrder: false,
	refusals: true,
	resultErrors: false,
	textAfterResults: false,
	resultsInAnyOrder: true,
	userTwice: true,
	prefill: true,
	tools,
};

function there(conversation: Conversation, model: string): Conversation {
	const { body } = openaiTranslation.writeRequest(conversation, { model });
	const wire: unknown = JSON.parse(JSON.stringify(body));
	const { conversation: back, losses } = openaiTranslation.readRequest({ body: wire, stream: null });
	assert.deepEqual(losses, []);
	return back;
}

describe("a conversation in Chat Completions", () => {
	it("comes back as it was from a reasoning model of OpenAI", () => {
		const settings = {
			...sayable.settings,
			verbosity: plainSettings.verbosity,
			reasoning: fc
				.constantFrom("minimal", "low", "medium", "high")
				.map((effort) => ({ amount: { kind: "effort" as const, effort }, shown: "auto" as const })),
		};
		fc.assert(
			fc.property(conversations({ ...sayable, settings }), (conversation) => {
				assert.deepEqual(there(conversation, "gpt-5"), conversation);
			}),
		);
	});

	it("comes back as it was from a plain model of OpenAI", () => {
		const { topK: _, ...sampling } = plainSampling;
		const all = {
			...sayable,
			settings: { ...sayable.settings, logprobs: plainSettings.logprobs },
			sampling,
			stopSequences: 4,
			tools: { ...tools, free: false },
		};
		fc.assert(
			fc.property(conversations(all), (conversation) => {
				assert.deepEqual(there(conversation, "gpt-4o"), conversation);
			}),
		);
	});

	it("comes back from another maker's model without what only OpenAI defines", () => {
		const all = {
			...sayable,
			settings: { maxTokens: plainSettings.maxTokens },
			stopSequences: 4,
			system: "first" as const,
			refusals: false,
			tools: { ...tools, free: false, choices: ["auto", "none", "required", "named"] as const },
		};
		fc.assert(
			fc.property(conversations(all), (conversation) => {
				assert.deepEqual(there(conversation, "qwen3-coder"), conversation);
			}),
		);
	});

	it("keeps every text in its order, however many stand side by side", () => {
		const all = {
			...sayable,
			severalTexts: ["system", "user", "assistant", "result"] as const,
			textAfterResults: true,
			anyOrder: true,
		};
		fc.assert(
			fc.property(conversations(all), (conversation) => {
				const wordsOf = ({ turns }: Conversation, role: Turn["role"]) =>
					turns
						.filter((turn) => turn.role === role)
						.flatMap(({ parts }) => [...parts])
						.flatMap((part) => (part.kind === "toolResult" ? [...part.content] : [part]))
						.filter((part): part is TextPart => part.kind === "text")
						.map(({ text }) => text)
						.join("")
						.replace(/\n/g, "");
				const back = there(conversation, "gpt-5");
				for (const role of ["system", "user", "assistant"] as const) {
					assert.equal(wordsOf(back, role), wordsOf(conversation, role));
				}
			}),
		);
	});
});

const sayableReply: SayableReply = {
	candidates: 3,
	anyOrder: true,
	most: 3,
	reasoning: true,
	emptyReasoning: false,
	refusals: true,
	citations: fc
		.record({ url: fc.webUrl(), title: fc.constantFrom("One", "Two") })
		.map((citation) => ({ ...citation, start: 0, end: 1 })),
	logprobs: true,
	freeCalls: true,
	namespaces: false,
	media: ["image"],
	reasons: ["stop", "length", "contentFilter"],
	usage: ["input", "output", "cached", "reasoning", "cacheWritten"],
};

const conversation: Conversation = { stream: true, turns: [], tools: [], sampling: {}, stop: [] };
const writing: WriterContext = {
	model: "their-model",
	conversation,
	body: { stream_options: { include_usage: true } },
	id: "1",
	createdAt: 1,
};

/** A reader that knows every call of these events as its own kind. */
function reading(parts: readonly { readonly head: { name: string; free: boolean } }[]): ReaderContext {
	const known = parts.map(({ head: { name, free } }) =>
		free ? ({ kind: "free", name } as const) : ({ kind: "function", name } as const),
	);
	const rules = { longest: 64, refused: /[^\w-]/gu, beginsFreely: true, hasFreeTools: true, hasNamespaces: false };
	const tools = known.filter(({ name }, place) => known.findIndex((other) => other.name === name) === place);
	return { conversation, names: new ToolNames({ tools, turns: [] }, rules) };
}

function collected(events: readonly ReplyEvent[]): Reply {
	const collector = new ReplyCollector();
	for (const event of events) {
		assert.notEqual(event.kind, "error");
		if (event.kind !== "end" && event.kind !== "error") collector.push(event);
	}
	assert.equal(events.at(-1)?.kind, "end");
	return collector.reply;
}

/** What Chat Completions cannot tell apart: one content, one reasoning, then the rest; ids of the reply are the client's. */
function told({ candidates, usage }: Reply) {
	return {
		usage,
		candidates: candidates.map(({ index, parts, reason }) => {
			const of = (kind: ReplyPart["kind"]) => parts.filter((part) => part.kind === kind);
			const texts = (kind: ReplyPart["kind"]) =>
				of(kind)
					.map(({ text }) => text)
					.join("")
					.replace(/\n/g, "");
			const hasRefusal = of("refusal").length > 0;
			return {
				index,
				reason: reason === "stop" && hasRefusal ? "refusal" : reason,
				text: texts("text"),
				reasoning: texts("reasoning"),
				refusal: texts("refusal"),
				calls: of("toolCall").map((part) =>
					part.kind === "toolCall" ? [part.id, part.name, part.free, part.text] : [],
				),
				images: of("image").map((part) => (part.kind === "image" ? [part.mediaType, part.data] : [])),
				cited: of("text").flatMap(({ citations }) => citations.map(({ url, title }) => [url, title])),
				tokens: of("text").flatMap(({ logprobs }) => logprobs),
			};
		}),
	};
}

function heads(events: readonly GoodEvent[]) {
	return events.flatMap((event) =>
		event.kind === "open" && event.part.kind === "toolCall" ? [{ head: event.part }] : [],
	);
}

/** Zero tokens of input are what relays tell that do not count. */
function isCounted({ usage }: Reply): boolean {
	return Boolean(usage?.input);
}

/** One name is of one kind only. */
function isClear(calls: readonly { readonly head: { name: string; free: boolean } }[]): boolean {
	return calls.every(({ head }) =>
		calls.every((other) => other.head.name !== head.name || other.head.free === head.free),
	);
}

describe("a reply in Chat Completions", () => {
	it("comes back as it was through a stream", () => {
		fc.assert(
			fc.property(replyEvents(sayableReply), (events) => {
				fc.pre(isClear(heads(events)) && isCounted(collected(events)));
				const writer = openaiTranslation.streamWriter(writing);
				const bytes = Buffer.from(events.map((event) => writer.push(event)).join(""));
				const sse = new EventReader();
				const reader = openaiTranslation.streamReader(reading(heads(events)));
				const back = [...sse.push(bytes), ...sse.end()].flatMap(({ name, data }) => [...reader.push(name, data)]);
				assert.deepEqual(told(collected([...back, ...reader.end()])), told(collected(events)));
			}),
		);
	});

	it("comes back as it was as a whole", () => {
		fc.assert(
			fc.property(replies(sayableReply), (reply) => {
				const calls = reply.candidates.flatMap(({ parts }) =>
					parts.flatMap((part) => (part.kind === "toolCall" ? [{ head: part }] : [])),
				);
				fc.pre(isClear(calls) && isCounted(reply));
				const body: unknown = JSON.parse(JSON.stringify(openaiTranslation.writeReply(reply, writing)));
				assert.deepEqual(told(collected(openaiTranslation.readReply(body, reading(calls)))), told(reply));
			}),
		);
	});
});
