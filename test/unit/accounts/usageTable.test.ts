import assert from "node:assert/strict";
import { dayBefore, dayOf, noCounts, otherModels, UsageTable } from "../../../src/accounts/usageTable.ts";
import { usageText } from "../../../src/accounts/usageText.ts";

const row = (model: string, requests = 1) => ({
	...{ accountId: "a", day: "2026-03-01", model },
	counts: { ...noCounts, requests },
});

function tableOf(...rows: readonly ReturnType<typeof row>[]): UsageTable {
	const table = new UsageTable();
	for (const one of rows) table.add(one);
	return table;
}

function readBack(text: string): UsageTable {
	const reading = usageText.read(text);
	assert.equal(reading.kind, "read");
	return reading.kind === "read" ? reading.value : new UsageTable();
}

describe("the table of usage", () => {
	it("adds what belongs to the same account, day and model", () => {
		const [only, ...more] = tableOf(row("m"), row("m", 2)).rows();
		assert.deepEqual(only, row("m", 3));
		assert.deepEqual(more, []);
	});

	it("gives 40 models of a day a row of their own and counts all others together, whatever clients ask for", () => {
		const table = tableOf(...Array.from({ length: 500 }, (_, index) => row(`model-${index}`)));
		const rows = [...table.rows()];
		assert.equal(rows.length, 41);
		assert.equal(rows.find(({ model }) => model === otherModels)?.counts.requests, 460);
		table.add(row("model-3"));
		assert.equal([...table.rows()].find(({ model }) => model === "model-3")?.counts.requests, 2);
	});

	it("gives a name that is too long or no text no row", () => {
		const rows = [...tableOf(row("m".repeat(201)), row("\ud800"), row("")).rows()];
		assert.deepEqual(rows, [row(otherModels, 3)]);
	});

	it("keeps names that objects have a meaning for", () => {
		const table = tableOf(row("__proto__"), row("constructor", 2));
		assert.deepEqual([...readBack(usageText.write(table)).rows()], [...table.rows()]);
	});

	it("comes back from its text as it was", () => {
		const table = tableOf(row("m"), row("n"), { ...row("m"), day: "2026-03-02" }, { ...row("m"), accountId: "b" });
		assert.deepEqual([...readBack(usageText.write(table)).rows()], [...table.rows()]);
	});

	it("comes back from its text also after a relay has told more tokens than can be counted", () => {
		const input = Number.MAX_SAFE_INTEGER;
		const told = { ...row("m"), counts: { ...noCounts, requests: 1, input } };
		const rows = [...readBack(usageText.write(tableOf(told, told))).rows()];
		assert.deepEqual(rows, [{ ...told, counts: { ...noCounts, requests: 2, input } }]);
	});

	it("leaves out of a foreign text what is no count, and takes the rest", () => {
		const models = { good: { requests: 2, input: 5 }, negative: { requests: -1 }, words: { requests: "1" }, none: 7 };
		const text = JSON.stringify({ version: 1, accounts: { a: { "2026-03-01": models, yesterday: models }, b: 3 } });
		assert.deepEqual([...readBack(text).rows()], [{ ...row("good"), counts: { ...noCounts, requests: 2, input: 5 } }]);
	});

	it("tells what is no table from one of a newer release", () => {
		for (const text of ["", "{", "[]", "null", "{}", '{"version":1}', '{"version":"1","accounts":{}}']) {
			assert.equal(usageText.read(text).kind, "unreadable", text);
		}
		assert.deepEqual(usageText.read('{"version":2,"accounts":{}}'), { kind: "newer", version: 2 });
	});
});

describe("a day", () => {
	it("is the local date", () => {
		assert.equal(dayOf(new Date(2026, 0, 5, 23, 59).getTime()), "2026-01-05");
		assert.equal(dayOf(new Date(2026, 0, 6, 0, 0).getTime()), "2026-01-06");
	});

	it("is counted back by the calendar", () => {
		assert.equal(dayBefore(new Date(2026, 2, 1, 0, 30).getTime(), 1), "2026-02-28");
		assert.equal(dayBefore(new Date(2026, 3, 30, 23, 30).getTime(), 29), "2026-04-01");
	});
});
