import assert from "node:assert/strict";
import { formatRules } from "../../../src/formats/format.ts";
import { StreamTail } from "../../../src/proxy/streamTail.ts";

const none = Buffer.alloc(0);
const piece = (text: string) => `data: {"choices":[{"index":0,"delta":{"content":${JSON.stringify(text)}}}]}\n\n`;
const finish = 'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n';
const usage = 'data: {"choices":[],"usage":{"prompt_tokens":7,"completion_tokens":5}}\n\n';

function tailOf(...blocks: readonly string[]): StreamTail {
	const tail = new StreamTail(formatRules.openai.stream);
	for (const block of blocks) tail.push(Buffer.from(block));
	return tail;
}

describe("the tail of a stream", () => {
	it("knows a stream that ended well, and its tokens", () => {
		const { isWhole, error, usage: told } = tailOf(piece("a"), finish, usage, "data: [DONE]\n\n").read(none, null);
		assert.deepEqual([isWhole, error], [true, null]);
		assert.deepEqual([told?.input, told?.output], [7, 5]);
	});

	it("finds the end after far more than it keeps", () => {
		const many = Array.from({ length: 1000 }, (_, index) => piece(`word ${index}`));
		assert.equal(tailOf(...many, finish).read(none, null).isWhole, true);
		assert.equal(tailOf(...many).read(none, null).isWhole, false);
	});

	it("finds the end in a block of many events, of which only the last are read", () => {
		assert.equal(tailOf(piece("x".repeat(100)).repeat(5000) + finish).read(none, null).isWhole, true);
	});

	it("reads an end that lacks its empty line", () => {
		assert.equal(tailOf(piece("a")).read(Buffer.from("data: [DONE]"), null).isWhole, true);
	});

	it("takes no end from what a model writes", () => {
		const words = ["data: [DONE]", '"finish_reason":"stop"', '{"usage":{"prompt_tokens":1}}'];
		const { isWhole, usage: told } = tailOf(...words.map(piece)).read(none, null);
		assert.deepEqual([isWhole, told], [false, null]);
	});

	it("keeps the tokens that the beginning told where the end tells none", () => {
		const known = { input: 3, output: null, cached: null, reasoning: null };
		assert.deepEqual(tailOf(piece("a")).read(none, known).usage, known);
	});

	it("tells the relay's own error event", () => {
		const failed = 'data: {"error":{"message":"no more","type":"server_error"}}\n\n';
		assert.equal(tailOf(piece("a"), failed).read(none, null).error?.message, "no more");
	});
});
