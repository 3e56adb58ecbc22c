import assert from "node:assert/strict";
import "./vscodeHook.ts";
import { live, modelRest, now, quota, rest } from "./fixtures.ts";

const { endsRest, waitAfterExchange } = await import("../../../src/vscode/quotaCommand.ts");

describe("the wait before a plan's figures are asked for", () => {
	it("is a minute from a token exchange on", () => {
		assert.equal(waitAfterExchange(now, now), 60_000);
		assert.equal(waitAfterExchange(now - 59_000, now), 1_000);
		assert.equal(waitAfterExchange(now - 60_000, now), 0);
	});

	it("is none where no exchange is known, or a clock was set back since", () => {
		assert.equal(waitAfterExchange(null, now), 0);
		assert.equal(waitAfterExchange(now + 60_001, now), 0);
	});

	it("outlasts a clock that was put right by a second", () => {
		assert.equal(waitAfterExchange(now + 1_000, now), 60_000);
	});
});

describe("the figures of a plan that end a rest in another window", () => {
	const usedUp = rest({ reason: "outOfQuota" });

	it("are those that have something left", () => {
		assert.equal(endsRest(live({ rest: usedUp }), quota(40, 10), now), true);
		assert.equal(endsRest(live({ rest: usedUp }), quota(100, 10), now), false);
	});

	it("say nothing about other rests, or a bucket they do not name", () => {
		assert.equal(endsRest(live(), quota(40, 10), now), false);
		assert.equal(endsRest(live({ rest: rest({ reason: "keyRefused" }) }), quota(40, 10), now), false);
		assert.equal(endsRest(live({ rest: usedUp }), quota(40, 10, { id: "codex_other" }), now), false);
	});

	it("are those of a model's own bucket, where the model rests alone", () => {
		const spark = live({ modelRests: [modelRest("gpt-5.6-spark", { reason: "outOfQuota" })] });
		assert.equal(endsRest(spark, quota(40, 10), now), false);
		assert.equal(endsRest(spark, quota(40, 10, { id: "codex_bengalfox" }), now), true);
		// What the whole account rests for would be ended with it.
		assert.equal(endsRest({ ...spark, rest: usedUp }, quota(40, 10, { id: "codex_bengalfox" }), now), false);
	});
});
