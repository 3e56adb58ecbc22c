import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildVsix, type PackagedFile } from "../../scripts/build/vsix.ts";
import { type DemoRelay, demoKeys, startDemoRelay } from "../support/demoRelay/demoRelay.ts";
import { askLocalPort, type LocalPort } from "./support/localPort.ts";
import { accountRow, notification, showAccounts } from "./support/places.ts";
import { openBlankForm } from "./support/relayForm.ts";
import { openTestWindow, type TestWindow } from "./support/testWindow.ts";

describe("the packaged extension, installed into VS Code", () => {
	let folder: string;
	let files: readonly PackagedFile[];
	let relay: DemoRelay;
	let window: TestWindow | undefined;
	let local: LocalPort;

	before(async function () {
		// Builds, packages, installs and opens VS Code.
		this.timeout(180_000);
		folder = await mkdtemp(join(tmpdir(), "relay-accounts-vsix-"));
		const vsix = join(folder, "relay-accounts.vsix");
		files = await buildVsix(vsix);
		relay = await startDemoRelay();
		window = await openTestWindow({ vsix });
	});
	after(async () => {
		await window?.close();
		await relay?.close();
		await rm(folder, { recursive: true, force: true });
	});

	it("answers a streaming request from a relay that was added in its form", async function () {
		this.timeout(60_000);
		assert.ok(window);
		const { page, port, copyWith } = window;
		const form = await openBlankForm(window);
		await form.fill({ label: "Packaged", baseUrl: relay.origin, apiKey: demoKeys.openai, format: "OpenAI" });
		await form.save();
		await notification(page, "Added Packaged").waitFor();
		await showAccounts(window);
		await accountRow(page, "Packaged").waitFor();
		local = { port, localKey: await copyWith("Relay Accounts: Copy Local Key") };
		const reply = await askLocalPort(local, { model: "demo-openai-large", prompt: "Say hello." });
		assert.equal(reply.status, 200);
		assert.equal(reply.account, "Packaged");
		assert.equal(reply.words, "Hello from demo-openai-large: Say hello.");
	});

	for (const format of ["anthropic", "gemini", "codex"] as const) {
		it(`answers a streaming ${format} request from the same relay, translated`, async () => {
			const reply = await askLocalPort(local, { format, model: "demo-openai-large", prompt: "Say hello." });
			assert.equal(reply.account, "Packaged");
			assert.equal(reply.words, "Hello from demo-openai-large: Say hello.");
		});
	}

	it("estimates the tokens of a request in its own bundle, where no account can count them", async () => {
		const response = await fetch(`http://127.0.0.1:${local.port}/v1/messages/count_tokens`, {
			method: "POST",
			headers: { "x-api-key": local.localKey, "anthropic-version": "2023-06-01", "content-type": "application/json" },
			body: JSON.stringify({ model: "claude", messages: [{ role: "user", content: "word ".repeat(1000) }] }),
		});
		assert.equal(response.headers.get("x-relay-estimate"), "tokens");
		const { input_tokens: tokens } = (await response.json()) as { readonly input_tokens: number };
		assert.ok(tokens > 900 && tokens < 1100, `${tokens} tokens`);
	});

	it("carries what it runs and what people read, and no source or test", () => {
		const paths = files.map(({ path }) => path);
		for (const needed of [
			...["package.json", "README.md", "CHANGELOG.md", "LICENSE", "media/icon.png"],
			...["dist/extension.cjs", "dist/onDemand.cjs", "dist/worker.cjs", "dist/tokenizer.cjs"],
			...["dist/webview/relayForm.js", "dist/webview/relayForm.css"],
		]) {
			assert.ok(paths.includes(needed), `${needed} is missing`);
		}
		assert.deepEqual(
			paths.filter((path) => /\.(?:ts|map|mjs)$|^(?:src|test|scripts|webview|node_modules|out)\//.test(path)),
			[],
		);
	});
});
