import assert from "node:assert/strict";
import { formats } from "../../../src/accounts/account.ts";
import { formatRules } from "../../../src/formats/format.ts";
import { type Problem, type ProblemKind, problemStatus } from "../../../src/formats/problem.ts";

const problem = (kind: ProblemKind): Problem => ({ kind, message: "what happened" });

describe("an error of the proxy's own", () => {
	it("has the shape of the caller's format", () => {
		assert.deepEqual(formatRules.openai.error(problem("modelNotFound")), {
			error: { message: "what happened", type: "invalid_request_error", param: null, code: "model_not_found" },
		});
		assert.deepEqual(formatRules.codex.error(problem("unavailable")), {
			error: { message: "what happened", type: "server_error", param: null, code: null },
		});
		assert.deepEqual(formatRules.anthropic.error(problem("keyRefused")), {
			type: "error",
			error: { type: "authentication_error", message: "what happened" },
			request_id: null,
		});
		assert.deepEqual(formatRules.gemini.error(problem("unavailable")), {
			error: { code: 503, message: "what happened", status: "UNAVAILABLE" },
		});
	});

	it("carries its message in every format and for every kind", () => {
		for (const format of formats) {
			for (const kind of Object.keys(problemStatus) as ProblemKind[]) {
				const body = formatRules[format].error(problem(kind)) as { error?: { message?: string } };
				assert.equal(body.error?.message, "what happened", `${format} ${kind}`);
			}
		}
	});
});
