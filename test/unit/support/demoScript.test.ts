import assert from "node:assert/strict";
import { type Script, scriptOf } from "../../support/demoRelay/script.ts";
import { plainSettings, type Turn, type TurnSettings } from "../../support/demoRelay/turn.ts";
import { withoutWords, wordsIn } from "../../support/demoRelay/words.ts";
import { weatherInput, weatherTool } from "../../support/fixtures.ts";

const tools = [
	{ name: weatherTool.name, schema: weatherTool.parameters },
	{ name: "mcp__home__get_time", schema: { properties: { zone: { type: "string" } } } },
	{ name: "apply_patch", schema: null, free: true },
];

function turn(text: string, settings: Partial<TurnSettings> = {}): Turn {
	return { model: "m", text, images: [], toolResult: null, tools, settings: { ...plainSettings, ...settings } };
}

function partsOf({ candidates: [parts = []] }: Script) {
	return parts.map((part) =>
		part.kind === "call" ? [part.tool.name, part.input] : [part.kind, "pieces" in part ? part.pieces.join("") : ""],
	);
}

describe("steering words", () => {
	it("are found in their order, with arguments that hold brackets and quotes", () => {
		assert.deepEqual(wordsIn('look [think a] here [call x {"a":["]",[1]],"b":"\\"]"}] [end length]'), [
			{ name: "think", argument: "a" },
			{ name: "call", argument: 'x {"a":["]",[1]],"b":"\\"]"}' },
			{ name: "end", argument: "length" },
		]);
	});

	it("are told from other brackets, and from those that never close", () => {
		assert.deepEqual(wordsIn("[1] [Image #1] [saying] [call x {"), []);
	});

	it("leave the rest of the text", () => {
		assert.equal(withoutWords("one [long 5]two [beat]"), "one two ");
	});
});

describe("the script of a turn", () => {
	it("has the parts that were asked for, in their order", () => {
		const script = scriptOf(turn("[think Hm.][say Let me look.][call get_time][call apply_patch *** a]"));
		assert.deepEqual(partsOf(script), [
			["reasoning", "Hm."],
			["text", "Let me look."],
			["mcp__home__get_time", '{"zone":"demo"}'],
			["apply_patch", "*** a"],
		]);
	});

	it("answers as ever where nothing is asked for", () => {
		assert.deepEqual(partsOf(scriptOf(turn("good morning"))), [["text", "Hello from m: good morning"]]);
		assert.deepEqual(partsOf(scriptOf(turn("the weather"))), [["get_weather", JSON.stringify(weatherInput)]]);
	});

	it("calls what it must, and nothing that it must not", () => {
		assert.deepEqual(partsOf(scriptOf(turn("hi", { toolChoice: "required" }))), [
			["get_weather", JSON.stringify(weatherInput)],
		]);
		assert.deepEqual(partsOf(scriptOf(turn("hi", { toolChoice: { name: "apply_patch" } }))), [["apply_patch", "demo"]]);
		assert.deepEqual(partsOf(scriptOf(turn("the weather", { toolChoice: "none" }))), [
			["text", "Hello from m: the weather"],
		]);
		assert.equal(partsOf(scriptOf(turn("[call][call]", { parallel: false }))).length, 1);
	});

	it("ends before a stop sequence", () => {
		const script = scriptOf(turn("[say one END two][say three]", { stop: ["two", "END"] }));
		assert.deepEqual(partsOf(script), [["text", "one "]]);
		assert.deepEqual(script.end, { kind: "stopSequence", sequence: "END" });
	});

	it("says something else in each candidate", () => {
		const { candidates } = scriptOf(turn("[say hi]", { candidates: 2 }));
		assert.deepEqual(
			candidates.map((parts) => parts.map((part) => part.kind === "text" && part.pieces.join(""))),
			[["hi"], ["hi #2"]],
		);
	});

	it("writes JSON of the schema that is asked for", () => {
		const script = scriptOf(
			turn("hi", { jsonSchema: { properties: { city: { type: "string" }, n: { type: "number" } } } }),
		);
		assert.deepEqual(partsOf(script), [["text", '{"city":"Reykjavík","n":1}']]);
	});
});
