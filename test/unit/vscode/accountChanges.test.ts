import assert from "node:assert/strict";
import { accountChanges } from "../../../src/vscode/accountChanges.ts";
import { native, relay } from "./fixtures.ts";

const one = relay({ id: "1" });
const two = relay({ id: "2" });

describe("what of the tree is drawn anew", () => {
	it("is nothing when the book was read again without a change", () => {
		assert.deepEqual(accountChanges([one, two], [structuredClone(one), structuredClone(two)]), []);
	});

	it("is the changed account alone", () => {
		const renamed = { ...two, label: "Other" };
		assert.deepEqual(accountChanges([one, two], [one, renamed]), [{ kind: "account", id: "2" }]);
	});

	it("is the group when a member came, went or moved", () => {
		const group = [{ kind: "group", group: "relay" }];
		assert.deepEqual(accountChanges([one], [one, two]), group);
		assert.deepEqual(accountChanges([one, two], [two]), group);
		assert.deepEqual(accountChanges([one, two], [two, one]), group);
	});

	it("is the list of groups when a group came or went", () => {
		const all = [{ kind: "groups" }];
		assert.deepEqual(accountChanges([], [one]), all);
		assert.deepEqual(accountChanges([one, native()], [one]), all);
	});

	it("leaves the other group alone", () => {
		const changed = native({ label: "Elsewhere" });
		assert.deepEqual(accountChanges([one, native()], [one, changed]), [{ kind: "account", id: "n1" }]);
	});
});
