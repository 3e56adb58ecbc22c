import assert from "node:assert/strict";
import { codexTranslation } from "../../../../src/formats/codex/translation.ts";
import { assertShape } from "../../../support/sdkShapes.ts";

interface Told {
	readonly status: number;
	readonly codes?: readonly string[];
	readonly message?: string;
}

function written({ status, codes = [], message = "Words." }: Told) {
	const told = { status: null, codes, message, retryAfter: null, modelOnly: false };
	const reply = codexTranslation.writeError(told, status);
	assertShape("codex.error", reply.body);
	const { error } = JSON.parse(JSON.stringify(reply.body));
	return { ...error, status: reply.status };
}

describe("an error for a Codex client", () => {
	const cases: readonly (readonly [Told, status: number, type: string, code: string | null])[] = [
		[{ status: 400, codes: ["invalid_request_error"] }, 400, "invalid_request_error", "invalid_request_error"],
		[{ status: 400 }, 400, "invalid_request_error", null],
		[{ status: 400, message: "prompt is too long: 9 > 8" }, 400, "invalid_request_error", "context_length_exceeded"],
		[{ status: 401, codes: ["authentication_error"] }, 401, "invalid_request_error", "invalid_api_key"],
		[{ status: 402, codes: ["billing_error"] }, 429, "insufficient_quota", "insufficient_quota"],
		[{ status: 404, message: "no such model" }, 404, "invalid_request_error", "model_not_found"],
		[{ status: 404, codes: ["not_found_error"] }, 404, "invalid_request_error", "not_found_error"],
		[{ status: 429, codes: ["resource_exhausted"] }, 429, "rate_limit_error", "rate_limit_exceeded"],
		[{ status: 500, codes: ["api_error"] }, 500, "server_error", "server_error"],
		[{ status: 529, codes: ["overloaded_error"] }, 503, "server_error", "server_is_overloaded"],
		[{ status: 200, codes: ["overloaded_error"] }, 503, "server_error", "server_is_overloaded"],
	];
	for (const [told, status, type, code] of cases) {
		it(`is ${code} with ${status} for ${JSON.stringify(told)}`, () => {
			const { message = "Words." } = told;
			assert.deepEqual(written(told), { status, type, code, message, param: null });
		});
	}

	it("has words also where the account had none", () => {
		assert.match(written({ status: 500, message: "" }).message, /500/);
	});
});
