import assert from "node:assert/strict";
import { settingsFrom } from "../../../src/vscode/settingRules.ts";

function read(values: Readonly<Record<string, unknown>>): ReturnType<typeof settingsFrom> {
	return settingsFrom((name) => values[name], "RelayAccounts/1.2.3 (linux x64)");
}

/** What stands in the settings of ChatGPT accounts where nothing is set. */
const chatGpt = {
	auth: {
		authUrl: "https://auth.openai.com",
		clientId: "app_EMoamEEZ73f0CkXaXp7hrann",
		redirectUrl: "http://localhost:1455/auth/callback",
		originator: "relay_accounts",
		userAgent: "RelayAccounts/1.2.3 (linux x64)",
	},
	backend: {
		baseUrl: "https://chatgpt.com/backend-api",
		originator: "relay_accounts",
		userAgent: "RelayAccounts/1.2.3 (linux x64)",
		clientVersion: "0.169.0",
	},
};

describe("settings", () => {
	it("gives the defaults where nothing is set: the limit in bytes, times in milliseconds", () => {
		assert.deepEqual(read({}), {
			settings: {
				...{ port: 14680, autoStart: true, bodyLimit: 67108864, allowedOrigins: [], importFile: "", fetchMedia: true },
				pool: {
					...{ strategy: "least-used", modelAliases: {}, maxAttempts: 4, maxWait: 5000 },
					...{ queueLimit: 64, queueWait: 30_000, crossFormat: true },
				},
				clocks: { connect: 10_000, firstByte: 120_000, idle: 0 },
				chatGpt,
			},
			problems: [],
		});
	});

	it("takes what fits", () => {
		const { settings, problems } = read({
			...{ port: 1024, autoStart: false, bodyLimit: 1.5, importFile: " /a.json ", strategy: "fill-first" },
			...{ fetchMedia: false, crossFormat: false },
			...{ maxAttempts: 1, maxWait: 0, queueLimit: 0, queueWait: 0.5 },
			...{ connectTimeout: 2.5, firstByteTimeout: 0, idleTimeout: 90 },
		});
		assert.deepEqual(problems, []);
		assert.deepEqual(settings, {
			...{
				port: 1024,
				autoStart: false,
				bodyLimit: 1572864,
				allowedOrigins: [],
				importFile: "/a.json",
				fetchMedia: false,
			},
			pool: {
				...{ strategy: "fill-first", modelAliases: {}, maxAttempts: 1, maxWait: 0 },
				...{ queueLimit: 0, queueWait: 500, crossFormat: false },
			},
			clocks: { connect: 2500, firstByte: 0, idle: 90_000 },
			chatGpt,
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
		["fetchMedia", "no"],
		["crossFormat", 1],
		["strategy", "random"],
		["modelAliases", ["a", "b"]],
		["maxAttempts", 0],
		["maxAttempts", 2.5],
		["maxWait", -1],
		["queueLimit", 1001],
		["queueWait", "30"],
		["connectTimeout", 0],
		["firstByteTimeout", 86_401],
		["idleTimeout", Number.POSITIVE_INFINITY],
		["chatGpt.backendUrl", "chatgpt.com/backend-api"],
		["chatGpt.backendUrl", "http://chatgpt.example/backend-api"],
		["chatGpt.backendUrl", "https://me:secret@chatgpt.com"],
		["chatGpt.backendUrl", "https://chatgpt.com/backend-api?x=1"],
		["chatGpt.authUrl", "ftp://auth.openai.com"],
		["chatGpt.authUrl", "https://auth.openai.com#x"],
		["chatGpt.authUrl", 7],
		["chatGpt.redirectUrl", "https://localhost:1455/auth/callback"],
		["chatGpt.redirectUrl", "http://example.com:1455/auth/callback"],
		["chatGpt.redirectUrl", "http://localhost:1455/auth%2Fcallback"],
		["chatGpt.redirectUrl", "http://localhost:1455/auth+callback"],
		["chatGpt.clientId", ""],
		["chatGpt.originator", "a&scope=b"],
		["chatGpt.originator", "two words"],
		["chatGpt.originator", "café"],
		["chatGpt.userAgent", "one\nX-Two: three"],
		["chatGpt.clientVersion", " "],
	] as const) {
		it(`falls back to the default for ${name} ${JSON.stringify(value)} and says so`, () => {
			const { settings, problems } = read({ [name]: value });
			assert.deepEqual(settings, read({}).settings);
			assert.equal(problems.length, 1);
			assert.match(problems[0] ?? "", new RegExp(`relayAccounts\\.${name} must be`));
		});
	}

	it("takes other hosts for ChatGPT accounts, without their trailing slashes, and other names for us", () => {
		const { settings, problems } = read({
			...{ "chatGpt.backendUrl": "http://127.0.0.1:8080/backend-api/", "chatGpt.authUrl": " https://Auth.example/ " },
			...{ "chatGpt.redirectUrl": "http://localhost:1999/auth/callback", "chatGpt.clientId": "app_x" },
			...{ "chatGpt.originator": "mine", "chatGpt.userAgent": "Mine/1 (here)", "chatGpt.clientVersion": "1.2" },
		});
		assert.deepEqual(problems, []);
		const names = { originator: "mine", userAgent: "Mine/1 (here)" };
		assert.deepEqual(settings.chatGpt, {
			auth: {
				...{ authUrl: "https://auth.example", clientId: "app_x", redirectUrl: "http://localhost:1999/auth/callback" },
				...names,
			},
			backend: { baseUrl: "http://127.0.0.1:8080/backend-api", clientVersion: "1.2", ...names },
		});
	});

	it("does not repeat a bad URL of an auth server, which may hold a password", () => {
		const { problems } = read({ "chatGpt.authUrl": "https://me:secret@auth.example" });
		assert.doesNotMatch(problems.join(), /secret/);
	});

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

	it("takes aliases of models as names, also for a model of one account", () => {
		const typed = { " fast ": "gpt-5-mini", smart: " Work relay/gpt-5 " };
		assert.deepEqual(read({ modelAliases: typed }).settings.pool.modelAliases, {
			fast: "gpt-5-mini",
			smart: "Work relay/gpt-5",
		});
	});

	it("leaves out what is no alias and says which", () => {
		const typed = { good: "gpt-5", number: 5, empty: " ", "two words": "gpt-5", "": "gpt-5", "  good": "gpt-4" };
		const { settings, problems } = read({ modelAliases: typed });
		assert.deepEqual(settings.pool.modelAliases, { good: "gpt-5" });
		assert.deepEqual(
			problems.map((problem) => /"([^"]*)" is no name/.exec(problem)?.[1]),
			["number", "empty", "two words", "", "  good"],
		);
	});

	it("gives aliases that can be sent to another thread, whatever kind of object VS Code hands out", () => {
		const guarded = new Proxy({ fast: "gpt-5-mini" }, {});
		assert.deepEqual(structuredClone(read({ modelAliases: guarded }).settings.pool.modelAliases), {
			fast: "gpt-5-mini",
		});
	});
});
