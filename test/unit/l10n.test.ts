import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { localisedTexts } from "../support/localisedTexts.ts";

type Words = Readonly<Record<string, string>>;

const root = fileURLToPath(new URL("../../", import.meta.url));
const languages = ["zh-cn"];

const manifestText = readFileSync(join(root, "package.json"), "utf8");
const manifest: { readonly l10n: string } = JSON.parse(manifestText);

function wordsIn(path: string): Words {
	return JSON.parse(readFileSync(join(root, path), "utf8"));
}

/** Each file's name with what was found in it. */
const sources = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
	.filter((path) => path.endsWith(".ts"))
	.map((path) => ({ path, ...localisedTexts(readFileSync(join(root, "src", path), "utf8")) }));
const texts = sources.flatMap(({ texts }) => texts);
const keys = new Set(texts.map(({ key }) => key));

function missingIn(words: Words, keys: readonly string[]): readonly string[] {
	return keys.filter((key) => !words[key]?.trim());
}

/** The pieces of a text that a translation has to keep, in an order of their own. */
function pieces(text: string, pattern: RegExp): readonly string[] {
	return [...text.matchAll(pattern)].map(([piece]) => piece).sort();
}

function assertKept(pairs: readonly (readonly [string, string])[], pattern: RegExp): void {
	for (const [text, translation] of pairs) {
		assert.deepEqual(pieces(translation, pattern), pieces(text, pattern), translation);
	}
}

describe("the words in the code", () => {
	it("are literals, so that they can be translated", () => {
		const places = sources.flatMap(({ path, unreadable }) => unreadable.map((line) => `src/${path}:${line}`));
		assert.deepEqual(places, []);
		assert.ok(texts.length > 0);
	});

	for (const language of languages) {
		describe(`in ${language}`, () => {
			const words = wordsIn(join(manifest.l10n, `bundle.l10n.${language}.json`));

			it("are all there", () => {
				assert.deepEqual(missingIn(words, [...keys]), []);
			});

			it("are no more than the code has", () => {
				assert.deepEqual(
					Object.keys(words).filter((key) => !keys.has(key)),
					[],
				);
			});

			it("keep their placeholders", () => {
				assertKept(
					texts.map(({ key, message }) => [message, words[key] ?? ""]),
					/\{[^{}]*\}/g,
				);
			});
		});
	}
});

describe("the words of the manifest", () => {
	const english = wordsIn("package.nls.json");
	const used = [...manifestText.matchAll(/"%([^%"]+)%"/g)].map(([, key = ""]) => key);

	it("are all there in English", () => {
		assert.ok(used.length > 0);
		assert.deepEqual(missingIn(english, used), []);
	});

	for (const language of languages) {
		describe(`in ${language}`, () => {
			const words = wordsIn(`package.nls.${language}.json`);

			it("are all there", () => {
				assert.deepEqual(missingIn(words, used), []);
				assert.deepEqual(Object.keys(words).sort(), Object.keys(english).sort());
			});

			it("keep their links and what is code", () => {
				assertKept(
					Object.entries(english).map(([key, text]) => [text, words[key] ?? ""]),
					/\(command:[^)]*\)|`[^`]*`/g,
				);
			});
		});
	}
});

describe("the search for words in the code", () => {
	const keysOf = (source: string) => localisedTexts(source).texts.map(({ key }) => key);

	it("finds them over several lines, in templates and in either kind of quotes", () => {
		assert.deepEqual(keysOf('vscode.l10n.t(\n\t"Hello {0}",\n\tname,\n);'), ["Hello {0}"]);
		assert.deepEqual(keysOf(`\`$(save) \${l10n.t("Save")} \${{ a: l10n.t('It\\'s') }.a}\`; l10n.t(\`Stay\`)`), [
			"Save",
			"It's",
			"Stay",
		]);
		assert.deepEqual(keysOf('l10n.t("A \\u201cquoted\\u201d\\ttext")'), ["A “quoted”\ttext"]);
	});

	it("is not led astray by comments, texts and regular expressions", () => {
		assert.deepEqual(keysOf('// l10n.t("a")\n/* l10n.t("b") */ "l10n.t(\'c\')"; `l10n.t("d")`; /l10n.t("e")/;'), []);
		assert.deepEqual(keysOf('x.replace(/["\'`/]/g, ""); y = a / b / l10n.t("f");'), ["f"]);
	});

	it("builds the key of a text with a comment as VS Code does", () => {
		const call = 'l10n.t({ message: "Save {0}", args: [{ message: name }], comment: ["to disk", "a verb"] })';
		assert.deepEqual(localisedTexts(call).texts, [{ key: "Save {0}/to diska verb", message: "Save {0}", line: 1 }]);
		assert.deepEqual(keysOf('l10n.t({ message: "Save", comment: "a verb" })'), ["Save/a verb"]);
		assert.deepEqual(keysOf('l10n.t({ message: "Save" })'), ["Save"]);
	});

	it("takes the name itself as it is imported, and nothing that hides a text", () => {
		assert.deepEqual(localisedTexts('import { l10n } from "vscode";').unreadable, []);
		const hidden = [
			"l10n.t(text)",
			'l10n.t("a" + b)',
			`l10n.t(\`a \${b}\`)`,
			'l10n.t(wide ? "a" : "b")',
			"l10n.t({ message: text })",
			'l10n.t({ message: "a", comment: [text] })',
			"l10n.t({ message })",
			"texts.map(l10n.t)",
			"const { t } = vscode.l10n;",
			'import { l10n as words } from "vscode";',
		];
		for (const source of hidden) {
			assert.deepEqual(localisedTexts(`\n${source}`), { texts: [], unreadable: [2] }, source);
		}
	});

	it("refuses a source that it cannot read to the end", () => {
		assert.throws(() => localisedTexts('const a = "b;\n'), SyntaxError);
		assert.throws(() => localisedTexts("const a = `b${c;"), SyntaxError);
	});
});
