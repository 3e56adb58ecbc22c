import assert from "node:assert/strict";
import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Format } from "../../../src/accounts/account.ts";
import { type Counts, dayBefore, noCounts, UsageTable } from "../../../src/accounts/usageTable.ts";
import { usageText } from "../../../src/accounts/usageText.ts";
import { complain, stopAfterContent } from "../../support/hostileRelay/behaviours.ts";
import { type HostileRelay, startHostileRelay } from "../../support/hostileRelay/hostileRelay.ts";
import { startHttpProxy } from "../../support/outboundProxies.ts";
import { privateAuthority } from "../../support/privateAuthority.ts";
import { relayAccount } from "../../support/relayAccount.ts";
import { importAccounts, saveAccounts, savedAccounts } from "./accounts.ts";
import { accountOf, askLocalPort, type LocalPort, openStream } from "./localPort.ts";
import { accountRow } from "./places.ts";
import type { TestWindow } from "./testWindow.ts";

/** Accounts of a pool at work, in the order of the tree, and what a screen reader hears of each at the end. */
export const sceneAccounts = [
	{ label: "Backup relay", heard: /^Backup relay, Anthropic, backup\.example, 1 in flight$/ },
	{ label: "Team relay", heard: /^Team relay, Anthropic, team\.example, busy, 1 in flight$/ },
	{ label: "Gemini relay", heard: /^Gemini relay, Gemini, gemini\.example, ready$/ },
	{ label: "Spare relay", heard: /^Spare relay, OpenAI, spare\.example, out of quota until \d+:\d+ [AP]M$/ },
	{ label: "Home relay", heard: /^Home relay, OpenAI, home\.example, failing \(\d+ min\)$/ },
	{ label: "Codex relay", heard: /^Codex relay, Codex, codex\.example, key refused$/ },
	{ label: "New relay", heard: /^New relay, OpenAI, new\.example, key missing here$/ },
	{ label: "Old relay", heard: /^Old relay, Gemini, old\.example, disabled$/ },
	{ label: "Work relay", heard: /^Work relay, Anthropic, relay\.example, rate limited \(\d+ min\)$/ },
] as const;

type Label = (typeof sceneAccounts)[number]["label"];

export interface PoolScene {
	/** With it a VS Code finds the way to the relays, and trusts them. */
	readonly env: Readonly<Record<string, string>>;
	/** Adds the accounts, with what they were used for on the days before. The accounts view must be shown. */
	addAccounts(window: TestWindow): Promise<void>;
	/** Brings the accounts into their states by requests to the local port. */
	ask(local: LocalPort): Promise<void>;
	/** Ends the replies that run, the relay and the way to it. */
	close(): Promise<void>;
}

/** Seconds: longer than the pictures take, and the same words all the while. */
const rateLimit = { "retry-after": 290 };
const outage = { "retry-after": 840 };

/** What the last account was used for before; two models, as coding tools ask for one of each size. */
const used: readonly { readonly daysAgo: number; readonly model: string; readonly counts: Partial<Counts> }[] = [
	{
		...{ daysAgo: 0, model: "demo-anthropic-large" },
		counts: { requests: 46, failures: 1, input: 1_284_302, output: 38_114, cached: 1_120_450 },
	},
	{
		...{ daysAgo: 3, model: "demo-anthropic-large" },
		counts: { requests: 388, failures: 7, input: 9_840_228, output: 301_927, cached: 8_402_106 },
	},
	{ daysAgo: 3, model: "demo-anthropic-small", counts: { requests: 121, input: 84_620, output: 9_240 } },
];

/** Hosts that exist nowhere else: one relay of this machine, which misbehaves as it is told, and the proxy that leads there. */
export async function openPoolScene(): Promise<PoolScene> {
	const hosts = ["relay", "backup", "team", "gemini", "spare", "home", "codex"].map((name) => `${name}.example`);
	const authority = privateAuthority();
	const relay = await startHostileRelay({ certificate: authority.issue(hosts) });
	const proxy = await startHttpProxy({ hosts: Object.fromEntries(hosts.map((host) => [`${host}:443`, relay.port])) });
	const folder = await mkdtemp(join(tmpdir(), "relay-accounts-scene-"));
	const trusted = join(folder, "authority.pem");
	await writeFile(trusted, authority.certificate);
	const leaving = new AbortController();
	// A reply that nobody holds is ended by the garbage collector.
	const replies: Response[] = [];
	return {
		env: { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, SSL_CERT_FILE: trusted },
		addAccounts: (window) => addAccounts(window, relay),
		ask: async (local) => {
			replies.push(...(await ask(local, relay, leaving.signal)));
		},
		close: async () => {
			leaving.abort();
			replies.length = 0;
			await proxy.close();
			await relay.close();
			await rm(folder, { recursive: true });
		},
	};
}

async function addAccounts(window: TestWindow, relay: HostileRelay): Promise<void> {
	const good = (label: Label, format: Format, host: string, more: object = {}) => {
		return { label, format, baseUrl: `https://${host}`, apiKey: relay.key, ...more };
	};
	await importAccounts(window, [
		good("Backup relay", "anthropic", "backup.example"),
		good("Team relay", "anthropic", "team.example", { maxConcurrent: 1 }),
		good("Gemini relay", "gemini", "gemini.example"),
		good("Spare relay", "openai", "spare.example"),
		good("Home relay", "openai", "home.example"),
		good("Codex relay", "codex", "codex.example", { apiKey: "another-key" }),
		good("Old relay", "gemini", "old.example", { enabled: false }),
		good("Work relay", "anthropic", "relay.example", { priority: 10 }),
	]);
	await accountRow(window.page, "Work relay").waitFor();
	const accounts = await savedAccounts(window);
	const keyless = relayAccount({ label: "New relay" satisfies Label, baseUrl: "https://new.example/v1" });
	await saveAccounts(window, [...accounts.slice(0, -2), keyless, ...accounts.slice(-2)]);
	await accountRow(window.page, keyless.label).waitFor();
	const work = accounts.at(-1);
	assert.ok(work !== undefined);
	await saveUsage(window, work.id);
}

/** As another window would have counted it. */
async function saveUsage({ storageDir }: TestWindow, accountId: string): Promise<void> {
	const now = Date.now();
	const table = new UsageTable();
	for (const { daysAgo, model, counts } of used) {
		table.add({ accountId, day: dayBefore(now, daysAgo), model, counts: { ...noCounts, ...counts } });
	}
	const file = join(storageDir, "usage.json");
	await writeFile(`${file}.new`, usageText.write(table), { mode: 0o600 });
	await rename(`${file}.new`, file);
}

/** @returns the replies that have begun and do not end. */
async function ask(local: LocalPort, relay: HostileRelay, leaving: AbortSignal): Promise<readonly Response[]> {
	const answered = async (model: string, format: Format, status: number) => {
		const reply = await askLocalPort(local, { format, model, prompt: "Say hello." });
		assert.equal(reply.status, status, reply.text);
	};
	const begun = async (model: string, account: Label) => {
		const reply = await openStream(local, { format: "anthropic", model, prompt: "Say hello." }, leaving);
		assert.equal(accountOf(reply), account);
		return reply;
	};
	await answered("Gemini relay/demo-gemini-large", "gemini", 200);
	await answered("Codex relay/demo-codex-large", "codex", 401);
	relay.next(complain("outOfQuota"));
	await answered("Spare relay/demo-openai-large", "openai", 429);
	relay.next(complain("overloaded", null, outage));
	await answered("Home relay/demo-openai-large", "openai", 503);
	relay.next(stopAfterContent("silence"));
	const busy = await begun("Team relay/demo-anthropic-large", "Team relay");
	await answered("demo-anthropic-large", "anthropic", 200);
	// The conversation moves on, to an account that is about to answer for a long time.
	relay.next(complain("rateLimited", null, rateLimit), stopAfterContent("silence"));
	return [busy, await begun("demo-anthropic-large", "Backup relay")];
}
