import assert from "node:assert/strict";
import type { Conversation } from "../../../../src/formats/conversation.ts";
import { wantsEvents } from "../../../../src/formats/gemini/arrayStream.ts";
import { geminiTranslation } from "../../../../src/formats/gemini/translation.ts";
import { ReplyCollector } from "../../../../src/formats/replyCollector.ts";
import type { FinishReason } from "../../../../src/formats/replyEvents.ts";
import { sealText } from "../../../../src/formats/seals.ts";
import type { GoodEvent } from "../../../support/replyArbitrary.ts";
import { writerContext } from "./replyFixtures.ts";

const shown: Partial<Conversation> = { reasoning: { shown: "auto" } };
const seal = { maker: "codex" as const, value: { id: "rs_1", encrypted_content: "e" } };

/** Thoughts that another maker has sealed, text, and a call. */
const events: readonly GoodEvent[] = [
	{ kind: "begin", id: "upstream's" },
	{ kind: "open", candidate: 0, part: { kind: "reasoning" } },
	{ kind: "delta", candidate: 0, text: "Hm" },
	{ kind: "close", candidate: 0, seal },
	{ kind: "open", candidate: 0, part: { kind: "text" } },
	{ kind: "delta", candidate: 0, text: "It is " },
	{ kind: "delta", candidate: 0, text: "warm." },
	{ kind: "citation", candidate: 0, citation: { url: "https://a.example", title: "A", start: 6, end: 10 } },
	{ kind: "close", candidate: 0 },
	{ kind: "open", candidate: 0, part: { kind: "toolCall", id: "c1", name: "read", free: false } },
	{ kind: "delta", candidate: 0, text: '{"pa' },
	{ kind: "delta", candidate: 0, text: 'th":"a"}' },
	{ kind: "close", candidate: 0 },
	{ kind: "finish", candidate: 0, reason: "toolCalls" },
	{ kind: "usage", usage: { input: 100, output: 50, cached: 60, reasoning: 30, cacheWritten: 10 } },
	{ kind: "end" },
];
const usageMetadata = {
	promptTokenCount: 100,
	cachedContentTokenCount: 60,
	candidatesTokenCount: 20,
	thoughtsTokenCount: 30,
	totalTokenCount: 150,
};
const groundingMetadata = (more: object = {}) => ({
	groundingChunks: [{ web: { uri: "https://a.example", title: "A" } }],
	groundingSupports: [{ segment: { ...more, startIndex: 6, endIndex: 10, text: "warm" }, groundingChunkIndices: [0] }],
});
const head = { modelVersion: "a-model", responseId: "the-id" };
/** A text that goes on directly loses the seal of the other maker, and Gemini asks for a signature on the first call. */
const thoughtSignature = "skip_thought_signature_validator";
const functionCall = { id: "c1", name: "read", args: { path: "a" } };

function stream(all: readonly GoodEvent[], conversation: Partial<Conversation> = {}): readonly string[] {
	const writer = geminiTranslation.streamWriter(writerContext(conversation));
	return all.map((event) => writer.push(event));
}

const chunks = (texts: readonly string[]) =>
	texts.flatMap((text) => text.split("\n\n").filter(Boolean)).map((event) => JSON.parse(event.replace(/^data: /, "")));

function whole(all: readonly GoodEvent[], conversation: Partial<Conversation> = {}): object {
	const collector = new ReplyCollector();
	for (const event of all) if (event.kind !== "end") collector.push(event);
	return geminiTranslation.writeReply(collector.reply, writerContext(conversation));
}

describe("a reply, written as Gemini's stream", () => {
	const chunk = (part: object) => ({ candidates: [{ content: { parts: [part], role: "model" }, index: 0 }], ...head });

	it("shows texts as they come, calls whole, and in the last chunk how it ended", () => {
		assert.deepEqual(chunks(stream(events, shown)), [
			chunk({ text: "Hm", thought: true }),
			chunk({ text: "It is ", thoughtSignature: sealText(seal) }),
			chunk({ text: "warm." }),
			chunk({ functionCall, thoughtSignature }),
			{
				candidates: [
					{
						content: { parts: [{ text: "" }], role: "model" },
						finishReason: "STOP",
						index: 0,
						groundingMetadata: groundingMetadata(),
					},
				],
				usageMetadata,
				...head,
			},
		]);
	});

	it("writes each piece at once", () => {
		const texts = stream(events);
		assert.deepEqual(
			texts.map((text) => text !== ""),
			events.map(({ kind }, place) => kind === "end" || [5, 6, 12].includes(place)),
		);
	});

	it("shows no thoughts to clients that did not ask for them, but keeps their seals", () => {
		for (const conversation of [{}, { reasoning: { shown: "no" as const } }]) {
			const written = stream(events, conversation).join("");
			assert.equal(written.includes('"thought":true'), false);
			assert.equal(written.includes(sealText(seal)), true);
		}
	});

	it("bears a seal on the last empty text where nothing comes after it", () => {
		const last = chunks(
			stream([
				{ kind: "begin" },
				{ kind: "open", candidate: 0, part: { kind: "text" } },
				{ kind: "delta", candidate: 0, text: "Hi" },
				{ kind: "close", candidate: 0 },
				{ kind: "open", candidate: 0, part: { kind: "reasoning" } },
				{ kind: "close", candidate: 0, seal: { maker: "gemini", value: "czE=" } },
				{ kind: "finish", candidate: 0, reason: "stop" },
				{ kind: "end" },
			]),
		).at(-1);
		assert.deepEqual(last.candidates[0].content.parts, [{ text: "", thoughtSignature: "czE=" }]);
	});

	it("counts the bytes of sources across all texts of a candidate", () => {
		const text = (words: string, start: number, end: number): readonly GoodEvent[] => [
			{ kind: "open", candidate: 0, part: { kind: "text" } },
			{ kind: "delta", candidate: 0, text: words },
			{ kind: "citation", candidate: 0, citation: { url: "https://a.example", start, end } },
			{ kind: "close", candidate: 0 },
		];
		const last = chunks(stream([{ kind: "begin" }, ...text("Hæ 😀", 3, 5), ...text("þú", 1, 2), { kind: "end" }])).at(
			-1,
		);
		assert.deepEqual(
			last.candidates[0].groundingMetadata.groundingSupports.map(({ segment }: { segment: object }) => segment),
			[
				{ startIndex: 4, endIndex: 8, text: "😀" },
				{ startIndex: 10, endIndex: 12, text: "ú" },
			],
		);
	});

	it("shows refusals as text, pictures at once, and probabilities where they were asked for", () => {
		const all: readonly GoodEvent[] = [
			{ kind: "begin" },
			{ kind: "open", candidate: 0, part: { kind: "refusal" } },
			{ kind: "delta", candidate: 0, text: "No.", logprobs: [{ token: "No.", logprob: -1, bytes: [78] }] },
			{ kind: "close", candidate: 0 },
			{ kind: "open", candidate: 0, part: { kind: "image", mediaType: "image/png", data: "AA==" } },
			{ kind: "close", candidate: 0 },
		];
		const [refusal, picture] = chunks(stream(all, { logprobs: 0 }));
		assert.deepEqual(refusal.candidates[0], {
			content: { parts: [{ text: "No." }], role: "model" },
			index: 0,
			logprobsResult: { chosenCandidates: [{ token: "No.", logProbability: -1 }] },
		});
		assert.deepEqual(picture, chunk({ inlineData: { mimeType: "image/png", data: "AA==" } }));
		assert.equal("logprobsResult" in chunks(stream(all))[0].candidates[0], false);
	});

	it("ends with an error where it fails, and stays alive with comments", () => {
		const writer = geminiTranslation.streamWriter(writerContext());
		const failed = writer.fail({ kind: "upstreamFailed", message: "The account broke off." });
		assert.deepEqual(chunks([failed]), [
			{ error: { code: 502, message: "The account broke off.", status: "UNAVAILABLE" } },
		]);
		assert.match(writer.heartbeat, /^:.*\n\n$/);
	});

	it("can be the elements of a JSON array, readable as they come", () => {
		const writer = geminiTranslation.streamForm(geminiTranslation.streamWriter(writerContext(shown)), "").writer;
		const texts = events.map((event) => writer.push(event) + (event.kind === "end" ? "" : writer.heartbeat));
		assert.deepEqual(JSON.parse(texts.join("")), chunks(stream(events, shown)));
		assert.deepEqual(JSON.parse(`${texts.slice(0, 6).join("")}]`), chunks(stream(events, shown)).slice(0, 2));
	});

	it("ends such an array with the error where it fails", () => {
		const writer = geminiTranslation.streamForm(geminiTranslation.streamWriter(writerContext()), "?key=x").writer;
		const text = events
			.slice(0, 6)
			.map((event) => writer.push(event))
			.join("");
		const all = JSON.parse(text + writer.fail({ kind: "upstreamFailed", message: "Broken." }));
		assert.deepEqual([all.length, all[1].error.message], [2, "Broken."]);
		const alone = geminiTranslation.streamForm(geminiTranslation.streamWriter(writerContext()), "?key=x").writer;
		assert.equal(JSON.parse(alone.fail({ kind: "upstreamFailed", message: "Broken." })).length, 1);
	});

	it("is an array for clients that do not ask for events", () => {
		assert.deepEqual(["?alt=sse", "alt=sse&key=x", "?key=x", "", "?alt=json"].map(wantsEvents), [
			true,
			true,
			false,
			false,
			false,
		]);
	});
});

describe("a reply, written as Gemini's whole", () => {
	it("holds all parts, with places of sources in their part", () => {
		assert.deepEqual(JSON.parse(JSON.stringify(whole(events, shown))), {
			candidates: [
				{
					content: {
						parts: [
							{ text: "Hm", thought: true },
							{ text: "It is warm.", thoughtSignature: sealText(seal) },
							{ functionCall, thoughtSignature },
						],
						role: "model",
					},
					finishReason: "STOP",
					index: 0,
					groundingMetadata: groundingMetadata({ partIndex: 1 }),
				},
			],
			usageMetadata,
			...head,
		});
	});

	it("bears Google's placeholder on the first call alone, and none where that is sealed", () => {
		const called = (id: string): readonly GoodEvent[] => [
			{ kind: "open", candidate: 0, part: { kind: "toolCall", id, name: "read", free: false } },
			{ kind: "delta", candidate: 0, text: "{}" },
			{ kind: "close", candidate: 0 },
		];
		const thought: readonly GoodEvent[] = [
			{ kind: "open", candidate: 0, part: { kind: "reasoning" } },
			{ kind: "close", candidate: 0, seal },
		];
		const signatures = (all: readonly GoodEvent[]) =>
			[JSON.stringify(whole(all)), stream([...all, { kind: "end" }]).join("")].map((text) =>
				[...text.matchAll(/"thoughtSignature":"([^"]*)"/g)].map(([, signature]) => signature),
			);
		const bare = [...called("a"), ...called("b")];
		assert.deepEqual(signatures(bare), [[thoughtSignature], [thoughtSignature]]);
		assert.deepEqual(signatures([...thought, ...bare]), [[sealText(seal)], [sealText(seal)]]);
	});

	it("shows no thoughts to clients that did not ask for them", () => {
		assert.equal(JSON.stringify(whole(events)).includes('"thought":true'), false);
	});

	it("gives back Gemini's own parts as they were", () => {
		const part = { toolCall: { id: "1", toolType: "GOOGLE_SEARCH_WEB" } };
		const written = whole([
			{ kind: "begin" },
			{ kind: "open", candidate: 0, part: { kind: "reasoning" } },
			{ kind: "close", candidate: 0, seal: { maker: "gemini", value: { part } } },
			{ kind: "finish", candidate: 0, reason: "stop" },
		]) as { candidates: [{ content: { parts: unknown } }] };
		assert.deepEqual(written.candidates[0].content.parts, [part]);
	});

	it("ends in Gemini's words, with the upstream's beside them", () => {
		const reason = (word: FinishReason, detail?: string) => {
			const event = {
				kind: "finish" as const,
				candidate: 0,
				reason: word,
				...(detail === undefined ? {} : { detail }),
			};
			const { candidates } = whole([{ kind: "begin" }, event]) as {
				candidates: [{ finishReason: string; finishMessage?: string }];
			};
			return [candidates[0].finishReason, candidates[0].finishMessage];
		};
		const words: Readonly<Record<FinishReason, string>> = {
			stop: "STOP",
			stopSequence: "STOP",
			toolCalls: "STOP",
			length: "MAX_TOKENS",
			contextWindow: "MAX_TOKENS",
			contentFilter: "SAFETY",
			refusal: "SAFETY",
			pause: "OTHER",
			malformedCall: "MALFORMED_FUNCTION_CALL",
			other: "OTHER",
		};
		for (const [word, name] of Object.entries(words)) assert.equal(reason(word as FinishReason)[0], name);
		assert.deepEqual(reason("refusal", "Declined."), ["SAFETY", "Declined."]);
	});

	it("tells no usage where there was none", () => {
		assert.equal("usageMetadata" in whole([{ kind: "begin" }]), false);
		const usage = { input: null, output: 5, cached: null, reasoning: null, cacheWritten: null };
		assert.deepEqual(
			(whole([{ kind: "begin" }, { kind: "usage", usage }]) as { usageMetadata: object }).usageMetadata,
			{
				candidatesTokenCount: 5,
				totalTokenCount: 5,
			},
		);
	});
});
