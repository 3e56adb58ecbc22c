import assert from "node:assert/strict";
import type { ServerResponse } from "node:http";
import { freePort } from "../../scripts/host/ports.ts";
import { type DemoRelay, demoKeys, startDemoRelay } from "../support/demoRelay/demoRelay.ts";
import { startUpstream, type Upstream } from "../support/upstream.ts";
import { eventually, eventuallyMatches } from "./support/eventually.ts";
import { openBlankForm, type RelayFormPage } from "./support/relayForm.ts";
import { windowForTests } from "./support/windowForTests.ts";

describe("what the relay form asks a relay", () => {
	const window = windowForTests();
	let relay: DemoRelay;
	let silent: Upstream;

	before(async () => {
		relay = await startDemoRelay();
		silent = await startUpstream(() => {});
	});
	after(() => Promise.all([relay.close(), silent.close()]));

	async function formFor(baseUrl: string, apiKey: string = demoKeys.openai): Promise<RelayFormPage> {
		const form = await openBlankForm(window());
		await form.fill({ label: "Asked", baseUrl, apiKey, format: "OpenAI" });
		return form;
	}

	/** Runs the test of a form. @returns what the form says about it. */
	async function testResult(form: RelayFormPage): Promise<string> {
		await form.frame.locator("#test").click();
		return eventuallyMatches(() => form.frame.locator("#test-result").innerText(), /./);
	}

	/** Answers each request with one page. */
	async function withServer(
		answer: (response: ServerResponse) => void,
		use: (server: Upstream) => Promise<void>,
	): Promise<void> {
		const server = await startUpstream((_request, response) => answer(response));
		try {
			await use(server);
		} finally {
			await server.close();
		}
	}

	describe("the model list", () => {
		const modelsIn = (form: RelayFormPage) => form.frame.locator(".model-list vscode-checkbox").allInnerTexts();
		const chipsIn = (form: RelayFormPage) => form.frame.locator(".chip > span").allInnerTexts();

		it("is fetched with one click, filtered, and picked from", async () => {
			const form = await formFor(relay.origin);
			await form.frame.getByText("All models are allowed.").waitFor();
			await form.frame.locator("#fetchModels").click();
			await eventually(() => modelsIn(form), ["demo-openai-large", "demo-openai-small"]);

			await form.input("modelFilter").fill("SMALL");
			await eventually(() => modelsIn(form), ["demo-openai-small"]);
			await form.frame.getByText("1 of 2 models").waitFor();
			await form.frame.getByRole("checkbox", { name: "demo-openai-small" }).click();
			await eventually(() => chipsIn(form), ["demo-openai-small"]);

			await form.input("modelFilter").fill("");
			await form.frame.getByRole("checkbox", { name: "demo-openai-large" }).click();
			await eventually(() => chipsIn(form), ["demo-openai-small", "demo-openai-large"]);
			await form.button("Remove demo-openai-small").click();
			await eventually(() => chipsIn(form), ["demo-openai-large"]);
			await eventually(
				() => form.frame.getByRole("checkbox", { name: "demo-openai-small" }).getAttribute("aria-checked"),
				"false",
			);
		});

		it("takes typed names and patterns beside it, several at once", async () => {
			const form = await openBlankForm(window());
			await form.input("pendingModel").fill("gpt-5*, o3  claude-*");
			await form.input("pendingModel").press("Enter");
			await eventually(() => chipsIn(form), ["gpt-5*", "o3", "claude-*"]);
			await eventually(() => form.valueOf("pendingModel"), "");
		});

		it("says why it could not be fetched", async () => {
			const form = await formFor(relay.origin, "wrong-key");
			await form.frame.locator("#fetchModels").click();
			await form.frame.locator(".said .fault").getByText("The relay refused the API key (status 401).").waitFor();
		});

		it("shows that it is being fetched, and stops at once when told to", async () => {
			const form = await formFor(silent.origin);
			const before = silent.requests.length;
			await form.frame.locator("#fetchModels").focus();
			await form.frame.locator("#fetchModels").press("Enter");
			await form.frame.getByText("Asking the relay for its models…").waitFor();
			await eventually(form.focusedId, "cancelFetch");
			await eventually(() => silent.requests.length, before + 1);

			await form.frame.locator("#cancelFetch").press("Enter");
			await form.frame.locator("#fetchModels").waitFor();
			await eventually(form.focusedId, "fetchModels");
			assert.equal(await silent.requests[before]?.aborted, true);
		});
	});

	describe("the test", () => {
		it("says beforehand that it may cost a token", async () => {
			const form = await openBlankForm(window());
			await form.frame.getByText("Sends one small real request, which may cost a token.").waitFor();
			assert.equal(await form.frame.locator("#test-result").innerText(), "");
		});

		it("says the reply's first words and its milliseconds", async () => {
			const form = await formFor(relay.origin);
			assert.match(
				await testResult(form),
				/^It works: demo-openai-large answered in \d+ ms: “Hello from demo-openai-large: Say hello in three words\.”$/,
			);
		});

		it("asks the model that is named for it", async () => {
			const form = await formFor(relay.origin);
			await form.input("testModel").fill("demo-openai-small");
			assert.match(await testResult(form), /^It works: demo-openai-small answered in /);
		});

		it("forgets its result when what it was about changes", async () => {
			const form = await formFor(relay.origin);
			await testResult(form);
			await form.fill({ apiKey: "another" });
			await eventually(() => form.frame.locator("#test-result").innerText(), "");
		});

		it("names a wrong key", async () => {
			const form = await formFor(relay.origin, "wrong-key");
			assert.equal(
				await testResult(form),
				"The relay refused the API key (status 401). Enter a valid key. The relay says: “Incorrect API key provided: wr********.”",
			);
		});

		it("names a model that the relay does not have", async () => {
			const form = await formFor(relay.origin);
			await form.input("testModel").fill("gpt-none");
			assert.equal(
				await testResult(form),
				"The relay does not allow the model gpt-none (status 404). Choose other allowed models. The relay says: “The model `gpt-none` does not exist or you do not have access to it.”",
			);
		});

		it("names a wrong path with the URL that was tried", async () => {
			await withServer(
				(response) =>
					response.writeHead(404, { "content-type": "application/json" }).end('{"error":{"message":"no route"}}'),
				async ({ origin }) => {
					const form = await formFor(`${origin}/proxy`);
					await form.input("testModel").fill("gpt-9");
					assert.equal(
						await testResult(form),
						`Nothing answers at ${origin}/proxy/chat/completions (status 404). Check the path of the base URL, and the format. The relay says: “no route”`,
					);
				},
			);
		});

		it("names a port where nobody listens", async () => {
			const host = `127.0.0.1:${await freePort()}`;
			const form = await formFor(`http://${host}`);
			assert.match(
				await testResult(form),
				/^127\.0\.0\.1(:\d+)? refused the connection\. Check the port in the base URL, and whether the relay is running\.$/,
			);
		});

		it("names a host that does not exist", async () => {
			const form = await formFor("https://relay.invalid");
			assert.equal(
				await testResult(form),
				"The host relay.invalid was not found. Check the base URL for a typing mistake, and your network.",
			);
		});

		it("names a web page that came instead of JSON", async () => {
			await withServer(
				(response) =>
					response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html><title>Welcome</title>"),
				async ({ origin }) => {
					const form = await formFor(origin);
					await form.input("testModel").fill("gpt-9");
					assert.equal(
						await testResult(form),
						`${origin}/v1/chat/completions answered with a web page instead of JSON (status 200). The base URL may be that of a website, or a sign-in page stands in between.`,
					);
				},
			);
		});

		it("shows that it waits, stops at once when told to, and loses nothing that was typed", async () => {
			const form = await formFor(silent.origin);
			await form.input("testModel").fill("gpt-9");
			const before = silent.requests.length;
			await form.frame.locator("#test").focus();
			await form.frame.locator("#test").press("Enter");
			await form.frame.getByText("Waiting for the relay's reply…").waitFor();
			await eventually(form.focusedId, "cancelTest");
			await eventually(() => silent.requests.length, before + 1);

			await form.frame.locator("#cancelTest").press("Enter");
			await eventually(() => form.frame.locator("#test-result").innerText(), "Cancelled.");
			await eventually(form.focusedId, "test");
			assert.equal(await silent.requests[before]?.aborted, true);
			assert.equal(await form.valueOf("baseUrl"), silent.origin);
			assert.equal(await form.valueOf("testModel"), "gpt-9");
		});
	});
});
