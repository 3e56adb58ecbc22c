import { isDeepStrictEqual } from "node:util";
import { ConfigurationTarget, workspace } from "vscode";
import type { SettingName } from "../../../src/vscode/settingRules.ts";
import { until } from "./until.ts";

/** As saved, and in the manifest's units. */
export function settingOf(name: SettingName): unknown {
	return workspace.getConfiguration("relayAccounts").get(name);
}

/** What `changeSetting` puts back; undefined where nothing is saved. */
export function savedSetting(name: SettingName): unknown {
	return workspace.getConfiguration("relayAccounts").inspect(name)?.globalValue;
}

/**
 * Saves a setting as a person does and waits until extensions see it.
 * @param value undefined removes what is saved.
 */
export async function changeSetting(name: SettingName, value: unknown): Promise<void> {
	await workspace.getConfiguration("relayAccounts").update(name, value, ConfigurationTarget.Global);
	await until(() => isDeepStrictEqual(savedSetting(name), value));
}
