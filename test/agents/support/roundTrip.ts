import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { agentCommand } from "../../../scripts/agents/agentInstall.ts";
import { startOwnProcess } from "../../../scripts/host/ownProcess.ts";
import type { RequestRecord } from "../../../src/bridge/protocol.ts";
import type { AgentExchange } from "../../support/agentRelay/agentRelay.ts";
import { poolSettings, startProxy } from "../../support/proxyUnderTest.ts";
import { type AccountKind, startAgentAccount } from "./agentAccount.ts";
import { startOutsideWorld } from "./outsideWorld.ts";
import type { Setup, Speaker } from "./speakers.ts";

/** What came of an agent's run. */
export interface RoundTrip {
	/** What the files held, in the order in which they were named. */
	readonly words: readonly string[];
	readonly exitCode: number;
	/** Standard output and error of the agent, a line each. */
	readonly output: string;
	/** As the account saw them. */
	readonly exchanges: readonly AgentExchange[];
	/** What should never have come to it, in words. */
	readonly violations: readonly string[];
	/** As the proxy counted them. */
	readonly records: readonly RequestRecord[];
	readonly localKey: string;
	/** What the agent wanted of the internet. */
	readonly outside: readonly string[];
}

/** Milliseconds; runs take two or three seconds, on a busy machine many times as long. */
const patience = 100_000;

/** Runs an agent in a fresh home and project, on the one account of a kind, until it ends by itself or the time is over. */
export async function runRoundTrip(speaker: Speaker, kind: AccountKind): Promise<RoundTrip> {
	const localKey = `local-${randomBytes(8).toString("hex")}`;
	const account = await startAgentAccount(speaker, kind, localKey);
	const pool = { ...poolSettings, modelAliases: account.modelAliases };
	const proxy = await startProxy([account.served], { localKey, pool });
	const outside = await startOutsideWorld();
	const folder = await mkdtemp(join(tmpdir(), "agent-"));
	try {
		const project = join(folder, "project");
		const words = ["1", "2"].map(() => `pebble-${randomBytes(8).toString("hex")}`);
		const files = words.map((_, index) => join(project, `stone-${index + 1}.txt`));
		await mkdir(project);
		await Promise.all(files.map((file, index) => writeFile(file, `${words[index]}\n`)));
		const prompt = `Read the files ${files.join(" and ")} and answer with what they hold, written backwards.`;
		const setup = speaker.setup({ origin: proxy.origin, localKey: proxy.localKey }, prompt);
		const ran = await run(speaker, setup, folder, outside.environment);
		return {
			...ran,
			words,
			exchanges: account.exchanges(),
			violations: account.violations(),
			records: proxy.records,
			localKey: proxy.localKey,
			outside: outside.refused,
		};
	} finally {
		await Promise.all([proxy.close(), account.close(), outside.close()]);
		// Something that the agent has started may still be writing.
		await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
	}
}

async function run(
	{ agent }: Speaker,
	{ files, environment, args }: Setup,
	folder: string,
	network: Readonly<Record<string, string>>,
): Promise<Pick<RoundTrip, "output" | "exitCode">> {
	const home = join(folder, "home");
	await mkdir(home);
	for (const [path, content] of Object.entries(files)) {
		const file = join(home, path);
		await mkdir(dirname(file), { recursive: true });
		await writeFile(file, content);
	}
	const lines: string[] = [];
	const [program, ...before] = agentCommand(agent);
	const running = startOwnProcess(program, [...before, ...args], {
		cwd: join(folder, "project"),
		env: { ...bareEnvironment(home, folder), ...network, ...environment },
		onLine: (line) => lines.push(line),
	});
	const clock = setTimeout(() => {
		lines.push(`(The test ended it after ${patience / 1000} s.)`);
		void running.stop();
	}, patience);
	const exitCode = await running.ended;
	clearTimeout(clock);
	// What it has left running would outlive its folder.
	await running.stop();
	return { exitCode, output: lines.join("\n") };
}

/** Nothing of the person who runs the tests: whoever uses agents has their keys and settings in variables. */
function bareEnvironment(home: string, temporary: string): Readonly<Record<string, string>> {
	const { PATH = "", LANG = "C.UTF-8" } = process.env;
	return {
		PATH: [dirname(process.execPath), PATH].join(delimiter),
		HOME: home,
		TMPDIR: temporary,
		LANG,
		TERM: "dumb",
		// Node itself looks at proxy variables only when it is told to.
		NODE_USE_ENV_PROXY: "1",
	};
}
