import assert from "node:assert/strict";
import "./vscodeHook.ts";
import type { ProxyState } from "../../../src/bridge/protocol.ts";
import { takenPortAfter } from "../../../src/vscode/takenPort.ts";

const { statusView, tooltipCommands } = await import("../../../src/vscode/statusView.ts");

const states: readonly ProxyState[] = [
	{ kind: "off" },
	{ kind: "starting" },
	{ kind: "restarting", after: 500 },
	{ kind: "listening", port: 14680 },
	{ kind: "otherWindow", port: 14680, localKey: "ra-secret" },
	{ kind: "portTaken", port: 14680 },
	{ kind: "failed", message: "[x](command:y) broke" },
];

describe("status bar", () => {
	it("shows one icon and at most two short words", () => {
		for (const state of states) assert.match(statusView(state).text, /^\$\([\w~-]+\)( [\w]+){1,2}$/, state.kind);
	});

	it("shows the port while it is served, here or by another window", () => {
		assert.equal(statusView({ kind: "listening", port: 14680 }).text, "$(radio-tower) 14680");
		const other = statusView({ kind: "otherWindow", port: 14680, localKey: "ra-secret" });
		assert.equal(other.severity, "normal");
		assert.match(other.accessibilityLabel, /served by another window/);
	});

	it("warns of a taken port and of a failure, and of nothing else", () => {
		assert.deepEqual(
			states.filter((state) => statusView(state).severity !== "normal").map(({ kind }) => kind),
			["portTaken", "failed"],
		);
	});

	it("gives the base URL where clients are answered", () => {
		const given = states.filter((state) => statusView(state).tooltip.includes("`http://127.0.0.1:14680`"));
		assert.deepEqual(
			given.map(({ kind }) => kind),
			["listening", "otherWindow"],
		);
	});

	it("links to trusted commands alone, and never shows the key", () => {
		for (const state of states) {
			const { tooltip, text, accessibilityLabel } = statusView(state);
			const linked = [...tooltip.matchAll(/\]\(command:([\w.]+)\)/g)].map(([, id]) => id ?? "");
			assert.ok(linked.length >= 5);
			for (const id of linked) assert.ok((tooltipCommands as readonly string[]).includes(id), id);
			assert.doesNotMatch(tooltip + text + accessibilityLabel, /ra-secret/);
		}
	});

	it("says in words what a click does", () => {
		assert.match(statusView({ kind: "off" }).accessibilityLabel, /turn the proxy on/);
		assert.match(statusView({ kind: "listening", port: 1 }).accessibilityLabel, /turn the proxy off/);
	});
});

describe("a port that another program holds", () => {
	const taken: ProxyState = { kind: "portTaken", port: 14680 };

	it("is one occurrence as long as only restarts and new tries lie in between", () => {
		let known = takenPortAfter(null, taken);
		assert.equal(known, 14680);
		known = takenPortAfter(known, { kind: "restarting", after: 100 });
		known = takenPortAfter(known, { kind: "starting" });
		assert.equal(known, 14680);
	});

	it("is over when the proxy listens, another window serves, or it is turned off", () => {
		for (const state of states.filter(({ kind }) => ["listening", "otherWindow", "off", "failed"].includes(kind))) {
			assert.equal(takenPortAfter(14680, state), null);
		}
	});

	it("is another one for another port", () => {
		assert.equal(takenPortAfter(14680, { kind: "portTaken", port: 14681 }), 14681);
	});
});
