import assert from "node:assert/strict";
import { Listeners } from "../../../src/accounts/listeners.ts";
import type { CallRecord, RequestRecord } from "../../../src/bridge/protocol.ts";
import { AccountActivity } from "../../../src/vscode/activity.ts";

function call(accountId: string, error: string | null = null): CallRecord {
	return { accountId, label: accountId, model: "m", status: error === null ? 200 : 500, error, usage: null };
}

function request(at: number, ...calls: readonly CallRecord[]): RequestRecord {
	return {
		...{ at, method: "POST", path: "/v1/chat/completions", format: "openai", model: "m", account: null, calls },
		...{ dropped: [], status: 200, milliseconds: 1, bytes: 1, error: null },
	};
}

describe("the activity of an account", () => {
	let requests: Listeners<RequestRecord>;
	let activity: AccountActivity;
	beforeEach(() => {
		requests = new Listeners();
		activity = new AccountActivity({ onDidFinishRequest: (listener) => requests.add(listener) });
	});

	it("is that of each account a request has called, also of one that failed on the way", () => {
		const told: string[] = [];
		activity.onDidChange((id) => told.push(id));
		requests.emit(request(5, call("a", "overloaded"), call("b")));
		assert.deepEqual(activity.of("a"), { lastUsed: 5, lastError: { at: 5, status: 500, text: "overloaded" } });
		assert.deepEqual(activity.of("b"), { lastUsed: 5, lastError: null });
		assert.equal(activity.of("c"), undefined);
		assert.deepEqual(told, ["a", "b"]);
	});

	it("remembers the last error when later requests go well", () => {
		requests.emit(request(5, call("a", "overloaded")));
		requests.emit(request(6, call("a")));
		assert.deepEqual(activity.of("a"), { lastUsed: 6, lastError: { at: 5, status: 500, text: "overloaded" } });
	});

	it("has gone well when the second of two calls has", () => {
		requests.emit(request(5, call("a", "overloaded"), call("a")));
		assert.deepEqual(activity.of("a"), { lastUsed: 5, lastError: null });
	});
});
