import assert from "node:assert/strict";
import fc from "fast-check";
import { FilledOutput } from "../../../src/proxy/filledOutput.ts";

const frame = (type: string, more: object) => `event: ${type}\ndata: ${JSON.stringify({ type, ...more })}\n\n`;
const reasoning = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "sealed" };
const message = {
	type: "message",
	id: "msg_1",
	role: "assistant",
	content: [{ type: "output_text", text: "Zürich 👋" }],
};
const opening =
	frame("response.created", { response: { id: "resp_1", output: [] } }) +
	frame("response.output_item.done", { output_index: 1, item: message }) +
	frame("response.output_text.delta", { delta: '{"type":"response.completed"}' }) +
	": a comment\n\n" +
	frame("response.output_item.done", { output_index: 0, item: reasoning });
const end = (output?: readonly unknown[], type = "response.completed") =>
	frame(type, {
		sequence_number: 9,
		response: { id: "resp_1", ...(output && { output }), usage: { output_tokens: 3 } },
	});

const eventIn = (text: string): unknown => JSON.parse(/^event: [^\n]*\ndata: ([^\n]*)\n\n$/.exec(text)?.[1] ?? "");

function pass(chunks: readonly Buffer[]): { readonly text: string; readonly items: readonly unknown[] } {
	const items: unknown[] = [];
	const filled = new FilledOutput((item) => items.push(item));
	const out = chunks.map((chunk) => filled.push(chunk) ?? Buffer.alloc(0));
	return { text: Buffer.concat([...out, filled.takeRest()]).toString(), items };
}

describe("a stream that ends without its output", () => {
	for (const type of ["response.completed", "response.incomplete"]) {
		it(`gets it back into its ${type}, in the order of the places, and stays as it is but for that`, () => {
			for (const given of [undefined, []] as const) {
				const { text, items } = pass([Buffer.from(opening + end(given, type))]);
				assert.equal(text.slice(0, opening.length), opening);
				assert.deepEqual(eventIn(text.slice(opening.length)), eventIn(end([reasoning, message], type)));
				assert.deepEqual(items, [message, reasoning]);
			}
		});
	}

	it("gets it however its bytes are cut", () => {
		const bytes = Buffer.from(opening + end([]));
		const whole = pass([bytes]).text;
		fc.assert(
			fc.property(fc.array(fc.integer({ min: 0, max: bytes.length }), { maxLength: 12 }), (cuts) => {
				const ends = [...cuts.toSorted((a, b) => a - b), bytes.length];
				assert.equal(pass(ends.map((to, index) => bytes.subarray(ends[index - 1] ?? 0, to))).text, whole);
			}),
			{ seed: 4 },
		);
	});

	it("gets it back into an end that lacks its empty line", () => {
		for (const missing of [1, 2]) {
			const { text } = pass([Buffer.from((opening + end([])).slice(0, -missing))]);
			assert.deepEqual(eventIn(text.slice(opening.length)), eventIn(end([reasoning, message])));
		}
	});

	it("keeps an output that is there, and every byte of a stream that breaks off", () => {
		const full = opening + end([message]);
		assert.equal(pass([Buffer.from(full)]).text, full);
		const cut = Buffer.from(full).subarray(0, full.length - 20);
		assert.deepEqual(Buffer.from(pass([cut]).text), cut);
	});

	it("gets it back where somebody has said a separator of lines that is none of a stream's", () => {
		const separated = { ...message, content: [{ type: "output_text", text: "one\u2028data: two\u2029three" }] };
		const done = frame("response.output_item.done", { output_index: 0, item: separated });
		const { text, items } = pass([Buffer.from(done + end([]))]);
		assert.deepEqual(eventIn(text.slice(done.length)), eventIn(end([separated])));
		assert.deepEqual(items, [separated]);
	});

	it("keeps every byte of an event that is too long to be held back, and of what follows", () => {
		const huge = frame("response.output_item.done", { item: { type: "picture", result: "ü".repeat(5 * 1024 * 1024) } });
		const bytes = Buffer.from(opening + huge + end([message]));
		const chunks: Buffer[] = [];
		for (let at = 0; at < bytes.length; at += 65_537) chunks.push(bytes.subarray(at, at + 65_537));
		assert.ok(Buffer.from(pass(chunks).text).equals(bytes));
	});

	it("keeps what it cannot read", () => {
		const strange = 'event: response.completed\ndata: {"type":"response.completed",\n\ndata: "response.completed"\n\n';
		assert.equal(pass([Buffer.from(strange)]).text, strange);
	});
});
