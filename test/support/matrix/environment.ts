import { type Format, formats } from "../../../src/accounts/account.ts";
import { type DemoRelay, demoKeys, startDemoRelay } from "../demoRelay/demoRelay.ts";
import { type ProxyUnderTest, poolSettings, relayAt, startProxy } from "../proxyUnderTest.ts";
import type { Ask } from "./ask.ts";

/** A strict upstream for all formats, and a proxy for each of them that has one account. */
export interface Environment {
	readonly relay: DemoRelay;
	readonly proxies: Readonly<Record<Format, ProxyUnderTest>>;
	/** Whose account speaks Responses as everybody may ask for it, where that of `proxies` is choosy as ChatGPT's own. */
	readonly publicCodex: ProxyUnderTest;
}

type ModelKind = NonNullable<Ask["model"]>;
type ModelNames = Readonly<Record<Format, Readonly<Record<ModelKind, string>>>>;

/** As clients call the models. SDKs go by names: the AI SDK leaves out what a name is known not to take. */
export const clientModels: ModelNames = {
	openai: { plain: "gpt-4.1", thinker: "gpt-5", signing: "gpt-5.2" },
	codex: { plain: "gpt-4.1-mini", thinker: "gpt-5-codex", signing: "gpt-5.2-codex" },
	anthropic: { plain: "claude-haiku-4-5", thinker: "claude-opus-4-5", signing: "claude-sonnet-4-6" },
	gemini: { plain: "gemini-2.0-flash", thinker: "gemini-2.5-pro", signing: "gemini-3-pro-preview" },
};

/** As the accounts call them. Of OpenAI's own no model shows its thinking by Chat Completions; those of other makers do. */
export const accountModels: ModelNames = {
	openai: { plain: "gpt-4.1", thinker: "demo-openai-large", signing: "gpt-5.1" },
	codex: { plain: "gpt-5.1-codex", thinker: "gpt-5.1-codex", signing: "gpt-5.1-codex" },
	anthropic: { plain: "claude-sonnet-4-5", thinker: "claude-sonnet-4-5", signing: "claude-opus-4-6" },
	gemini: { plain: "gemini-2.5-flash", thinker: "gemini-2.5-flash", signing: "gemini-3-pro-preview" },
};

/** A name that the settings give to a model of whatever account. */
export const alias = "the-usual-one";

const basePaths: Readonly<Record<Format, string>> = {
	openai: "/v1",
	anthropic: "/v1",
	gemini: "/v1beta",
	codex: "/backend-api",
};

let started: Promise<Environment> | null = null;

/** Started once, by whoever needs it first. */
export function environment(): Promise<Environment> {
	started ??= start();
	return started;
}

export async function closeEnvironment(): Promise<void> {
	if (started === null) return;
	const { relay, proxies, publicCodex } = await started;
	started = null;
	for (const proxy of [...Object.values(proxies), publicCodex]) await proxy.close();
	await relay.close();
}

async function start(): Promise<Environment> {
	const relay = await startDemoRelay({ manner: "strict" });
	const proxyFor = (format: Format, basePath = basePaths[format]): Promise<ProxyUnderTest> => {
		const account = relayAt(format, relay.origin + basePath, { modelMap: modelMapOf(format) });
		const pool = { ...poolSettings, modelAliases: { [alias]: accountModels[format].plain } };
		return startProxy([{ account, apiKey: demoKeys[format] }], { pool });
	};
	const [codex, openai, anthropic, gemini, publicCodex] = await Promise.all([
		proxyFor("codex"),
		proxyFor("openai"),
		proxyFor("anthropic"),
		proxyFor("gemini"),
		proxyFor("codex", "/v1"),
	]);
	return { relay, proxies: { codex, openai, anthropic, gemini }, publicCodex };
}

/** Every name that a client uses is one of the account's. */
function modelMapOf(account: Format): Readonly<Record<string, string>> {
	return Object.fromEntries(
		formats
			.filter((client) => client !== account)
			.flatMap((client) =>
				(["plain", "thinker", "signing"] as const).map((kind) => [
					clientModels[client][kind],
					accountModels[account][kind],
				]),
			),
	);
}
