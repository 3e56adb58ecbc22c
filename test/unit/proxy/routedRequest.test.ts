import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import type { Format } from "../../../src/accounts/account.ts";
import { type RoutedRequest, routeRequest } from "../../../src/proxy/routedRequest.ts";

const paths = { openai: "/chat/completions", anthropic: "/messages", codex: "/responses" } as const;

function routed(format: Format, path: string, text: string, compressed?: Buffer): RoutedRequest {
	const clear = Buffer.from(text);
	const result = routeRequest(format, path, { bytes: compressed ?? clear, clear });
	if ("kind" in result) assert.fail(result.message);
	return result;
}

function problemOf(format: Format, path: string, text: string): string {
	const bytes = Buffer.from(text);
	const result = routeRequest(format, path, { bytes, clear: bytes });
	return "kind" in result ? result.kind : "none";
}

describe("a routed request", () => {
	it("cuts a label, or puts an alias's target, into the body's byte range of the model", () => {
		for (const [format, path] of Object.entries(paths) as [Format, string][]) {
			const text = '{ "a":"é" ,"model":"My relay/gpt-5", "b" : 1.50 }';
			const request = routed(format, path, text);
			assert.equal(request.model, "My relay/gpt-5");
			const { body, ...rest } = request.forModel("gpt-5");
			assert.equal(body.toString(), '{ "a":"é" ,"model":"gpt-5", "b" : 1.50 }');
			assert.deepEqual(rest, { path, decoded: false });
		}
	});

	it("sends the client's own bytes where the model keeps its name", () => {
		const text = '{"model":"m"}';
		const compressed = gzipSync(text);
		const same = routed("openai", paths.openai, text, compressed).forModel("m");
		assert.equal(same.body, compressed);
		assert.equal(same.decoded, false);
	});

	it("sends a compressed body in clear where it had to be changed, and only the model's bytes differ", () => {
		const text = '{"x":[1,2 ],"model":"relay/m"}';
		const changed = routed("openai", paths.openai, text, gzipSync(text)).forModel("m");
		assert.equal(changed.body.toString(), '{"x":[1,2 ],"model":"m"}');
		assert.equal(changed.decoded, true);
	});

	it("cuts a label out of a Gemini path, whichever way its slash is written", () => {
		const bytes = Buffer.from("{}");
		const cases: readonly [path: string, model: string, relayModel: string, sent: string][] = [
			[
				"/models/My%20relay/gemini-x:generateContent",
				"My relay/gemini-x",
				"gemini-x",
				"/models/gemini-x:generateContent",
			],
			["/models/r%2Fgemini-x:countTokens", "r/gemini-x", "gemini-x", "/models/gemini-x:countTokens"],
			["/models/r%2fgoogle/gem:generateContent", "r/google/gem", "google/gem", "/models/google/gem:generateContent"],
			["/models/r/google%2Fgem:generateContent", "r/google/gem", "google/gem", "/models/google%2Fgem:generateContent"],
			["/models/alias:generateContent", "alias", "google/gem", "/models/google%2Fgem:generateContent"],
			["/models/alias:generateContent", "alias", "half \ud800", "/models/half%20%EF%BF%BD:generateContent"],
			["/models/a%20b:generateContent", "a b", "a b", "/models/a%20b:generateContent"],
		];
		for (const [path, model, relayModel, sent] of cases) {
			const request = routeRequest("gemini", path, { bytes, clear: bytes });
			if ("kind" in request) assert.fail(request.message);
			assert.equal(request.model, model);
			const addressed = request.forModel(relayModel);
			assert.deepEqual([addressed.path, addressed.body === bytes, addressed.decoded], [sent, true, false]);
		}
	});

	it("knows whether a stream is asked for", () => {
		assert.equal(routed("openai", paths.openai, '{"model":"m","stream":true}').stream, true);
		assert.equal(routed("openai", paths.openai, '{"model":"m","stream":false}').stream, false);
		assert.equal(routed("openai", paths.openai, '{"model":"m"}').stream, null);
		assert.equal(routed("gemini", "/models/m:streamGenerateContent", "{}").stream, true);
		assert.equal(routed("gemini", "/models/m:generateContent", '{"stream":true}').stream, false);
	});

	it("knows a probe of one token in every format", () => {
		assert.equal(routed("anthropic", paths.anthropic, '{"model":"m","max_tokens":1}').probe, true);
		assert.equal(routed("openai", paths.openai, '{"model":"m","max_completion_tokens":1}').probe, true);
		assert.equal(routed("codex", paths.codex, '{"model":"m","max_output_tokens":1}').probe, true);
		const gemini = "/models/m:generateContent";
		assert.equal(routed("gemini", gemini, '{"generationConfig":{"maxOutputTokens":1}}').probe, true);
		assert.equal(routed("gemini", gemini, '{"generationConfig":{"maxOutputTokens":2}}').probe, false);
	});

	it("leaves a Gemini body that is no JSON to the relay", () => {
		const request = routed("gemini", "/models/m:generateContent", "no json");
		assert.deepEqual([request.probe, request.conversation({})], [false, null]);
		assert.equal(request.conversation({ "x-session-id": "s" }), "s");
	});

	it("finds the conversation of what carries one, and none in what does not", () => {
		const text = '{"model":"m","messages":[{"role":"user","content":"hi"}],"input":"hi","prompt":"hi"}';
		const has = (format: Format, path: string) => routed(format, path, text).conversation({}) !== null;
		assert.ok(has("openai", "/chat/completions") && has("anthropic", "/messages"));
		assert.ok(has("codex", "/responses") && has("codex", "/responses/compact"));
		assert.ok(
			!has("openai", "/embeddings") && !has("openai", "/completions") && !has("anthropic", "/messages/count_tokens"),
		);
		const contents = '{"contents":[{"parts":[{"text":"hi"}]}]}';
		assert.notEqual(routed("gemini", "/models/m:streamGenerateContent", contents).conversation({}), null);
		assert.equal(routed("gemini", "/models/m:countTokens", contents).conversation({}), null);
	});

	it("refuses what names no model", () => {
		assert.equal(problemOf("openai", paths.openai, "no json"), "badRequest");
		assert.equal(problemOf("openai", paths.openai, '{"model":""}'), "badRequest");
		assert.equal(problemOf("openai", paths.openai, `{"model":"${"m".repeat(600)}"}`), "badRequest");
		assert.equal(problemOf("gemini", "/models/m", "{}"), "notFound");
	});
});
