import assert from "node:assert/strict";
import fc from "fast-check";
import { arrayStream } from "../../../../src/formats/gemini/arrayStream.ts";
import { geminiTranslation } from "../../../../src/formats/gemini/translation.ts";
import { ReplyCollector } from "../../../../src/formats/replyCollector.ts";
import type { Candidate, Reply, ReplyEvent, ReplyUsage } from "../../../../src/formats/replyEvents.ts";
import type { StreamWriter } from "../../../../src/formats/translation.ts";
import { type GoodEvent, replyEvents, type SayableReply } from "../../../support/replyArbitrary.ts";
import { assertShape } from "../../../support/sdkShapes.ts";
import { base64, texts } from "../../../support/valueArbitraries.ts";
import { readerContext, readStream, writerContext } from "./replyFixtures.ts";

const { readReply, streamWriter, writeReply } = geminiTranslation;

const sayable: SayableReply = {
	candidates: 2,
	anyOrder: true,
	most: 1,
	reasoning: true,
	seals: fc.oneof(
		base64.map((value) => ({ maker: "gemini" as const, value })),
		// Sealed by others, and carried for them.
		texts.map((value) => ({ maker: "anthropic" as const, value })),
	),
	emptyReasoning: true,
	refusals: false,
	citations: fc.record({ title: texts, url: fc.webUrl() }, { requiredKeys: ["url"], noNullPrototype: true }),
	logprobs: true,
	freeCalls: false,
	namespaces: false,
	media: ["image", "audio"],
	reasons: ["stop", "length", "contentFilter", "malformedCall", "other"],
	usage: ["input", "output", "cached", "reasoning"],
};
const context = writerContext({ logprobs: 1, reasoning: { shown: "auto" } });

describe("any reply, written as one of Gemini's", () => {
	it("is read as the same reply from a stream, wherever that is cut", () => {
		fc.assert(
			fc.property(replyEvents(sayable), fc.array(fc.nat(), { maxLength: 5 }), (events, places) => {
				const bytes = Buffer.from(streamed(streamWriter(context), events));
				const edges = [
					0,
					...places.map((place) => place % bytes.length).sort((one, other) => one - other),
					bytes.length,
				];
				const pieces = edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
				assert.deepEqual(asStream(collected(readStream(pieces))), asStream(asGemini(collected(events))));
			}),
			{ numRuns: 150 },
		);
	});

	it("is read as the same reply from a stream that is a JSON array", () => {
		fc.assert(
			fc.property(replyEvents(sayable), (events) => {
				const body = JSON.parse(streamed(arrayStream(streamWriter(context)).writer, events));
				assert.deepEqual(asStream(collected(readReply(body, readerContext()))), asStream(asGemini(collected(events))));
			}),
			{ numRuns: 50 },
		);
	});

	it("is read as the same reply from one body", () => {
		fc.assert(
			fc.property(replyEvents(sayable), (events) => {
				const reply = collected(events);
				const body = JSON.parse(JSON.stringify(writeReply(reply, context)));
				assert.deepEqual(collected(readReply(body, readerContext())), asGemini(reply));
			}),
			{ numRuns: 150 },
		);
	});

	it("is what the SDK's types ask for", () => {
		fc.assert(
			fc.property(replyEvents(sayable), (events) => {
				for (const { data } of parsed(streamed(streamWriter(context), events))) assertShape("gemini.event", data);
				assertShape("gemini.reply", JSON.parse(JSON.stringify(writeReply(collected(events), context))));
			}),
			{ numRuns: 30 },
		);
	});
});

function streamed(writer: StreamWriter, events: readonly GoodEvent[]): string {
	return events.map((event) => writer.push(event)).join("");
}

function parsed(stream: string): readonly { readonly data: unknown }[] {
	const events = stream.split("\n\n").filter((event) => event !== "");
	return events.map((event) => ({ data: JSON.parse(event.replace(/^data: /, "")) }));
}

function collected(events: readonly ReplyEvent[]): Reply {
	const collector = new ReplyCollector();
	assert.equal(events.at(-1)?.kind, "end");
	for (const event of events) if (event.kind !== "end" && event.kind !== "error") collector.push(event);
	return collector.reply;
}

/** What Gemini's replies say in another way. */
function asGemini({ candidates, usage }: Reply): Reply {
	return { id: context.id, candidates: candidates.map(candidateAsGemini), usage: usage && usageAsGemini(usage) };
}

/** The sources come with the last chunk, which can be too late for a text that something else has followed. */
function asStream(reply: Reply): Reply {
	const candidates = reply.candidates.map((candidate) => ({
		...candidate,
		parts: candidate.parts.map((part, place, all) => (place === all.length - 1 ? part : { ...part, citations: [] })),
	}));
	return { ...reply, candidates };
}

const reasonNames: Readonly<Record<string, string>> = {
	contentFilter: "SAFETY",
	malformedCall: "MALFORMED_FUNCTION_CALL",
	other: "OTHER",
};

function candidateAsGemini(candidate: Candidate): Candidate {
	const name = reasonNames[candidate.reason];
	return {
		...candidate,
		parts: candidate.parts.map((part) => ({
			...part,
			logprobs: part.logprobs.map(({ bytes: _, top = [], ...rest }) => ({
				...rest,
				top: top.map(({ token, logprob }) => ({ token, logprob })),
			})),
		})),
		...(name === undefined ? {} : { detail: name }),
	};
}

/** No prompt has no tokens, and zeros alone say nothing. */
function usageAsGemini(usage: ReplyUsage): ReplyUsage | null {
	const { input, output, cached, reasoning } = usage;
	return input || output || cached || reasoning ? { ...usage, input: input || null } : null;
}
