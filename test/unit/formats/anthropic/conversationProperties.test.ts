import assert from "node:assert/strict";
import fc from "fast-check";
import { anthropicTranslation } from "../../../../src/formats/anthropic/translation.ts";
import type { Conversation, MediaPart, ReasoningPart, Turn } from "../../../../src/formats/conversation.ts";
import { conversations, plainSampling, plainSettings, type Sayable } from "../../../support/conversationArbitrary.ts";
import { assertShape } from "../../../support/sdkShapes.ts";
import { anyOf, mediaData, mediaUrls, names, texts } from "../../../support/valueArbitraries.ts";
import { assertTaken } from "./apiRules.ts";
import { models } from "./conversations.ts";

const images: fc.Arbitrary<MediaPart> = fc
	.oneof(mediaData(["image/png", "image/jpeg", "image/gif", "image/webp"]), mediaUrls(null))
	.map((source) => ({ kind: "image", source }));
const documents: fc.Arbitrary<MediaPart> = fc
	.tuple(
		fc.oneof(
			mediaData(["application/pdf"]),
			mediaUrls(null),
			texts.map((text) => ({ kind: "text" as const, text })),
		),
		fc.record({ name: texts, context: texts, cited: fc.boolean() }, anyOf),
	)
	.map(([source, about]) => ({ kind: "document", source, ...about }));
const media = fc.oneof(images, documents);
const signed: fc.Arbitrary<ReasoningPart> = fc
	.tuple(fc.oneof(texts, fc.constant("")), names)
	.map(([text, signature]) => ({
		kind: "reasoning",
		text,
		seal: { maker: "anthropic", value: { type: "thinking", thinking: text, signature } },
	}));
const redacted: fc.Arbitrary<ReasoningPart> = names.map((data) => ({
	kind: "reasoning",
	text: "",
	seal: { maker: "anthropic", value: { type: "redacted_thinking", data } },
}));
const marks = fc.constantFrom({}, { lifetime: "5m" as const });

const talk: Sayable = {
	settings: {
		parallelCalls: plainSettings.parallelCalls,
		maxTokens: fc.integer({ min: 1, max: 64_000 }),
		serviceTier: fc.constantFrom("auto", "default"),
		userId: plainSettings.userId,
	},
	sampling: { temperature: plainSampling.temperature.map((value) => value / 2), topK: plainSampling.topK },
	stopSequences: 4,
	system: "first",
	severalTexts: ["system", "user", "assistant", "result"],
	media: { user: media, result: media },
	reasoning: fc.oneof(signed, redacted),
	anyOrder: false,
	refusals: false,
	cacheMarks: marks,
	resultErrors: true,
	textAfterResults: true,
	resultsInAnyOrder: false,
	userTwice: true,
	prefill: true,
	tools: {
		withoutParameters: false,
		strict: false,
		free: false,
		namespaces: false,
		webSearch: fc
			.record(
				{ maxUses: fc.integer({ min: 1, max: 9 }), location: fc.record({ city: texts, country: texts }, anyOf) },
				anyOf,
			)
			.map((limits) => ({ kind: "webSearch", ...limits })),
		choices: ["auto", "none", "required", "named"],
	},
};

const isBlank = (text: string) => text.trim() === "";

/** What writing and reading may change: blank texts go, neighbours of one role are joined, more than four marks are cut. */
function settled({ turns, parallelCalls, toolChoice, stop, ...rest }: Conversation): object {
	const joined: Turn[] = [];
	for (const turn of turns) {
		const last = joined.at(-1);
		const parts = turn.parts.filter((part) => part.kind !== "text" || !isBlank(part.text));
		if (last?.role === turn.role)
			joined[joined.length - 1] = { role: turn.role, parts: [...last.parts, ...parts] } as Turn;
		else joined.push({ role: turn.role, parts } as Turn);
	}
	const final = joined.at(-1);
	const end = final?.role === "assistant" ? final.parts.at(-1) : undefined;
	const trimmed = joined.map((turn) => ({
		...turn,
		parts: turn.parts.map((part) =>
			part === end && part.kind === "text" ? { ...part, text: part.text.trimEnd() } : part,
		),
	}));
	const isSaid = parallelCalls !== undefined && rest.tools.length > 0 && toolChoice?.kind !== "none";
	const choice = toolChoice ?? (isSaid ? { kind: "auto" } : undefined);
	const settings = { ...(isSaid ? { parallelCalls } : {}), ...(choice ? { toolChoice: choice } : {}) };
	return withoutMarks({ turns: trimmed, stop: stop.filter((text) => !isBlank(text)), ...settings, ...rest });
}

function withoutMarks(value: object): object {
	return JSON.parse(JSON.stringify(value, (name, member) => (name === "cache" ? undefined : member)));
}

/** Tools that only stand in the history are defined anew, and texts that are blank may have been all of a turn. */
function isPlain({ tools, turns }: Conversation): boolean {
	const hasCalls = turns.some(({ parts }) => parts.some(({ kind }) => kind === "toolCall"));
	const says = ({ parts }: Turn) =>
		parts.some((part) => part.kind !== "text" || !isBlank(part.text)) &&
		parts.every(
			(part) => part.kind !== "toolResult" || part.content.every((one) => one.kind !== "text" || !isBlank(one.text)),
		);
	const end = turns.at(-1);
	const lastPart = end?.parts.at(-1);
	const endsWell = end?.role !== "assistant" || (lastPart?.kind === "text" && !isBlank(lastPart.text));
	return turns.every(says) && endsWell && (tools.length > 0 || !hasCalls);
}

function throughBody(told: Conversation, model: string): object {
	const { body } = anthropicTranslation.writeRequest(told, { model });
	assertShape("anthropic.request", body, ["temperature", "top_p", "top_k"]);
	const read = anthropicTranslation.readRequest({ body: JSON.parse(JSON.stringify(body)), stream: null });
	assert.deepEqual(read.losses, []);
	return withoutMarks(read.conversation);
}

describe("any conversation", () => {
	it("is the same after it was a request of Anthropic's", () => {
		fc.assert(
			fc.property(conversations(talk).filter(isPlain), (told) => {
				const limited = { maxTokens: 1000, ...told };
				assert.deepEqual(throughBody(limited, models.budget), settled(limited));
			}),
			{ numRuns: 300 },
		);
	});

	it("is the same with thinking and a form of the reply", () => {
		const thinking: Sayable = {
			...talk,
			settings: {
				maxTokens: fc.integer({ min: 1, max: 128_000 }),
				reasoning: fc.record({
					amount: fc.oneof(
						fc.constantFrom("low", "medium", "high", "max").map((effort) => ({ kind: "effort" as const, effort })),
						fc.constant({ kind: "adaptive" as const }),
					),
					shown: fc.constantFrom("no", "auto"),
				}),
				output: fc.constant({
					kind: "schema" as const,
					schema: { type: "object", properties: { a: { type: "string" } }, additionalProperties: false },
				}),
			},
			sampling: {},
			media: { user: images },
			prefill: false,
			tools: { ...talk.tools, choices: ["auto", "none"] },
		};
		fc.assert(
			fc.property(conversations(thinking).filter(isPlain), (told) => {
				const limited = { maxTokens: 1000, ...told };
				assert.deepEqual(throughBody(limited, models.both), settled(limited));
			}),
			{ numRuns: 200 },
		);
	});

	it("is a request that Anthropic takes, whatever it holds and whatever the model is", () => {
		const anything: Sayable = {
			...talk,
			settings: {
				...plainSettings,
				reasoning: fc.record(
					{
						amount: fc.oneof(
							fc.integer({ min: 0, max: 300_000 }).map((tokens) => ({ kind: "budget" as const, tokens })),
							fc.constantFrom("none", "minimal", "xhigh", "max").map((effort) => ({ kind: "effort" as const, effort })),
						),
						shown: fc.constantFrom("no", "auto", "concise", "detailed"),
					},
					anyOf,
				),
			},
			sampling: plainSampling,
			system: "anywhere",
			reasoning: fc.oneof(
				signed,
				texts.map((text): ReasoningPart => ({ kind: "reasoning", text, seal: { maker: "gemini", value: text } })),
			),
			anyOrder: true,
			refusals: true,
			resultsInAnyOrder: true,
			tools: {
				...talk.tools,
				withoutParameters: true,
				strict: true,
				free: true,
				namespaces: true,
				choices: ["auto", "none", "required", "named", "allowed"],
			},
		};
		// Histories that a client has cut at either end.
		const cut = fc
			.tuple(conversations(anything), fc.nat({ max: 3 }), fc.nat({ max: 2 }))
			.map(([told, first, last]) => ({
				...told,
				turns: told.turns.slice(first, Math.max(first + 1, told.turns.length - last)),
			}));
		fc.assert(
			fc.property(
				cut,
				fc.constantFrom(...Object.values(models), "claude-sonnet-5-5", "claude-haiku-5-5"),
				(told, model) => {
					const { body } = anthropicTranslation.writeRequest(told, { model });
					assertShape("anthropic.request", body, ["temperature", "top_p", "top_k"]);
					assertTaken(JSON.parse(JSON.stringify(body)));
				},
			),
			{ numRuns: 500 },
		);
	});
});
