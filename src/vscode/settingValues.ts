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

function nameIn(typed: string): string | null {
	const name = typed.trim();
	return name === "" || notText.test(name) || !name.isWellFormed() ? null : name;
}
