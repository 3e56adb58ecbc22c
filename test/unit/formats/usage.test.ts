import assert from "node:assert/strict";
import type { Format } from "../../../src/accounts/account.ts";
import type { Usage } from "../../../src/bridge/protocol.ts";
import { formatRules } from "../../../src/formats/format.ts";
import { EventReader } from "../../../src/formats/sse.ts";
import { JsonUsageTap } from "../../../src/formats/usageTap.ts";
import { streamTranscripts, wholeTranscripts } from "./transcripts.ts";

function tokens(input: number | null, output: number | null, cached: number | null = null): Usage {
	return { input, output, cached, reasoning: null };
}

interface Case {
	readonly what: string;
	readonly format: Format;
	readonly body: unknown;
	readonly usage: Usage | null;
}

/** A model may write anything. */
const deceptive =
	'{"usage":{"prompt_tokens":9999},"usageMetadata":{"promptTokenCount":9999},"input_tokens":9999}\\"}],';

const wholes: readonly Case[] = [
	{
		what: "a chat with details",
		format: "openai",
		body: {
			choices: [{ message: { content: deceptive, usage: { prompt_tokens: 1 } } }],
			usage: {
				prompt_tokens: 100,
				completion_tokens: 20,
				prompt_tokens_details: { cached_tokens: 60 },
				completion_tokens_details: { reasoning_tokens: 5 },
			},
		},
		usage: { input: 100, output: 20, cached: 60, reasoning: 5 },
	},
	{
		what: "DeepSeek's cache",
		format: "openai",
		body: { usage: { prompt_tokens: 10, completion_tokens: 2, prompt_cache_hit_tokens: 8 } },
		usage: tokens(10, 2, 8),
	},
	{
		what: "embeddings",
		format: "openai",
		body: { data: [{ embedding: [0.5, -1.25e-3] }], usage: { prompt_tokens: 7, total_tokens: 7 } },
		usage: tokens(7, null),
	},
	{ what: "no usage", format: "openai", body: { choices: [] }, usage: null },
	{ what: "usage: null", format: "openai", body: { usage: null }, usage: null },
	{
		what: "a relay that does not count",
		format: "openai",
		body: { usage: { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 } },
		usage: null,
	},
	{
		what: "a relay that counts the output alone",
		format: "openai",
		body: { usage: { prompt_tokens: 0, completion_tokens: 4 } },
		usage: tokens(null, 4),
	},
	{ what: "numbers as text", format: "openai", body: { usage: { prompt_tokens: "5" } }, usage: null },
	{
		what: "a message, whose cached parts stand beside the rest",
		format: "anthropic",
		body: {
			content: [{ type: "text", text: deceptive }],
			usage: {
				input_tokens: 10,
				cache_read_input_tokens: 200,
				cache_creation_input_tokens: 30,
				output_tokens: 8,
				output_tokens_details: { thinking_tokens: 3 },
			},
		},
		usage: { input: 240, output: 8, cached: 200, reasoning: 3 },
	},
	{ what: "a count of tokens", format: "anthropic", body: { input_tokens: 2095 }, usage: tokens(2095, null) },
	{
		what: "thoughts and tools",
		format: "gemini",
		body: {
			candidates: [{ content: { parts: [{ text: deceptive }] } }],
			usageMetadata: {
				promptTokenCount: 50,
				toolUsePromptTokenCount: 5,
				cachedContentTokenCount: 40,
				candidatesTokenCount: 10,
				thoughtsTokenCount: 30,
				totalTokenCount: 95,
			},
		},
		usage: { input: 55, output: 40, cached: 40, reasoning: 30 },
	},
	{ what: "a count of tokens", format: "gemini", body: { totalTokens: 31 }, usage: tokens(31, null) },
	{
		what: "a stream as an array",
		format: "gemini",
		body: [
			{ usageMetadata: { promptTokenCount: 4 } },
			{ candidates: [{ content: { parts: [{ text: deceptive }] } }] },
			{ usageMetadata: { promptTokenCount: 4, candidatesTokenCount: 9 } },
			{ candidates: [{ finishReason: "STOP" }] },
		],
		usage: tokens(4, 9),
	},
	{ what: "an empty array", format: "gemini", body: [], usage: null },
	{
		what: "a response",
		format: "codex",
		body: {
			object: "response",
			output: [{ usage: { input_tokens: 1 }, text: deceptive }],
			usage: {
				input_tokens: 100,
				input_tokens_details: { cached_tokens: 90 },
				output_tokens: 20,
				output_tokens_details: { reasoning_tokens: 15 },
			},
		},
		usage: { input: 100, output: 20, cached: 90, reasoning: 15 },
	},
	{ what: "a text", format: "codex", body: "usage", usage: null },
	{ what: "null", format: "anthropic", body: null, usage: null },
];

/** Pieces of a reply through the tap. */
function tap(format: Format, ...pieces: readonly Buffer[]): Usage | null {
	const it = new JsonUsageTap(format);
	for (const piece of pieces) it.push(piece);
	return it.end();
}

function assertAtEveryCut(format: Format, bytes: Buffer, expected: Usage | null): void {
	assert.deepEqual(tap(format, bytes), expected);
	for (let cut = 1; cut < bytes.length; cut += 1) {
		assert.deepEqual(tap(format, bytes.subarray(0, cut), bytes.subarray(cut)), expected, `cut at ${cut}`);
	}
	assert.deepEqual(tap(format, ...[...bytes].map((byte) => Buffer.of(byte))), expected, "byte by byte");
}

describe("the tokens of a whole reply", () => {
	for (const { what, format, body, usage } of wholes) {
		it(`are read by ${format} from ${what}`, () => {
			assert.deepEqual(formatRules[format].readUsage(body), usage);
		});

		it(`are found by ${format} in the passing bytes of ${what}, at every cut`, () => {
			assertAtEveryCut(format, Buffer.from(JSON.stringify(body)), usage);
			assertAtEveryCut(format, Buffer.from(`\ufeff${JSON.stringify(body, null, "\t")}\r\n`), usage);
		});
	}

	it("are found in what the demo relay sends, at every cut", async () => {
		for (const { what, format, bytes } of await wholeTranscripts()) {
			const read = formatRules[format].readUsage(JSON.parse(bytes.toString()));
			assert.ok(read?.input, `${format}: ${what}`);
			assertAtEveryCut(format, bytes, read);
		}
	});

	const written: readonly (readonly [string, string, Usage | null])[] = [
		[
			"of two members of the name, in the last",
			'{"usage":{"prompt_tokens":1},"usage":{"prompt_tokens":2}}',
			tokens(2, null),
		],
		["where the name is escaped", '{"us\\u0061ge":{"prompt_tokens":3}}', tokens(3, null)],
		["behind backslashes and quotes", '{"a":"\\\\","b":"\\"\\\\\\"{","usage":{"prompt_tokens":4}}', tokens(4, null)],
		["with braces in a text of theirs", '{"usage":{"x":"}],{\\"","prompt_tokens":5}}', tokens(5, null)],
		["in no text that bears the name", '{"id":"usage","x":["usage",{"usage":{"prompt_tokens":6}}]}', null],
		["not where they are broken", '{"usage":{"prompt_tokens":1]}', null],
		["not where the reply is cut", '{"usage":{"prompt_tokens":1}', null],
		["not where the reply is cut in a text", '{"usage":{"prompt_tokens":1},"x":"', null],
		["not in what is no JSON", '<html>{"usage":{"prompt_tokens":1}}</html>', null],
		["not where something follows", '{"usage":{"prompt_tokens":1}}{}', null],
		["not among brackets alone", "]]}}}{{[[", null],
		["not in nothing", "", null],
		["not in a text", '"usage"', null],
	];
	for (const [what, text, usage] of written) {
		it(`are found ${what}`, () => {
			assertAtEveryCut("openai", Buffer.from(text), usage);
		});
	}

	it("are none where a relay tells what is no count", () => {
		for (const told of [10.5, 1e300, -1, "12"]) {
			assert.equal(formatRules.openai.readUsage({ usage: { prompt_tokens: told, completion_tokens: told } }), null);
		}
	});

	it("are found behind a huge reply, which is not kept", () => {
		const text = Buffer.from("0123456789abcde\\".repeat(4096).replaceAll("\\", '\\"'));
		const it = new JsonUsageTap("openai");
		it.push(Buffer.from('{"choices":[{"message":{"content":"'));
		global.gc?.();
		const before = process.memoryUsage().arrayBuffers;
		for (let index = 0; index < 500; index += 1) it.push(text);
		assert.ok(process.memoryUsage().arrayBuffers - before < 8 * 1024 * 1024);
		it.push(Buffer.from('"}}],"usage":{"prompt_tokens":12}}'));
		assert.deepEqual(it.end(), tokens(12, null));
	});

	it("are given up where their value is absurdly long", () => {
		const padding = "x".repeat(20_000);
		assertOnce(`{"usage":{"prompt_tokens":1,"x":"${padding}"}}`, null);
		assertOnce(`{"${padding}":1,"usage":{"prompt_tokens":1}}`, tokens(1, null));
		function assertOnce(text: string, usage: Usage | null) {
			assert.deepEqual(tap("openai", Buffer.from(text)), usage);
		}
	});
});

describe("the tokens of a stream", () => {
	const fold = (format: Format, ...events: readonly (object | string)[]) =>
		events.reduce<Usage | null>((known, event) => {
			const data = typeof event === "string" ? event : JSON.stringify(event);
			return formatRules[format].stream.usage(data, known);
		}, null);

	it("come in OpenAI's last chunk, or where Groq and Moonshot put them", () => {
		const usage = { prompt_tokens: 9, completion_tokens: 3 };
		const text = { choices: [{ delta: { content: '"usage":{"prompt_tokens":1}' } }], usage: null };
		assert.deepEqual(fold("openai", text, { choices: [], usage }, "[DONE]"), tokens(9, 3));
		assert.deepEqual(fold("openai", text, { choices: [], x_groq: { id: "1", usage } }), tokens(9, 3));
		assert.deepEqual(fold("openai", text, { choices: [{ delta: {}, finish_reason: "stop", usage }] }), tokens(9, 3));
		assert.equal(fold("openai", text, "[DONE]", '{"usage"'), null);
	});

	it("come in Anthropic's first and last events", () => {
		const start = (usage: object) => ({ type: "message_start", message: { usage } });
		const delta = (usage: object) => ({ type: "message_delta", delta: {}, usage });
		const begun = start({ input_tokens: 10, cache_read_input_tokens: 90, output_tokens: 1 });
		assert.deepEqual(fold("anthropic", begun), tokens(100, 1, 90));
		assert.deepEqual(fold("anthropic", begun, delta({ output_tokens: 20 })), tokens(100, 20, 90));
		assert.deepEqual(fold("anthropic", begun, delta({ input_tokens: 10, output_tokens: 20 })), tokens(100, 20, 90));
		const whole = { input_tokens: 15, cache_read_input_tokens: 80, output_tokens: 20 };
		assert.deepEqual(fold("anthropic", begun, delta(whole)), tokens(95, 20, 80));
		const uncounted = start({ input_tokens: 0, output_tokens: 0 });
		assert.deepEqual(fold("anthropic", uncounted, delta({ input_tokens: 12, output_tokens: 2 })), tokens(12, 2));
	});

	it("come in Codex' last event", () => {
		const usage = { input_tokens: 6, output_tokens: 2, input_tokens_details: { cached_tokens: 4 } };
		assert.deepEqual(
			fold(
				"codex",
				{ type: "response.created", response: { usage: null } },
				{ type: "response.completed", response: { usage } },
			),
			tokens(6, 2, 4),
		);
		assert.equal(fold("codex", { type: "response.output_text.delta", delta: '"usage":{"input_tokens":5}' }), null);
	});

	it("grow in Gemini's chunks", () => {
		const chunk = (usageMetadata: object) => ({ candidates: [], usageMetadata });
		assert.deepEqual(
			fold("gemini", chunk({ promptTokenCount: 5 }), chunk({ promptTokenCount: 5, candidatesTokenCount: 7 })),
			tokens(5, 7),
		);
	});

	it("are found in what the demo relay sends", async () => {
		for (const { what, format, bytes } of await streamTranscripts()) {
			const reader = new EventReader();
			const events = [...reader.push(bytes), ...reader.end()];
			const usage = fold(format, ...events.map(({ data }) => data));
			assert.ok(usage?.input && usage.output, `${format}: ${what}`);
		}
	});
});
