import assert from "node:assert/strict";
import { settingsFrom } from "../../../src/vscode/settingRules.ts";

function read(values: Readonly<Record<string, unknown>>): ReturnType<typeof settingsFrom> {
	return settingsFrom((name) => values[name]);
}

describe("settings", () => {
	it("gives the defaults where nothing is set, the limit in bytes", () => {
		assert.deepEqual(read({}), {
			settings: { port: 14680, autoStart: true, bodyLimit: 67108864, allowedOrigins: [], importFile: "" },
			problems: [],
		});
	});

	it("takes what fits", () => {
		const { settings, problems } = read({ port: 1024, autoStart: false, bodyLimit: 1.5, importFile: " /a.json " });
		assert.deepEqual(problems, []);
		assert.deepEqual(settings, {
			port: 1024,
			autoStart: false,
			bodyLimit: 1572864,
			allowedOrigins: [],
			importFile: "/a.json",
		});
	});

	for (const [name, value] of [
		["port", 80],
		["port", 65536],
		["port", "14680"],
		["port", 2000.5],
		["bodyLimit", 0],
		["bodyLimit", Number.NaN],
		["autoStart", "yes"],
		["allowedOrigins", "https://a.example"],
		["importFile", 7],
	] as const) {
		it(`falls back to the default for ${name} ${JSON.stringify(value)} and says so`, () => {
			const { settings, problems } = read({ [name]: value });
			assert.deepEqual(settings, read({}).settings);
			assert.equal(problems.length, 1);
			assert.match(problems[0] ?? "", new RegExp(`relayAccounts\\.${name} must be`));
		});
	}

	it("brings origins into the form browsers send, once each", () => {
		const typed = ["https://App.example/", "https://app.example:443", "vscode-webview://Ab", "http://localhost:5173"];
		assert.deepEqual(read({ allowedOrigins: typed }).settings.allowedOrigins, [
			"https://app.example",
			"vscode-webview://ab",
			"http://localhost:5173",
		]);
	});

	it("leaves out what is no origin and says which", () => {
		const typed = ["*", "null", "app.example", "https://a.example/path", "https://*.example", "https://u@a.example"];
		const { settings, problems } = read({ allowedOrigins: typed });
		assert.deepEqual(settings.allowedOrigins, []);
		assert.equal(problems.length, typed.length);
		for (const [index, problem] of problems.entries()) assert.ok(problem.includes(JSON.stringify(typed[index])));
	});
});
