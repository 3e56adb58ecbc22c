import assert from "node:assert/strict";
import { extensions } from "vscode";

describe("the extension", () => {
	it("is found and activates", async () => {
		const extension = extensions.getExtension("relay-accounts.relay-accounts");
		assert.ok(extension, "VS Code does not know the extension");
		await extension.activate();
		assert.equal(extension.isActive, true);
	});
});
