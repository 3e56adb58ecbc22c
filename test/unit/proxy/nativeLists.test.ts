import assert from "node:assert/strict";
import { Agent } from "undici";
import type { KeyedNative } from "../../../src/pool/usable.ts";
import { NativeLists } from "../../../src/proxy/nativeLists.ts";
import { backendFates } from "../../support/chatgpt/backendFate.ts";
import { type ChatGpt, startChatGpt } from "../../support/chatgpt/chatGpt.ts";
import { type Person, person } from "../../support/chatgpt/people.ts";

const minute = 60_000;
const hour = 60 * minute;
const place = "/codex/models";
const freeModels = ["gpt-5.6", "gpt-5.6-mini", "codex-auto-review"];

describe("the model lists of ChatGPT accounts", () => {
	const agent = new Agent();
	let chatGpt: ChatGpt;
	let lists: NativeLists;
	let changed: string[];
	let warnings: string[];
	let clock: number;
	let somebody: Person;

	before(async () => {
		chatGpt = await startChatGpt();
	});
	after(async () => {
		await chatGpt.close();
		await agent.destroy();
	});
	beforeEach(() => {
		chatGpt.backend.forget();
		changed = [];
		warnings = [];
		clock = 0;
		somebody = person({ plan: "free" });
		lists = new NativeLists({
			transport: { to: () => agent },
			warn: (message) => warnings.push(message),
			onDidChange: (id) => changed.push(id),
			now: () => clock,
		});
	});
	afterEach(() => {
		lists.close();
		assert.deepEqual(chatGpt.violations, []);
	});

	async function keyed(changes: Partial<KeyedNative> = {}): Promise<KeyedNative> {
		const served = await chatGpt.servedNative(somebody);
		return { ...served, apiKey: served.apiKey ?? "", ...changes };
	}

	/** What comes of a question is told by nothing when it changes nothing. */
	async function eventually(condition: () => boolean): Promise<void> {
		while (!condition()) await new Promise((resolve) => setImmediate(resolve));
	}

	const asked = () => chatGpt.backend.callsAt(place).length;
	const known = ({ account }: KeyedNative) => lists.known(account.id);

	it("are not known before they are asked for, and nobody is asked without need", async () => {
		const account = await keyed();
		lists.keep([account]);
		assert.equal(known(account), null);
		assert.equal(lists.knownEntries(account.account.id).size, 0);
		assert.equal(asked(), 0);
	});

	it("are asked for when the account is in use, once an hour", async () => {
		const account = await keyed();
		await lists.entriesOf(account);
		assert.deepEqual(known(account), freeModels);
		assert.deepEqual(changed, [account.account.id]);
		clock = hour - 1;
		lists.touch(account);
		await lists.entriesOf(account);
		assert.equal(asked(), 1);
		clock = hour;
		lists.touch(account);
		await chatGpt.backend.nextCall();
		await chatGpt.backend.nextCall();
		assert.equal(asked(), 2);
	});

	it("are asked for again, when they are old, by requests for a model that they lack", async () => {
		const account = await keyed();
		await lists.entriesOf(account);
		clock = hour - 1;
		lists.doubt(account.account.id);
		lists.doubt("nobody");
		clock = hour;
		somebody.models = [...freeModels, "gpt-6"];
		lists.doubt(account.account.id);
		await eventually(() => known(account)?.includes("gpt-6") ?? false);
		assert.equal(asked(), 2);
	});

	it("show pickers what the backend shows, as the backend gave it, and keep the rest callable", async () => {
		const account = await keyed();
		const entries = await lists.entriesOf(account);
		assert.deepEqual([...entries.keys()], ["gpt-5.6", "gpt-5.6-mini"]);
		assert.equal(entries.get("gpt-5.6")?.["context_window"], 272_000);
		assert.equal(lists.knownEntries(account.account.id), entries);
		assert.deepEqual(known(account), freeModels);
	});

	it("are asked for once, however many want them", async () => {
		const account = await keyed();
		lists.touch(account);
		lists.touch(account);
		await Promise.all([lists.entriesOf(account), lists.entriesOf(account)]);
		assert.equal(asked(), 1);
	});

	it("stay while new ones are asked for, and when that fails; after a minute they are asked for again", async () => {
		const account = await keyed();
		await lists.entriesOf(account);
		clock = hour;
		chatGpt.backend.next(backendFates.overloaded, { place });
		assert.equal((await lists.entriesOf(account)).size, 2);
		await eventually(() => warnings.length === 1);
		assert.deepEqual(known(account), freeModels);
		assert.match(warnings[0] ?? "", /“person-.*” could not be fetched \(status\)/);
		clock += minute - 1;
		lists.touch(account);
		assert.equal(asked(), 2);
		somebody.plan = "plus";
		clock += 1;
		lists.touch(account);
		await eventually(() => changed.length === 2);
		assert.ok(known(account)?.includes("gpt-6.1-sol"));
	});

	it("complain once while they keep failing", async () => {
		const account = await keyed();
		for (let time = 0; time < 3; time += 1) {
			chatGpt.backend.next(backendFates.serverError, { place });
			await lists.entriesOf(account);
			clock += minute;
		}
		assert.equal(asked(), 3);
		assert.equal(warnings.length, 1);
		assert.equal(known(account), null);
	});

	it("tell nobody of a list that has not changed", async () => {
		const account = await keyed();
		await lists.entriesOf(account);
		// Never two at once: the third question shows that the second has been answered.
		await eventually(() => {
			clock += hour;
			lists.touch(account);
			return asked() >= 3;
		});
		assert.equal(changed.length, 1);
	});

	it("are asked for at once with a new token, where the old one was refused", async () => {
		const account = await keyed({ apiKey: "expired-token-0123456789" });
		await lists.entriesOf(account);
		assert.equal(known(account), null);
		lists.touch(account);
		lists.keep([account]);
		assert.equal(asked(), 1);
		const renewed = await keyed();
		lists.keep([renewed]);
		await eventually(() => changed.length === 1);
		assert.equal(asked(), 2);
		assert.deepEqual(known(renewed), freeModels);
	});

	it("are asked for with a new token also when that came while the old one was being refused", async () => {
		const account = await keyed({ apiKey: "expired-token-0123456789" });
		const release = Promise.withResolvers<void>();
		chatGpt.backend.next(backendFates.held(release.promise), { place });
		lists.touch(account);
		await chatGpt.backend.nextCall();
		const renewed = await keyed();
		lists.keep([renewed]);
		assert.equal(asked(), 1);
		release.resolve();
		await eventually(() => changed.length === 1);
		assert.deepEqual(known(renewed), freeModels);
		assert.equal(asked(), 2);
	});

	it("are not asked for anew because a token changed", async () => {
		const account = await keyed();
		await lists.entriesOf(account);
		const renewed = await keyed();
		lists.keep([renewed]);
		lists.touch(renewed);
		assert.equal(asked(), 1);
		assert.deepEqual(known(renewed), freeModels);
	});

	it("stay while a token is missing", async () => {
		const account = await keyed();
		await lists.entriesOf(account);
		lists.keep([{ ...account, apiKey: null }]);
		assert.deepEqual(known(account), freeModels);
	});

	it("are forgotten with the account, with its owner, and with its backend", async () => {
		const account = await keyed();
		const others = [
			[],
			[{ ...account, account: { ...account.account, userId: "user-other" } }],
			[{ ...account, account: { ...account.account, accountId: "workspace-other" } }],
			[{ ...account, backend: { ...account.backend, baseUrl: "http://127.0.0.1:9/backend-api" } }],
		];
		for (const other of others) {
			await lists.entriesOf(account);
			assert.notEqual(known(account), null);
			changed = [];
			lists.keep(other);
			assert.equal(known(account), null);
			assert.deepEqual(changed, [account.account.id]);
		}
	});

	it("that come when the account is gone are nobody's", async () => {
		const account = await keyed();
		const release = Promise.withResolvers<void>();
		chatGpt.backend.next(backendFates.held(release.promise), { place });
		const entries = lists.entriesOf(account);
		await chatGpt.backend.nextCall();
		lists.keep([]);
		assert.equal((await entries).size, 0);
		release.resolve();
		assert.equal(known(account), null);
		assert.deepEqual(changed, []);
		assert.deepEqual(warnings, []);
	});
});
