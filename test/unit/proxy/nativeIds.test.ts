import assert from "node:assert/strict";
import { accountTag, scopedId } from "../../../src/proxy/scopedIds.ts";
import { scopedMember } from "../../../src/proxy/scopedMetadata.ts";
import { ownTurnState, withMarkedTurnState } from "../../../src/proxy/turnState.ts";
import { codexIds } from "../../support/codexRequest.ts";
import { nativeAccount } from "../../support/relayAccount.ts";

const first = nativeAccount({ id: "one", accountId: "workspace-1" });
const second = nativeAccount({ id: "two", accountId: "workspace-1" });
const { thread, turn } = codexIds;
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("an id scoped to an account", () => {
	it("looks like a UUID and is always the same, whatever it was", () => {
		for (const id of [thread, "ses_1", "模型", "x".repeat(5000), ""]) {
			assert.match(scopedId(first, id), uuid);
			assert.equal(scopedId(first, id), scopedId(first, id));
		}
	});

	it("is another one for every id, account and workspace, and never the client's", () => {
		const moved = nativeAccount({ id: "one", accountId: "workspace-2" });
		const unknown = nativeAccount({ id: "one", accountId: null });
		const all = [first, second, moved, unknown].flatMap((account) => [thread, turn].map((id) => scopedId(account, id)));
		assert.equal(new Set([...all, thread, turn]).size, 10);
	});

	it("keeps what Codex puts behind a thread's id", () => {
		assert.equal(scopedId(first, `${thread}:12`), `${scopedId(first, thread)}:12`);
	});

	it("shows nothing of a name that has a UUID in it", () => {
		assert.match(scopedId(first, `user_abc_account__session_${thread}`), uuid);
	});

	it("does not hang on white space around it", () => {
		assert.equal(scopedId(first, ` ${thread} `), scopedId(first, thread));
	});
});

describe("what Codex tells of itself", () => {
	const scoped = (name: string, value: unknown, account = first) => scopedMember(account, name, value);

	it("has its ids scoped by their names, whichever way they are spelt", () => {
		for (const name of [
			"session_id",
			"session-id",
			"thread-id",
			"x-codex-window-id",
			"X-Codex-Installation-Id",
			"id",
		]) {
			assert.equal(scoped(name, "abc"), scopedId(first, "abc"), name);
		}
	});

	it("stays where it is no id", () => {
		for (const [name, value] of [
			["agent_name", "/root"],
			["x-codex-beta-features", "a,b"],
			["valid", "yes"],
			["window_number", 3],
			["ready", true],
			["nothing", null],
			["thread_id", ""],
		] as const) {
			assert.equal(scoped(name, value), value, name);
		}
	});

	it("has any UUID scoped that stands elsewhere", () => {
		assert.equal(scoped("note", `a ${thread} b ${turn}`), `a ${scopedId(first, thread)} b ${scopedId(first, turn)}`);
	});

	it("is looked into where it is JSON within text, however deep", () => {
		const inner = JSON.stringify({
			thread_id: thread,
			deeper: [JSON.stringify({ turn_id: turn })],
			at: 1_795_452_720_078,
		});
		const told = JSON.parse(String(scoped("x-codex-turn-metadata", inner)));
		assert.equal(told.thread_id, scopedId(first, thread));
		assert.deepEqual(JSON.parse(told.deeper[0]), { turn_id: scopedId(first, turn) });
		assert.equal(told.at, 1_795_452_720_078);
	});

	it("can stand in a header, whatever it says", () => {
		const inner = JSON.stringify({ thread_id: thread, folder: "/home/Ünï/\u{1F980}\u007f" });
		const told = String(scoped("x-codex-turn-metadata", inner));
		assert.match(told, /^[\x20-\x7e]+$/);
		assert.equal(JSON.parse(told).folder, "/home/Ünï/\u{1F980}\u007f");
	});

	it("is searched for UUIDs where it is no JSON after all", () => {
		assert.equal(
			scoped("x-codex-turn-metadata", `{"thread_id":"${thread}"`),
			`{"thread_id":"${scopedId(first, thread)}"`,
		);
	});
});

describe("the state of a turn", () => {
	const marked = withMarkedTurnState(["x-request-id", "1", "X-Codex-Turn-State", "secret.state"], first);

	it("goes to the client with a mark of its account, and other headers as they were", () => {
		assert.deepEqual(marked, ["x-request-id", "1", "X-Codex-Turn-State", `${accountTag(first)}.secret.state`]);
	});

	it("goes back to that account as it was, and to no other", () => {
		const state = marked[3] ?? "";
		assert.equal(ownTurnState(state, first), "secret.state");
		assert.equal(ownTurnState(state, second), null);
		assert.equal(ownTurnState("secret.state", first), null);
	});

	it("is not in the body for another account either", () => {
		const told = { "x-codex-turn-state": marked[3], a: "b" };
		assert.deepEqual(scopedMember(first, "client_metadata", told), { "x-codex-turn-state": "secret.state", a: "b" });
		assert.deepEqual(scopedMember(second, "client_metadata", told), { a: "b" });
	});
});
