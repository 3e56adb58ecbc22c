import assert from "node:assert/strict";
import { nextQuote, wordsOf } from "../../../src/proxy/quoteSearch.ts";
import { seededRandom } from "../../support/wire.ts";

/** A text with quotes at random places, dense and far apart, at any alignment in memory. */
function randomText(seed: number): Buffer {
	const random = seededRandom(seed);
	const text = Buffer.alloc(100_000 + seed, 0x61).subarray(seed % 5);
	for (let at = 0; at < text.length; at += 1 + Math.floor(random() ** 4 * 3000)) text[at] = 0x22;
	// Bytes that differ from a quote in one bit, or that a careless test of four at once takes for one.
	for (let index = 0; index < 2000; index += 1) {
		const at = Math.floor(random() * text.length);
		if (text[at] !== 0x22) text[at] = [0x23, 0x20, 0xa2, 0x00, 0xff][index % 5] ?? 0;
	}
	return text;
}

describe("the search for quotes", () => {
	for (const seed of [0, 1, 2, 3, 4, 5, 6, 7]) {
		it(`finds each quote of a long text, wherever it begins in memory (${seed})`, () => {
			const text = randomText(seed);
			for (let at = 0; ; ) {
				const found = nextQuote(text, wordsOf(text), at);
				assert.equal(found, text.indexOf(0x22, at));
				if (found < 0) break;
				at = found + 1;
			}
		});
	}

	it("finds none where there is none, and the last byte of a text", () => {
		for (const length of [10, 40_000, 40_001, 40_002, 40_003]) {
			const text = Buffer.alloc(length, 0x61);
			assert.equal(nextQuote(text, wordsOf(text), 3), -1);
			text[length - 1] = 0x22;
			assert.equal(nextQuote(text, wordsOf(text), 3), length - 1);
			assert.equal(nextQuote(text, wordsOf(text), length), -1);
		}
	});
});
