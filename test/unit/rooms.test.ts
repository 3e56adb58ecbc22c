import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

const source = fileURLToPath(new URL("../../src/", import.meta.url));

/** Which rooms a room may import from, besides itself. The words of `accounts/account.ts` and of the bridge's messages are everybody's. */
const allowed: Readonly<Record<string, readonly string[]>> = {
	"extension.ts": ["vscode", "native", "accounts", "bridge"],
	"worker.ts": ["proxy", "bridge"],
	vscode: ["native", "accounts", "bridge", "formats/endpoint.ts", "formats/endpoints.ts"],
	native: ["accounts"],
	accounts: ["formats/endpoint.ts", "formats/endpoints.ts"],
	bridge: ["accounts/listeners.ts"],
	proxy: ["pool", "formats", "accounts/baseUrl.ts", "bridge/windowProof.ts", "bridge/portHolder.ts", "bridge/rests.ts"],
	pool: [],
	formats: [],
};
const everybodys = [
	"accounts/account.ts",
	...["protocol", "accountLive", "relayReports", "standing", "quota", "quotaRules", "modelSuffix"].map(
		(name) => `bridge/${name}.ts`,
	),
];

interface Import {
	readonly from: string;
	readonly specifier: string;
	/** Relative to `src`; null for a package. */
	readonly target: string | null;
}

const imports: readonly Import[] = readdirSync(source, { recursive: true, encoding: "utf8" })
	.filter((path) => path.endsWith(".ts"))
	.flatMap((path) => {
		const text = readFileSync(join(source, path), "utf8");
		return [...text.matchAll(/(?:from|import)\s+"([^"]+)"/g)].map(([, specifier = ""]) => ({
			from: path,
			specifier,
			target: specifier.startsWith(".") ? relative(source, join(source, dirname(path), specifier)) : null,
		}));
	});

const roomOf = (path: string) => path.split("/", 1)[0] ?? "";

describe("the rooms", () => {
	it("are all known here", () => {
		assert.deepEqual(
			[...new Set(imports.map(({ from }) => roomOf(from)))].filter((room) => !(room in allowed)),
			[],
		);
	});

	it("import one way", () => {
		const wrong = imports.filter(({ from, target }) => {
			if (target === null || everybodys.includes(target) || roomOf(from) === roomOf(target)) return false;
			const rooms = allowed[roomOf(from)] ?? [];
			return !rooms.includes(roomOf(target)) && !rooms.includes(target);
		});
		assert.deepEqual(
			wrong.map(({ from, target }) => `${from} imports ${target}`),
			[],
		);
	});

	it("leave VS Code to the outermost one", () => {
		const inner = imports.filter(
			({ from, specifier }) => specifier === "vscode" && !/^(?:vscode\/|extension\.ts$)/.test(from),
		);
		assert.deepEqual(inner, []);
	});

	it("keep each format to itself", () => {
		const strangers = imports.filter(({ from, target }) => {
			const own = /^formats\/(\w+)\//.exec(from)?.[1];
			const other = /^formats\/(\w+)\//.exec(target ?? "")?.[1];
			// Responses shares its error bodies and model list with Chat Completions.
			return own && other && own !== other && !(own === "codex" && other === "openai");
		});
		assert.deepEqual(strangers, []);
	});
});
