import assert from "node:assert/strict";
import { geminiTranslation } from "../../../../src/formats/gemini/translation.ts";
import { Malformed, Untranslatable } from "../../../../src/formats/translation.ts";

const contents = [{ role: "user", parts: [{ text: "Hi" }] }];
const read = (body: object, stream = false) => geminiTranslation.readRequest({ body: { contents, ...body }, stream });
const config = (generationConfig: object) => read({ generationConfig });

describe("Gemini's requests, read", () => {
	it("tell by their path whether they stream", () => {
		assert.equal(read({}, true).conversation.stream, true);
		assert.equal(read({}, false).conversation.stream, false);
	});

	it("take instructions as a content, its parts, one part or text", () => {
		const turn = { role: "system", parts: [{ kind: "text", text: "Be brief." }] };
		for (const systemInstruction of [
			{ role: "user", parts: [{ text: "Be brief." }] },
			{ parts: { text: "Be brief." } },
			{ text: "Be brief." },
			[{ text: "Be brief." }],
			"Be brief.",
		]) {
			assert.deepEqual(read({ systemInstruction }).conversation.turns[0], turn);
			assert.deepEqual(read({ system_instruction: systemInstruction }).conversation.turns[0], turn);
		}
		assert.equal(read({ systemInstruction: { parts: [{ text: "" }] } }).conversation.turns.length, 1);
	});

	it("take numbers as text and enums in any case", () => {
		const { conversation, losses } = config({
			maxOutputTokens: "100",
			topK: "40",
			seed: "7",
			temperature: 0.5,
			thinkingConfig: { thinkingBudget: "1024" },
		});
		assert.equal(conversation.maxTokens, 100);
		assert.deepEqual(conversation.sampling, { temperature: 0.5, topK: 40, seed: 7 });
		assert.deepEqual(conversation.reasoning, { amount: { kind: "budget", tokens: 1024 } });
		assert.deepEqual(losses, []);
		for (const effort of ["low", "xhigh"]) {
			for (const thinkingLevel of [effort, effort.toUpperCase()]) {
				const { reasoning } = config({ thinkingConfig: { thinkingLevel } }).conversation;
				assert.deepEqual(reasoning, { amount: { kind: "effort", effort } });
			}
		}
	});

	it("take a budget of -1 for as much as the model finds right, and 0 for none", () => {
		const amount = (thinkingBudget: number) =>
			config({ thinkingConfig: { thinkingBudget } }).conversation.reasoning?.amount;
		assert.deepEqual(amount(-1), { kind: "adaptive" });
		assert.deepEqual(amount(0), { kind: "budget", tokens: 0 });
	});

	it("tell whether thoughts are shown", () => {
		const shown = (includeThoughts: boolean) => config({ thinkingConfig: { includeThoughts } }).conversation.reasoning;
		assert.deepEqual([shown(true), shown(false)], [{ shown: "auto" }, { shown: "no" }]);
		assert.equal("reasoning" in config({ thinkingConfig: {} }).conversation, false);
	});

	it("ask for JSON, of a schema in either dialect", () => {
		const output = (more: object) => config({ responseMimeType: "application/json", ...more }).conversation.output;
		assert.deepEqual(output({}), { kind: "json" });
		// Gemini CLI has types in upper case in either.
		for (const member of ["responseSchema", "responseJsonSchema"]) {
			assert.deepEqual(output({ [member]: { type: "OBJECT", properties: { a: { type: "STRING" } } } }), {
				kind: "schema",
				schema: { type: "object", properties: { a: { type: "string" } } },
			});
		}
		const schema = { type: "object", $defs: { a: { const: 1 } } };
		assert.deepEqual(output({ responseJsonSchema: schema }), { kind: "schema", schema });
	});

	it("lose an output of bare words, by name", () => {
		const { conversation, losses } = config({
			responseMimeType: "text/x.enum",
			responseSchema: { type: "STRING", enum: ["a"] },
		});
		assert.equal("output" in conversation, false);
		assert.deepEqual(losses, ["generationConfig.responseMimeType", "generationConfig.responseSchema"]);
	});

	it("count probabilities only where they are asked for", () => {
		assert.equal(config({ responseLogprobs: true }).conversation.logprobs, 0);
		assert.equal(config({ responseLogprobs: true, logprobs: 3 }).conversation.logprobs, 3);
		assert.equal("logprobs" in config({ logprobs: 3 }).conversation, false);
	});

	it("name what nobody else has", () => {
		const { losses } = read({
			safetySettings: [{ category: "HARM_CATEGORY_HARASSMENT", threshold: "OFF" }],
			store: false,
			mood: "good",
			tools: [{ codeExecution: {} }, { urlContext: {}, googleMaps: {} }],
			toolConfig: { retrievalConfig: { languageCode: "is" } },
			generationConfig: { speechConfig: { languageCode: "is" }, responseModalities: ["TEXT", "IMAGE"], mood: 1 },
		});
		assert.deepEqual(
			new Set(losses),
			new Set([
				"safetySettings",
				"store",
				"mood",
				"tools[].codeExecution",
				"tools[].urlContext",
				"tools[].googleMaps",
				"toolConfig.retrievalConfig",
				"generationConfig.speechConfig",
				"generationConfig.responseModalities",
				"generationConfig.mood",
			]),
		);
	});

	it("say nothing where they say the default", () => {
		const { conversation, losses } = read({
			model: "models/gemini-3-pro",
			serviceTier: "unspecified",
			toolConfig: { functionCallingConfig: { mode: "MODE_UNSPECIFIED" } },
			generationConfig: {
				candidateCount: 1,
				responseModalities: ["TEXT"],
				responseMimeType: "text/plain",
				mediaResolution: "MEDIA_RESOLUTION_UNSPECIFIED",
				thinkingConfig: { thinkingLevel: "THINKING_LEVEL_UNSPECIFIED" },
			},
		});
		assert.deepEqual(losses, []);
		assert.deepEqual(Object.keys(conversation).sort(), ["sampling", "stop", "stream", "tools", "turns"]);
	});

	it("have labels as metadata", () => {
		assert.deepEqual(read({ labels: { team_name: "a" } }).conversation.metadata, { team_name: "a" });
	});

	it("name a service tier as the conversation does", () => {
		const tier = (serviceTier: string) => read({ serviceTier }).conversation.serviceTier;
		assert.deepEqual(["standard", "flex", "SERVICE_TIER_PRIORITY"].map(tier), ["default", "flex", "priority"]);
	});

	it("cannot be said to others where they build on what only Google has", () => {
		for (const body of [
			{ cachedContent: "cachedContents/1" },
			{ cached_content: "cachedContents/1" },
			{ continuationToken: "abc" },
			{ generationConfig: { responseModalities: ["IMAGE"] } },
			{ generationConfig: { responseModalities: ["audio"] } },
		]) {
			assert.throws(() => read(body), Untranslatable, JSON.stringify(body));
		}
	});

	it("are refused where Gemini would refuse them, with the field's name", () => {
		const wrong: readonly (readonly [object, RegExp])[] = [
			[{ contents: [] }, /^contents must be/],
			[{ contents: undefined }, /^contents must be/],
			[{ contents: [1] }, /^contents\[0\] must be an object/],
			[{ contents: [{ role: "robot", parts: [{ text: "Hi" }] }] }, /^contents\[0\]\.role must be/],
			[{ contents: [{ parts: [{}] }] }, /^contents\[0\]\.parts\[0\] must hold/],
			[{ contents: [{ parts: [{ text: 1 }] }] }, /^contents\[0\]\.parts\[0\]\.text must be a string/],
			[{ generationConfig: { temperature: "warm" } }, /^generationConfig\.temperature must be a number/],
			[{ generationConfig: { stopSequences: "END" } }, /^generationConfig\.stopSequences must be/],
			[{ generationConfig: { thinkingConfig: { thinkingLevel: "deep" } } }, /thinkingLevel must be/],
			[{ toolConfig: { functionCallingConfig: { mode: "MAYBE" } } }, /functionCallingConfig\.mode must be/],
			[{ tools: [{ functionDeclarations: [{}] }] }, /^tools\[0\]\.functionDeclarations\[0\]\.name must be/],
			[{ serviceTier: "golden" }, /^serviceTier must be/],
			[
				{ systemInstruction: { parts: [{ inlineData: { mimeType: "image/png", data: "AA==" } }] } },
				/^systemInstruction/,
			],
		];
		for (const [body, message] of wrong) {
			assert.throws(
				() => geminiTranslation.readRequest({ body: { contents, ...body }, stream: false }),
				(error) => error instanceof Malformed && message.test(error.message),
				JSON.stringify(body),
			);
		}
		assert.throws(() => geminiTranslation.readRequest({ body: [], stream: false }), Malformed);
	});

	it("do not overflow the stack, however deep they nest", () => {
		const deep = JSON.parse(`${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`);
		assert.deepEqual(read({ mood: deep }).losses, ["mood"]);
	});
});
