import assert from "node:assert/strict";
import type { Conversation, Reasoning } from "../../../../src/formats/conversation.ts";
import { geminiTranslation } from "../../../../src/formats/gemini/translation.ts";
import { bareConversation } from "./replyFixtures.ts";

interface Body {
	readonly generationConfig?: Readonly<Record<string, unknown>>;
	readonly systemInstruction?: { readonly parts: readonly { readonly text: string }[] };
}

function write(more: Partial<Conversation>, model = "gemini-3-pro-preview") {
	const turns: Conversation["turns"] = [{ role: "user", parts: [{ kind: "text", text: "Hi" }] }];
	return geminiTranslation.writeRequest({ ...bareConversation, turns, ...more }, { model });
}

function config(more: Partial<Conversation>, model?: string) {
	const { body, losses } = write(more, model);
	const { generationConfig = {} } = body as Body;
	return [
		generationConfig,
		losses.map(({ feature, sentAs }) => (sentAs === undefined ? feature : `${feature}=${sentAs}`)),
	];
}

describe("a conversation, written as Gemini's request", () => {
	it("goes to the path of its model and manner", () => {
		const { path, query, streams, headers } = write({}, "gemini-3-pro-preview");
		assert.deepEqual(
			{ path, query, streams, headers },
			{ path: "/models/gemini-3-pro-preview:streamGenerateContent", query: "?alt=sse", streams: true, headers: [] },
		);
		const whole = write({ stream: false }, "models/house/gemini pro");
		assert.deepEqual(
			[whole.path, whole.query, whole.streams],
			["/models/house%2Fgemini%20pro:generateContent", "", false],
		);
		assert.equal(write({}, "half\ud83d").path, "/models/half%EF%BF%BD:streamGenerateContent");
	});

	it("says nothing that was not said", () => {
		assert.deepEqual(write({}).body, { contents: [{ role: "user", parts: [{ text: "Hi" }] }] });
	});

	it("keeps to the limits, and names what it changes", () => {
		assert.deepEqual(
			config({
				sampling: { temperature: 2, topP: 1, topK: 5, seed: 1, presencePenalty: 2, frequencyPenalty: -2 },
				stop: ["a", "b", "c", "d", "e", "f"],
				candidates: 12,
				logprobs: 50,
				maxTokens: 9,
			}),
			[
				{
					temperature: 2,
					topP: 1,
					topK: 5,
					seed: 1,
					presencePenalty: 1.99,
					frequencyPenalty: -2,
					stopSequences: ["a", "b", "c", "d", "e"],
					candidateCount: 8,
					responseLogprobs: true,
					logprobs: 20,
					maxOutputTokens: 9,
				},
				['stop=["a","b","c","d","e"]', "presencePenalty=1.99", "candidates=8", "logprobs=20"],
			],
		);
		assert.deepEqual(config({ logprobs: 0 }), [{ responseLogprobs: true }, []]);
		assert.deepEqual(config({ sampling: { seed: 2 ** 32 + 5 } }), [{ seed: 5 }, ["seed=5"]]);
	});

	it("asks for no longer reply than the model can write: Claude Code asks for 128 000", () => {
		for (const [model, limit] of [
			["gemini-3-pro-preview", 65_536],
			["gemini-2.5-flash", 65_536],
			["gemini-2.0-flash", 8192],
		] as const) {
			assert.deepEqual(config({ maxTokens: 128_000 }, model), [{ maxOutputTokens: limit }, [`maxTokens=${limit}`]]);
			assert.deepEqual(config({ maxTokens: limit }, model), [{ maxOutputTokens: limit }, []]);
		}
		assert.deepEqual(config({ maxTokens: 128_000 }, "my-model"), [{ maxOutputTokens: 128_000 }, []]);
	});

	it("names what Gemini has no word for", () => {
		const { losses } = write({
			...{ cacheKey: "k", userId: "u", verbosity: "low", serviceTier: "auto" },
			metadata: { team: "a" },
		});
		assert.deepEqual(
			losses.map(({ feature }) => feature),
			["cacheKey", "userId", "metadata", "verbosity"],
		);
	});

	it("carries the tier", () => {
		const tier = (serviceTier: "default" | "flex" | "priority") =>
			(write({ serviceTier }).body as { serviceTier?: string }).serviceTier;
		assert.deepEqual([tier("default"), tier("flex"), tier("priority")], ["standard", "flex", "priority"]);
	});

	it("has no penalties for models that refuse them", () => {
		const sampling = { presencePenalty: 1, frequencyPenalty: 0, topK: 3 };
		assert.deepEqual(config({ sampling }, "gemini-2.5-flash"), [{ topK: 3 }, ["presencePenalty"]]);
		assert.deepEqual(config({ sampling }, "gemini-3-flash-preview"), [sampling, []]);
	});

	describe("with an amount of reasoning", () => {
		const effort = (word: "none" | "minimal" | "low" | "medium" | "high" | "xhigh" | "max"): Reasoning => ({
			amount: { kind: "effort", effort: word },
		});
		const budget = (tokens: number): Reasoning => ({ amount: { kind: "budget", tokens } });
		const adaptive: Reasoning = { amount: { kind: "adaptive" } };
		const cases: readonly (readonly [string, Reasoning, object | undefined, readonly string[]])[] = [
			["gemini-3-pro-preview", effort("high"), { thinkingLevel: "HIGH" }, []],
			["gemini-3-pro-preview", effort("minimal"), { thinkingLevel: "LOW" }, ["reasoning=thinkingLevel LOW"]],
			["gemini-3-pro-image-preview", effort("none"), { thinkingBudget: 0 }, []],
			["gemini-3.1-pro", effort("medium"), { thinkingLevel: "MEDIUM" }, []],
			["gemini-3-flash-preview", effort("none"), { thinkingLevel: "MINIMAL" }, ["reasoning=thinkingLevel MINIMAL"]],
			["gemini-3.6-flash", effort("minimal"), { thinkingLevel: "MINIMAL" }, []],
			["gemini-pro-latest", effort("max"), { thinkingLevel: "HIGH" }, ["reasoning=thinkingLevel HIGH"]],
			["gemini-3.8-flash", effort("minimal"), { thinkingLevel: "LOW" }, ["reasoning=thinkingLevel LOW"]],
			["gemini-3.8-flash-lite", effort("minimal"), { thinkingLevel: "MINIMAL" }, []],
			["gemini-flash-latest", effort("none"), { thinkingLevel: "LOW" }, ["reasoning=thinkingLevel LOW"]],
			["gemini-4-hydrogen", effort("xhigh"), { thinkingLevel: "XHIGH" }, []],
			["gemini-4-argon", effort("xhigh"), { thinkingLevel: "HIGH" }, ["reasoning=thinkingLevel HIGH"]],
			["[vip] google.gemini-2.5-pro", budget(8000), { thinkingBudget: 8000 }, []],
			["gemma-3-27b-it", effort("high"), undefined, ["reasoning"]],
			["gemini-3-flash", budget(31_999), { thinkingLevel: "HIGH" }, ["reasoning=thinkingLevel HIGH"]],
			["gemini-3-flash", adaptive, undefined, []],
			["gemini-2.5-pro", budget(8000), { thinkingBudget: 8000 }, []],
			["gemini-2.5-pro", budget(0), { thinkingBudget: 128 }, ["reasoning=thinkingBudget 128"]],
			["gemini-2.5-pro", effort("none"), { thinkingBudget: 128 }, ["reasoning=thinkingBudget 128"]],
			["gemini-2.5-pro", budget(60_000), { thinkingBudget: 32_768 }, ["reasoning=thinkingBudget 32768"]],
			["gemini-2.5-flash", budget(31_999), { thinkingBudget: 24_576 }, ["reasoning=thinkingBudget 24576"]],
			["gemini-2.5-flash", effort("none"), { thinkingBudget: 0 }, []],
			["gemini-2.5-flash", effort("medium"), { thinkingBudget: 8192 }, ["reasoning=thinkingBudget 8192"]],
			["gemini-2.5-flash", adaptive, { thinkingBudget: -1 }, []],
			["gemini-2.5-flash-lite", budget(100), { thinkingBudget: 512 }, ["reasoning=thinkingBudget 512"]],
			["gemini-2.0-flash", effort("high"), undefined, ["reasoning"]],
			["gemini-2.0-flash", effort("none"), undefined, []],
			["gemini-2.5-flash-image", budget(100), undefined, ["reasoning"]],
			["house-model", budget(100), { thinkingBudget: 100 }, []],
			["house-model", effort("low"), { thinkingLevel: "LOW" }, []],
			["house-model", effort("none"), { thinkingBudget: 0 }, []],
			["house-model", effort("xhigh"), { thinkingLevel: "HIGH" }, ["reasoning=thinkingLevel HIGH"]],
			["house-model", adaptive, { thinkingBudget: -1 }, []],
		];
		for (const [model, reasoning, thinkingConfig, losses] of cases) {
			it(`tells ${model} ${JSON.stringify(reasoning.amount)} as ${JSON.stringify(thinkingConfig ?? "nothing")}`, () => {
				assert.deepEqual(config({ reasoning }, model), [
					thinkingConfig === undefined ? {} : { thinkingConfig },
					losses,
				]);
			});
		}
	});

	it("asks for thoughts to be shown, or not", () => {
		const shown = (word: NonNullable<Reasoning["shown"]>, model?: string) =>
			config({ reasoning: { shown: word } }, model);
		assert.deepEqual(shown("auto"), [{ thinkingConfig: { includeThoughts: true } }, []]);
		assert.deepEqual(shown("no"), [{ thinkingConfig: { includeThoughts: false } }, []]);
		assert.deepEqual(shown("detailed"), [
			{ thinkingConfig: { includeThoughts: true } },
			["reasoningShown=includeThoughts"],
		]);
		assert.deepEqual(shown("auto", "gemini-2.0-flash"), [{}, ["reasoningShown"]]);
		assert.deepEqual(shown("no", "gemini-2.0-flash"), [{}, []]);
	});

	describe("that wants JSON", () => {
		const schema = { type: "object", properties: { a: { const: 1 } } };
		const tools: Conversation["tools"] = [{ kind: "function", name: "f" }];

		it("says so with the whole schema, and what it is called", () => {
			assert.deepEqual(config({ output: { kind: "json" } }), [{ responseMimeType: "application/json" }, []]);
			assert.deepEqual(
				config({ tools, output: { kind: "schema", schema, name: "point", description: "A point.", strict: true } }),
				[
					{
						responseMimeType: "application/json",
						responseJsonSchema: {
							title: "point",
							description: "A point.",
							type: "object",
							properties: { a: { enum: [1] } },
						},
					},
					[],
				],
			);
		});

		it("says so in words beside functions where the model refuses both", () => {
			const { body, losses } = write({ tools, output: { kind: "schema", schema } }, "gemini-2.5-pro");
			const { generationConfig, systemInstruction } = body as Body;
			assert.equal(generationConfig, undefined);
			assert.match(systemInstruction?.parts[0]?.text ?? "", /JSON alone.*\{"type":"object"/);
			assert.deepEqual(losses, [{ feature: "output", sentAs: "an instruction" }]);
			assert.deepEqual(config({ output: { kind: "json" } }, "gemini-2.5-pro"), [
				{ responseMimeType: "application/json" },
				[],
			]);
		});
	});
});
