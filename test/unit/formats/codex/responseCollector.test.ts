import assert from "node:assert/strict";
import { ResponseCollector } from "../../../../src/formats/codex/responseCollector.ts";

type Event = Readonly<Record<string, unknown>>;

function collected(events: readonly Event[], named = true): ResponseCollector {
	const collector = new ResponseCollector();
	for (const event of events) collector.push(named ? String(event["type"]) : "", JSON.stringify(event));
	return collector;
}

const created = {
	type: "response.created",
	response: { id: "resp_1", object: "response", status: "in_progress", tools: [1] },
};
const message = (id: string, text: string) => ({
	...{ type: "message", id, role: "assistant", status: "completed" },
	content: [{ type: "output_text", text, annotations: [] }],
});
const done = (index: number | undefined, item: object) => ({
	type: "response.output_item.done",
	output_index: index,
	item,
});
const completed = (more: object = {}) => ({
	type: "response.completed",
	response: { id: "resp_1", object: "response", status: "completed", output: [], usage: { output_tokens: 3 }, ...more },
});

describe("a stream collected into one response", () => {
	it("has its output put together where its end has none, by the places of the items", () => {
		const items = [message("a", "A"), message("b", "B"), message("c", "C")];
		for (const output of [[], undefined, null]) {
			const { response } = collected([
				created,
				done(2, items[2] ?? {}),
				done(0, items[0] ?? {}),
				done(1, items[1] ?? {}),
				completed({ output }),
			]);
			assert.deepEqual(response?.["output"], items);
		}
	});

	it("has the output of its end, where there is one", () => {
		const { response } = collected([created, done(0, message("a", "A")), completed({ output: [message("z", "Z")] })]);
		assert.deepEqual(response?.["output"], [message("z", "Z")]);
	});

	it("has items without a place in the order in which they came", () => {
		const items = [message("b", "B"), message("a", "A")];
		assert.deepEqual(
			collected([...items.map((item) => done(undefined, item)), completed()]).response?.["output"],
			items,
		);
	});

	it("has what the end leaves out from the beginning, and the end's own word where both say it", () => {
		const { response } = collected([created, completed()]);
		assert.deepEqual([response?.["tools"], response?.["status"]], [[1], "completed"]);
		assert.equal(collected([created, { type: "response.incomplete" }]).response?.["status"], "incomplete");
	});

	it("is a response too where the model was stopped", () => {
		const told = { status: "incomplete", incomplete_details: { reason: "content_filter" }, output: [] };
		const { response, error } = collected([created, { type: "response.incomplete", response: told }]);
		assert.deepEqual([response?.["incomplete_details"], error], [{ reason: "content_filter" }, null]);
	});

	it("has what was said of a message that never got its end", () => {
		const place = { output_index: 0, item_id: "a" };
		const { response } = collected([
			created,
			{
				type: "response.output_item.added",
				output_index: 0,
				item: { ...message("a", ""), status: "in_progress", content: [] },
			},
			{ type: "response.output_text.delta", ...place, content_index: 0, delta: "Hel" },
			{ type: "response.output_text.delta", ...place, content_index: 0, delta: "lo" },
			{ type: "response.output_item.added", output_index: 1, item: { type: "function_call", id: "f" } },
			{ type: "response.incomplete", response: { status: "incomplete" } },
		]);
		assert.deepEqual(response?.["output"], [{ ...message("a", "Hello"), status: "incomplete" }]);
	});

	it("goes by what events say they are, with or without a name of their own", () => {
		assert.deepEqual(collected([created, done(0, message("a", "A")), completed()], false).response?.["output"], [
			message("a", "A"),
		]);
	});

	for (const [why, event] of [
		["an error event", { type: "error", error: { code: "server_is_overloaded", message: "Busy." } }],
		[
			"an error event in its published shape",
			{ type: "error", code: "server_is_overloaded", message: "Busy.", param: null },
		],
		[
			"a failed response",
			{
				type: "response.failed",
				response: { status: "failed", error: { code: "server_is_overloaded", message: "Busy." } },
			},
		],
		[
			"an end that says it failed",
			{
				type: "response.completed",
				response: { status: "failed", error: { code: "server_is_overloaded", message: "Busy." } },
			},
		],
		["an error without a type", { error: { code: "server_is_overloaded", message: "Busy." } }],
	] as const) {
		it(`has failed by ${why}, whatever follows`, () => {
			const collector = collected(
				[created, done(0, message("a", "A")), event, completed()],
				!("error" in event) || "type" in event,
			);
			assert.deepEqual(
				[collector.error?.codes[0], collector.error?.message, collector.isWhole],
				["server_is_overloaded", "Busy.", false],
			);
		});
	}

	it("is not whole without its end", () => {
		const { isOver, response } = collected([created, done(0, message("a", "A"))]);
		assert.deepEqual([isOver, response], [false, null]);
	});

	it("hears nothing after its end", () => {
		const collector = collected([created, completed(), { type: "error", message: "late" }, done(0, message("a", "A"))]);
		assert.deepEqual([collector.error, collector.response?.["output"]], [null, []]);
	});

	it("passes over what it does not know, and what is no JSON", () => {
		const collector = new ResponseCollector();
		for (const data of ["", "[DONE]", "null", "{", '{"type":"codex.rate_limits"}', "7"]) collector.push("", data);
		assert.equal(collector.isOver, false);
	});

	it("may be a whole response from the beginning, or an error", () => {
		const whole = new ResponseCollector();
		whole.take({ object: "response", status: "completed", output: [message("a", "A")] });
		assert.deepEqual(whole.response?.["output"], [message("a", "A")]);
		const failed = new ResponseCollector();
		failed.take({ detail: "No." });
		assert.deepEqual([failed.error?.message, failed.response], ["No.", null]);
		const other = new ResponseCollector();
		other.take({ hello: "there" });
		assert.equal(other.isOver, false);
	});
});
