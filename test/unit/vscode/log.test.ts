import assert from "node:assert/strict";
import type { CallRecord, RequestRecord } from "../../../src/bridge/protocol.ts";
import { requestLevel, requestLine } from "../../../src/vscode/log.ts";

const record: RequestRecord = {
	at: 0,
	method: "POST",
	path: "/v1/chat/completions",
	format: "openai",
	model: "gpt-5",
	account: { id: "r1", label: "Work relay" },
	calls: [],
	dropped: [],
	status: 200,
	milliseconds: 812.4,
	bytes: 5120,
	error: null,
};

describe("a request in the log", () => {
	it("is one line with everything about it", () => {
		assert.equal(
			requestLine(record),
			'POST /v1/chat/completions format=openai model="gpt-5" account="Work relay" status=200 ms=812 bytes=5120',
		);
	});

	it("shows what is not known as a dash", () => {
		const line = requestLine({ ...record, format: null, model: null, account: null, status: 404, error: "no route" });
		assert.match(line, / format=- model=- account=- status=404 .* error="no route"$/);
	});

	it("tells how many calls it took and which of them failed, when it took more than one", () => {
		const call = (label: string, status: number | null, error: string | null): CallRecord => ({
			...{ accountId: label, label, model: "gpt-5", status, error, usage: null },
		});
		const good = call("Work relay", 200, null);
		assert.doesNotMatch(requestLine({ ...record, calls: [good] }), /calls/);
		const calls = [call("A b", 429, "rate limited"), call("C", null, "reset"), good];
		assert.match(requestLine({ ...record, calls }), / bytes=5120 calls=3 \("A b" 429, "C" -\)$/);
		assert.match(requestLine({ ...record, calls: [good, good] }), / calls=2$/);
	});

	it("tells what of the request could not be said to the account", () => {
		const line = requestLine({ ...record, dropped: ["seed", "temperature=1"] });
		assert.match(line, / bytes=5120 dropped="seed, temperature=1"$/);
	});

	it("stays one line whatever a client sends", () => {
		const line = requestLine({ ...record, path: "/a b\nc", model: 'x" status=200\n', error: "a\r\nb" });
		assert.doesNotMatch(line, /[\r\n]/);
		assert.match(line, /^POST \/a%20b%0Ac format/);
		assert.match(line, /model="x\\" status=200\\n"/);
	});

	it("is a warning when it did not end well", () => {
		assert.equal(requestLevel(record), "info");
		assert.equal(requestLevel({ ...record, status: 401 }), "warn");
		assert.equal(requestLevel({ ...record, error: "cut" }), "warn");
	});
});
