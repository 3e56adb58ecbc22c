import * as vscode from "vscode";
import {
	copyAccountBaseUrl,
	duplicateRelay,
	editRelay,
	enterKey,
	removeAccount,
	renameAccount,
	testRelay,
	toggleAccount,
} from "./accountCommands.ts";
import { importCodexLogin } from "./codexLoginCommand.ts";
import { clearAllCooldowns, clearCooldown } from "./cooldownCommands.ts";
import { exportLogins, importLogins } from "./loginFileCommands.ts";
import { logOffer, tell } from "./messages.ts";
import type { Parts } from "./parts.ts";
import { errorText } from "./plainText.ts";
import { setPriority } from "./priorityCommand.ts";
import { copyBaseUrl, copyLocalKey, newLocalKey, openSettings, pickFreePort, toggleProxy } from "./proxyCommands.ts";
import { refreshQuota } from "./quotaCommand.ts";
import { addRelayStepByStep } from "./relaySteps.ts";
import {
	copySignInCode,
	copySignInLink,
	pasteCallbackUrl,
	signIn,
	signInAgain,
	signInWithDeviceCode,
	signOut,
} from "./signInCommands.ts";
import { exportAccounts, importAccounts } from "./transferCommands.ts";

/** @param argument the tree item's node when called from the tree; nothing from the palette. */
type CommandHandler = (parts: Parts, argument: unknown) => unknown;

/** Every command of the manifest. */
export const commandHandlers: Readonly<Record<string, CommandHandler>> = {
	"relayAccounts.addRelay": ({ form }) => form.add(),
	"relayAccounts.addRelayStepByStep": addRelayStepByStep,
	"relayAccounts.editRelay": editRelay,
	"relayAccounts.testRelay": testRelay,
	"relayAccounts.enterKey": enterKey,
	"relayAccounts.signIn": signIn,
	"relayAccounts.signInWithDeviceCode": signInWithDeviceCode,
	"relayAccounts.pasteCallbackUrl": pasteCallbackUrl,
	"relayAccounts.copySignInLink": copySignInLink,
	"relayAccounts.copySignInCode": copySignInCode,
	"relayAccounts.signInAgain": signInAgain,
	"relayAccounts.signOut": signOut,
	"relayAccounts.refreshQuota": refreshQuota,
	"relayAccounts.importCodexLogin": importCodexLogin,
	"relayAccounts.importLogins": importLogins,
	"relayAccounts.exportLogins": exportLogins,
	"relayAccounts.clearCooldown": clearCooldown,
	"relayAccounts.clearAllCooldowns": clearAllCooldowns,
	"relayAccounts.renameAccount": renameAccount,
	"relayAccounts.duplicateRelay": duplicateRelay,
	"relayAccounts.copyAccountBaseUrl": copyAccountBaseUrl,
	"relayAccounts.toggleAccount": toggleAccount,
	"relayAccounts.setPriority": setPriority,
	"relayAccounts.removeAccount": removeAccount,
	"relayAccounts.importAccounts": importAccounts,
	"relayAccounts.exportAccounts": exportAccounts,
	"relayAccounts.toggleProxy": toggleProxy,
	"relayAccounts.copyBaseUrl": copyBaseUrl,
	"relayAccounts.copyLocalKey": copyLocalKey,
	"relayAccounts.newLocalKey": newLocalKey,
	"relayAccounts.pickFreePort": pickFreePort,
	"relayAccounts.showAccounts": () => vscode.commands.executeCommand("relayAccounts.accounts.focus"),
	"relayAccounts.showLog": ({ log }) => log.show(),
	"relayAccounts.openSettings": openSettings,
};

/** Registers the table. A command that fails says so and logs it. */
export function registerCommands(parts: Parts): vscode.Disposable {
	const registrations = Object.entries(commandHandlers).map(([id, handle]) =>
		vscode.commands.registerCommand(id, async (argument: unknown) => {
			try {
				await handle(parts, argument);
			} catch (error) {
				parts.log.error(`${id}: ${errorText(error)}`);
				tell(parts.log, "error", vscode.l10n.t("That did not work: {0}", errorText(error)), [logOffer(parts.log)]);
			}
		}),
	);
	return vscode.Disposable.from(...registrations);
}
