import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import "./vscodeHook.ts";
import { defaultSettings } from "../../../src/vscode/settingRules.ts";

const { commandHandlers } = await import("../../../src/vscode/commands.ts");
const { tooltipCommands } = await import("../../../src/vscode/statusView.ts");

const manifestText = readFileSync(new URL("../../../package.json", import.meta.url), "utf8");
const manifest = JSON.parse(manifestText);
const words: Readonly<Record<string, string>> = JSON.parse(
	readFileSync(new URL("../../../package.nls.json", import.meta.url), "utf8"),
);

describe("manifest", () => {
	const declared: readonly string[] = manifest.contributes.commands.map(({ command }: { command: string }) => command);

	it("has a handler for each declared command, and declares each handled one", () => {
		assert.deepEqual(Object.keys(commandHandlers).sort(), [...declared].sort());
	});

	it("has words for each key it uses, and no others", () => {
		const used = [...manifestText.matchAll(/"%([\w.]+)%"/g)].map(([, key]) => key);
		assert.deepEqual([...new Set(used)].sort(), Object.keys(words).sort());
	});

	it("links from its words only to commands that exist", () => {
		const linked = Object.values(words).flatMap((text) =>
			[...text.matchAll(/\(command:([\w.]+)\)/g)].map(([, id]) => id),
		);
		assert.ok(linked.length > 0);
		for (const command of [...linked, ...tooltipCommands]) assert.ok(declared.includes(command ?? ""), command);
	});

	it("gives the settings the defaults that the code falls back to", () => {
		const properties: Record<string, { default: unknown }> = manifest.contributes.configuration.properties;
		const defaults = Object.entries(properties).map(([name, property]) => [
			name.replace("relayAccounts.", ""),
			property.default,
		]);
		assert.deepEqual(Object.fromEntries(defaults), defaultSettings);
	});
});
