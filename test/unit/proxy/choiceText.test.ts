import assert from "node:assert/strict";
import { choiceText } from "../../../src/proxy/choiceText.ts";

describe("a choice in the log", () => {
	it("names the model, who was chosen, and why each of the others was passed over", () => {
		const text = choiceText({
			at: 1_000,
			format: "openai",
			model: "gpt-5",
			chosen: "first",
			passedOver: [
				{ id: "2", label: "second", why: "resting", until: 13_000 },
				{ id: "3", label: "third", why: "busy", until: null },
			],
		});
		assert.equal(text, "OpenAI gpt-5 → “first”; passed over: “second” (resting, 12 s left), “third” (busy)");
	});

	it("says so where nobody could be chosen", () => {
		const note = { at: 0, format: "codex", model: "m", chosen: null, passedOver: [] } as const;
		assert.equal(choiceText(note), "Codex m → nobody");
	});
});
