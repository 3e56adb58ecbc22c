import assert from "node:assert/strict";
import { called, chunk, collected, stream } from "./readReplies.ts";

describe("what a relay of Chat Completions tells beside words", () => {
	it("are probabilities of tokens", () => {
		const token = { token: "a", logprob: -0.1, bytes: [97], top_logprobs: [{ token: "b", logprob: -2, bytes: null }] };
		const { candidates } = collected(
			stream([
				{ choices: [{ index: 0, delta: { content: "a" }, logprobs: { content: [token], refusal: null } }] },
				{ choices: [{ index: 0, delta: { content: "" }, logprobs: { content: [{ ...token, token: "c" }] } }] },
				"[DONE]",
			]),
		);
		assert.deepEqual(candidates[0]?.parts[0]?.logprobs, [
			{ token: "a", logprob: -0.1, bytes: [97], top: [{ token: "b", logprob: -2 }] },
			{ token: "c", logprob: -0.1, bytes: [97], top: [{ token: "b", logprob: -2 }] },
		]);
	});

	it("are citations, with their places in the part they are about", () => {
		const cited = (start_index: number, end_index: number) => ({
			annotations: [
				{ type: "url_citation", url_citation: { url: "https://a.example", title: "A", start_index, end_index } },
			],
		});
		const { candidates } = collected(
			stream([
				chunk({ content: "One. " }),
				chunk({ reasoning_content: "Hm" }),
				chunk({ content: "Two." }),
				chunk(cited(5, 9)),
				chunk({}, "stop"),
			]),
		);
		assert.deepEqual(candidates[0]?.parts[2]?.citations, [{ url: "https://a.example", title: "A", start: 0, end: 4 }]);
	});

	it("is what was thought, once, with what has to come back", () => {
		const details = (rest: object) => ({ reasoning_details: [{ format: "f", index: 0, ...rest }] });
		const { candidates } = collected(
			stream([
				chunk({ reasoning: "H", ...details({ type: "reasoning.text", text: "H" }) }),
				chunk({ reasoning: "m", ...details({ type: "reasoning.text", text: "m", signature: "s" }) }),
				chunk(details({ type: "reasoning.encrypted", data: "x" })),
				chunk({ content: "a" }, "stop"),
			]),
		);
		const [part] = candidates[0]?.parts ?? [];
		assert.equal(part?.text, "Hm");
		assert.deepEqual(part?.seal, {
			maker: "openai",
			value: {
				message: {
					reasoning_details: [
						{ format: "f", index: 0, type: "reasoning.text", text: "Hm", signature: "s" },
						{ format: "f", index: 0, type: "reasoning.encrypted", data: "x" },
					],
				},
			},
		});
	});

	it("is the member in which the reasoning came", () => {
		for (const member of ["reasoning_content", "reasoning"]) {
			const { candidates } = collected(stream([chunk({ [member]: "H" }), chunk({ [member]: "m" }), chunk({}, "stop")]));
			assert.deepEqual(candidates[0]?.parts[0]?.seal?.value, { message: { [member]: "Hm" } });
		}
	});

	it("is what Google signs a call with", () => {
		const extra_content = { google: { thought_signature: "s" } };
		const { candidates } = collected(stream([chunk(called("1", "read", "{}", { extra_content })), chunk({}, "stop")]));
		const [reasoning, call] = candidates[0]?.parts ?? [];
		assert.equal(reasoning?.text, "");
		assert.deepEqual(reasoning?.seal?.value, { call: { extra_content } });
		assert.equal(call?.kind, "toolCall");
	});

	it("are tokens, however the relay counts", () => {
		const usage = (told: object) =>
			collected(stream([chunk({ content: "a" }, "stop"), { choices: [], usage: told }])).usage;
		const none = { cached: null, reasoning: null, cacheWritten: null };
		assert.deepEqual(usage({ prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 }), {
			...none,
			input: 10,
			output: 5,
		});
		// xAI leaves the reasoning out of the output.
		const xai = {
			prompt_tokens: 10,
			completion_tokens: 5,
			total_tokens: 22,
			completion_tokens_details: { reasoning_tokens: 7 },
		};
		assert.deepEqual(usage(xai), { ...none, input: 10, output: 12, reasoning: 7 });
		// So does Google, and tells it in the total alone.
		const google = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 22 };
		assert.deepEqual(usage(google), { ...none, input: 10, output: 12, reasoning: 7 });
		// Relays before Anthropic leave out of the input what a cache had.
		const cached = {
			prompt_tokens: 10,
			completion_tokens: 5,
			total_tokens: 15,
			prompt_tokens_details: { cached_tokens: 90 },
		};
		assert.deepEqual(usage(cached), { ...none, input: 100, output: 5, cached: 90 });
		assert.deepEqual(usage({ prompt_tokens: 0, completion_tokens: 0 }), null);
	});

	it("are tokens in places of their own", () => {
		const usage = { prompt_tokens: 10, completion_tokens: 5 };
		const groq = { ...chunk({ content: "a" }, "stop"), x_groq: { usage } };
		const moonshot = { choices: [{ index: 0, delta: { content: "a" }, finish_reason: "stop", usage }] };
		for (const told of [groq, moonshot]) assert.equal(collected(stream([told])).usage?.input, 10);
	});
});
