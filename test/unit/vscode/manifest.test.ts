import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import "./vscodeHook.ts";
import { defaultSettings, settingsFrom } from "../../../src/vscode/settingRules.ts";

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

	it("gives the settings the bounds that the code has", () => {
		interface Property {
			readonly minimum?: number;
			readonly maximum?: number;
			readonly enum?: readonly string[];
		}
		const properties: Record<string, Property> = manifest.contributes.configuration.properties;
		let bounded = 0;
		for (const [id, { minimum, maximum, enum: choices }] of Object.entries(properties)) {
			const name = id.replace("relayAccounts.", "");
			const problemsWith = (value: unknown) =>
				settingsFrom((asked) => (asked === name ? value : undefined), "").problems.length;
			for (const choice of choices ?? []) assert.equal(problemsWith(choice), 0, `${id} ${choice}`);
			if (minimum === undefined || maximum === undefined) continue;
			bounded += 1;
			for (const bound of [minimum, maximum]) assert.equal(problemsWith(bound), 0, `${id} ${bound}`);
			for (const beyond of [minimum - 1, maximum + 1]) assert.equal(problemsWith(beyond), 1, `${id} ${beyond}`);
		}
		assert.ok(bounded > 5);
	});

	it("has an action in the tree for each state that its items name", () => {
		const clauses: readonly string[] = manifest.contributes.menus["view/item/context"]
			.filter(({ group }: { group: string }) => group.startsWith("inline"))
			.map(({ command, when }: { command: string; when: string }) => `${command} ${when}`);
		const inline = (contextValue: string) =>
			clauses
				.filter((clause) => new RegExp(/=~ \/(.*)\/$/.exec(clause)?.[1] ?? "^$").test(contextValue))
				.map((clause) => clause.split(" ")[0]?.replace("relayAccounts.", ""));
		assert.deepEqual(inline("relay"), ["editRelay", "testRelay"]);
		assert.deepEqual(inline("relay cooling"), ["clearCooldown", "editRelay", "testRelay"]);
		assert.deepEqual(inline("relay keyMissing keyRefused"), ["enterKey", "editRelay", "testRelay"]);
		assert.deepEqual(inline("native"), ["refreshQuota"]);
		assert.deepEqual(inline("native cooling disabled"), ["clearCooldown", "refreshQuota"]);
		for (const word of ["signInAgain", "signedOut"]) assert.deepEqual(inline(`native ${word}`), ["signInAgain"]);
	});
});
