import assert from "node:assert/strict";
import { nativeHeaders } from "../../../src/proxy/nativeHeaders.ts";
import { scopedCacheKey, scopedId } from "../../../src/proxy/scopedIds.ts";
import { withMarkedTurnState } from "../../../src/proxy/turnState.ts";
import { codexIds, codexRequest } from "../../support/codexRequest.ts";
import { nativeAccount, servedNative } from "../../support/relayAccount.ts";

const { backend } = servedNative();
const keyed = { account: nativeAccount({ id: "one" }), apiKey: "the-token", backend };
const other = { ...keyed, account: nativeAccount({ id: "two" }) };
const accept = "text/event-stream";

function told(raw: readonly string[], to = keyed, conversation: string | null = null): Record<string, string> {
	const headers = nativeHeaders(raw, to, { accept, conversation });
	const pairs = headers.flatMap((name, at) => (at % 2 === 0 ? [[name.toLowerCase(), headers[at + 1] ?? ""]] : []));
	assert.equal(new Set(pairs.map(([name]) => name)).size, pairs.length, "a header is there twice");
	return Object.fromEntries(pairs);
}

describe("headers to ChatGPT's backend", () => {
	const raw = Object.entries(codexRequest().headers).flat();

	it("say who we are and whose request it is, and nothing else where the client speaks another format", () => {
		assert.deepEqual(told([]), {
			authorization: "Bearer the-token",
			"chatgpt-account-id": "workspace-1",
			originator: "relay_accounts",
			"user-agent": "RelayAccounts/test",
			accept,
			"content-type": "application/json",
		});
	});

	it("name no workspace where none is known", () => {
		assert.equal("chatgpt-account-id" in told([], { ...keyed, account: nativeAccount({ accountId: null }) }), false);
	});

	it("hold no character that a header cannot", () => {
		const odd = { ...keyed, backend: { ...backend, originator: "a\r\nb", userAgent: "Ünï" } };
		const { originator, "user-agent": agent } = told([], odd);
		assert.deepEqual([originator, agent], ["a??b", "?n?"]);
	});

	it("pass on what Codex says of its turn, with its ids scoped, equal where they were equal", () => {
		const headers = told(raw);
		const thread = scopedId(keyed.account, codexIds.thread);
		assert.equal(headers["x-codex-beta-features"], "remote_compaction_v2");
		assert.equal(headers["session-id"], thread);
		assert.equal(headers["thread-id"], thread);
		assert.equal(headers["x-client-request-id"], thread);
		assert.equal(headers["x-codex-window-id"], `${thread}:0`);
		const metadata = JSON.parse(headers["x-codex-turn-metadata"] ?? "");
		assert.equal(metadata.window_id, `${thread}:0`);
		assert.equal(metadata.agent_name, "/root");
		assert.equal(metadata.turn_started_at_unix_ms, 1_795_452_720_078);
	});

	it("hold none of the client's ids", () => {
		const all = JSON.stringify(told(raw));
		for (const id of Object.values(codexIds)) assert.equal(all.includes(id), false, id);
	});

	it("have nothing in common at two accounts by which they could be one person's", () => {
		const [one, two] = [told(raw), told(raw, other)];
		const uuids = (headers: object) =>
			new Set(JSON.stringify(headers).match(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g));
		assert.equal(uuids(one).size, 4);
		assert.deepEqual(
			[...uuids(one)].filter((id) => uuids(two).has(id)),
			[],
		);
	});

	for (const name of [
		...["authorization", "x-api-key", "x-goog-api-key", "cookie", "origin", "referer", "host", "content-length"],
		...["sec-fetch-mode", "accept-language", "accept-encoding", "openai-beta", "x-stainless-lang", "user-agent"],
		...[
			"originator",
			"version",
			"traceparent",
			"content-encoding",
			"forwarded",
			"x-forwarded-for",
			"x-oai-attestation",
		],
		...["transfer-encoding", "expect", "chatgpt-account-id"],
	]) {
		it(`leave out the client's ${name}`, () => {
			assert.equal(JSON.stringify(told([name, "of-the-client"])).includes("of-the-client"), false);
		});
	}

	it("leave out what the client's connection names", () => {
		const headers = told(["Connection", "keep-alive, X-Codex-Beta-Features", "x-codex-beta-features", "a"]);
		assert.equal("x-codex-beta-features" in headers, false);
	});

	it("keep the client's own spelling of a session, and invent one from the conversation where there is none", () => {
		assert.equal(told(["Session_Id", "s"], keyed, "s")["session_id"], scopedId(keyed.account, "s"));
		assert.equal("session_id" in told(["session-id", "s"], keyed, "s"), false);
		assert.equal(told([], keyed, "c")["session_id"], scopedCacheKey(keyed, "c"));
	});

	it("hold the state of a turn only for the account that has given it", () => {
		const given = withMarkedTurnState(["x-codex-turn-state", "state"], keyed.account);
		assert.equal(told(given)["x-codex-turn-state"], "state");
		assert.equal("x-codex-turn-state" in told(given, other), false);
		assert.equal("x-codex-turn-state" in told(["x-codex-turn-state", "state"]), false);
	});

	it("have a text beyond ASCII written so that a header can hold it, where an id in it is scoped", () => {
		const metadata = JSON.stringify({ thread_id: codexIds.thread, folder: "/Ünï" });
		const sent = told(["x-codex-turn-metadata", Buffer.from(metadata).toString("latin1")])["x-codex-turn-metadata"];
		assert.match(sent ?? "", /^[\x20-\x7e]+$/);
		assert.equal(JSON.parse(sent ?? "").folder, "/Ünï");
	});

	it("pass a text beyond ASCII as it came", () => {
		const bytes = Buffer.from("Ünï").toString("latin1");
		assert.equal(told(["x-codex-note", bytes])["x-codex-note"], bytes);
	});
});
