import assert from "node:assert/strict";
import fc from "fast-check";
import { codexTranslation } from "../../../../src/formats/codex/translation.ts";
import type { Conversation } from "../../../../src/formats/conversation.ts";
import { ReplyCollector } from "../../../../src/formats/replyCollector.ts";
import type { ReplyEvent } from "../../../../src/formats/replyEvents.ts";
import { EventReader } from "../../../../src/formats/sse.ts";
import { replyEvents } from "../../../support/replyArbitrary.ts";

const conversation: Conversation = { stream: false, turns: [], tools: [], sampling: {}, stop: [] };
const context = { model: "m", conversation, body: { input: "hi" }, id: "abc", createdAt: 7 };

function whole(events: readonly ReplyEvent[]): object {
	const collector = new ReplyCollector();
	for (const event of events) if (event.kind !== "end" && event.kind !== "error") collector.push(event);
	return codexTranslation.writeReply(collector.reply, context);
}

describe("a whole reply for a Codex client", () => {
	it("is what a stream of the same reply ends with", () => {
		const sayable = {
			candidates: 1,
			anyOrder: true,
			most: 2,
			reasoning: true,
			emptyReasoning: true,
			refusals: true,
			logprobs: true,
			freeCalls: true,
			namespaces: true,
			media: ["image", "audio"],
			reasons: ["stop", "length", "refusal", "malformedCall"],
			usage: ["input", "output"],
		} as const;
		fc.assert(
			fc.property(replyEvents({ ...sayable, seals: fc.constant({ maker: "gemini", value: "s" }) }), (events) => {
				const writer = codexTranslation.streamWriter(context);
				const stream = events.map((event) => writer.push(event)).join("");
				const last = new EventReader().push(Buffer.from(stream)).at(-1);
				const { response } = JSON.parse(last?.data ?? "{}");
				const reply = JSON.parse(JSON.stringify(whole(events)));
				assert.deepEqual({ ...reply, completed_at: null }, { ...response, completed_at: null });
			}),
		);
	});

	it("is empty where there was nothing", () => {
		const reply = JSON.parse(JSON.stringify(codexTranslation.writeReply({ candidates: [], usage: null }, context)));
		assert.deepEqual([reply.status, reply.output, reply.usage], ["completed", [], undefined]);
	});

	it("says the words of a refusal that came with its end alone", () => {
		const candidate = { index: 0, parts: [], reason: "refusal", detail: "It is dangerous." } as const;
		const reply = JSON.parse(
			JSON.stringify(codexTranslation.writeReply({ candidates: [candidate], usage: null }, context)),
		);
		assert.equal(reply.status, "completed");
		assert.deepEqual(reply.output[0].content, [{ type: "refusal", refusal: "It is dangerous." }]);
	});

	it("says what the model wrote wrong", () => {
		const candidate = { index: 0, parts: [], reason: "malformedCall", detail: "No such call." } as const;
		const reply = JSON.parse(
			JSON.stringify(codexTranslation.writeReply({ candidates: [candidate], usage: null }, context)),
		);
		assert.equal(reply.status, "failed");
		assert.deepEqual(reply.error, { code: "server_error", message: "No such call." });
	});
});
