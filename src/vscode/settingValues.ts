import { isLoopbackHost } from "../accounts/baseUrl.ts";
import { notText } from "../accounts/labelRules.ts";

/** Scheme, host and port, as a browser writes it in the Origin header; other schemes than http are those of apps and extensions. */
export function originFrom(typed: string): string | null {
	const trimmed = typed.trim().replace(/\/$/, "");
	if (!/^[a-z][a-z\d+.-]*:\/\/[^\s/?#@*]+$/i.test(trimmed)) return null;
	if (!/^https?:/i.test(trimmed)) return trimmed.toLowerCase();
	return URL.canParse(trimmed) ? new URL(trimmed).origin : null;
}

/** A client's model name and what is looked for in its place; that may be `label/model`, and labels hold spaces. */
export function aliasFrom(typed: string, value: unknown): readonly [name: string, meant: string] | null {
	const name = nameIn(typed);
	const meant = typeof value === "string" ? nameIn(value) : null;
	return name === null || meant === null || /\s/.test(name) ? null : [name, meant];
}

/** The URL of a service that is sent tokens, without a trailing slash: https, or http on this machine; no user info, query or fragment. */
export function serviceUrlFrom(typed: string): string | null {
	const url = plainUrlIn(typed);
	if (url === null || (url.protocol === "http:" && !isLoopbackHost(url.hostname))) return null;
	return url.href.replace(/\/+$/, "");
}

/**
 * A URL of this machine to which a browser is sent back. As typed: the other side compares it letter by letter. Nothing in it
 * needs an escape, which VS Code would take out of the address that it opens.
 */
export function redirectUrlFrom(typed: string): string | null {
	const url = plainUrlIn(typed);
	const isPlain = /^[\w.:/[\]~-]+$/.test(typed.trim());
	return isPlain && url?.protocol === "http:" && isLoopbackHost(url.hostname) ? typed.trim() : null;
}

/** What a header can carry; may be empty. */
export function headerTextFrom(typed: string): string | null {
	const text = typed.trim();
	return /^[\x20-\x7e]*$/.test(text) ? text : null;
}

function plainUrlIn(typed: string): URL | null {
	const text = typed.trim();
	return /^https?:\/\/[^\s?#@\\]+$/i.test(text) && URL.canParse(text) ? new URL(text) : null;
}

function nameIn(typed: string): string | null {
	const name = typed.trim();
	return name === "" || notText.test(name) || !name.isWellFormed() ? null : name;
}
