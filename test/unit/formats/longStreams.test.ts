import assert from "node:assert/strict";
import { type Format, formats } from "../../../src/accounts/account.ts";
import type { Conversation } from "../../../src/formats/conversation.ts";
import type { ReplyEvent } from "../../../src/formats/replyEvents.ts";
import { translations } from "../../../src/formats/translations.ts";

/** Chunks of a stream that goes on for long. */
const many = 30_000;
/** Milliseconds of the processor for all of them; work that grows with the square takes many times as long. */
const longest = 2_500;

const conversation: Conversation = {
	stream: true,
	turns: [{ role: "user", parts: [{ kind: "text", text: "hi" }] }],
	tools: [{ kind: "function", name: "look" }],
	sampling: {},
	stop: [],
};

interface Stream {
	readonly account: Format;
	readonly chunk: (place: number) => object;
	/** What comes after all of them. */
	readonly end: readonly object[];
}

const choice = (delta: object, more: object = {}) => ({ choices: [{ index: 0, delta, ...more }] });
const ended = [choice({}, { finish_reason: "stop" })];

function piecesOfCalls(place: number): object {
	const begin = place < 2 ? { id: `call_${place}`, function: { name: "look", arguments: '{"text":"' } } : null;
	return choice({ tool_calls: [{ index: place % 2, ...(begin ?? { function: { arguments: "{a long text}" } }) }] });
}

const streams: Readonly<Record<string, Stream>> = {
	"thoughts with details": {
		account: "openai",
		chunk: () =>
			choice({
				reasoning: "thinking",
				reasoning_details: [{ type: "reasoning.text", text: "thinking ".repeat(10), index: 0 }],
			}),
		end: ended,
	},
	"pieces of two calls in turn": {
		account: "openai",
		chunk: piecesOfCalls,
		end: [
			choice({ tool_calls: [0, 1].map((index) => ({ index, function: { arguments: '"}' } })) }),
			choice({}, { finish_reason: "tool_calls" }),
		],
	},
	"pieces of a call, each of which names it": {
		account: "openai",
		chunk: (place) =>
			choice({ tool_calls: [{ function: { name: "look", arguments: place === 0 ? '{"text":"' : "{a text}" } }] }),
		end: [choice({ tool_calls: [{ function: { arguments: '"}' } }] }), ...ended],
	},
	calls: {
		account: "openai",
		chunk: (index) =>
			choice({ tool_calls: [{ index, id: `call_${index}`, function: { name: "look", arguments: "{}" } }] }),
		end: ended,
	},
	citations: {
		account: "anthropic",
		chunk: (place) =>
			place === 0
				? { type: "content_block_start", index: 0, content_block: { type: "text", text: "hello" } }
				: {
						type: "content_block_delta",
						delta: { type: "citations_delta", citation: { url: `https://page.example/${place}`, title: "A page" } },
					},
		end: [
			{ type: "content_block_stop", index: 0 },
			{ type: "message_delta", delta: { stop_reason: "end_turn" } },
			{ type: "message_stop" },
		],
	},
};

/** Milliseconds that this process has worked: other work on the same machine does not count. */
function processorTime(): number {
	return process.cpuUsage().user / 1000;
}

describe("a stream of very many", () => {
	for (const [name, { account, chunk, end }] of Object.entries(streams)) {
		it(`${name} takes no more time than its length`, () => {
			const { names } = translations[account].writeRequest(conversation, { model: "m" });
			const data = [...Array.from({ length: many }, (_, place) => chunk(place)), ...end].map((one) =>
				JSON.stringify(one),
			);
			for (const client of formats.filter((format) => format !== account)) {
				const reader = translations[account].streamReader({ conversation, names });
				const context = { model: "m", conversation, body: {}, id: "1", createdAt: 0 };
				const writer = translations[client].streamWriter(context);
				const seen = new Set<ReplyEvent["kind"]>();
				const write = (events: readonly ReplyEvent[]) => {
					for (const event of events) {
						seen.add(event.kind);
						if (event.kind !== "error") writer.push(event);
					}
				};
				const began = processorTime();
				for (const one of data) write(reader.push("", one));
				write(reader.end());
				const taken = processorTime() - began;
				assert.ok(seen.has("end") && !seen.has("error"), [...seen].join(" "));
				assert.ok(taken < longest, `${client}: ${Math.round(taken)} ms`);
			}
		});
	}
});

describe("an error of many words", () => {
	it("is told in no more time than its length", () => {
		const message = "token count ".repeat(50_000);
		const began = processorTime();
		for (const format of formats) {
			translations[format].writeError({ status: 400, codes: [], message, retryAfter: null, modelOnly: false }, 400);
		}
		assert.ok(processorTime() - began < longest);
	});
});
