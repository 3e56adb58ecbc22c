import assert from "node:assert/strict";
import fc from "fast-check";
import { sampleTexts } from "../../../src/proxy/textSample.ts";

describe("texts that are counted", () => {
	it("are cut into short pieces that together are the texts", () => {
		fc.assert(
			fc.property(fc.array(fc.string({ unit: "binary", maxLength: 3000 })), (texts) => {
				const { pieces, share } = sampleTexts(texts, 1_000_000);
				assert.equal(pieces.join(""), texts.join(""));
				assert.equal(share, 1);
				assert.ok(pieces.every((piece) => piece.length > 0 && piece.length <= 512));
			}),
		);
	});

	it("are cut before a space where there is one, and never within a character", () => {
		const { pieces } = sampleTexts([`${"words and ".repeat(200)}`], 1_000_000);
		assert.ok(pieces.slice(1).every((piece) => piece.startsWith(" ")));
		const faces = sampleTexts([`x${"😀".repeat(1000)}`], 1_000_000).pieces;
		assert.ok(faces.length > 1);
		assert.ok(faces.every((piece) => piece.isWellFormed()));
	});

	it("are sampled evenly where they are too long, and the share tells how much was taken", () => {
		const texts = ["a".repeat(100_000), "b".repeat(300_000)];
		const { pieces, share } = sampleTexts(texts, 40_000);
		const taken = pieces.join("");
		assert.ok(taken.length >= 40_000 && taken.length <= 41_000, String(taken.length));
		assert.equal(share, taken.length / 400_000);
		const ofFirst = taken.split("a").length - 1;
		assert.ok(Math.abs(ofFirst / taken.length - 0.25) < 0.02, `${ofFirst} of ${taken.length}`);
	});

	it("may be none", () => {
		assert.deepEqual(sampleTexts([], 10), { pieces: [], share: 1 });
		assert.deepEqual(sampleTexts(["", ""], 10), { pieces: [], share: 1 });
	});
});
