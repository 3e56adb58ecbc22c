import assert from "node:assert/strict";
import { commands, workspace } from "vscode";
import { extension } from "../support/extension.ts";
import { until } from "../support/until.ts";

interface Contributes {
	readonly commands: readonly { readonly command: string; readonly title: string; readonly category: string }[];
	readonly views: Readonly<Record<string, readonly { readonly id: string }[]>>;
	readonly configuration: { readonly properties: Readonly<Record<string, { scope?: string; default?: unknown }>> };
}

describe("the manifest, as VS Code has read it,", () => {
	let contributes: Contributes;
	let declared: readonly string[];
	before(async () => {
		await until(() => extension().isActive);
		contributes = extension().packageJSON.contributes;
		declared = contributes.commands.map(({ command }) => command);
	});

	it("declares no command that is not registered", async () => {
		const registered = await commands.getCommands(true);
		assert.deepEqual(
			declared.filter((command) => !registered.includes(command)),
			[],
		);
	});

	it("declares every command that is registered", async () => {
		const views = Object.values(contributes.views).flat();
		// VS Code makes some commands for each view by itself.
		const ours = (await commands.getCommands(true)).filter(
			(command) => command.startsWith("relayAccounts.") && !views.some(({ id }) => command.startsWith(`${id}.`)),
		);
		assert.ok(ours.length > 0);
		assert.deepEqual([...ours].sort(), [...declared].sort());
	});

	it("gives every setting machine scope, so that no repository can steer the traffic", () => {
		const settings = Object.entries(contributes.configuration.properties);
		assert.ok(settings.length > 0);
		for (const [name, { scope }] of settings) assert.equal(scope, "machine", name);
	});

	it("gives every setting a default that VS Code hands out", () => {
		for (const [name, { default: expected }] of Object.entries(contributes.configuration.properties)) {
			assert.deepEqual(workspace.getConfiguration().inspect(name)?.defaultValue, expected, name);
		}
	});

	it("has words in the place of every key", () => {
		const left = JSON.stringify(extension().packageJSON).match(/"%[^"%]+%"/g);
		assert.equal(left, null);
		for (const { command, title, category } of contributes.commands) {
			assert.match(title, /\w/, command);
			assert.equal(category, "Relay Accounts", command);
		}
	});
});
