import assert from "node:assert/strict";
import { filterModels, withModel } from "../../../webview/modelFilter.ts";
import { readPlace, startPlace } from "../../../webview/place.ts";

describe("page of the relay form", () => {
	it("filters models by every word, ignoring case, in the relay's order", () => {
		const models = ["GPT-5-mini", "gpt-4.1", "claude-mini", "gpt-5"];
		assert.deepEqual(filterModels(models, " gpt MINI "), ["GPT-5-mini"]);
		assert.deepEqual(filterModels(models, "gpt"), ["GPT-5-mini", "gpt-4.1", "gpt-5"]);
		assert.deepEqual(filterModels(models, ""), models);
	});

	it("adds a model once and removes it", () => {
		assert.deepEqual(withModel(["a"], "b", true), ["a", "b"]);
		assert.deepEqual(withModel(["a", "b"], "a", true), ["a", "b"]);
		assert.deepEqual(withModel(["a", "b"], "a", false), ["b"]);
	});

	it("comes back to its place, and to the start when there is none", () => {
		const place = { scroll: 120, focus: "apiKey", advancedOpen: true };
		assert.deepEqual(readPlace(JSON.parse(JSON.stringify(place))), place);
		assert.deepEqual(readPlace(undefined), startPlace);
		assert.deepEqual(readPlace({ scroll: "1", focus: 2 }), startPlace);
	});
});
