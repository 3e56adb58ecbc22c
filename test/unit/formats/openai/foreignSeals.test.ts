import assert from "node:assert/strict";
import { openaiTranslation } from "../../../../src/formats/openai/translation.ts";

const { foreignMarks, withoutForeignSeals: clean } = openaiTranslation;
const asked = { role: "user", content: "Hi" };
const said = { role: "assistant", content: "Hello", future: 1 };
const thought = { ...said, reasoning_content: "Hm" };

describe("a direct request of Chat Completions", () => {
	it("has no thoughts where the model is OpenAI's, which refuses them", () => {
		const body = { model: "gpt-5.1", future: true, messages: [asked, thought, asked] };
		assert.deepEqual(clean(body), { ...body, messages: [asked, said, asked] });
		assert.ok(foreignMarks.some((mark) => JSON.stringify(body).includes(mark)));
	});

	it("stays the very same where other makers' models want them back, or there are none", () => {
		const bodies = [
			{ model: "deepseek-chat", messages: [asked, thought] },
			{ model: "gpt-oss-120b", messages: [asked, thought] },
			{ model: "gpt-5.1", messages: [asked, said] },
			{ model: "gpt-5.1", input: "Hi" },
			{ messages: [asked, thought] },
		];
		for (const body of bodies) assert.equal(clean(body), body);
	});
});
