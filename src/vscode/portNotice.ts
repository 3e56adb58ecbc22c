import * as vscode from "vscode";
import type { ProxyControl } from "../bridge/proxyControl.ts";
import { errorText } from "./plainText.ts";
import { proxyText } from "./proxyText.ts";
import { takenPortAfter } from "./takenPort.ts";

/** Says once for each occurrence that another program holds the port, and offers a way out; never two messages at a time. */
export function watchPort(proxy: ProxyControl, log: vscode.LogOutputChannel): vscode.Disposable {
	let takenPort: number | null = null;
	let noticed: number | null = null;
	let open = false;

	const update = (): void => {
		takenPort = takenPortAfter(takenPort, proxy.state);
		if (takenPort === null) noticed = null;
		if (open || takenPort === null || takenPort === noticed || proxy.state.kind !== "portTaken") return;
		noticed = takenPort;
		open = true;
		void notice(proxyText(proxy.state))
			.catch((error: unknown) => log.error(errorText(error)))
			.finally(() => {
				open = false;
				update();
			});
	};
	update();
	return proxy.onDidChangeState(update);
}

async function notice(message: string): Promise<void> {
	const commands = new Map([
		[vscode.l10n.t("Pick a Free Port"), "relayAccounts.pickFreePort"],
		[vscode.l10n.t("Open Settings"), "relayAccounts.openSettings"],
		[vscode.l10n.t("Show Log"), "relayAccounts.showLog"],
	]);
	const chosen = await vscode.window.showWarningMessage(message, ...commands.keys());
	const command = chosen === undefined ? undefined : commands.get(chosen);
	if (command !== undefined) await vscode.commands.executeCommand(command);
}
