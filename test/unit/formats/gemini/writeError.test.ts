import assert from "node:assert/strict";
import { readGeminiError } from "../../../../src/formats/gemini/errors.ts";
import { geminiTranslation } from "../../../../src/formats/gemini/translation.ts";
import type { UpstreamError } from "../../../../src/formats/upstreamError.ts";
import { assertShape } from "../../../support/sdkShapes.ts";

const told = (more: Partial<UpstreamError> = {}): UpstreamError => ({
	status: null,
	codes: [],
	message: "Slow down.",
	retryAfter: null,
	modelOnly: false,
	...more,
});
const { writeError } = geminiTranslation;

describe("an upstream's error for a client of Gemini's", () => {
	it("has the status that Google's clients know for it", () => {
		const statuses = [400, 401, 402, 403, 404, 408, 413, 422, 429, 500, 503, 504, 529].map((status) => {
			const { status: code, body } = writeError(told(), status);
			const { error } = body as { error: { code: number; status: string } };
			assert.equal(error.code, code);
			return [status, code, error.status];
		});
		assert.deepEqual(statuses, [
			[400, 400, "INVALID_ARGUMENT"],
			[401, 401, "UNAUTHENTICATED"],
			[402, 429, "RESOURCE_EXHAUSTED"],
			[403, 403, "PERMISSION_DENIED"],
			[404, 404, "NOT_FOUND"],
			[408, 504, "DEADLINE_EXCEEDED"],
			[413, 413, "INVALID_ARGUMENT"],
			[422, 422, "INVALID_ARGUMENT"],
			[429, 429, "RESOURCE_EXHAUSTED"],
			[500, 500, "INTERNAL"],
			[503, 503, "UNAVAILABLE"],
			[504, 504, "DEADLINE_EXCEEDED"],
			[529, 503, "UNAVAILABLE"],
		]);
	});

	it("keeps the upstream's words, code and wait", () => {
		const error = told({ codes: ["rate_limit_exceeded", "requests"], retryAfter: 12 });
		const { body } = writeError(error, 429);
		assertShape("gemini.error", body);
		const read = readGeminiError(body);
		assert.equal(read?.message, "Slow down.");
		assert.equal(read?.retryAfter, 12);
		assert.ok(read?.codes.includes("rate_limit_exceeded"));
	});

	it("says something where the upstream said nothing", () => {
		const { body } = writeError(told({ message: "", codes: ["bad_thing"] }), 418);
		assert.match(JSON.stringify(body), /status 418 \(bad_thing\)/);
	});
});
