import { notText } from "../accounts/labelRules.ts";

const everyNotText = new RegExp(notText, "gu");

/** The longest piece of foreign text that a message carries, in characters. */
const messageLimit = 200;

/**
 * Makes foreign text (a label, a relay's own words, a URL) fit for one line of a message: no line breaks, control or
 * direction characters, no links, cut when long.
 */
export function plainText(text: string, limit: number = messageLimit): string {
	const line = text
		.replace(everyNotText, " ")
		.replace(/\s+/g, " ")
		.trim()
		// In notifications and input boxes VS Code makes `[text](command:…)` a link that runs a command.
		.replaceAll("](", "] (");
	const characters = [...line];
	return characters.length > limit ? `${characters.slice(0, limit - 1).join("")}…` : line;
}

/** The same for what a quick pick shows of an item, where `$(name)` would become an icon. */
export function pickText(text: string): string {
	return plainText(text).replaceAll("$(", "\\$(");
}

/** What an unknown thing that was thrown says about itself. */
export function errorText(error: unknown): string {
	return plainText(error instanceof Error ? error.message : String(error));
}
