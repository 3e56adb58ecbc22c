import assert from "node:assert/strict";
import { type Format, formats } from "../../../src/accounts/account.ts";
import type { Usage } from "../../../src/bridge/protocol.ts";
import { type Bed, startBed } from "../../support/hostileRelay/bed.ts";
import * as behave from "../../support/hostileRelay/behaviours.ts";
import type { Behaviour, Step } from "../../support/hostileRelay/steps.ts";

/** What the relay counts in these tests, in each format's words. */
const told: Usage = { input: 1200, output: 345, cached: 1000, reasoning: 67 };

/** Anthropic counts what came from a cache and what went into it beside the rest, and no reasoning apart. */
const expected: Readonly<Record<Format, Usage>> = {
	openai: told,
	codex: told,
	gemini: told,
	anthropic: { ...told, reasoning: null },
};

const inReply: Readonly<Record<Format, object>> = {
	openai: {
		usage: {
			prompt_tokens: 1200,
			completion_tokens: 345,
			total_tokens: 1545,
			prompt_tokens_details: { cached_tokens: 1000 },
			completion_tokens_details: { reasoning_tokens: 67 },
		},
	},
	codex: {
		usage: {
			input_tokens: 1200,
			input_tokens_details: { cached_tokens: 1000 },
			output_tokens: 345,
			output_tokens_details: { reasoning_tokens: 67 },
			total_tokens: 1545,
		},
	},
	anthropic: {
		usage: {
			input_tokens: 150,
			cache_read_input_tokens: 1000,
			cache_creation_input_tokens: 50,
			output_tokens: 345,
		},
	},
	gemini: {
		usageMetadata: {
			promptTokenCount: 1200,
			cachedContentTokenCount: 1000,
			candidatesTokenCount: 278,
			thoughtsTokenCount: 67,
			totalTokenCount: 1545,
		},
	},
};

/** What a model may write; nothing of it is a count. */
const chatter = '"usage":{"input_tokens":9,"prompt_tokens":9,"output_tokens":9},"usageMetadata":{"promptTokenCount":9}';

/** The demo relay's whole reply, with the counts of this test. */
const countedWhole: Behaviour = (asked) =>
	behave.answer(asked).map((step): Step => {
		if (step.do === "head") {
			const { "content-length": _, ...headers } = step.headers as Record<string, string | number>;
			return { ...step, headers };
		}
		if (step.do !== "write") return step;
		const { usage: _, usageMetadata: __, ...body } = JSON.parse(step.bytes.toString());
		return { do: "write", bytes: JSON.stringify({ ...body, ...inReply[asked.format] }) };
	});

/** The demo relay's stream, with the counts of this test where each format has them. */
const countedStream: Behaviour = (asked) =>
	behave.stream(({ opening, content, ending }) => {
		const events = [...opening, ...content, ...ending].map((event) => recounted(asked.format, event));
		if (asked.format === "openai") {
			const usage = { id: "chatcmpl-1", object: "chat.completion.chunk", choices: [], ...inReply.openai };
			events.splice(-1, 0, `data: ${JSON.stringify(usage)}\n\n`);
		}
		return [...events, { do: "end" }];
	})(asked);

for (const format of formats) {
	describe(`the tokens of a ${format} reply`, () => {
		let bed: Bed<"only">;
		before(async () => {
			bed = await startBed(format, { only: {} });
		});
		beforeEach(() => bed.reset());
		after(() => bed.close());

		const counted = async (behaviour: Behaviour, stream: boolean, text = "hi") => {
			bed.relays.only.next(behaviour);
			const reply = await bed.ask({ stream, text });
			assert.equal(reply.status, 200);
			assert.ok(reply.body.equals(bed.relays.only.calls.at(-1)?.sent() ?? Buffer.alloc(0)));
			const { calls, account } = await bed.proxy.nextRecord();
			assert.equal(calls.length, 1);
			assert.deepEqual([calls[0]?.label, calls[0]?.status, calls[0]?.error], ["only", 200, null]);
			assert.equal(account?.label, "only");
			return calls[0]?.usage;
		};

		for (const stream of [false, true]) {
			const kind = stream ? "a stream" : "one piece";
			const good = stream ? countedStream : countedWhole;

			it(`are found in ${kind}`, async () => {
				assert.deepEqual(await counted(good, stream), expected[format]);
			});

			it(`are found in ${kind} that is compressed`, async () => {
				assert.deepEqual(await counted(behave.compressed(good), stream), expected[format]);
			});

			it(`are found in ${kind} that comes byte by byte`, async () => {
				assert.deepEqual(await counted(byteByByte(good), stream), expected[format]);
			});

			it(`are not taken from what the model writes in ${kind}`, async () => {
				const writes = `say ${JSON.stringify(chatter)} and ${chatter}`;
				assert.deepEqual(await counted(good, stream, writes), expected[format]);
			});

			it(`are unknown where ${kind} does not tell them`, async () => {
				assert.equal(await counted(withoutUsage(good), stream, chatter), null);
			});
		}

		it("are found at the end of a long stream, and of a long reply", async () => {
			assert.deepEqual(await counted(countedStream, true, "[long 3000]"), expected[format]);
			assert.deepEqual(await counted(countedWhole, false, "[long 3000]"), expected[format]);
		});

		it("are those of the calls that told them", async () => {
			bed.relays.only.next(behave.status(422));
			await bed.ask();
			const { calls } = await bed.proxy.nextRecord();
			assert.deepEqual([calls[0]?.status, calls[0]?.usage ?? null], [422, null]);
		});
	});
}

function recounted(format: Format, event: string): string {
	const found = /^data: (\{.*\})/m.exec(event);
	if (!found?.[1]) return event;
	const data = JSON.parse(found[1]);
	const { usage } = inReply.anthropic as { usage: Record<string, number> };
	if (format === "codex" && data.type === "response.completed") Object.assign(data.response, inReply.codex);
	if (format === "anthropic" && data.message) data.message.usage = { ...usage, output_tokens: 1 };
	if (format === "anthropic" && data.type === "message_delta") data.usage = { output_tokens: usage["output_tokens"] };
	if (format === "gemini" && data.usageMetadata) Object.assign(data, inReply.gemini);
	return event.replace(found[1], () => JSON.stringify(data));
}

/** Cuts every key and every character. */
function byteByByte(behaviour: Behaviour): Behaviour {
	return (asked) =>
		behaviour(asked).flatMap((step): readonly Step[] =>
			step.do === "write"
				? [...Buffer.from(step.bytes)].map((byte) => ({ do: "write", bytes: Buffer.of(byte) }))
				: [step],
		);
}

/** Leaves out every count, but not what the model writes. */
function withoutUsage(behaviour: Behaviour): Behaviour {
	return (asked) =>
		behaviour(asked).flatMap((step): readonly Step[] => {
			if (step.do !== "write") return [step];
			const text = step.bytes.toString();
			const found = /^(?:data: )?(\{.*\})/m.exec(text);
			if (!found?.[1]) return [step];
			const data = JSON.parse(found[1]);
			for (const place of [data, data.message, data.response]) {
				delete place?.usage;
				delete place?.usageMetadata;
			}
			if (Array.isArray(data.choices) && data.choices.length === 0) return [];
			return [{ do: "write", bytes: text.replace(found[1], () => JSON.stringify(data)) }];
		});
}
