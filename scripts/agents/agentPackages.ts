/** A coding agent as it is published on npm. */
export interface AgentPackage {
	readonly title: string;
	/** On npm. */
	readonly name: string;
	/** Exact, so that a suite which passes today passes tomorrow. */
	readonly version: string;
	/** On disk, about. */
	readonly megabytes: number;
	/**
	 * Files below `node_modules` of which the first that is there is the program. A `.js` file runs under this Node; any other
	 * is a program of its own, out of the optional package for this platform, so that no install script has to run.
	 */
	readonly programs: readonly string[];
}

const exe = process.platform === "win32" ? ".exe" : "";
const platform = `${process.platform}-${process.arch}`;
/** OpenCode names Windows in its own way. */
const opencodePlatform = platform.replace("win32", "windows");

export const agentPackages = {
	claude: {
		title: "Claude Code",
		name: "@anthropic-ai/claude-code",
		version: "2.1.330",
		megabytes: 364,
		programs: [platform, `${platform}-musl`].map((suffix) => `@anthropic-ai/claude-code-${suffix}/claude${exe}`),
	},
	codex: {
		title: "Codex CLI",
		name: "@openai/codex",
		version: "0.169.0",
		megabytes: 404,
		programs: ["@openai/codex/bin/codex.js"],
	},
	gemini: {
		title: "Gemini CLI",
		name: "@google/gemini-cli",
		version: "0.61.0",
		megabytes: 100,
		programs: ["@google/gemini-cli/bundle/gemini.js"],
	},
	continue: {
		title: "Continue CLI",
		name: "@continuedev/cli",
		version: "1.5.47",
		megabytes: 81,
		programs: ["@continuedev/cli/dist/cn.js"],
	},
	opencode: {
		title: "OpenCode",
		name: "opencode-ai",
		version: "1.18.33",
		megabytes: 354,
		// The baseline build runs on every processor of its kind.
		programs: ["-baseline", "-baseline-musl", "", "-musl"].map(
			(suffix) => `opencode-${opencodePlatform}${suffix}/bin/opencode${exe}`,
		),
	},
	qwen: {
		title: "Qwen Code",
		name: "@qwen-code/qwen-code",
		version: "0.24.4",
		megabytes: 152,
		programs: ["@qwen-code/qwen-code/cli-entry.js"],
	},
} as const satisfies Readonly<Record<string, AgentPackage>>;

export type AgentName = keyof typeof agentPackages;
