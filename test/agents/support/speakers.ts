import type { AgentName } from "../../../scripts/agents/agentPackages.ts";
import type { Format } from "../../../src/accounts/account.ts";

/** Where an agent finds the proxy. */
export interface Endpoint {
	/** `http://127.0.0.1:port`. */
	readonly origin: string;
	readonly localKey: string;
}

/** What an agent is given to run: as a person would set it up by the README, but for what keeps it quiet. */
export interface Setup {
	/** By path below its home folder. */
	readonly files: Readonly<Record<string, string>>;
	readonly environment: Readonly<Record<string, string>>;
	readonly args: readonly string[];
}

/** An agent that speaks one format; some agents can speak several. */
export interface Speaker {
	readonly agent: AgentName;
	readonly format: Format;
	/** What it asks for; agents know models by their names and treat them differently. */
	readonly models: readonly string[];
	/** Why there is more than one of an agent and a format. */
	readonly note?: string;
	/** Whether it sends back what a model has sealed, as its format asks. */
	readonly keepsSeals: boolean;
	readonly setup: (endpoint: Endpoint, prompt: string) => Setup;
}

/** The variable of the README's lines that holds the local key. */
const keyVariable = "RELAY_ACCOUNTS_KEY";

const claudeModel = "claude-opus-5-5";
const geminiModel = "gemini-3.1-pro-preview";
const responsesModel = "gpt-5.1";

const claude: Speaker = {
	agent: "claude",
	format: "anthropic",
	models: [claudeModel],
	keepsSeals: true,
	setup: ({ origin, localKey }, prompt) => ({
		files: {},
		environment: {
			ANTHROPIC_BASE_URL: origin,
			ANTHROPIC_AUTH_TOKEN: localKey,
			ANTHROPIC_MODEL: claudeModel,
			CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
		},
		args: ["--print", prompt],
	}),
};

function codexSpeaker(model: string, note: string): Speaker {
	return {
		agent: "codex",
		format: "codex",
		models: [model],
		note,
		keepsSeals: true,
		setup: ({ origin, localKey }, prompt) => ({
			files: {
				".codex/config.toml": `model = "${model}"
model_provider = "relay-accounts"
check_for_update_on_startup = false

[model_providers.relay-accounts]
name = "Relay Accounts"
base_url = "${origin}/v1"
env_key = "${keyVariable}"
wire_api = "responses"

[analytics]
enabled = false

[features]
plugins = false
`,
			},
			environment: { [keyVariable]: localKey },
			// Its sandbox needs what a container may lack; all that runs here is the command of our own relay.
			args: ["exec", "--skip-git-repo-check", "--sandbox", "danger-full-access", prompt],
		}),
	};
}

function geminiSpeaker(models: readonly string[], note: string, choice: readonly string[]): Speaker {
	return {
		agent: "gemini",
		format: "gemini",
		models,
		note,
		keepsSeals: true,
		setup: ({ origin, localKey }, prompt) => ({
			files: {
				".gemini/settings.json": JSON.stringify({
					security: { auth: { selectedType: "gemini-api-key" } },
					privacy: { usageStatisticsEnabled: false },
				}),
			},
			environment: { GOOGLE_GEMINI_BASE_URL: origin, GEMINI_API_KEY: localKey },
			args: ["--skip-trust", ...choice, "--prompt", prompt],
		}),
	};
}

function continueSpeaker(format: Format, provider: string, model: string, base: string): Speaker {
	return {
		agent: "continue",
		format,
		models: [model],
		// It asks for no thinking where it could keep it.
		keepsSeals: format === "gemini",
		setup: ({ origin, localKey }, prompt) => ({
			files: {
				".continue/config.yaml": `name: Relay Accounts
version: 0.0.1
schema: v1
models:
  - name: ${model}
    provider: ${provider}
    model: ${model}
    apiBase: ${origin}${base}
    apiKey: ${localKey}
    roles: [chat, edit, apply]
`,
			},
			// Its Gemini client does not look at apiBase.
			environment: format === "gemini" ? { GOOGLE_GEMINI_BASE_URL: origin } : {},
			args: ["--print", prompt],
		}),
	};
}

function opencodeSpeaker(format: Format, npm: string, model: string, base: string): Speaker {
	return {
		agent: "opencode",
		format,
		models: [model],
		keepsSeals: format === "gemini" || format === "codex",
		setup: ({ origin, localKey }, prompt) => ({
			files: {
				".config/opencode/opencode.json": JSON.stringify({
					provider: {
						"relay-accounts": {
							npm,
							name: "Relay Accounts",
							options: { baseURL: `${origin}${base}`, apiKey: `{env:${keyVariable}}` },
							models: { [model]: { name: model } },
						},
					},
				}),
			},
			environment: { [keyVariable]: localKey, OPENCODE_DISABLE_MODELS_FETCH: "1" },
			args: ["run", "--model", `relay-accounts/${model}`, prompt],
		}),
	};
}

function qwenSpeaker(
	format: Format,
	authType: string,
	model: string,
	variables: (endpoint: Endpoint) => Readonly<Record<string, string>>,
): Speaker {
	return {
		agent: "qwen",
		format,
		models: [model],
		keepsSeals: format === "anthropic" || format === "gemini",
		setup: (endpoint, prompt) => ({
			files: { ".qwen/settings.json": JSON.stringify({ privacy: { usageStatisticsEnabled: false } }) },
			environment: variables(endpoint),
			args: ["--auth-type", authType, "--model", model, prompt],
		}),
	};
}

const openaiVariables = ({ origin, localKey }: Endpoint) => ({
	OPENAI_BASE_URL: `${origin}/v1`,
	OPENAI_API_KEY: localKey,
});

export const speakers: readonly Speaker[] = [
	claude,
	codexSpeaker("gpt-6.1-sol", "with a model that it knows"),
	codexSpeaker(claudeModel, "with a model of another maker"),
	geminiSpeaker([geminiModel], "with a large model", ["--model", geminiModel]),
	geminiSpeaker(["gemini-2.5-flash"], "with an older model", ["--model", "gemini-2.5-flash"]),
	// It asks a small one, for JSON by a schema, how hard the task is.
	geminiSpeaker(["gemini-3.5-flash-lite", "gemini-3.8-flash"], "with the models that it chooses itself", []),
	continueSpeaker("openai", "openai", "gpt-4.1", "/v1"),
	continueSpeaker("anthropic", "anthropic", claudeModel, "/v1/"),
	continueSpeaker("gemini", "gemini", geminiModel, "/v1beta/"),
	continueSpeaker("codex", "openai", responsesModel, "/v1"),
	opencodeSpeaker("openai", "@ai-sdk/openai-compatible", "large", "/v1"),
	opencodeSpeaker("anthropic", "@ai-sdk/anthropic", claudeModel, "/v1"),
	opencodeSpeaker("gemini", "@ai-sdk/google", geminiModel, "/v1beta"),
	opencodeSpeaker("codex", "@ai-sdk/openai", responsesModel, "/v1"),
	qwenSpeaker("openai", "openai", "qwen3-coder-plus", openaiVariables),
	qwenSpeaker("anthropic", "anthropic", claudeModel, ({ origin, localKey }) => ({
		ANTHROPIC_BASE_URL: origin,
		ANTHROPIC_API_KEY: localKey,
	})),
	qwenSpeaker("gemini", "gemini", geminiModel, ({ origin, localKey }) => ({
		GOOGLE_GEMINI_BASE_URL: origin,
		GEMINI_API_KEY: localKey,
	})),
	qwenSpeaker("codex", "openai-responses", responsesModel, openaiVariables),
];

/** Hosts that an agent calls whatever it is told; the tests let nothing reach them. */
export const knownCalls: Partial<Readonly<Record<AgentName, readonly RegExp[]>>> = {
	// Its own newest version.
	continue: [/^CONNECT api\.continue\.dev:443$/],
	// A package for plugins, which it installs from npm's registry into its configuration folder.
	opencode: [/^CONNECT registry\.[\w.-]+:443$/],
};
