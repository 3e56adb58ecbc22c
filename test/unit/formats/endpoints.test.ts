import assert from "node:assert/strict";
import type { Format } from "../../../src/accounts/account.ts";
import { authHeader } from "../../../src/formats/endpoint.ts";
import { chatUrl, endpoints, upstreamUrl } from "../../../src/formats/endpoints.ts";
import { modelInPath } from "../../../src/formats/gemini/endpoint.ts";

describe("the URL that is called", () => {
	const cases: readonly [format: Format, baseUrl: string, url: string][] = [
		["openai", "https://r.example/v1", "https://r.example/v1/chat/completions"],
		["openai", "https://r.example/inference", "https://r.example/inference/chat/completions"],
		["anthropic", "https://r.example/v1", "https://r.example/v1/messages"],
		["gemini", "https://r.example/v1beta", "https://r.example/v1beta/models/{model}:generateContent"],
		["codex", "https://r.example/v1", "https://r.example/v1/responses"],
		["codex", "https://r.example/backend-api", "https://r.example/backend-api/codex/responses"],
		["codex", "https://r.example:8443/team/backend-api", "https://r.example:8443/team/backend-api/codex/responses"],
	];
	for (const [format, baseUrl, url] of cases) {
		it(`of a ${format} relay at ${baseUrl} is ${url}`, () => assert.equal(chatUrl(format, baseUrl), url));
	}

	it("stands below the same root for every operation", () => {
		assert.equal(
			upstreamUrl("codex", "https://r.example/backend-api", "/responses/compact"),
			"https://r.example/backend-api/codex/responses/compact",
		);
	});
});

describe("a typed path", () => {
	const cases: readonly [format: Format, stored: string, typed: readonly string[]][] = [
		[
			"openai",
			"/v1",
			[
				"",
				"/",
				"/v1",
				"/v1/",
				"/v1//",
				"//v1",
				"/v1/v1",
				"/v1/chat/completions",
				"/v1/chat/completions/",
				"/v1/models",
				"/chat/completions",
			],
		],
		["openai", "/api/paas/v4", ["/api/paas/v4", "/api/paas/v4/", "/api/paas/v4/chat/completions"]],
		["openai", "/inference", ["/inference", "/inference/chat/completions"]],
		["anthropic", "/v1", ["", "/", "/v1", "/v1/", "/v1/messages", "/messages", "/v1/messages/count_tokens"]],
		["anthropic", "/anthropic/v1", ["/anthropic", "/anthropic/v1/messages"]],
		[
			"gemini",
			"/v1beta",
			[
				"",
				"/",
				"/v1",
				"/v1beta",
				"/v1beta/",
				"/v1beta/models",
				"/v1beta/models/gemini-2.5-pro:generateContent",
				"/v1/v1beta",
			],
		],
		["gemini", "/v1alpha", ["/v1alpha"]],
		["gemini", "/gemini/v1beta", ["/gemini", "/gemini/v1"]],
		["codex", "/v1", ["", "/", "/v1", "/v1/", "/v1/responses", "/v1/responses/compact"]],
		["codex", "/backend-api", ["/backend-api", "/backend-api/", "/backend-api/codex", "/backend-api/codex/responses"]],
	];
	for (const [format, stored, typed] of cases) {
		for (const path of typed) {
			it(`“${path}” of a ${format} relay is stored as “${stored}”, also when it is stored again`, () => {
				assert.equal(endpoints[format].basePath(path), stored);
				assert.equal(endpoints[format].basePath(stored), stored);
			});
		}
	}
});

describe("a Gemini path", () => {
	const cases: readonly [path: string, model: string | null][] = [
		["/models/gemini-2.5-pro:generateContent", "gemini-2.5-pro"],
		["/models/team%2Fmodel:streamGenerateContent", "team/model"],
		["/models/team/model:countTokens", "team/model"],
		["/models/accounts/team/models/m:countTokens", "accounts/team/models/m"],
		["/models/name:tag:embedContent", "name:tag"],
		["/models/name", null],
		["/models/:generateContent", null],
		["/models/a%ZZ:generateContent", null],
	];
	for (const [path, model] of cases) {
		it(`${path} names ${model ?? "nothing"}`, () => {
			const found = modelInPath(path);
			assert.equal(found?.model ?? null, model);
			if (found) assert.equal(decodeURIComponent(path.slice(found.modelStart, found.modelEnd)), model);
		});
	}
});

describe("a key", () => {
	it("travels in the header of its style", () => {
		assert.deepEqual(authHeader("bearer", "k"), ["authorization", "Bearer k"]);
		assert.deepEqual(authHeader("x-goog-api-key", "k"), ["x-goog-api-key", "k"]);
	});
});
