// Our proxy as the extension runs it, without VS Code: the real worker bundle, started and told by the real WorkerProxy.
import { once } from "node:events";
import type { Format, RelayAccount } from "../../src/accounts/account.ts";
import type { ProxyConfig, RequestRecord, ServedRelay } from "../../src/bridge/protocol.ts";
import { WorkerProxy } from "../../src/bridge/workerProxy.ts";
import { answerQuestions } from "../processes/questions.ts";
import { profileThreads } from "../profile/threads.ts";
import { labels, type RelayAccountsArguments } from "./relayAccounts.ts";

const told: RelayAccountsArguments = JSON.parse(process.argv[2] ?? "");
const upstream = `http://127.0.0.1:${told.upstreamPort}`;

function served(label: string, format: Format, changes: Partial<RelayAccount> = {}): ServedRelay {
	const account: RelayAccount = {
		id: `id-of-${label}`,
		type: "relay",
		label,
		format,
		baseUrl: `${upstream}/v1`,
		allowedModels: null,
		modelMap: {},
		priority: 0,
		headers: {},
		auth: null,
		maxConcurrent: null,
		outboundProxy: null,
		enabled: true,
		addedAt: "2026-01-01T00:00:00.000Z",
		...changes,
	};
	return { account, apiKey: `key-of-${label}` };
}

/** Accounts as a person has them: some are alike, some cannot answer the request. */
const relays: readonly ServedRelay[] = [
	served(labels.openai, "openai"),
	served("second", "openai"),
	served("third", "openai", { modelMap: { "gpt-4o": "gpt-4o-mini" }, headers: { "x-team": "bench" } }),
	served("other-models", "openai", { allowedModels: ["gpt-*", "o3"], priority: 2 }),
	served("disabled", "openai", { enabled: false, priority: 1 }),
	served(labels.anthropic, "anthropic"),
	served(labels.gemini, "gemini", { baseUrl: `${upstream}/v1beta` }),
	served(labels.codex, "codex"),
];

const config: ProxyConfig = {
	port: told.port,
	bodyLimit: 64 * 2 ** 20,
	allowedOrigins: [],
	fetchMedia: true,
	localKey: told.localKey,
	controlToken: "control-token-of-the-bench",
	accounts: relays,
	pool: {
		strategy: "least-used",
		modelAliases: { fast: "gpt-4o-mini" },
		maxAttempts: 4,
		maxWait: 5_000,
		queueLimit: 64,
		crossFormat: true,
		queueWait: 30_000,
	},
	explainsChoices: false,
	clocks: { connect: 10_000, firstByte: 120_000, idle: 0 },
	outbound: {
		proxy: "",
		noProxy: [],
		proxySupport: "override",
		strictSSL: true,
		proxyAuthorization: null,
		systemCertificates: true,
		hostMayKnowWay: false,
	},
};

/** What the extension does with each record, in short: adds it up. */
const totals = { requests: 0, failed: 0, tokens: 0 };
function count({ calls, error }: RequestRecord): void {
	totals.requests += 1;
	if (error !== null) totals.failed += 1;
	for (const { usage } of calls) totals.tokens += (usage?.input ?? 0) + (usage?.output ?? 0);
}

const proxy = new WorkerProxy({
	script: told.worker,
	log: (level, message) => {
		if (level === "warn" || level === "error") console.error(message);
	},
	savedRests: () => [],
	fetchHere: () => {
		throw new Error("The way to the upstream is known: nobody has to ask VS Code for it.");
	},
});
proxy.onDidFinishRequest(count);
const listening = Promise.withResolvers<void>();
proxy.onDidChangeState((state) => {
	if (state.kind === "listening") listening.resolve();
	else if (state.kind === "failed" || state.kind === "portTaken") listening.reject(new Error(JSON.stringify(state)));
});
proxy.configure(config);
proxy.serve(true);
await listening.promise;

answerQuestions(async (question) => {
	switch (question) {
		case "totals":
			return totals;
		default:
			return profileThreads(question);
	}
}, told.port);
// The thread ends with the process.
void once(process, "disconnect").then(() => proxy.dispose());
