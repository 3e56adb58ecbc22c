import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort } from "../../scripts/host/ports.ts";
import { targetCore } from "../machine.ts";
import { startChild } from "../processes/child.ts";
import { processTree } from "../processes/processStats.ts";
import { installed } from "./installed.ts";
import { anyKey, type MissingTarget, type RunningTarget, type Target, type TargetPlace } from "./target.ts";

const title = "claude-code-router";
const name = "@musistudio/claude-code-router";
/** The newest that npm can install: 3.1.1 asks for @the-next-ai/ai-gateway, which is not in its registry. */
const version = "2.0.0";
const script = fileURLToPath(new URL("claudeCodeRouterProcess.ts", import.meta.url));

/** Installs the router into the user's cache, once. */
export async function claudeCodeRouter(): Promise<Target | MissingTarget> {
	try {
		const folder = await installed({ name, version, shortName: "claude-code-router" });
		return {
			name: "claudeCodeRouter",
			title,
			note:
				`${name} ${version}, the newest that npm can install (3.1.1 asks for a package that is not in the registry), in a ` +
				"home folder of its own, on 127.0.0.1, without a log; providers openai, gemini and Anthropic, the last of which it " +
				"passes on. It speaks Anthropic's format to clients, so it is measured in `translated` alone",
			start: (place) => start(join(folder, "node_modules", name, "dist", "cli.js"), place),
		};
	} catch (error) {
		return { title, why: error instanceof Error ? error.message : String(error) };
	}
}

/** It listens on the loopback address alone where it asks for no key. */
function configuration(port: number, upstreamPort: number): object {
	const upstream = `http://127.0.0.1:${upstreamPort}`;
	const provider = (name: string, path: string, transformers: readonly string[]) => ({
		name,
		api_base_url: upstream + path,
		api_key: `key-of-${name}`,
		models: ["bench"],
		...(transformers.length === 0 ? {} : { transformer: { use: transformers } }),
	});
	return {
		PORT: port,
		HOST: "127.0.0.1",
		LOG: false,
		NON_INTERACTIVE_MODE: true,
		Providers: [
			provider("openai", "/v1/chat/completions", []),
			provider("gemini", "/v1beta/models/", ["gemini"]),
			provider("anthropic", "/v1/messages", ["Anthropic"]),
		],
		Router: { default: "openai,bench" },
	};
}

async function start(file: string, { upstreamPort, folder }: TargetPlace): Promise<RunningTarget> {
	const port = await freePort();
	const home = join(folder, `claude-code-router-${port}`);
	const own = join(home, ".claude-code-router");
	await mkdir(own, { recursive: true });
	await writeFile(join(own, "config.json"), JSON.stringify(configuration(port, upstreamPort)));
	const child = await startChild(script, { args: [file, String(port)], core: targetCore, env: { HOME: home } });
	const via = { port, headers: anyKey, pids: processTree(child.pid) };
	const way = (provider: string) => ({ ...via, way: { client: "anthropic", prefix: `${provider},` } as const });
	return {
		via,
		ways: {
			"anthropic-anthropic": way("anthropic"),
			"anthropic-openai": way("openai"),
			"anthropic-gemini": way("gemini"),
		},
		stop: child.stop,
	};
}
