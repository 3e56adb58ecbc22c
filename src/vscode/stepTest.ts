import * as vscode from "vscode";
import { testText } from "./faultText.ts";
import { withCancellableProgress } from "./messages.ts";
import type { Parts } from "./parts.ts";
import { plainText } from "./plainText.ts";
import { testModelOf } from "./relayFormDraft.ts";
import type { RelayDraft } from "./relayFormMessages.ts";
import { relayTarget } from "./relayTarget.ts";
import { inputOf } from "./stepRules.ts";

/** Tests a relay that is not saved yet. */
export async function runTest(
	draft: RelayDraft,
	parts: Parts,
): Promise<{ readonly ok: boolean; readonly text: string }> {
	const input = inputOf({ draft, accounts: parts.book.accounts });
	if (input === null) {
		return { ok: false, text: vscode.l10n.t("The relay cannot be asked: go back and check the entries before.") };
	}
	const report = await withCancellableProgress(
		vscode.l10n.t("Testing {0} with one small real request, which may cost a token…", plainText(draft.label)),
		(signal) => parts.proxy.testRelay(relayTarget(input, input.apiKey ?? ""), testModelOf(draft), signal),
	);
	return { ok: report.kind === "ok", text: testText(report) };
}
