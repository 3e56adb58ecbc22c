import { readFile, stat } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { codeOf } from "../accounts/fileText.ts";
import type { TokenSet } from "./login.ts";
import { type LoginRefusal, readLogin } from "./loginSpellings.ts";

/** Where Codex CLI looks for its own files. */
export interface CodexPlace {
	readonly env: Readonly<Record<string, string | undefined>>;
	/** The person's home folder. */
	readonly home: string;
}

/** What Codex CLI keeps as its login. Never exchanged here: Codex goes on using the same tokens. */
export type CodexLogin =
	/** One of the two at least. */
	| { readonly kind: "found"; readonly path: string; readonly tokens: TokenSet | null; readonly apiKey: string | null }
	/** `keyring`: Codex is told to keep its login in the system's keyring, where only Codex finds it. */
	| { readonly kind: "notFound"; readonly path: string; readonly keyring: boolean }
	/** `reason`: an error code of the system, or `notJson`, `notFile`, `tooLarge`. */
	| { readonly kind: "unreadable"; readonly path: string; readonly reason: string }
	| { readonly kind: "noLogin"; readonly path: string; readonly code: LoginRefusal };

/** Far above any login, far below what would hold the window up. */
const largestFile = 1024 * 1024;

/**
 * Reads Codex CLI's login file, and writes nothing.
 * @param now milliseconds since 1970
 */
export async function readCodexLogin({ env, home }: CodexPlace, now: number = Date.now()): Promise<CodexLogin> {
	const named = env["CODEX_HOME"] ?? "";
	const folder = named === "" ? join(home, ".codex") : named;
	const path = join(folder, "auth.json");
	// Codex takes a relative one from where it is started, which nobody knows here.
	if (!isAbsolute(folder)) return { kind: "notFound", path, keyring: false };
	const file = await readSmall(path);
	if (file.kind === "absent") return { kind: "notFound", path, keyring: await isInKeyring(folder) };
	if (file.kind === "failed") return { kind: "unreadable", path, reason: file.reason };
	let json: unknown;
	try {
		// A byte order mark counts as white space.
		json = JSON.parse(file.text.trim());
	} catch {
		return { kind: "unreadable", path, reason: "notJson" };
	}
	return found(json, path, now);
}

function found(json: unknown, path: string, now: number): CodexLogin {
	let tokens: TokenSet | null = null;
	let apiKey: string | null = null;
	let code: LoginRefusal = "noToken";
	for (const entry of readLogin(json, now)) {
		if (entry.kind === "tokens") tokens = entry.tokens;
		else if (entry.kind === "apiKey") apiKey = entry.apiKey;
		// What would have to be exchanged first would be taken from Codex.
		else code = entry.kind === "refused" ? entry.code : "unreadable";
	}
	return tokens === null && apiKey === null ? { kind: "noLogin", path, code } : { kind: "found", path, tokens, apiKey };
}

type SmallFile =
	| { readonly kind: "read"; readonly text: string }
	| { readonly kind: "absent" }
	| { readonly kind: "failed"; readonly reason: string };

async function readSmall(path: string): Promise<SmallFile> {
	try {
		const stats = await stat(path);
		// Reading a pipe would wait for whoever writes to it.
		if (!stats.isFile()) return { kind: "failed", reason: "notFile" };
		if (stats.size > largestFile) return { kind: "failed", reason: "tooLarge" };
		return { kind: "read", text: await readFile(path, "utf8") };
	} catch (error) {
		const code = codeOf(error);
		if (code === "ENOENT" || code === "ENOTDIR") return { kind: "absent" };
		return { kind: "failed", reason: code ?? "unknown" };
	}
}

/** `cli_auth_credentials_store` stands above every table of Codex's settings. */
async function isInKeyring(folder: string): Promise<boolean> {
	const file = await readSmall(join(folder, "config.toml"));
	if (file.kind !== "read") return false;
	const [top = ""] = file.text.split(/^\s*\[/m, 1);
	const [, store] = /^\s*cli_auth_credentials_store\s*=\s*["'](\w+)["']/m.exec(top) ?? [];
	return store === "keyring" || store === "auto";
}
