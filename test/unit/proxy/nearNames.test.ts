import assert from "node:assert/strict";
import { nearestNames } from "../../../src/proxy/nearNames.ts";

describe("near names", () => {
	it("are those that share most, best first", () => {
		assert.deepEqual(nearestNames("gpt5-mini", ["gpt-5", "gpt-5-mini", "unrelated"]), ["gpt-5-mini", "gpt-5"]);
	});

	it("are none without anything in common, and never the name itself", () => {
		assert.deepEqual(nearestNames("gpt-5", ["claude-opus", "x", "", "gpt-5"]), []);
	});
});
