import assert from "node:assert/strict";
import fc from "fast-check";
import type { Conversation, MediaPart, Seal, Turn } from "../../../../src/formats/conversation.ts";
import { writeSchema } from "../../../../src/formats/gemini/schema.ts";
import { placeholder } from "../../../../src/formats/gemini/thoughtSeals.ts";
import { geminiTranslation } from "../../../../src/formats/gemini/translation.ts";
import { conversations, plainSampling, plainSettings, type Sayable } from "../../../support/conversationArbitrary.ts";
import { assertShape } from "../../../support/sdkShapes.ts";
import { anyOf, base64, mediaData, mediaUrls, texts } from "../../../support/valueArbitraries.ts";

const { readRequest, writeRequest } = geminiTranslation;

const image: fc.Arbitrary<MediaPart> = fc
	.tuple(
		fc.oneof(mediaData(["image/png", "image/jpeg"]), mediaUrls(["image/png"])),
		fc.record({ detail: fc.constantFrom("low" as const, "high" as const, "original" as const) }, anyOf),
	)
	.map(([source, detail]) => ({ kind: "image", source, ...detail }));
const media: fc.Arbitrary<MediaPart> = fc.oneof(
	image,
	mediaData(["application/pdf"]).map((source): MediaPart => ({ kind: "document", source })),
	texts.map((text): MediaPart => ({ kind: "document", source: { kind: "text", text: text.toWellFormed() } })),
	mediaData(["audio/wav"]).map((source): MediaPart => ({ kind: "audio", source })),
	fc.constant<MediaPart>({ kind: "video", source: { kind: "url", url: "https://www.youtube.com/watch?v=1" } }),
);
const amounts = fc.oneof(
	fc.constantFrom("minimal" as const, "low" as const, "medium" as const, "high" as const).map((effort) => ({
		kind: "effort" as const,
		effort,
	})),
	fc.nat({ max: 40_000 }).map((tokens) => ({ kind: "budget" as const, tokens })),
	fc.constant({ kind: "adaptive" as const }),
);
const {
	parallelCalls: _,
	output: __,
	verbosity: ___,
	cacheKey: ____,
	userId: _____,
	metadata: ______,
	...settings
} = plainSettings;

const sayable: Sayable = {
	settings: {
		...settings,
		output: plainSettings.output.map((output) =>
			output.kind === "json" ? output : { kind: "schema", schema: writeSchema(output.schema) },
		),
		serviceTier: fc.constantFrom("default", "flex", "priority"),
		reasoning: fc
			.record({ amount: amounts, shown: fc.constantFrom("no" as const, "auto" as const) }, anyOf)
			.filter((reasoning) => Object.keys(reasoning).length > 0),
	},
	sampling: {
		...plainSampling,
		presencePenalty: plainSampling.presencePenalty.map((penalty) => Math.min(penalty, 1.99)),
		frequencyPenalty: plainSampling.frequencyPenalty.map((penalty) => Math.min(penalty, 1.99)),
	},
	stopSequences: 5,
	system: "first",
	severalTexts: ["system", "user"],
	media: { user: media, assistant: image },
	reasoning: fc
		.tuple(fc.oneof(texts, fc.constant("")), base64)
		.map(([text, value]) => ({ kind: "reasoning", text, seal: { maker: "gemini", value } satisfies Seal })),
	anyOrder: true,
	refusals: false,
	resultErrors: true,
	textAfterResults: true,
	resultsInAnyOrder: false,
	userTwice: false,
	prefill: true,
	tools: {
		withoutParameters: true,
		strict: false,
		free: false,
		namespaces: false,
		webSearch: fc.constant({ kind: "webSearch" }),
		choices: ["auto", "none", "required", "named", "allowed"],
	},
};

/** What is said in another way, of the same meaning. */
function asGemini(conversation: Conversation): Conversation {
	const tools = conversation.tools.map((tool) =>
		tool.kind === "function" && tool.parameters !== undefined
			? { ...tool, parameters: writeSchema(tool.parameters) }
			: tool,
	);
	const isMixed = tools.some(({ kind }) => kind === "function") && tools.some(({ kind }) => kind === "webSearch");
	const { toolChoice: choice = isMixed ? ({ kind: "auto" } as const) : undefined, ...rest } = conversation;
	const [only, ...others] = choice?.kind === "allowed" && choice.mode === "required" ? choice.tools : [];
	const toolChoice = only !== undefined && others.length === 0 ? ({ kind: "named", tool: only } as const) : choice;
	return { ...rest, tools, ...(toolChoice === undefined ? {} : { toolChoice }) };
}

const onTheWire = (conversation: Conversation): unknown =>
	JSON.parse(JSON.stringify(writeRequest(conversation, { model: "some-model" }).body));

describe("any conversation, written as a request of Gemini's", () => {
	it("is read as the same conversation, and nothing of it is lost", () => {
		fc.assert(
			fc.property(conversations(sayable), (conversation) => {
				const { losses } = writeRequest(conversation, { model: "some-model" });
				const read = readRequest({ body: onTheWire(conversation), stream: conversation.stream });
				assert.deepEqual(read.conversation, asGemini(conversation));
				assert.deepEqual([losses, read.losses], [[], []]);
			}),
			{ numRuns: 150 },
		);
	});

	it("is the same in the names of the proto file", () => {
		fc.assert(
			fc.property(conversations(sayable), (conversation) => {
				const body = onTheWire(conversation);
				assert.deepEqual(readRequest({ body: snakeCase(body), stream: true }), readRequest({ body, stream: true }));
			}),
			{ numRuns: 50 },
		);
	});

	it("keeps calls and results together without ids", () => {
		const withoutIds: Sayable = { ...sayable, callId: (place, name) => `call_${place}_${name}` };
		fc.assert(
			fc.property(conversations(withoutIds), (conversation) => {
				const body = JSON.parse(JSON.stringify(onTheWire(conversation)), (name, value) =>
					name === "functionCall" || name === "functionResponse" ? { ...value, id: undefined } : value,
				);
				assert.deepEqual(readRequest({ body, stream: true }).conversation.turns, conversation.turns);
			}),
			{ numRuns: 50 },
		);
	});

	it("is what the SDK's types ask for", () => {
		fc.assert(
			fc.property(conversations(sayable), (conversation) => {
				assertShape("gemini.request", onTheWire(conversation));
			}),
			{ numRuns: 30 },
		);
	});

	it("holds a signature with each turn's first call, for models that refuse calls without one", () => {
		const foreign: Sayable = { ...sayable, reasoning: texts.map((text) => ({ kind: "reasoning", text })) };
		fc.assert(
			fc.property(conversations(foreign), (conversation) => {
				const { body } = writeRequest(conversation, { model: "gemini-3-pro-preview" }) as {
					body: { contents: { parts: { functionCall?: object; thoughtSignature?: string }[] }[] };
				};
				const first = body.contents.map(({ parts }) => parts.find(({ functionCall }) => functionCall !== undefined));
				const signatures = first.filter((part) => part !== undefined).map((part) => part.thoughtSignature);
				assert.ok(signatures.every((signature) => signature === placeholder));
				assert.equal(signatures.length, conversation.turns.filter(hasCall).length);
			}),
			{ numRuns: 30 },
		);
	});
});

function hasCall({ parts }: Turn): boolean {
	return parts.some(({ kind }) => kind === "toolCall");
}

const closed = ["args", "response", "parametersJsonSchema", "responseJsonSchema", "labels"];

function snakeCase(value: unknown): unknown {
	if (Array.isArray(value)) return value.map(snakeCase);
	if (typeof value !== "object" || value === null) return value;
	return Object.fromEntries(
		Object.entries(value).map(([name, member]) => [
			name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
			closed.includes(name) ? member : snakeCase(member),
		]),
	);
}
