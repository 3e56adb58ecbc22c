import assert from "node:assert/strict";
import { anthropicTranslation } from "../../../../src/formats/anthropic/translation.ts";
import { assertShape } from "../../../support/sdkShapes.ts";

function write(status: number, codes: readonly string[] = [], message = "What happened") {
	const reply = anthropicTranslation.writeError(
		{ status: null, codes, message, retryAfter: null, modelOnly: false },
		status,
	);
	// The API has this type, the SDK's types have not.
	const { error } = JSON.parse(JSON.stringify(reply.body));
	if (error.type !== "request_too_large") assertShape("anthropic.error", reply.body);
	return [reply.status, error.type, error.message];
}

describe("an error for an Anthropic client", () => {
	it("has the type that Anthropic has for the status", () => {
		const types: readonly (readonly [status: number, known: number, type: string])[] = [
			[400, 400, "invalid_request_error"],
			[401, 401, "authentication_error"],
			[402, 402, "billing_error"],
			[403, 403, "permission_error"],
			[404, 404, "not_found_error"],
			[408, 408, "timeout_error"],
			[409, 409, "invalid_request_error"],
			[413, 413, "request_too_large"],
			[422, 422, "invalid_request_error"],
			[429, 429, "rate_limit_error"],
			[500, 500, "api_error"],
			[502, 502, "api_error"],
			[503, 529, "overloaded_error"],
			[504, 504, "timeout_error"],
			[529, 529, "overloaded_error"],
		];
		for (const [status, known, type] of types) assert.deepEqual(write(status), [known, type, "What happened"]);
	});

	it("tells by the upstream's code what its status does not", () => {
		assert.deepEqual(write(429, ["insufficient_quota"]).slice(0, 2), [402, "billing_error"]);
		assert.deepEqual(write(500, ["overloaded_error"]).slice(0, 2), [529, "overloaded_error"]);
		assert.deepEqual(write(200, ["rate_limit_exceeded"]).slice(0, 2), [429, "rate_limit_error"]);
		assert.deepEqual(write(200).slice(0, 2), [500, "api_error"]);
	});

	it("says in Anthropic's words that a conversation is too long, so that clients make it shorter", () => {
		const words = "This model's maximum context length is 128000 tokens.";
		const expected = [400, "invalid_request_error", `prompt is too long: ${words}`];
		assert.deepEqual(write(400, ["context_length_exceeded"], words), expected);
		assert.deepEqual(write(422, [], words), expected);
		const own = "prompt is too long: 200001 tokens > 200000 maximum";
		assert.deepEqual(write(400, ["invalid_request_error"], own), [400, "invalid_request_error", own]);
	});

	it("says something where the upstream said nothing", () => {
		assert.equal(write(500, [], "")[2], "The account has answered with the status 500.");
	});
});
