import { sourceTokens, type Token } from "./sourceTokens.ts";

export interface LocalisedText {
	/** Under which VS Code looks for the translation: the message, and its comment after a slash where it has one. */
	readonly key: string;
	/** The English text with its placeholders. */
	readonly message: string;
	readonly line: number;
}

export interface LocalisedTexts {
	readonly texts: readonly LocalisedText[];
	/** Lines that use `l10n` in a way that a translation cannot be found for. */
	readonly unreadable: readonly number[];
}

/** What the source gives to VS Code's `l10n.t`, wherever it stands: in templates too, and over several lines. */
export function localisedTexts(source: string): LocalisedTexts {
	const tokens = sourceTokens(source);
	const texts: LocalisedText[] = [];
	const unreadable: number[] = [];
	for (const [index, { kind, value, line }] of tokens.entries()) {
		if (kind !== "word" || value !== "l10n" || isBinding(tokens, index)) continue;
		const found = isCall(tokens, index) ? firstArgument(tokens, index + 4) : null;
		if (found === null) unreadable.push(line);
		else texts.push({ ...found, line });
	}
	return { texts, unreadable };
}

function is(token: Token | undefined, values: string): boolean {
	return token?.kind === "mark" && values.includes(token.value);
}

/** `{ l10n }`, which keeps the name. */
function isBinding(tokens: readonly Token[], index: number): boolean {
	return is(tokens[index - 1], "{,") && is(tokens[index + 1], "},");
}

/** `l10n.t(` */
function isCall(tokens: readonly Token[], index: number): boolean {
	const name = tokens[index + 2];
	return is(tokens[index + 1], ".") && name?.kind === "word" && name.value === "t" && is(tokens[index + 3], "(");
}

function firstArgument(tokens: readonly Token[], start: number): Pick<LocalisedText, "key" | "message"> | null {
	if (is(tokens[start], "{")) return detailsArgument(tokens, start + 1);
	const message = literalAt(tokens, start, ",)");
	return message === null ? null : { key: message, message };
}

/** `{ message: "…", args: […], comment: "…" or ["…", "…"] }` */
function detailsArgument(tokens: readonly Token[], start: number): Pick<LocalisedText, "key" | "message"> | null {
	const message = propertyOf(tokens, start, "message");
	const comment = propertyOf(tokens, start, "comment");
	if (message === undefined || message.length !== 1 || comment?.length === 0) return null;
	const [text = ""] = message;
	return { key: comment === undefined ? text : `${text}/${comment.join("")}`, message: text };
}

/** The literals of a property of the object that starts here; none when it holds something else. */
function propertyOf(tokens: readonly Token[], start: number, name: string): readonly string[] | undefined {
	let depth = 0;
	for (let index = start; index < tokens.length && depth >= 0; index++) {
		const token = tokens[index];
		if (is(token, "{[(")) depth++;
		else if (is(token, "}])")) depth--;
		else if (depth === 0 && token?.kind === "word" && token.value === name && is(tokens[index - 1], "{,")) {
			return is(tokens[index + 1], ":") ? literalsAt(tokens, index + 2) : [];
		}
	}
	return undefined;
}

function literalsAt(tokens: readonly Token[], start: number): readonly string[] {
	if (!is(tokens[start], "[")) return [literalAt(tokens, start, ",}") ?? []].flat();
	const literals: string[] = [];
	for (let index = start + 1; !is(tokens[index], "]"); index += is(tokens[index + 1], ",") ? 2 : 1) {
		const literal = literalAt(tokens, index, ",]");
		if (literal === null) return [];
		literals.push(literal);
	}
	return literals;
}

/** A literal that is the whole expression: one of the marks comes next. */
function literalAt(tokens: readonly Token[], index: number, next: string): string | null {
	const token = tokens[index];
	return token?.kind === "text" && is(tokens[index + 1], next) ? token.value : null;
}
