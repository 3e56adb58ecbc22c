import assert from "node:assert/strict";
import type { AccountLive, Rest } from "../../../src/bridge/accountLive.ts";
import { lastingRests } from "../../../src/bridge/rests.ts";

describe("rests that another proxy goes on with", () => {
	const rest = (given: Partial<Rest>): Rest => ({
		reason: "rateLimited",
		until: 2_000,
		status: 429,
		detail: "",
		...given,
	});
	const live = (given: Partial<AccountLive>): AccountLive => ({
		id: "one",
		hasKey: true,
		inFlight: 1,
		rest: null,
		modelRests: [],
		probing: false,
		lastChoice: null,
		models: null,
		quota: null,
		...given,
	});

	it("are those of accounts and of models that have not ended", () => {
		const models = [
			{ ...rest({ until: 3_000 }), model: "m" },
			{ ...rest({ until: 900 }), model: "over" },
		];
		assert.deepEqual(lastingRests([live({ rest: rest({}), modelRests: models }), live({ id: "two" })], 1_000), [
			{ accountId: "one", rest: rest({}), model: null },
			{ accountId: "one", rest: rest({ until: 3_000 }), model: "m" },
		]);
		assert.deepEqual(lastingRests([live({ rest: rest({}) })], 2_000), []);
	});

	it("leave refused keys out", () => {
		assert.deepEqual(lastingRests([live({ rest: rest({ reason: "keyRefused", until: null }) })], 0), []);
	});
});
