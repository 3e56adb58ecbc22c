import assert from "node:assert/strict";
import "./vscodeHook.ts";
import { now } from "./fixtures.ts";

const { waitAfterExchange } = await import("../../../src/vscode/quotaCommand.ts");

describe("the wait before a plan's figures are asked for", () => {
	it("is a minute from a token exchange on", () => {
		assert.equal(waitAfterExchange(now, now), 60_000);
		assert.equal(waitAfterExchange(now - 59_000, now), 1_000);
		assert.equal(waitAfterExchange(now - 60_000, now), 0);
	});

	it("is none where no exchange is known, or a clock was set back since", () => {
		assert.equal(waitAfterExchange(null, now), 0);
		assert.equal(waitAfterExchange(now + 1, now), 0);
	});
});
