import assert from "node:assert/strict";
import { readErrorEvent } from "../../../../src/formats/errorReading.ts";
import { writeOpenaiError } from "../../../../src/formats/openai/errors.ts";
import { assertShape } from "../../../support/sdkShapes.ts";

function written(body: object, status: number) {
	const reply = writeOpenaiError(readErrorEvent(body), status);
	assertShape("openai.error", reply.body);
	const { error } = reply.body as { error: { message: string; type: string; code: string | null } };
	return { status: reply.status, type: error.type, code: error.code, message: error.message };
}

describe("an account's error for a client of Chat Completions", () => {
	it("has the status, type and code that the client acts upon, whoever has made it", () => {
		const anthropic = (type: string, message: string) => ({ type: "error", error: { type, message } });
		const google = (status: string, message: string) => ({ error: { code: 0, status, message } });
		const rows: readonly (readonly [body: object, status: number, told: readonly [number, string, string | null]])[] = [
			[anthropic("invalid_request_error", "max_tokens: too many"), 400, [400, "invalid_request_error", null]],
			[
				anthropic("invalid_request_error", "prompt is too long: 201000 tokens > 200000 maximum"),
				400,
				[400, "invalid_request_error", "context_length_exceeded"],
			],
			[
				google("INVALID_ARGUMENT", "The input token count (9) exceeds the maximum number of tokens allowed (8)."),
				400,
				[400, "invalid_request_error", "context_length_exceeded"],
			],
			[anthropic("authentication_error", "invalid x-api-key"), 401, [401, "invalid_request_error", "invalid_api_key"]],
			[anthropic("billing_error", "No credit."), 402, [429, "insufficient_quota", "insufficient_quota"]],
			[anthropic("permission_error", "Not allowed."), 403, [403, "request_forbidden", null]],
			[anthropic("not_found_error", "model: claude-9"), 404, [404, "invalid_request_error", "model_not_found"]],
			[
				google("NOT_FOUND", "models/x is not found for API version v1"),
				404,
				[404, "invalid_request_error", "model_not_found"],
			],
			[anthropic("rate_limit_error", "Slower."), 429, [429, "requests", "rate_limit_exceeded"]],
			[
				{ error: { code: "insufficient_quota", message: "Spent." } },
				429,
				[429, "insufficient_quota", "insufficient_quota"],
			],
			[anthropic("api_error", "Oops."), 500, [500, "server_error", null]],
			[google("UNAVAILABLE", "Overloaded."), 503, [503, "server_error", "server_is_overloaded"]],
			[anthropic("overloaded_error", "Overloaded."), 529, [503, "server_error", "server_is_overloaded"]],
		];
		for (const [body, status, [toldStatus, type, code]] of rows) {
			const { message: _, ...told } = written(body, status);
			assert.deepEqual(told, { status: toldStatus, type, code }, JSON.stringify(body));
		}
	});

	it("keeps the account's words, and has some where there are none", () => {
		assert.equal(written({ error: { message: "Überlastet." } }, 503).message, "Überlastet.");
		assert.equal(written({ error: {} }, 500).message, "The account answered with status 500.");
	});
});
