/** A piece of TypeScript, as far as finding calls and their literal arguments needs it. */
export interface Token {
	/** `text`: a literal without substitutions, its escapes resolved. `template`: the start of one that has some. */
	readonly kind: "word" | "text" | "template" | "regex" | "mark";
	readonly value: string;
	/** From 1. */
	readonly line: number;
}

const space = /\s+|\/\/.*|\/\*[\s\S]*?\*\//y;
const word = /[\p{ID_Start}$_#@][\p{ID_Continue}$]*|\d[\w.]*/uy;
const quoted = /"(?:[^"\\\n]|\\[\s\S])*"|'(?:[^'\\\n]|\\[\s\S])*'/y;
const templatePart = /(?:[^`\\$]|\\[\s\S]|\$(?!\{))*(`|\$\{)/y;
const regex = /\/(?:[^/\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+\/\w*/y;

/** Words after which a slash begins a regular expression, although after other words it divides. */
const beforeRegex = new Set(["return", "typeof", "case", "in", "of", "do", "else", "void", "delete", "await", "yield"]);

const escapes: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", b: "\b", f: "\f", v: "\v", "0": "\0" };

function resolved(raw: string): string {
	return raw.replace(/\\(?:u\{(\w+)\}|u(\w{4})|x(\w{2})|(\r\n|[\s\S]))/g, (_all, braced, four, two, one) => {
		const code = braced ?? four ?? two;
		if (code !== undefined) return String.fromCodePoint(Number.parseInt(code, 16));
		return /^[\r\n]/.test(one) ? "" : (escapes[one] ?? one);
	});
}

function endsValue(token: Token | undefined): boolean {
	if (token === undefined) return false;
	if (token.kind === "word") return !beforeRegex.has(token.value);
	return token.kind !== "mark" || /[)\]}]/.test(token.value);
}

/**
 * The tokens of a source text without comments and white space; what stands in a template's `${}` comes after it.
 * @throws SyntaxError where a literal has no end, so that a misread source is noticed rather than skipped.
 */
export function sourceTokens(source: string): readonly Token[] {
	const tokens: Token[] = [];
	/** One for each template that is open at this place: how many braces are open in its substitution. */
	const depths: number[] = [];
	let at = 0;

	const line = (): number => source.slice(0, at).split("\n").length;
	const match = (pattern: RegExp): RegExpExecArray | null => {
		pattern.lastIndex = at;
		return pattern.exec(source);
	};
	const take = (kind: Token["kind"], length: number, value = source.slice(at, at + length)): void => {
		tokens.push({ kind, value, line: line() });
		at += length;
	};
	const unreadable = (): SyntaxError => new SyntaxError(`A literal without an end in line ${line()}`);
	/** Reads a template on, from its start or from the end of a substitution. */
	const readTemplate = (isStart: boolean): void => {
		at += 1;
		const part = match(templatePart);
		if (part === null) throw unreadable();
		const ends = part[1] === "`";
		at -= 1;
		const length = part[0].length + 1;
		if (isStart && ends) take("text", length, resolved(part[0].slice(0, -1)));
		else if (isStart) take("template", length);
		else at += length;
		if (!ends) depths.push(0);
	};

	while (at < source.length) {
		const skipped = match(space);
		if (skipped !== null) {
			at += skipped[0].length;
			continue;
		}
		const found = match(word);
		const char = source[at] ?? "";
		const depth = depths.at(-1);
		if (found !== null) {
			take("word", found[0].length);
		} else if (char === '"' || char === "'") {
			const literal = match(quoted);
			if (literal === null) throw unreadable();
			take("text", literal[0].length, resolved(literal[0].slice(1, -1)));
		} else if (char === "`") {
			readTemplate(true);
		} else if (char === "}" && depth === 0) {
			depths.pop();
			readTemplate(false);
		} else if (char === "/" && !endsValue(tokens.at(-1))) {
			const literal = match(regex);
			if (literal === null) throw unreadable();
			take("regex", literal[0].length);
		} else {
			if (depth !== undefined && (char === "{" || char === "}"))
				depths.push((depths.pop() ?? 0) + (char === "{" ? 1 : -1));
			take("mark", 1);
		}
	}
	if (depths.length > 0) throw unreadable();
	return tokens;
}
