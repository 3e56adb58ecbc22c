import assert from "node:assert/strict";
import { FinishReason } from "@google/genai";
import { geminiTranslation } from "../../../../src/formats/gemini/translation.ts";
import type { ReplyEvent } from "../../../../src/formats/replyEvents.ts";
import { chunkOf, readerContext, readStream, streamOf } from "./replyFixtures.ts";

const read = (...chunks: readonly object[]) => readStream([streamOf(...chunks)]);
const open = (kind: "text" | "reasoning"): ReplyEvent => ({ kind: "open", candidate: 0, part: { kind } });
const delta = (text: string): ReplyEvent => ({ kind: "delta", candidate: 0, text });
const close = (value?: unknown): ReplyEvent =>
	value === undefined
		? { kind: "close", candidate: 0 }
		: { kind: "close", candidate: 0, seal: { maker: "gemini", value } };
const stop = { finishReason: "STOP" };
/** Without the beginning, the finish and the end. */
const inside = (events: readonly ReplyEvent[]) => {
	assert.equal(events.at(-1)?.kind, "end");
	return events.filter(({ kind }) => !["begin", "usage", "finish", "end"].includes(kind));
};
const finishOf = (events: readonly ReplyEvent[]) => events.filter(({ kind }) => kind === "finish");

const call = (name: string, args: object, more: object = {}) => ({ functionCall: { name, args, ...more } });
/** Thoughts, text, calls, a seal, sources and usage: what can be cut wrong. */
const transcript = streamOf(
	chunkOf([{ text: "Hmm, ", thought: true }]),
	chunkOf([{ text: "þætti 👩‍👩‍👧", thought: true }]),
	chunkOf([{ text: "Það er " }]),
	chunkOf([{ text: "hlýtt 😀 í dag", thoughtSignature: "c2ln" }]),
	chunkOf([call("get_weather", { city: "Höfn" }, { id: "c1" })]),
	chunkOf([{ text: "" }], {
		...stop,
		groundingMetadata: {},
		citationMetadata: { citationSources: [{ startIndex: 0, endIndex: 4, uri: "https://a.example" }] },
	}),
	{ usageMetadata: { promptTokenCount: 5, candidatesTokenCount: 7, thoughtsTokenCount: 2, totalTokenCount: 14 } },
);

describe("Gemini's streams, read", () => {
	it("give the same events wherever they are cut", () => {
		const whole = readStream([transcript]);
		assert.equal(whole.at(-1)?.kind, "end");
		for (let place = 1; place < transcript.length; place += 1) {
			assert.deepEqual(readStream([transcript.subarray(0, place), transcript.subarray(place)]), whole, String(place));
		}
		assert.deepEqual(readStream([...transcript].map((byte) => Buffer.from([byte]))), whole);
	});

	it("have no end where they stop before it", () => {
		const before = transcript.subarray(0, transcript.indexOf("finishReason"));
		const events = readStream([before]);
		assert.deepEqual(
			events.filter(({ kind }) => kind === "finish" || kind === "end"),
			[],
		);
		assert.deepEqual(events, readStream([transcript]).slice(0, events.length));
	});

	it("have no end where one of several candidates has none", () => {
		const events = read(
			{ candidates: [{ index: 0, content: { parts: [{ text: "a" }] }, ...stop }] },
			{ candidates: [{ index: 1, content: { parts: [{ text: "b" }] } }] },
		);
		assert.deepEqual(finishOf(events), []);
	});

	it("seal what was thought with the signature on the next part", () => {
		assert.deepEqual(
			inside(read(chunkOf([{ text: "Hm", thought: true }]), chunkOf([{ text: "Hi", thoughtSignature: "czE=" }], stop))),
			[open("reasoning"), delta("Hm"), close("czE="), open("text"), delta("Hi"), close()],
		);
	});

	it("make reasoning of a signature alone, where it stands", () => {
		assert.deepEqual(inside(read(chunkOf([{ text: "a", thoughtSignature: "czE=" }]), chunkOf([{ text: "b" }], stop))), [
			open("reasoning"),
			close("czE="),
			open("text"),
			delta("a"),
			delta("b"),
			close(),
		]);
		const after = [open("text"), delta("a"), close(), open("reasoning"), close("czE=")];
		assert.deepEqual(
			inside(read(chunkOf([{ text: "a" }]), chunkOf([{ text: "", thoughtSignature: "czE=" }], stop))),
			after,
		);
		assert.deepEqual(
			inside(read(chunkOf([{ text: "a" }]), chunkOf([{ text: "", thoughtSignature: "czE=" }]), chunkOf([], stop))),
			after,
		);
		const goesOn = [open("text"), delta("a"), delta("b"), close(), open("reasoning"), close("czE=")];
		assert.deepEqual(
			inside(read(chunkOf([{ text: "a" }]), chunkOf([{ text: "b", thoughtSignature: "czE=" }], stop))),
			goesOn,
		);
	});

	it("keep the parts of Google's own tools as they are", () => {
		const part = { toolCall: { id: "1", toolType: "GOOGLE_SEARCH_WEB" }, thoughtSignature: "czE=" };
		assert.deepEqual(inside(read(chunkOf([part, { text: "a" }], stop))), [
			open("reasoning"),
			close({ part }),
			open("text"),
			delta("a"),
			close(),
		]);
	});

	it("give calls whole, in the client's own names, and say that they are why it ended", () => {
		const tools = [
			{ kind: "function" as const, name: "get weather", namespace: { name: "sky" } },
			{ kind: "free" as const, name: "patch" },
		];
		const events = readStream(
			[
				streamOf(
					chunkOf([call("sky__get_weather", { city: "Höfn" }, { id: "c1" })]),
					chunkOf([call("patch", { input: "+ a" }, { id: "c2" }), call("made_up", {}, { id: "c3" })], stop),
				),
			],
			{ ...readerContext({ tools }) },
		);
		const opened = events.flatMap((event) => (event.kind === "open" ? [event.part] : []));
		assert.deepEqual(opened, [
			{ kind: "toolCall", id: "c1", name: "get weather", namespace: "sky", free: false },
			{ kind: "toolCall", id: "c2", name: "patch", free: true },
			{ kind: "toolCall", id: "c3", name: "made_up", free: false },
		]);
		assert.deepEqual(
			events.flatMap((event) => (event.kind === "delta" ? [event.text] : [])),
			['{"city":"Höfn"}', "+ a", "{}"],
		);
		assert.deepEqual(finishOf(events), [{ kind: "finish", candidate: 0, reason: "toolCalls" }]);
	});

	it("make unique ids for calls that have none, or one that was there before", () => {
		const events = read(
			chunkOf([call("a", {}), call("a", {}), call("a", {}, { id: "x" }), call("a", {}, { id: "x" })], stop),
		);
		const ids = events.flatMap((event) =>
			event.kind === "open" && event.part.kind === "toolCall" ? [event.part.id] : [],
		);
		assert.equal(new Set(ids).size, 4);
		assert.equal(ids[2], "x");
		assert.ok(ids.every((id) => id === "x" || /^call_\w{24}$/.test(id)));
	});

	it("give pictures and sound, but not the drafts of a thought", () => {
		const inline = (mimeType: string) => ({ inlineData: { mimeType, data: "AA==" } });
		const events = inside(
			read(chunkOf([{ ...inline("image/png"), thought: true }, inline("image/png"), inline("audio/wav")], stop)),
		);
		assert.deepEqual(
			events.flatMap((event) => (event.kind === "open" ? [event.part] : [])),
			[
				{ kind: "image", mediaType: "image/png", data: "AA==" },
				{ kind: "audio", mediaType: "audio/wav", data: "AA==" },
			],
		);
	});

	it("know every reason to finish that the SDK knows", () => {
		const reasons = Object.fromEntries(
			Object.values(FinishReason).map((finishReason) => {
				const [finish] = finishOf(read(chunkOf([{ text: "a" }], { finishReason })));
				return [finishReason, finish?.kind === "finish" ? finish.reason : null];
			}),
		);
		assert.deepEqual(reasons, {
			FINISH_REASON_UNSPECIFIED: null,
			STOP: "stop",
			MAX_TOKENS: "length",
			SAFETY: "contentFilter",
			RECITATION: "contentFilter",
			LANGUAGE: "other",
			OTHER: "other",
			BLOCKLIST: "contentFilter",
			PROHIBITED_CONTENT: "contentFilter",
			SPII: "contentFilter",
			MALFORMED_FUNCTION_CALL: "malformedCall",
			IMAGE_SAFETY: "contentFilter",
			UNEXPECTED_TOOL_CALL: "malformedCall",
			TOO_MANY_TOOL_CALLS: "other",
			IMAGE_PROHIBITED_CONTENT: "contentFilter",
			NO_IMAGE: "other",
			IMAGE_RECITATION: "contentFilter",
			IMAGE_OTHER: "other",
			CONTINUATION: "pause",
			MALFORMED_RESPONSE: "other",
		});
	});

	it("take a reason in any case and of a later version, and keep its words", () => {
		const finish = (more: object) => finishOf(read(chunkOf([{ text: "a" }], more)))[0];
		assert.deepEqual(finish({ finishReason: "max_tokens" }), { kind: "finish", candidate: 0, reason: "length" });
		assert.deepEqual(finish({ finishReason: "TIRED" }), {
			kind: "finish",
			candidate: 0,
			reason: "other",
			detail: "TIRED",
		});
		assert.deepEqual(finish({ finishReason: "SAFETY", finishMessage: "Too wild." }), {
			kind: "finish",
			candidate: 0,
			reason: "contentFilter",
			detail: "Too wild.",
		});
	});

	it("take the last reason where each chunk has one", () => {
		const events = read(chunkOf([{ text: "a" }], stop), chunkOf([{ text: "b" }], { finishReason: "MAX_TOKENS" }));
		assert.deepEqual(inside(events), [open("text"), delta("a"), delta("b"), close()]);
		assert.deepEqual(finishOf(events), [{ kind: "finish", candidate: 0, reason: "length" }]);
	});

	it("end well where the prompt was refused", () => {
		assert.deepEqual(read({ promptFeedback: { blockReason: "PROHIBITED_CONTENT" }, responseId: "r" }), [
			{ kind: "begin", id: "r" },
			{ kind: "finish", candidate: 0, reason: "contentFilter", detail: "The prompt was blocked: PROHIBITED_CONTENT." },
			{ kind: "end" },
		]);
		const told = read({ promptFeedback: { blockReason: "SAFETY", blockReasonMessage: "Too wild." } });
		assert.equal(
			told.some((event) => event.kind === "finish" && event.detail === "Too wild."),
			true,
		);
		assert.deepEqual(
			read({ promptFeedback: { blockReason: "BLOCKED_REASON_UNSPECIFIED" } }).filter(({ kind }) => kind === "end"),
			[],
		);
	});

	it("keep several candidates apart", () => {
		const events = read(
			{
				candidates: [
					{ index: 1, content: { parts: [{ text: "b" }] } },
					{ index: 0, content: { parts: [{ text: "a" }] } },
				],
			},
			{
				candidates: [
					{ index: 0, ...stop },
					{ index: 1, finishReason: "MAX_TOKENS" },
				],
			},
		);
		const texts = events.flatMap((event) => (event.kind === "delta" ? [[event.candidate, event.text]] : []));
		assert.deepEqual(texts, [
			[1, "b"],
			[0, "a"],
		]);
		assert.deepEqual(
			events.flatMap((event) => (event.kind === "finish" ? [[event.candidate, event.reason]] : [])),
			[
				[1, "length"],
				[0, "stop"],
			],
		);
	});

	it("count tokens as the conversation does, from numbers or text", () => {
		const usageMetadata = {
			promptTokenCount: "100",
			cachedContentTokenCount: 60,
			toolUsePromptTokenCount: 5,
			candidatesTokenCount: "20",
			thoughtsTokenCount: 30,
			totalTokenCount: 155,
		};
		const events = read({ ...chunkOf([{ text: "a" }], stop), usageMetadata });
		assert.deepEqual(
			events.filter(({ kind }) => kind === "usage"),
			[{ kind: "usage", usage: { input: 105, output: 50, cached: 60, reasoning: 30, cacheWritten: null } }],
		);
	});

	it("tell sources where they stand in the text, which is counted in bytes", () => {
		const text = "Í Höfn er 😀 hlýtt.";
		const words = "😀 hlýtt";
		const startIndex = Buffer.byteLength("Í Höfn er ");
		const groundingMetadata = {
			groundingChunks: [
				{ web: { uri: "https://a.example", title: "A" } },
				{ retrievedContext: { uri: "doc", title: "B", text: "It is warm." } },
			],
			groundingSupports: [
				{
					segment: { startIndex, endIndex: startIndex + Buffer.byteLength(words), text: words },
					groundingChunkIndices: [0, 1],
				},
				// Counted by somebody else: the words tell where it is.
				{ segment: { startIndex: 1, endIndex: 3, text: "Höfn" }, groundingChunkIndices: [0] },
				{ segment: { startIndex: 0, endIndex: 3, text: "elsewhere" }, groundingChunkIndices: [0] },
			],
		};
		const events = read(
			chunkOf([{ text: text.slice(0, 5) }]),
			chunkOf([{ text: text.slice(5) }], { ...stop, groundingMetadata }),
		);
		const cited = events.flatMap((event) => (event.kind === "citation" ? [event.citation] : []));
		assert.deepEqual(cited, [
			{ url: "https://a.example", title: "A", start: text.indexOf(words), end: text.indexOf(words) + words.length },
			{
				url: "doc",
				title: "B",
				quote: "It is warm.",
				start: text.indexOf(words),
				end: text.indexOf(words) + words.length,
			},
			{ url: "https://a.example", title: "A", start: 2, end: 6 },
		]);
		assert.ok(events.findIndex(({ kind }) => kind === "citation") < events.findIndex(({ kind }) => kind === "close"));
	});

	it("tell sources without a place, once", () => {
		const groundingMetadata = { groundingChunks: [{ maps: { uri: "https://m.example", title: "M" } }] };
		const events = geminiTranslation.readReply(
			chunkOf([{ text: "a" }, call("f", {}), { text: "b" }], { ...stop, groundingMetadata }),
			readerContext(),
		);
		assert.deepEqual(
			events.flatMap((event) => (event.kind === "citation" ? [event.citation] : [])),
			[{ url: "https://m.example", title: "M" }],
		);
	});

	it("tell probabilities with their text", () => {
		const token = (word: string) => ({ token: word, logProbability: -0.5, tokenId: 3 });
		const logprobsResult = {
			chosenCandidates: [token("Hi")],
			topCandidates: [{ candidates: [token("Hi"), token("Ho")] }],
		};
		const events = read(chunkOf([{ text: "Hm", thought: true }, { text: "Hi" }], { ...stop, logprobsResult }));
		assert.deepEqual(
			events.flatMap((event) => (event.kind === "delta" && event.logprobs !== undefined ? [event] : [])),
			[
				{
					kind: "delta",
					candidate: 0,
					text: "Hi",
					logprobs: [
						{
							token: "Hi",
							logprob: -0.5,
							top: [
								{ token: "Hi", logprob: -0.5 },
								{ token: "Ho", logprob: -0.5 },
							],
						},
					],
				},
			],
		);
	});

	it("are lenient where relays are", () => {
		const events = readStream([
			Buffer.from(": comment\n\ndata: null\n\ndata: [DONE]\n\n"),
			streamOf({ candidates: [] }, { candidates: null }, { response: chunkOf([{ text: "a" }]) }),
			streamOf({ candidates: [{ content: {} }] }, { candidates: [{ content: { parts: { text: "b" } } }] }),
			streamOf({ candidates: [{ content: null, ...stop }] }),
			Buffer.from("data: [DONE]\n\n"),
		]);
		assert.deepEqual(inside(events), [open("text"), delta("a"), delta("b"), close()]);
	});

	it("fail where they say so", () => {
		const error = { error: { code: 429, message: "Slow down.", status: "RESOURCE_EXHAUSTED" } };
		for (const stream of [
			streamOf(chunkOf([{ text: "a" }]), error),
			Buffer.concat([
				streamOf(chunkOf([{ text: "a" }])),
				Buffer.from(`event: error\ndata: ${JSON.stringify(error.error)}\n\n`),
			]),
		]) {
			const last = readStream([stream]).find(({ kind }) => kind === "error");
			assert.equal(last?.kind === "error" && last.error.message, "Slow down.");
			assert.equal(last?.kind === "error" && last.error.status, 429);
		}
	});
});

describe("Gemini's whole replies, read", () => {
	const readReply = (body: unknown) => geminiTranslation.readReply(body, readerContext());

	it("need no reason to finish, because nothing of them can be missing", () => {
		assert.deepEqual(readReply(chunkOf([{ text: "a" }])), [
			{ kind: "begin", id: "r-1" },
			open("text"),
			delta("a"),
			close(),
			{ kind: "finish", candidate: 0, reason: "stop" },
			{ kind: "end" },
		]);
	});

	it("may have ended before they said a word", () => {
		assert.deepEqual(readReply({ candidates: [{ content: { role: "model" }, finishReason: "MAX_TOKENS" }] }), [
			{ kind: "begin" },
			{ kind: "finish", candidate: 0, reason: "length" },
			{ kind: "end" },
		]);
	});

	it("may be a stream as a JSON array", () => {
		const events = readReply([chunkOf([{ text: "a" }]), chunkOf([{ text: "b" }], stop)]);
		assert.deepEqual(inside(events), [open("text"), delta("a"), delta("b"), close()]);
	});

	it("are none where nothing of a reply is in them", () => {
		for (const body of [
			{},
			[],
			null,
			"x",
			{ candidates: [] },
			{ usageMetadata: { promptTokenCount: 1 } },
			{ candidates: [{}] },
		]) {
			const kinds = readReply(body).map(({ kind }) => kind);
			assert.equal(kinds.includes("end") || kinds.includes("error"), false, JSON.stringify(body));
		}
	});

	it("can be an error under a good status", () => {
		const events = readReply({ error: { code: 400, message: "No." } });
		assert.equal(events.at(-1)?.kind, "error");
	});
});
