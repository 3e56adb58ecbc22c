import assert from "node:assert/strict";
import fc from "fast-check";
import { anthropicTranslation } from "../../../../src/formats/anthropic/translation.ts";
import type { Seal } from "../../../../src/formats/conversation.ts";
import type { Reply } from "../../../../src/formats/replyEvents.ts";
import { replies, replyEvents, type SayableReply } from "../../../support/replyArbitrary.ts";
import { assertShape } from "../../../support/sdkShapes.ts";
import { anyOf, names, texts } from "../../../support/valueArbitraries.ts";
import { collected, readerContext, readStream, writerContext } from "./replies.ts";

const seals: fc.Arbitrary<Seal> = names.map((signature) => ({
	maker: "anthropic",
	value: { type: "thinking", thinking: "as it was", signature },
}));
const sayable: SayableReply = {
	candidates: 1,
	anyOrder: true,
	most: 3,
	reasoning: true,
	seals,
	emptyReasoning: true,
	refusals: false,
	citations: fc
		.tuple(fc.webUrl(), fc.record({ title: texts, quote: texts }, anyOf))
		.map(([url, rest]) => ({ url, ...rest })),
	logprobs: false,
	freeCalls: false,
	namespaces: false,
	media: [],
	reasons: ["stop", "stopSequence", "length", "refusal", "pause", "contextWindow"],
	usage: ["input", "output", "cached", "cacheWritten", "reasoning"],
};

/** The block around the thinking is the seal; what nobody has sealed comes back with a mark that tells so. */
function settledReply({ candidates, usage }: Reply): object {
	return {
		usage: usage && { ...usage, input: usage.input || null },
		candidates: candidates.map((candidate) => ({
			...candidate,
			parts: candidate.parts.map((part) => {
				if (part.kind !== "reasoning") return part;
				const { seal, ...rest } = part;
				const value = seal?.value;
				const isOwn = typeof value === "object" && value !== null && "signature" in value && seal !== undefined;
				return { ...rest, signature: isOwn && !isMark(String(value.signature)) ? value.signature : null };
			}),
		})),
	};
}

function isMark(signature: string): boolean {
	return Buffer.from(signature, "base64").toString().startsWith("relay-accounts:");
}

describe("any reply", () => {
	it("is the same after it was a stream of Anthropic's, however that is cut", () => {
		fc.assert(
			fc.property(replyEvents(sayable), fc.array(fc.nat(), { maxLength: 5 }), (events, places) => {
				const writer = anthropicTranslation.streamWriter(writerContext());
				const bytes = Buffer.from(events.map((event) => writer.push(event)).join(""));
				const edges = [0, ...places.map((place) => place % bytes.length).sort((a, b) => a - b), bytes.length];
				const chunks = edges.slice(1).map((edge, index) => bytes.subarray(edges[index], edge));
				const read = readStream(chunks, readerContext());
				assert.equal(read.at(-1)?.kind, "end");
				assert.deepEqual(settledReply(collected(read)), settledReply(collected(events)));
			}),
			{ numRuns: 300 },
		);
	});

	it("is the same after it was a whole message", () => {
		fc.assert(
			fc.property(replies(sayable), (reply) => {
				const message = anthropicTranslation.writeReply(reply, writerContext());
				assertShape("anthropic.reply", message);
				const read = anthropicTranslation.readReply(JSON.parse(JSON.stringify(message)), readerContext());
				assert.deepEqual(settledReply(collected(read)), settledReply(reply));
			}),
			{ numRuns: 300 },
		);
	});
});
