import assert from "node:assert/strict";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { setImmediate as nextTurn } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import type { Workbench } from "../../scripts/host/workbench.ts";
import type { Account, Format } from "../../src/accounts/account.ts";
import { type DemoRelay, demoKeys, startDemoRelay } from "../support/demoRelay/demoRelay.ts";
import { importAccounts, savedAccounts } from "./support/accounts.ts";
import { eventually, eventuallyMatches } from "./support/eventually.ts";
import { extensionHosts } from "./support/extensionHosts.ts";
import { askLocalPort, type LocalReply } from "./support/localPort.ts";
import {
	accountRow,
	answerStep,
	clickRowAction,
	enabledBox,
	notification,
	showAccounts,
	statusBarItem,
} from "./support/places.ts";
import { openBlankForm } from "./support/relayForm.ts";
import type { TestWindow } from "./support/testWindow.ts";
import { standOf, testTime, twoWindowsForTests } from "./support/twoWindows.ts";

/** Milliseconds in which another window has to answer in the place of one that is gone. */
const takeOver = 2_000;
/** Milliseconds that nobody notices who has just added an account. */
const atOnce = 1_000;

/**
 * The same between windows without a workbench, far more often and in the odd order, is in test/unit/windows; saving while
 * processes are killed, hundreds of times, in test/unit/accounts/processes.test.ts. Here are real extension hosts.
 */
describe("two windows", () => {
	const both = twoWindowsForTests();
	let relay: DemoRelay;
	let localKey: string;

	before(async function () {
		this.timeout(testTime);
		relay = await startDemoRelay();
		const { shared } = both();
		const demo = { label: "Demo", format: "openai", baseUrl: relay.origin, apiKey: demoKeys.openai };
		await showAccounts(shared);
		await importAccounts(shared, [demo]);
		await accountRow(shared.page, "Demo").waitFor();
		// The other window is not to import it too: it has no key of its own for this account.
		await shared.changeSettings({ "relayAccounts.importFile": "" });
		localKey = await shared.copyWith("Relay Accounts: Copy Local Key");
	});
	after(() => relay.close());

	function ask(prompt = "Say hello.", label = "Demo", format: Format = "openai"): Promise<LocalReply> {
		const model = `${label}/demo-${format}-large`;
		return askLocalPort({ port: both().shared.port, localKey }, { format, model, prompt });
	}

	/** Asks again and again until the account answers. */
	async function untilAnswered(label?: string, format?: Format): Promise<void> {
		const answer = () =>
			ask(undefined, label, format).then(
				({ status }) => status,
				() => null,
			);
		await eventually(answer, 200);
	}

	/**
	 * Asks again and again until something is over, and then once more.
	 * @returns milliseconds of the longest time without an answer.
	 */
	async function longestSilence(isOver: () => boolean): Promise<number> {
		let longest = 0;
		for (let [over, since] = [false, performance.now()]; !over; since = performance.now()) {
			over = isOver();
			await untilAnswered();
			longest = Math.max(longest, performance.now() - since);
		}
		return longest;
	}

	/** Nothing is put aside as damaged, left half-written or locked. */
	async function untilFilesAreWhole(): Promise<void> {
		const names = async () => {
			const all = await readdir(both().shared.storageDir);
			return all.filter((name) => /^(?:accounts|control)/.test(name)).sort();
		};
		await eventually(names, ["accounts.json", "accounts.json.last-good", "control-token"]);
	}

	const heard =
		({ page }: Workbench, label: string) =>
		async () =>
			(await accountRow(page, label).getAttribute("aria-label")) ?? "";
	const bothSay = (words: RegExp, label = "Demo") =>
		Promise.all(both().windows.map((window) => eventuallyMatches(heard(window, label), words)));
	/** Has the account rest for longer than a test lasts; resolves when both windows say so. */
	const exhaust = async () => {
		assert.equal((await ask("Say hello. [status 402]")).status, 402);
		await bothSay(/, out of quota until /);
	};

	it("have one owner: the second attaches without a popup and shows how the owner's accounts stand", async () => {
		const first = both().windows[0];
		const second = await both().open();
		const { owner, attached } = await both().roles();
		// Not `equal`, here and below: it would write all of a window down to say how it differs from another.
		assert.ok(owner === first && attached === second);
		await showAccounts(second);
		// It was never told the key: what it shows is the owner's.
		await eventuallyMatches(heard(second, "Demo"), /ready, key missing here$/);
		await exhaust();
		assert.deepEqual(await second.notifications(), []);
		assert.equal(await second.copyWith("Relay Accounts: Copy Local Key"), localKey);
	});

	it("clear a cooldown in the attached one", async () => {
		const { attached } = await both().roles();
		await clickRowAction(accountRow(attached.page, "Demo"), "Clear Cooldown");
		// A window that was told of the last request remembers how that ended.
		await bothSay(/, (?:ready|last request failed)/);
		await exhaust();
		await attached.runCommand("Relay Accounts: Clear All Cooldowns");
		await bothSay(/, (?:ready|last request failed)/);
		assert.equal((await ask()).status, 200);
	});

	it("are turned off and on together in the attached one", async () => {
		const { attached } = await both().roles();
		await statusBarItem(attached.page).click();
		await both().become("off");
		await assert.rejects(ask());
		await statusBarItem(attached.page).click();
		assert.ok((await both().roles()).owner === attached);
		// The other one has the key, and tells it when it attaches.
		await untilAnswered();
	});

	it("use an account at once that is added in one of them", async () => {
		const { owner, attached } = await both().roles();
		for (const { window, label, format, name } of [
			{ window: owner, label: "Of the owner", format: "anthropic", name: "Anthropic" },
			{ window: attached, label: "Of the attached", format: "codex", name: "Codex" },
		] as const) {
			const form = await openBlankForm(window);
			await form.fill({ label, baseUrl: relay.origin, apiKey: demoKeys[format], format: name });
			await form.save();
			await notification(window.page, `Added ${label}`).waitFor();
			const addedAt = performance.now();
			await untilAnswered(label, format);
			const after = performance.now() - addedAt;
			assert.ok(after < atOnce, `after ${after} ms`);
			// Asked for before its label was known to the proxy, the whole was a model's name for whoever was there.
			await bothSay(/, (?:ready|Of the .*model unknown)/, label);
		}
	});

	it("go on when the owner is closed: the next request is answered in time, with the same local key", async () => {
		const { shared, close, roles, open } = both();
		const { owner, attached } = await roles();
		// The key for the account that is asked is in the first window alone.
		assert.ok(attached === shared);
		const closing = close(owner);
		// An extension host gets some seconds to wind up, and may answer meanwhile: clients are to notice none of it.
		const silence = await longestSilence(() => extensionHosts(shared.server).length === 1);
		await closing;
		assert.ok(silence < takeOver, `${silence} ms without an answer`);
		assert.equal(await standOf(attached), "owner");
		const another = await open();
		assert.ok((await roles()).owner === attached);
		// From here on both have the key.
		await showAccounts(another);
		await clickRowAction(accountRow(another.page, "Demo"), "Enter API Key");
		await answerStep(another.page, "API Key of Demo", demoKeys.openai);
		await eventuallyMatches(heard(another, "Demo"), /, ready$/);
	});

	it("both say that another program has the port, and have one owner on the next", async () => {
		const { shared, become, roles } = both();
		const stranger = createServer((_request, response) => response.end("not yours")).listen(0, "127.0.0.1");
		await once(stranger, "listening");
		const address = stranger.address();
		assert.ok(address !== null && typeof address === "object");
		try {
			await shared.changeSettings({ "relayAccounts.port": address.port });
			await become("foreign");
		} finally {
			stranger.close();
			await shared.changeSettings({ "relayAccounts.port": shared.port });
		}
		await roles();
		await untilAnswered();
	});

	// Three, as two workbenches take seconds to load; the twenty are in test/unit/windows/processes.test.ts.
	it("that start at the same moment have one owner each time, and whole files", async () => {
		const { shared, roles, reload, windows } = both();
		const accounts = await savedAccounts(shared);
		for (let round = 0; round < 3; round += 1) {
			await Promise.all(windows.map(reload));
			await roles();
			await untilAnswered();
			assert.deepEqual(await savedAccounts(shared), accounts);
			await untilFilesAreWhole();
		}
	});

	it("lose nothing when an extension host is killed in the middle of a save", async () => {
		const { shared, windows, roles, reload } = both();
		for (const window of windows) await showAccounts(window);
		const { owner, attached } = await roles();
		const label = "Of the owner";
		const box = enabledBox(accountRow(owner.page, label));
		const saved = () => savedAccounts(shared);
		const untilSavedAfter = (before: readonly Account[]) =>
			eventually(async () => isDeepStrictEqual(await saved(), before), false);
		let before = await saved();
		for (let tries = 0; ; tries += 1) {
			assert.ok(tries < 20, "no save was seen");
			const clicked = box.click();
			const isKilled = await killWhoSaves(shared);
			await clicked;
			if (isKilled) break;
			await untilSavedAfter(before);
			before = await saved();
		}
		const killedAt = performance.now();
		await untilAnswered();
		const silence = performance.now() - killedAt;
		assert.ok(silence < takeOver, `${silence} ms without an answer`);
		// The lock was not given back: so it was in the middle.
		assert.ok(existsSync(join(shared.storageDir, "accounts.json.lock")));
		const others = (account: Account) => (account.label === label ? { ...account, enabled: null } : account);
		assert.deepEqual((await saved()).map(others), before.map(others));

		// VS Code may or may not start another extension host by itself; the window's next one has everything and saves again.
		await reload(owner);
		await showAccounts(owner);
		assert.ok((await roles()).owner === attached);
		await bothSay(/, ready$/);
		const now = await saved();
		await box.click();
		await untilSavedAfter(now);
		await untilFilesAreWhole();
		assert.equal((await ask()).status, 200);
	});
});

/** A save has written its text beside the file, to put it in the file's place in the next step. */
const pendingSave = /^accounts\.json\.(?:last-good\.)?(\d+)-\w+\.tmp$/;

/** Kills the extension host that is next seen in a save of the accounts. @returns false where none was seen in time. */
async function killWhoSaves({ storageDir, server }: TestWindow): Promise<boolean> {
	const deadline = performance.now() + 2_000;
	const hosts = extensionHosts(server);
	while (performance.now() < deadline) {
		for (const name of readdirSync(storageDir)) {
			const pid = Number(pendingSave.exec(name)?.[1]);
			if (!hosts.includes(pid)) continue;
			// A signal takes a moment: stopped first, so that it is certain where the end finds the save.
			process.kill(pid, "SIGSTOP");
			while (!isStopped(pid)) await nextTurn();
			const isInTheMiddle = existsSync(join(storageDir, "accounts.json.lock"));
			process.kill(pid, isInTheMiddle ? "SIGKILL" : "SIGCONT");
			if (isInTheMiddle) return true;
		}
		await nextTurn();
	}
	return false;
}

/** Whether no thread of a process goes on, by what Linux says of each; elsewhere the signal is trusted. */
function isStopped(pid: number): boolean {
	if (process.platform !== "linux") return true;
	const tasks = `/proc/${pid}/task`;
	try {
		return readdirSync(tasks).every((task) => / T \d/.test(readFileSync(join(tasks, task, "stat"), "latin1")));
	} catch {
		// A thread has ended meanwhile.
		return false;
	}
}
