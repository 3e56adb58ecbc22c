import assert from "node:assert/strict";
import fc from "fast-check";
import { textFrame } from "../../../src/formats/textFrame.ts";

describe("a frame around a text", () => {
	it("writes what would be written without it, whatever the text", () => {
		const write = (text: string) => `data: ${JSON.stringify({ index: 0, delta: { text }, "a$&b": null })}\n\n`;
		const frame = textFrame(write);
		fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => assert.equal(frame(text), write(text))));
	});

	it("asks each time where the text is written otherwise", () => {
		for (const write of [() => "", (text: string) => text, (text: string) => JSON.stringify([text, text])]) {
			const frame = textFrame(write);
			for (const text of ["one", "two"]) assert.equal(frame(text), write(text));
		}
	});
});
