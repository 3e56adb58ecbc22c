import { plainText } from "./plainText.ts";

/** Foreign text as plain words inside Markdown: every ASCII punctuation mark is escaped, so that no link or markup is left. */
export function escapeMarkdown(text: string): string {
	return plainText(text).replace(/[!-/:-@[-`{-~]/g, "\\$&");
}

/** Foreign text as an inline code span; a fence longer than any run of backticks in it keeps it closed in. */
export function codeSpan(text: string): string {
	const line = plainText(text, 400);
	if (line === "") return "";
	const longestRun = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
	const fence = "`".repeat(longestRun + 1);
	const padding = line.startsWith("`") || line.endsWith("`") ? " " : "";
	return `${fence}${padding}${line}${padding}${fence}`;
}
